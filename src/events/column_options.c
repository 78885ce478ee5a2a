/*
 * column_options.c
 *	  What is said of single columns of a log: the options of a foreign table's
 *	  columns, and the argument columns of churn_load_events.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "events/column_options.h"
#include "events/event_binding.h"

/* The deepest nesting of a line, as for spk_strict_parse. */
#define JSON_DEPTH 32

/*
 * The steps of a path, which is written as an array of text, as for the operator #>.
 * An array that is none is PostgreSQL's own error.
 */
static List *
path_steps(const char *path)
{
	Datum	   array = OidInputFunctionCall(F_ARRAY_IN, pstrdup(path), TEXTOID, -1);
	ArrayType *steps = DatumGetArrayTypeP(array);
	List	  *list = NIL;
	Datum	  *elements;
	bool	  *nulls;
	int		   n;

	if (ARR_NDIM(steps) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("path must have one dimension, not %d", ARR_NDIM(steps))));
	deconstruct_array(steps, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("path must not contain nulls")));
		list = lappend(list, TextDatumGetCString(elements[i]));
	}
	/* objects nested deeper than lines may be hold nothing */
	if (n > JSON_DEPTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("path must not have more than %d steps", JSON_DEPTH)));
	return list;
}

static void
check_unit(const char *unit)
{
	if (spk_unit_of_name(unit) == SPK_UNIT_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid unit \"%s\"", unit),
				 errhint("Units of times are: %s.", SPK_TIME_UNITS)));
}

bool
spk_column_option(SpkColumnOptions *options, const char *name, char *value)
{
	/* a key may be any text, even the empty one */
	if (strcmp(name, "key") == 0)
		options->key = value;
	else if (strcmp(name, "path") == 0)
	{
		options->path = path_steps(value);
		options->has_path = true;
	}
	else if (strcmp(name, "unit") == 0)
	{
		check_unit(value);
		options->unit = value;
	}
	else
		return false;
	if (options->key != NULL && options->has_path)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a column cannot have both a key and a path"),
				 errhint("The path '{a}' is the same as the key 'a'.")));
	return true;
}

/* ---- As JSON ---- */

#define COLUMNS_HINT \
	errhint(         \
		"Columns are written as in '{\"price\": {\"path\": \"{items,0,price}\"}, \"created_at\": {\"key\": \"ts\", \"unit\": \"ms\"}}'.")

static char *
string_of(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* The attribute of this name that lines give a value to, counted from 0. */
static int
find_column(Relation rel, const bool *left_out, const char *name)
{
	TupleDesc tupdesc = RelationGetDescr(rel);

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (att->attisdropped || strcmp(NameStr(att->attname), name) != 0)
			continue;
		if (left_out[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" gets no value from a line", name),
					 att->attgenerated != '\0' ? errdetail("It is a generated column.") :
					 errdetail("It has a default, and you may not insert into it.")));
		return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of relation \"%s\" does not exist", name,
					RelationGetRelationName(rel))));
}

/* The options of one column. */
static SpkColumnOptions
options_of(const char *column, const JsonbValue *value)
{
	SpkColumnOptions   options = {0};
	JsonbIterator	  *it;
	JsonbIteratorToken token;
	JsonbValue		   member;

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options of column \"%s\" must be a JSON object", column),
				 COLUMNS_HINT));
	it = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &member, true)) != WJB_DONE)
	{
		char *name;

		if (token != WJB_KEY)
			continue;
		name = string_of(&member);
		JsonbIteratorNext(&it, &member, true);
		if (member.type != jbvString)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("option \"%s\" of column \"%s\" must be a string", name, column),
					 COLUMNS_HINT));
		if (!spk_column_option(&options, name, string_of(&member)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid option \"%s\"", name),
					 errhint("Valid options in this context are: %s", SPK_COLUMN_OPTIONS)));
	}
	return options;
}

SpkColumnOptions *
spk_columns_from_jsonb(Relation rel, const bool *left_out, Jsonb *columns)
{
	SpkColumnOptions  *options = palloc0(sizeof(SpkColumnOptions) * RelationGetDescr(rel)->natts);
	JsonbIterator	  *it;
	JsonbIteratorToken token;
	JsonbValue		   value;

	if (!JB_ROOT_IS_OBJECT(columns))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("columns must be a JSON object"),
				 COLUMNS_HINT));
	/* nested values come whole, behind their keys */
	it = JsonbIteratorInit(&columns->root);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char *name;

		if (token != WJB_KEY)
			continue;
		name = string_of(&value);
		JsonbIteratorNext(&it, &value, true);
		options[find_column(rel, left_out, name)] = options_of(name, &value);
	}
	return options;
}
