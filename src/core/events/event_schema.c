/*
 * event_schema.c
 *	  Where the columns of a table stand in a line of JSON.
 */
#include <string.h>

#include "core/events/event_schema.h"

/* More digits are no index of an array that a line can hold. */
#define MAX_INDEX_DIGITS 9

#define NO_INDEX INT64_MIN

static bool
is_lower(const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (spk_key_folded(key[i]) != key[i])
			return false;
	}
	return true;
}

/* The number of an array's element that a key of a path is, or NO_INDEX; 00 and -0 are none. */
static int64_t
index_of_key(const char *key)
{
	bool	negative = *key == '-';
	size_t	len = strlen(key + negative);
	int64_t index = 0;

	if (len == 0 || len > MAX_INDEX_DIGITS || (key[negative] == '0' && (negative || len > 1)))
		return NO_INDEX;
	for (const char *p = key + negative; *p != '\0'; p++)
	{
		if (*p < '0' || *p > '9')
			return NO_INDEX;
		index = index * 10 + (*p - '0');
	}
	return negative ? -index : index;
}

/* The room that all texts of the plans need, and the most places that there can be. */
static size_t
measure(const SpkColumnPlan *plans, int n, int *max_nodes)
{
	size_t bytes = 0;

	*max_nodes = 1;
	for (int i = 0; i < n; i++)
	{
		bytes += strlen(plans[i].label) + 1;
		for (int k = 0; k < plans[i].path_len; k++)
			bytes += strlen(plans[i].path[k]) + 1;
		*max_nodes += plans[i].path_len;
	}
	return bytes;
}

/* Copies a text to *at, and moves *at behind it. */
static const char *
keep_text(char **at, const char *text)
{
	size_t len = strlen(text) + 1;
	char  *copy = memcpy(*at, text, len);

	*at += len;
	return copy;
}

/* The place with just this key inside of the parent, or SPK_NO_NODE. */
static int
find_exact(const SpkSchema *schema, int parent, const char *key, size_t len)
{
	for (int i = schema->nodes[parent].child; i >= 0; i = schema->nodes[i].next)
	{
		const SpkSchemaNode *node = &schema->nodes[i];

		if (node->len == len && memcmp(node->key, key, len) == 0)
			return i;
	}
	return SPK_NO_NODE;
}

static int
add_node(SpkSchema *schema, int parent, const char *key, char **texts)
{
	int			   i = schema->n_nodes++;
	SpkSchemaNode *node = &schema->nodes[i];
	int64_t		   index = key == NULL ? NO_INDEX : index_of_key(key);

	node->key = key == NULL ? NULL : keep_text(texts, key);
	node->len = key == NULL ? 0 : strlen(key);
	node->folds = false;
	node->is_index = index != NO_INDEX;
	node->index = index;
	node->parent = parent;
	node->column = -1;
	node->leaf = -1;
	node->child = -1;
	node->next = -1;
	if (parent >= 0)
	{
		/* in the order in which they come, which is likely to be that of the line */
		int *link = &schema->nodes[parent].child;

		while (*link >= 0)
			link = &schema->nodes[*link].next;
		*link = i;
	}
	return i;
}

static uint64_t
max_of_type(SpkEventType type)
{
	switch (type)
	{
		case SPK_TYPE_INT8:
			return INT64_MAX;
		case SPK_TYPE_INT4:
			return INT32_MAX;
		case SPK_TYPE_INT2:
			return INT16_MAX;
		default:
			return 0;
	}
}

/* Puts a column at its place, which is made where it is missing. */
static void
add_column(SpkSchema *schema, const SpkColumnPlan *plan, char **texts)
{
	int				 col = schema->n_columns++;
	SpkSchemaColumn *column = &schema->columns[col];
	int				 at = SPK_ROOT;
	int				*link;

	for (int k = 0; k < plan->path_len; k++)
	{
		int inside = find_exact(schema, at, plan->path[k], strlen(plan->path[k]));

		at = inside >= 0 ? inside : add_node(schema, at, plan->path[k], texts);
	}
	schema->nodes[at].folds |= plan->folds;
	column->label = keep_text(texts, plan->label);
	column->type = plan->type;
	column->unit = plan->unit;
	column->lenient = plan->lenient;
	column->blank = plan->blank;
	column->is_hidden = plan->is_hidden;
	column->max = max_of_type(plan->type);
	column->node = at;
	column->next = -1;
	for (link = &schema->nodes[at].column; *link >= 0; link = &schema->columns[*link].next)
		;
	*link = col;
	spk_bits_add(schema->all, col);
}

