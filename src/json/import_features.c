/*
 * import_features.c
 *	  The features of a model of another program, and their categories.
 */
#include <math.h>
#include <string.h>

#include "json/import_reader.h"
#include "json/number_text.h"

void
spk_import_features(SpkImport *im, SpkJsonPiece names)
{
	SpkDraft	 *draft = im->draft;
	uint32_t	  n = spk_import_count(im, names, SPK_MAX_FEATURES, "features");
	SpkImportList list = spk_import_list(im, names);
	SpkJsonPiece  piece;

	if ((draft->features = spk_import_array(im, n, sizeof(SpkFeature))) == NULL)
		return;
	draft->n_features = n;
	draft->gains = spk_import_array(im, n, sizeof(double));
	for (uint32_t f = 0; f < n && spk_import_next(&list, &piece); f++)
	{
		size_t		len;
		const char *text = spk_import_string(im, piece, "name of a feature", &len);
		char	   *name = spk_import_array(im, len + 1, 1);

		if (name != NULL && text != NULL)
			memcpy(name, text, len);
		draft->features[f].name = name;
	}
}

/* Is this a whole number as SQL writes it, too? */
static bool
is_whole(SpkJsonPiece piece)
{
	char text[20];

	if (piece.len >= sizeof(text))
		return false;
	memcpy(text, piece.at, piece.len);
	text[piece.len] = '\0';
	return spk_number_is_valid(text, piece.len) && strpbrk(text, ".eE") == NULL;
}

/* Where the name of a category is, which lasts until the next one is asked for. */
static const char *
category_name(SpkImport *im, SpkJsonPiece piece, size_t *len)
{
	if (piece.len > 0 && piece.at[0] == '"')
		return spk_import_string(im, piece, "category", len);
	if (!spk_import_is(piece, "true") && !spk_import_is(piece, "false") && !is_whole(piece))
		spk_import_cannot(im, "Train with categories that are strings.",
						  "A category is neither a string nor a whole number.");
	*len = piece.len;
	return piece.at;
}

/* How many names are in the list, of which more come than there are categories; 0 after a failure. */
static uint32_t
count_categories(SpkImport *im, SpkJsonPiece names, uint32_t more)
{
	uint32_t n = spk_import_count(im, names, UINT32_MAX, "categories of a feature");

	if (n > SPK_MAX_BINS + more)
		spk_import_cannot(
			im,
			"Put rare categories together before training, or train here: churn_train takes 65,535 of them.",
			"A feature has %u categories, more than %d.", n - more, SPK_MAX_BINS);
	return spk_importing(im) ? n : 0;
}

void
spk_import_categories(SpkImport *im, SpkFeature *feature, SpkJsonPiece names)
{
	uint32_t	  n = count_categories(im, names, 0);
	SpkImportList list = spk_import_list(im, names);
	SpkJsonPiece  piece;
	SpkCategory	 *categories;
	char		 *at;

	/* without its escapes a name is not longer, so the text bounds all of them */
	categories = spk_import_array(im, n * sizeof(SpkCategory) + names.len, 1);
	if (categories == NULL)
		return;
	spk_release(im->host, feature->categories);
	feature->kind = SPK_CATEGORY;
	feature->categories = categories;
	feature->n_bins = n;
	at = (char *) (categories + n);
	for (uint32_t i = 0; i < n && spk_import_next(&list, &piece); i++)
	{
		size_t		len = 0;
		const char *name = category_name(im, piece, &len);

		if (name == NULL)
			return;
		memcpy(at, name, len);
		categories[i].name = at;
		categories[i].len = (uint32_t) len;
		at += len;
	}
}

/* Reads the bytes of all names; returns them, and how many they are in *len. */
static char *
read_bytes(SpkImport *im, SpkJsonPiece values, uint32_t *len)
{
	SpkImportList list = spk_import_list(im, values);
	SpkJsonPiece  piece;
	char		 *bytes;

	*len = spk_import_count(im, values, SPK_MAX_BINS * SPK_MAX_CATEGORY, "bytes of categories");
	if ((bytes = spk_import_array(im, *len, 1)) == NULL)
		return NULL;
	for (uint32_t i = 0; i < *len && spk_import_next(&list, &piece); i++)
	{
		double byte = spk_import_number(im, piece, "byte of a category");

		/* it cuts names by their letters, not by their bytes, and so into others */
		if (byte < 0 || byte > 127)
			spk_import_cannot(im, "Rename the categories before training.",
							  "A category has letters beyond ASCII, which XGBoost cuts off.");
		if (byte != floor(byte) || byte == 0)
			spk_import_refuse(im, "A category is not text.");
		bytes[i] = (char) (int) byte;
	}
	return bytes;
}

/* Cuts the names of n categories out of bytes. */
static void
cut_names(SpkImport *im, SpkJsonPiece offsets, const char *bytes, uint32_t len, uint32_t n,
		  SpkCategory *categories)
{
	SpkImportList list = spk_import_list(im, offsets);
	SpkJsonPiece  piece;
	char		 *names = (char *) (categories + n);
	uint32_t	  start = 0;

	memcpy(names, bytes, len);
	for (uint32_t i = 0; i <= n && spk_import_next(&list, &piece); i++)
	{
		uint32_t end = spk_import_whole(im, piece, len, "offset of a category");

		if (end < start || (i == 0 && end != 0) || (i == n && end != len))
			spk_import_refuse(im, "The offsets of categories do not ascend to their end.");
		if (!spk_importing(im))
			return;
		if (i > 0)
			categories[i - 1] = (SpkCategory) {names + start, end - start};
		start = end;
	}
}

void
spk_import_encoding(SpkImport *im, SpkFeature *feature, SpkJsonPiece encoding)
{
	SpkImportMember m[] = {{"values", true, {NULL, 0}}, {"offsets", false, {NULL, 0}}};
	SpkCategory	   *categories;
	char		   *bytes;
	uint32_t		len;
	uint32_t		n;

	spk_import_members(im, encoding, m, SPK_LENGTHOF(m));
	if (!spk_importing(im))
		return;
	if (m[1].piece.len == 0)
	{
		spk_import_categories(im, feature, m[0].piece);
		return;
	}

	/* one offset more than names; a feature that is a number has none */
	n = count_categories(im, m[1].piece, 1);
	if (n < 2 || (bytes = read_bytes(im, m[0].piece, &len)) == NULL)
		return;
	n--;
	if ((categories = spk_import_array(im, n * sizeof(SpkCategory) + len, 1)) != NULL)
		cut_names(im, m[1].piece, bytes, len, n, categories);
	spk_release(im->host, bytes);
	spk_release(im->host, feature->categories);
	feature->kind = SPK_CATEGORY;
	feature->categories = categories;
	feature->n_bins = categories == NULL ? 0 : n;
}
