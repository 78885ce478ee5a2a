/*
 * event_names.c
 *	  Names that a log has and we do not know.
 */
#include <string.h>

#include "core/events/event_names.h"

/* Returns the longest length up to max at which a cut parts no character of UTF-8. */
static size_t
cut_length(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char) text[max] & 0xC0) == 0x80)
		max--;
	return max;
}

void
spk_names_add(SpkNames *names, const char *name, size_t len)
{
	len = cut_length(name, len, SPK_NAME_BYTES);
	for (int i = 0; i < names->n; i++)
	{
		if (strlen(names->name[i]) == len && memcmp(names->name[i], name, len) == 0)
			return;
	}
	if (names->n == SPK_MAX_NAMES)
	{
		names->more = true;
		return;
	}
	memcpy(names->name[names->n], name, len);
	names->name[names->n][len] = '\0';
	names->n++;
}

void
spk_names_merge(SpkNames *names, const SpkNames *others)
{
	for (int i = 0; i < others->n; i++)
		spk_names_add(names, others->name[i], strlen(others->name[i]));
	names->more |= others->more;
}

/* Returns the place of the quote that ends the string, or the end of the line. */
static const char *
string_end(const char *quote, const char *end)
{
	const char *p = quote + 1;

	for (; p < end && *p != '"'; p++)
	{
		if (*p == '\\' && end - p > 1)
			p++;
	}
	return p;
}

/* Objects inside of each other whose keys are looked at; deeper ones are passed over. */
#define MAX_NESTING 32

/* The way into a line, and the places of the schema on it. */
typedef struct KeySearch
{
	const SpkSchema *schema;
	SpkNames		*names;
	int				 depth;
	int				 inside[MAX_NESTING + 1]; /* the place of the container at each depth */
	int				 value;					  /* the place of the key that was read last */
	bool			 is_key;				  /* the next string is one */
} KeySearch;

/* Adds a key of the object at a place, behind the keys of the objects around it. */
static void
add_inner_key(KeySearch *search, int node, const char *key, size_t len)
{
	char name[SPK_NAME_BYTES + 1];
	int	 way[MAX_NESTING];
	int	 n = 0;
	int	 at = 0;

	for (; node != SPK_ROOT; node = search->schema->nodes[node].parent)
		way[n++] = node;
	while (n > 0 && at < (int) sizeof(name))
	{
		const SpkSchemaNode *outer = &search->schema->nodes[way[--n]];

		for (size_t i = 0; i < outer->len && at < (int) sizeof(name); i++)
			name[at++] = outer->key[i];
		if (at < (int) sizeof(name))
			name[at++] = '.';
	}
	for (size_t i = 0; i < len && at < (int) sizeof(name); i++)
		name[at++] = key[i];
	/* a name of one byte too many is cut behind a whole character */
	spk_names_add(search->names, name, (size_t) at);
}

static void
see_key(KeySearch *search, const char *key, size_t len)
{
	int	 object = search->depth <= MAX_NESTING ? search->inside[search->depth] : SPK_NO_NODE;
	bool exact;

	search->value = SPK_NO_NODE;
	if (object == SPK_NO_NODE)
		return;
	search->value = spk_schema_find(search->schema, object, key, len, &exact);
	if (search->value != SPK_NO_NODE)
		return;
	/* of the music log a key that this table lacks is known all the same */
	if (object == SPK_ROOT && search->schema->is_music && spk_event_key_known(key, len))
		return;
	if (object == SPK_ROOT)
		spk_names_add(search->names, key, len);
	else if (search->schema->nodes[object].child >= 0)
		add_inner_key(search, object, key, len);
}

static void
enter(KeySearch *search, bool is_object)
{
	search->is_key = true;
	search->depth++;
	if (search->depth == 1)
		search->inside[1] = SPK_ROOT;
	else if (search->depth > 1 && search->depth <= MAX_NESTING)
		search->inside[search->depth] = is_object ? search->value : SPK_NO_NODE;
	search->value = SPK_NO_NODE;
}

void
spk_names_add_keys(SpkNames *names, const SpkSchema *schema, const char *line, size_t len)
{
	const char *end = line + len;
	KeySearch	search = {.schema = schema, .names = names, .value = SPK_NO_NODE};

	for (const char *p = line; p < end; p++)
	{
		const char *start = p + 1;

		/*
		 * In a valid object a string is a key when it follows a brace or a comma,
		 * and a value when it follows a colon, so the line need not be parsed.
		 * Strings are skipped whole, because braces inside them mean nothing.
		 */
		switch (*p)
		{
			case '"':
				p = string_end(p, end);
				if (search.depth > 0 && search.is_key)
					see_key(&search, start, (size_t) (p - start));
				break;
			case '{':
			case '[':
				enter(&search, *p == '{');
				break;
			case '}':
			case ']':
				search.depth--;
				break;
			case ',':
				search.is_key = true;
				search.value = SPK_NO_NODE;
				break;
			case ':':
				search.is_key = false;
				break;
		}
	}
}

void
spk_name_to_ascii(char *name)
{
	char *to = name;

	for (; *name != '\0'; name++)
	{
		unsigned char c = (unsigned char) *name;

		/* one "?" for a character, not one for each of its bytes */
		if ((c & 0xC0) != 0x80)
			*to++ = c < 0x20 || c >= 0x7F ? '?' : *name;
	}
	*to = '\0';
}

/*
 * Puts the letters and digits of the name into buf, in lower case.  Returns false
 * when they do not fit, and when the name has characters beyond ASCII.
 */
static bool
letters_of(const char *name, char *buf, size_t size)
{
	size_t n = 0;

	for (; *name != '\0'; name++)
	{
		char c = *name;

		if ((unsigned char) c >= 0x80)
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (char) (c + ('a' - 'A'));
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			continue;
		if (n + 1 == size)
			return false;
		buf[n++] = c;
	}
	buf[n] = '\0';
	return true;
}

int
spk_event_column_like(const SpkSchema *schema, const char *key)
{
	char letters[SPK_NAME_BYTES + 1];
	char other[SPK_NAME_BYTES + 1];
	bool exact;
	int	 own = spk_schema_find(schema, SPK_ROOT, key, strlen(key), &exact);

	if (!letters_of(key, letters, sizeof(letters)) || letters[0] == '\0')
		return SPK_EVENT_NO_COLUMN;
	for (int col = 0; col < schema->n_columns; col++)
	{
		const SpkSchemaNode *node = &schema->nodes[schema->columns[col].node];

		/* a key that differs in case alone is not like the column's, it is the column's */
		if (node->parent == SPK_ROOT && schema->columns[col].node != own &&
			letters_of(node->key, other, sizeof(other)) && strcmp(letters, other) == 0)
			return col;
	}
	return SPK_EVENT_NO_COLUMN;
}
