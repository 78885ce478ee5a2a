/*
 * define_names.c
 *	  Names of columns of features.
 */
#include "compat.h"

#include "mb/pg_wchar.h"

#include "core/profiles/column_name.h"
#include "profiles/define_names.h"
#include "profiles/log_args.h"

/* A text of the log and its slug; text NULL when no text may have the slug. */
typedef struct Slug
{
	bool		is_level;
	const char *text; /* UTF-8 */
	size_t		len;
	char	   *slug;
} Slug;

/* A name of a column, and what it is if it is known. */
typedef struct TakenName
{
	char				name[NAMEDATALEN];
	const SpkLogWanted *wanted; /* NULL for a column that is none of ours */
	bool				is_attribute;
} TakenName;

struct SpkColumnNames
{
	const SpkDefinedBefore *before;
	const SpkRecipeColumn **sorted; /* the columns of before, by feature */
	HTAB				   *taken;	/* of TakenName */
	List				   *slugs;	/* of Slug */
};

static bool
is_same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

static int
compare_texts(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = Min(a_len, b_len) == 0 ? 0 : memcmp(a, b, Min(a_len, b_len));

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* An order in which the same features are neighbours. */
static int
compare_features(const SpkLogWanted *a, const SpkLogWanted *b)
{
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->days != b->days)
		return a->days < b->days ? -1 : 1;
	order = compare_texts(a->subject, a->subject_len, b->subject, b->subject_len);
	return order != 0 ? order : compare_texts(a->second, a->second_len, b->second, b->second_len);
}

/* The same of columns, and of the same feature that which comes first in the recipe. */
static int
compare_columns(const void *a, const void *b)
{
	const SpkRecipeColumn *x = *(const SpkRecipeColumn *const *) a;
	const SpkRecipeColumn *y = *(const SpkRecipeColumn *const *) b;
	int					   order = compare_features(&x->wanted, &y->wanted);

	return order != 0 ? order : (x > y) - (x < y);
}