SpkSchema *
spk_schema_new(const SpkColumnPlan *plans, int n, const SpkHost *host)
{
	int		   max_nodes;
	size_t	   texts_size = measure(plans, n, &max_nodes);
	size_t	   column_words = SPK_BITS_WORDS(n);
	size_t	   node_words = SPK_BITS_WORDS(max_nodes);
	SpkSchema *schema = spk_alloc(host, 1,
								  sizeof(SpkSchema) + (size_t) n * sizeof(SpkSchemaColumn) +
									  (size_t) max_nodes * sizeof(SpkSchemaNode) +
									  (2 * column_words + node_words) * sizeof(uint64_t) +
									  (size_t) n * sizeof(int) + texts_size);
	char	  *texts;

	if (schema == NULL)
		return NULL;
	memset(schema, 0, sizeof(SpkSchema));
	schema->nodes = (SpkSchemaNode *) (schema + 1);
	schema->columns = (SpkSchemaColumn *) (schema->nodes + max_nodes);
	schema->required = (uint64_t *) (schema->columns + n);
	schema->all = schema->required + node_words;
	schema->needed = schema->all + column_words;
	schema->times = (int *) (schema->needed + column_words);
	texts = (char *) (schema->times + n);
	spk_bits_clear(schema->required, node_words);
	spk_bits_clear(schema->all, column_words);
	spk_bits_clear(schema->needed, column_words);
	for (int i = 0; i < SPK_N_COLUMNS; i++)
		schema->music[i] = SPK_EVENT_NO_COLUMN;

	(void) add_node(schema, -1, NULL, &texts);
	for (int i = 0; i < n; i++)
		add_column(schema, &plans[i], &texts);

	/* where nothing says what an event is, everything is one */
	schema->any_object = schema->nodes[SPK_ROOT].child < 0 || schema->nodes[SPK_ROOT].column >= 0;
	for (int i = schema->nodes[SPK_ROOT].child; i >= 0; i = schema->nodes[i].next)
		spk_bits_add(schema->required, i);
	for (int col = 0; col < n; col++)
	{
		SpkSchemaNode *node = &schema->nodes[schema->columns[col].node];

		if (node->child < 0 && node->column == col && schema->columns[col].next < 0)
			node->leaf = col;
		schema->keeps_open |= node->key == NULL || node->child >= 0;
		if (schema->columns[col].type == SPK_TYPE_TIME &&
			schema->columns[col].unit != SPK_UNIT_NONE)
			schema->times[schema->n_times++] = col;
	}
	return schema;
}

SpkColumnPlan
spk_music_plan(SpkEventColumn col)
{
	static const struct
	{
		const char *path[1];
		const char *label;
	} names[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) {{key}, "key \"" key "\""},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
	};
	SpkColumnPlan plan = {.path = names[col].path,
						  .path_len = 1,
						  .label = names[col].label,
						  .type = spk_event_keys[col].type,
						  .unit = SPK_UNIT_MILLISECONDS,
						  .folds = true};

	return plan;
}

SpkSchema *
spk_schema_new_music(const SpkHost *host)
{
	SpkColumnPlan plans[SPK_N_COLUMNS];
	int			  columns[SPK_N_COLUMNS];
	SpkSchema	 *schema;

	for (int i = 0; i < SPK_N_COLUMNS; i++)
	{
		plans[i] = spk_music_plan((SpkEventColumn) i);
		columns[i] = i;
	}
	schema = spk_schema_new(plans, SPK_N_COLUMNS, host);
	if (schema != NULL)
		spk_schema_set_music(schema, columns);
	return schema;
}

void
spk_schema_set_music(SpkSchema *schema, const int *columns)
{
	/* without one of the first three a line is no event; without the last profiles ignore it */
	static const SpkEventColumn needed[] = {SPK_COL_TS, SPK_COL_USERID, SPK_COL_PAGE,
											SPK_COL_SESSIONID};

	schema->is_music = true;
	schema->any_object = false;
	memcpy(schema->music, columns, sizeof(schema->music));
	spk_bits_clear(schema->required, SPK_BITS_WORDS(schema->n_nodes));
	for (int i = 0; i < 4; i++)
	{
		int col = columns[needed[i]];

		if (i < 3)
			spk_bits_add(schema->required, schema->columns[col].node);
		if (col != SPK_EVENT_NO_COLUMN)
			spk_bits_add(schema->needed, col);
	}
}

int
spk_schema_find(const SpkSchema *schema, int node, const char *key, size_t len, bool *exact)
{
	int found = find_exact(schema, node, key, len);

	*exact = found >= 0;
	if (found >= 0)
		return found;
	for (int i = schema->nodes[node].child; i >= 0; i = schema->nodes[i].next)
	{
		const SpkSchemaNode *child = &schema->nodes[i];

		if (!child->folds || child->len != len || !spk_key_same(child->key, key, len))
			continue;
		/* of two columns that differ in case alone SQL means the one in lower case */
		if (found < 0 || is_lower(child->key, len))
			found = i;
	}
	return found;
}

int
spk_schema_element(const SpkSchema *schema, int node, int64_t number)
{
	for (int i = schema->nodes[node].child; i >= 0; i = schema->nodes[i].next)
	{
		if (schema->nodes[i].is_index && schema->nodes[i].index == number)
			return i;
	}
	return SPK_NO_NODE;
}

const SpkSchemaNode *
spk_schema_top(const SpkSchema *schema, int col)
{
	int node = schema->columns[col].node;

	if (node == SPK_ROOT)
		return NULL;
	while (schema->nodes[node].parent != SPK_ROOT)
		node = schema->nodes[node].parent;
	return &schema->nodes[node];
}

bool
spk_schema_counts_from_end(const SpkSchema *schema, int node)
{
	for (int i = schema->nodes[node].child; i >= 0; i = schema->nodes[i].next)
	{
		if (schema->nodes[i].is_index && schema->nodes[i].index < 0)
			return true;
	}
	return false;
}

bool
spk_schema_takes_containers(const SpkSchema *schema, int node)
{
	for (int col = schema->nodes[node].column; col >= 0; col = schema->columns[col].next)
	{
		if (schema->columns[col].type != SPK_TYPE_JSON && schema->columns[col].type != SPK_TYPE_ANY)
			return false;
	}
	return true;
}
