/*
 * line_places.c
 *	  Finds what stands at the places of a schema in a line of valid JSON.
 *
 * json-c, which judges lines, does not keep how numbers are spelled, nor the text of
 * objects and arrays.  So the values are taken from the line itself.
 */
#include <string.h>

#include "json/json_string.h"
#include "json/line_places.h"

typedef struct Search
{
	const SpkSchema *schema;
	const char		*end; /* of the line */
	SpkFoundValue	*values;
	char			*room; /* that is left for keys */
} Search;

static void find_inside(Search *search, int node);

/* Forgets all that was found inside of a place. */
static void
clear_inside(Search *search, int node)
{
	const SpkSchemaNode *nodes = search->schema->nodes;

	for (int i = nodes[node].child; i >= 0; i = nodes[i].next)
	{
		search->values[i].start = NULL;
		clear_inside(search, i);
	}
}

static void
set_value(Search *search, int node, const char *start, const char *end)
{
	SpkFoundValue *value = &search->values[node];

	if (value->start != NULL)
		clear_inside(search, node);
	value->start = start;
	value->end = end;
	find_inside(search, node);
}

static bool
same_key(SpkFoundKey a, SpkFoundKey b)
{
	return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

/* Takes the value of a key that means a place, unless a better spelling was there. */
static void
add_key(Search *search, int node, SpkFoundKey key, bool exact, const char *start, const char *end)
{
	SpkFoundValue *value = &search->values[node];
	bool		   is_first = value->start == NULL;

	if (!is_first && value->exact && !exact)
		return;
	if (!is_first && !exact && !same_key(value->key, key))
	{
		value->is_ambiguous = true;
		value->other = key;
		return;
	}
	if (is_first || exact)
		value->is_ambiguous = false;
	value->exact = exact;
	value->key = key;
	set_value(search, node, start, end);
}

static void
find_in_object(Search *search, int object, const char *at)
{
	at = spk_json_skip_white(at + 1, search->end);
	while (at < search->end && *at == '"')
	{
		const char *key_end = spk_json_string_end(at, search->end);
		SpkFoundKey key = {search->room,
						   spk_json_unescape(at + 1, key_end - 1, search->room, NULL)};
		const char *start;
		bool		exact;
		int			node = spk_schema_find(search->schema, object, key.bytes, key.len, &exact);

		/* behind the key there is a colon */
		start = spk_json_skip_white(key_end, search->end);
		start = spk_json_skip_white(start + 1, search->end);
		at = spk_json_value_end(start, search->end);
		if (node != SPK_NO_NODE)
		{
			search->room += key.len;
			add_key(search, node, key, exact, start, at);
		}

		/* and behind the value a comma, or the end of the object */
		at = spk_json_skip_white(at, search->end);
		if (at < search->end && *at == ',')
			at = spk_json_skip_white(at + 1, search->end);
	}
}

/* Moves *at behind the next element and the comma there; false at the end of the array. */
static bool
take_element(const Search *search, const char **at, const char **start, const char **end)
{
	*start = spk_json_skip_white(*at, search->end);
	if (*start >= search->end || **start == ']')
		return false;
	*end = spk_json_value_end(*start, search->end);
	*at = spk_json_skip_white(*end, search->end);
	if (*at < search->end && **at == ',')
		(*at)++;
	return true;
}

static void
find_in_array(Search *search, int array, const char *first)
{
	const SpkSchemaNode *nodes = search->schema->nodes;
	const char			*at = first + 1;
	const char			*start;
	const char			*end;
	int64_t				 n = 0;

	while (spk_schema_counts_from_end(search->schema, array) &&
		   take_element(search, &at, &start, &end))
		n++;
	at = first + 1;
	for (int64_t number = 0; take_element(search, &at, &start, &end); number++)
	{
		/* two places may be the same element: the first one and the last */
		for (int i = nodes[array].child; i >= 0; i = nodes[i].next)
		{
			int64_t index = nodes[i].index;

			if (nodes[i].is_index && (index < 0 ? index + n : index) == number)
				set_value(search, i, start, end);
		}
	}
}

/* Finds the places inside of what was found at this place. */
static void
find_inside(Search *search, int node)
{
	const char *start = search->values[node].start;

	if (search->schema->nodes[node].child < 0)
		return;
	if (*start == '{')
		find_in_object(search, node, start);
	else if (*start == '[')
		find_in_array(search, node, start);
}

void
spk_places_find(const SpkSchema *schema, const char *line, size_t len, SpkFoundValue *values,
				char *room)
{
	Search		search = {schema, line + len, values, room};
	const char *start = spk_json_skip_white(line, line + len);

	memset(values, 0, (size_t) schema->n_nodes * sizeof(SpkFoundValue));
	set_value(&search, SPK_ROOT, start, spk_json_value_end(start, line + len));
}