const SpkRecipeColumn *
spk_column_before(const SpkColumnNames *names, const SpkLogWanted *wanted)
{
	int low = 0;
	int high = names->before->n_columns;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (compare_features(&names->sorted[middle]->wanted, wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == names->before->n_columns ||
		compare_features(&names->sorted[low]->wanted, wanted) != 0)
		return NULL;
	return names->sorted[low];
}

/* What stands behind the slug in the name of a column. */
static char *
ending(const SpkLogWanted *wanted)
{
	const SpkLogKindInfo *info = &spk_log_kinds[wanted->kind];
	const char			 *place = strstr(info->column, "%s");
	const char			 *end = place == NULL ? "" : place + 2;

	return info->has_window ? psprintf("%s_%dd", end, wanted->days) : pstrdup(end);
}

/* What stands before it. */
static char *
beginning(const SpkLogWanted *wanted)
{
	const char *column = spk_log_kinds[wanted->kind].column;
	const char *place = strstr(column, "%s");

	return place == NULL ? pstrdup(column) : pnstrdup(column, place - column);
}

static TakenName *
take(SpkColumnNames *names, const char *name)
{
	char	   key[NAMEDATALEN] = {0};
	bool	   found;
	TakenName *taken;

	strlcpy(key, name, NAMEDATALEN);
	taken = hash_search(names->taken, key, HASH_ENTER, &found);
	if (!found)
	{
		taken->wanted = NULL;
		taken->is_attribute = false;
	}
	return taken;
}

static TakenName *
find_taken(SpkColumnNames *names, const char *name)
{
	char key[NAMEDATALEN] = {0};

	strlcpy(key, name, NAMEDATALEN);
	return hash_search(names->taken, key, HASH_FIND, NULL);
}

/* The slug of a text that has one; NULL. */
static const char *
find_slug(const SpkColumnNames *names, bool is_level, const char *text, size_t len)
{
	ListCell *lc;

	foreach (lc, names->slugs)
	{
		const Slug *slug = lfirst(lc);

		if (slug->text != NULL && slug->is_level == is_level &&
			is_same_text(slug->text, slug->len, text, len))
			return slug->slug;
	}
	return NULL;
}

static bool
is_slug_taken(const SpkColumnNames *names, bool is_level, const char *slug)
{
	ListCell *lc;

	foreach (lc, names->slugs)
		if (((Slug *) lfirst(lc))->is_level == is_level &&
			strcmp(((Slug *) lfirst(lc))->slug, slug) == 0)
			return true;
	return false;
}

static const char *
keep_slug(SpkColumnNames *names, bool is_level, const char *text, size_t len, char *slug)
{
	Slug *kept = palloc(sizeof(Slug));

	*kept = (Slug) {is_level, text, len, slug};
	names->slugs = lappend(names->slugs, kept);
	return slug;
}

/* The slug of a text, which gets one when it has none. */
static const char *
slug_of(SpkColumnNames *names, bool is_level, const char *text, size_t len)
{
	const char *known = find_slug(names, is_level, text, len);
	char		utf8[SPK_SLUG_BYTES + 1];
	size_t		n;
	char	   *slug;
	char	   *numbered;

	if (known != NULL)
		return known;
	n = spk_column_slug(text, len, utf8);
	slug = spk_text_from_utf8(utf8, n);
	/* an escape of what the encoding lacks is no part of a name: its digits are */
	if (strchr(slug, '\\') != NULL)
	{
		n = spk_column_slug(slug, strlen(slug), utf8);
		slug = spk_text_from_utf8(utf8, n);
	}
	numbered = slug;
	for (int number = 2; is_slug_taken(names, is_level, numbered); number++)
		numbered = psprintf("%s_%d", slug, number);
	return keep_slug(names, is_level, text, len, numbered);
}

/* Of a column of before: the slug between what its kind puts around it. */
static void
recover_slug(SpkColumnNames *names, const SpkRecipeColumn *column)
{
	const SpkLogWanted *w = &column->wanted;
	SpkLogSubject		subject = spk_log_kinds[w->kind].subject;
	bool				is_level = subject == SPK_OF_LEVEL;
	char			   *begin = beginning(w);
	char			   *end = ending(w);
	size_t				len = strlen(column->name);
	size_t				around = strlen(begin) + strlen(end);

	if ((subject != SPK_OF_NAME && !is_level) || len <= around ||
		strncmp(column->name, begin, strlen(begin)) != 0 ||
		strcmp(column->name + len - strlen(end), end) != 0 ||
		find_slug(names, is_level, w->subject, w->subject_len) != NULL)
		return;
	keep_slug(names, is_level, w->subject, w->subject_len,
			  pnstrdup(column->name + strlen(begin), len - around));
}

SpkColumnNames *
spk_column_names(const SpkDefinedBefore *before)
{
	SpkColumnNames *names = palloc0(sizeof(SpkColumnNames));
	HASHCTL			control = {0};
	ListCell	   *lc;

	names->before = before;
	names->sorted = palloc(Max(before->n_columns, 1) * sizeof(SpkRecipeColumn *));
	for (int i = 0; i < before->n_columns; i++)
		names->sorted[i] = &before->columns[i];
	qsort(names->sorted, before->n_columns, sizeof(SpkRecipeColumn *), compare_columns);
	control.keysize = NAMEDATALEN;
	control.entrysize = sizeof(TakenName);
	control.hcxt = CurrentMemoryContext;
	names->taken = hash_create("names of columns", 256, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	/* an event called as a column of the whole log is gets a number in all of its columns */
	for (int kind = 0; kind < SPK_N_LOG_KINDS; kind++)
		if (spk_log_kinds[kind].subject == SPK_OF_LOG)
			keep_slug(names, false, NULL, 0, pstrdup(spk_log_kinds[kind].column));
	foreach (lc, before->attributes)
		take(names, lfirst(lc))->is_attribute = true;
	for (int i = 0; i < before->n_columns; i++)
	{
		take(names, before->columns[i].name)->wanted = &before->columns[i].wanted;
		recover_slug(names, &before->columns[i]);
	}
	return names;
}

/* The slug of all that a column is of, in the session's encoding. */
static char *
whole_slug(SpkColumnNames *names, const SpkLogWanted *wanted)
{
	SpkLogSubject subject = spk_log_kinds[wanted->kind].subject;
	const char	 *slug;
	char		 *pair;

	if (subject == SPK_OF_LOG)
		return "";
	slug = slug_of(names, subject == SPK_OF_LEVEL, wanted->subject, wanted->subject_len);
	if (subject != SPK_OF_PAIR)
		return pstrdup(slug);
	pair = psprintf("%s_per_%s", slug, slug_of(names, false, wanted->second, wanted->second_len));
	/* with room for a number */
	pair[pg_mbcliplen(pair, (int) strlen(pair), NAMEDATALEN - 8)] = '\0';
	return pair;
}

char *
spk_column_name(SpkColumnNames *names, const SpkLogWanted *wanted, bool *is_new)
{
	const SpkRecipeColumn *before = spk_column_before(names, wanted);
	char				  *begin = beginning(wanted);
	char				  *end = ending(wanted);
	char				  *slug;
	char				  *name;
	TakenName			  *taken;

	if (before != NULL)
	{
		*is_new = !find_taken(names, before->name)->is_attribute;
		return before->name;
	}
	slug = whole_slug(names, wanted);
	name = psprintf("%s%s%s", begin, slug, end);
	/* another feature may be called so, as the sum of "a" and the count of "a_sum" in a window */
	for (int number = 2; find_taken(names, name) != NULL; number++)
		name = psprintf("%s%s_%d%s", begin, slug, number, end);
	taken = take(names, name);
	taken->wanted = wanted;
	*is_new = true;
	return name;
}
