/*
 * import_reader.c
 *	  Takes the documents of other programs apart.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/import_reader.h"
#include "json/number_text.h"

/* A string is one value; features and categories are checked for their own limits later. */
#define STRING_BYTES 65536

/* The longest number: a double has 24 letters, and ours may be written less briefly. */
#define NUMBER_BYTES 64

/* So much white space nobody writes between two values. */
#define SPACE_BYTES 1048576

/* The steps that a scan takes between two looks for cancellation. */
#define SCAN_STEPS 0x10000

/* ---- Faults ---- */

static void note_fault(SpkImport *im, SpkStatus status, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void
note_fault(SpkImport *im, SpkStatus status, const char *format, va_list args)
{
	int at = 0;

	if (!spk_importing(im))
		return;
	if (im->tree >= 0)
		at = snprintf(im->why, sizeof(im->why), "Tree %lld: ", (long long) im->tree);
	if (im->tree >= 0 && im->node >= 0)
		at = snprintf(im->why, sizeof(im->why), "Tree %lld, node %lld: ", (long long) im->tree,
					  (long long) im->node);
	vsnprintf(im->why + at, sizeof(im->why) - (size_t) at, format, args);
	im->status = status;
}

void
spk_import_refuse(SpkImport *im, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note_fault(im, SPK_CORRUPT, format, args);
	va_end(args);
}

void
spk_import_cannot(SpkImport *im, const char *hint, const char *format, ...)
{
	va_list args;

	if (spk_importing(im))
		im->hint = hint;
	va_start(args, format);
	note_fault(im, SPK_LIMIT, format, args);
	va_end(args);
}

void
spk_import_note(SpkImport *im, const char *note)
{
	if (spk_importing(im) && im->n_notes < SPK_IMPORT_NOTES)
		im->notes[im->n_notes++] = note;
}

/* Takes over a fault of the cursor.  True when there has been any. */
static bool
failed(SpkImport *im, const SpkJsonCursor *c)
{
	if (c->fault != NULL)
		spk_import_refuse(im, "%s, at byte %zu.", c->fault, (size_t) (c->at - im->text));
	return !spk_importing(im);
}

/* ---- Walking ---- */

/* Counts a step of a scan; false when the host wants to stop, which is noted. */
static inline bool
go_on(SpkImport *im, size_t *steps)
{
	if (++*steps % SCAN_STEPS != 0 || !spk_cancelled(im->host))
		return true;
	im->status = SPK_CANCELLED;
	return false;
}

/* White space is skipped in one go, so that there must not be much of it in one place. */
static void
check_space(SpkImport *im, const SpkJsonCursor *c)
{
	const char *at = c->at;

	while (at < c->end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
		if (at++ - c->at == SPACE_BYTES)
		{
			spk_import_refuse(im, "There is white space of more than %d bytes, at byte %zu.",
							  SPACE_BYTES, (size_t) (c->at - im->text));
			return;
		}
}

/* The place behind the value at the cursor, however long it is; NULL when it does not end. */
static const char *
value_end(SpkImport *im, const SpkJsonCursor *c)
{
	const char *at = c->at;
	size_t		depth = 0;
	size_t		steps = 0;

	while (at < c->end)
	{
		if (!go_on(im, &steps))
			return NULL;
		if (*at == '"')
			for (at++; at < c->end && *at != '"'; at++)
			{
				if (!go_on(im, &steps))
					return NULL;
				at += *at == '\\';
			}
		else if (*at == '[' || *at == '{')
			depth++;
		else if ((*at == ']' || *at == '}') && depth > 0)
			depth--;
		else if (depth == 0)
		{
			/* a number or a word ends before what ends its container, and needs no more care */
			while (at < c->end && strchr(",]} \t\r\n", *at) == NULL && go_on(im, &steps))
				at++;
			return at > c->at && spk_importing(im) ? at : NULL;
		}
		if (at >= c->end)
			return NULL;
		at++;
		if (depth == 0)
			return at;
	}
	return NULL;
}

/* Takes the value that comes next. */
static SpkJsonPiece
next_value(SpkImport *im, SpkJsonCursor *c)
{
	SpkJsonPiece piece = {NULL, 0};
	const char	*end;

	if (failed(im, c))
		return piece;
	check_space(im, c);
	if (!spk_importing(im))
		return piece;
	while (c->at < c->end && strchr(" \t\r\n", *c->at) != NULL && *c->at != '\0')
		c->at++;
	end = value_end(im, c);
	if (end == NULL)
	{
		spk_import_refuse(im, "The text is not JSON, at byte %zu.", (size_t) (c->at - im->text));
		return piece;
	}
	piece.at = c->at;
	piece.len = (size_t) (end - c->at);
	c->at = end;
	return piece;
}

SpkImportList
spk_import_list(SpkImport *im, SpkJsonPiece container)
{
	SpkImportList list = {im, spk_json_cursor(container.at, container.len), false};

	if (container.len == 0)
		spk_import_refuse(im, "An array or an object is missing.");
	return list;
}

/* Moves to the next element or member; false at the end. */
static bool
move(SpkImportList *list, char opening, char closing)
{
	SpkImport *im = list->im;

	if (spk_importing(im) && spk_cancelled(im->host))
		im->status = SPK_CANCELLED;
	if (!spk_importing(im))
		return false;
	check_space(im, &list->c);
	if (!list->opened && spk_importing(im))
	{
		(void) spk_json_open(&list->c, opening);
		check_space(im, &list->c);
	}
	list->opened = true;
	if (!spk_importing(im))
		return false;
	if (spk_json_next(&list->c, closing))
		return true;
	spk_json_finish(&list->c);
	(void) failed(im, &list->c);
	return false;
}

bool
spk_import_next(SpkImportList *list, SpkJsonPiece *element)
{
	if (!move(list, '[', ']'))
		return false;
	*element = next_value(list->im, &list->c);
	return spk_importing(list->im);
}

bool
spk_import_next_member(SpkImportList *list, SpkJsonPiece *key, SpkJsonPiece *value)
{
	if (!move(list, '{', '}'))
		return false;
	*key = spk_json_key(&list->c);
	*value = next_value(list->im, &list->c);
	return spk_importing(list->im);
}

void
spk_import_members(SpkImport *im, SpkJsonPiece object, SpkImportMember *members, int n)
{
	SpkImportList list = spk_import_list(im, object);
	SpkJsonPiece  key;
	SpkJsonPiece  value;

	while (spk_import_next_member(&list, &key, &value))
		for (int i = 0; i < n; i++)
			if (spk_json_is_key(key, members[i].key))
			{
				if (members[i].piece.len > 0)
					spk_import_refuse(im, "The member \"%s\" occurs twice.", members[i].key);
				members[i].piece = value;
			}
	for (int i = 0; i < n; i++)
		if (members[i].required && members[i].piece.len == 0)
			spk_import_refuse(im, "The member \"%s\" is missing.", members[i].key);
}

uint32_t
spk_import_count(SpkImport *im, SpkJsonPiece array, uint32_t max, const char *what)
{
	SpkImportList list = spk_import_list(im, array);
	SpkJsonPiece  element;
	uint32_t	  n = 0;

	while (spk_import_next(&list, &element))
		if (n++ == max)
			spk_import_cannot(im, NULL, "There are more than %u %s.", max, what);
	return spk_importing(im) ? n : 0;
}

/* ---- Values ---- */

double
spk_import_number(SpkImport *im, SpkJsonPiece piece, const char *what)
{
	char   text[NUMBER_BYTES];
	double number = NAN;

	if (piece.len == 0)
		spk_import_refuse(im, "The %s is missing.", what);
	if (!spk_importing(im))
		return 0;
	if (piece.len < sizeof(text))
	{
		memcpy(text, piece.at, piece.len);
		text[piece.len] = '\0';
		if (spk_number_is_valid(text, piece.len))
			number = strtod(text, NULL);
	}
	if (!isfinite(number))
		spk_import_refuse(im, "The %s is not a finite number.", what);
	return spk_importing(im) ? number : 0;
}

uint32_t
spk_import_whole(SpkImport *im, SpkJsonPiece piece, uint32_t max, const char *what)
{
	double number = spk_import_number(im, piece, what);

	if (number < 0 || number > max || number != floor(number))
		spk_import_refuse(im, "The %s is not a whole number from 0 to %u.", what, max);
	return spk_importing(im) ? (uint32_t) number : 0;
}

bool
spk_import_bool(SpkImport *im, SpkJsonPiece piece, const char *what)
{
	bool yes = spk_import_is(piece, "true");

	if (!yes && !spk_import_is(piece, "false"))
		spk_import_refuse(im, "The %s is neither true nor false.", what);
	return yes && spk_importing(im);
}

bool
spk_import_is(SpkJsonPiece piece, const char *text)
{
	return piece.len == strlen(text) && memcmp(piece.at, text, piece.len) == 0;
}

SpkJsonPiece
spk_import_unquoted(SpkJsonPiece piece)
{
	if (piece.len >= 2 && piece.at[0] == '"')
		return (SpkJsonPiece) {piece.at + 1, piece.len - 2};
	return piece;
}

const char *
spk_import_string(SpkImport *im, SpkJsonPiece piece, const char *what, size_t *len)
{
	const char			   *fault;
	enum json_tokener_error error;

	*len = 0;
	json_object_put(im->element);
	im->element = NULL;
	if (!spk_importing(im))
		return NULL;
	if (piece.len == 0 || piece.at[0] != '"' || piece.len > STRING_BYTES)
	{
		spk_import_refuse(im, "The %s is not a string, or a long one.", what);
		return NULL;
	}

	/* json-c takes more for a string than JSON does, so that it is asked last */
	if ((fault = spk_json_piece_fault(piece)) != NULL)
	{
		spk_import_refuse(im, "%s.", fault);
		return NULL;
	}
	error = spk_json_parse_strict(&im->parser, piece.at, piece.len, im->host, &im->element);
	if (error == SPK_JSON_NO_MEMORY)
		im->status = SPK_NO_MEMORY;
	else if (error == json_tokener_continue)
		im->status = SPK_CANCELLED;
	else if (!json_object_is_type(im->element, json_type_string))
		spk_import_refuse(im, "The %s is not a string.", what);
	if (!spk_importing(im))
		return NULL;
	*len = (size_t) json_object_get_string_len(im->element);
	return json_object_get_string(im->element);
}

/* ---- The draft ---- */

void *
spk_import_array(SpkImport *im, size_t n, size_t size)
{
	void *array;

	if (!spk_importing(im))
		return NULL;
	array = spk_alloc(im->host, n, size);
	if (array == NULL)
		im->status = SPK_NO_MEMORY;
	else if (!spk_clear(im->host, array, n * size))
	{
		spk_release(im->host, array);
		array = NULL;
		im->status = SPK_CANCELLED;
	}
	return array;
}

SpkDraftNode *
spk_import_node(SpkImport *im, SpkDraftTree *tree)
{
	SpkDraftNode *node = spk_importing(im) ? spk_draft_node(im->host, tree) : NULL;

	if (node == NULL && spk_importing(im))
		im->status = SPK_NO_MEMORY;
	return node;
}

SpkCodeSet *
spk_import_set(SpkImport *im, SpkDraftTree *tree)
{
	SpkCodeSet *set = spk_importing(im) ? spk_draft_set(im->host, tree) : NULL;

	if (set == NULL && spk_importing(im))
		im->status = SPK_NO_MEMORY;
	return set;
}
