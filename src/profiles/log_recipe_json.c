/*
 * log_recipe_json.c
 *	  Recipes of features as JSON.
 *
 * jsonb holds no character that the database's encoding lacks.  Such a character of a
 * name stands in a recipe as an escape within the string, the same in every encoding,
 * so that a recipe that is dumped from one database means the same in another.
 */
#include "compat.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "profiles/log_args.h"
#include "profiles/log_recipe_json.h"

#define VERSION 1

/* An escape is a backslash, a u and four of these. */
#define ESCAPE_BYTES 6

static const char hex_digits[] = "0123456789abcdef";

pg_noreturn static void
refuse(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the recipe of features is malformed"),
			 errdetail_internal("%s", detail),
			 errhint("churn_define_features makes recipes.")));
}

pg_noreturn static void
refuse_column(const char *column, const char *detail)
{
	refuse(psprintf("Column \"%s\" %s.", column, detail));
}

static JsonbValue *
member(Jsonb *recipe, const char *key)
{
	JsonbValue wanted = {.type = jbvString};

	wanted.val.string.val = unconstify(char *, key);
	wanted.val.string.len = (int) strlen(key);
	return findJsonbValueFromContainer(&recipe->root, JB_FOBJECT, &wanted);
}

/* Refuses what a later version may have written. */
static void
check_version(Jsonb *recipe)
{
	JsonbValue *version;

	if (!JB_ROOT_IS_OBJECT(recipe))
		refuse("It is no JSON object.");
	version = member(recipe, "version");
	if (version == NULL || version->type != jbvNumeric ||
		!DatumGetBool(
			DirectFunctionCall2(numeric_eq, NumericGetDatum(version->val.numeric),
								DirectFunctionCall1(int4_numeric, Int32GetDatum(VERSION)))))
		refuse(psprintf("Its version is not %d.", VERSION));
}

/* Does an escape begin here?  Sets *unit to its number. */
static bool
is_escape(const char *text, size_t len, unsigned *unit)
{
	*unit = 0;
	if (len < ESCAPE_BYTES || text[0] != '\\' || text[1] != 'u')
		return false;
	for (int i = 2; i < ESCAPE_BYTES; i++)
	{
		const char *digit = text[i] == '\0' ? NULL : strchr(hex_digits, text[i]);

		if (digit == NULL)
			return false;
		*unit = *unit << 4 | (unsigned) (digit - hex_digits);
	}
	return true;
}

/* The name that a recipe's string stands for, in UTF-8. */
static const char *
unescape(const char *text, size_t *len)
{
	char  *name;
	size_t n = 0;

	if (memchr(text, '\\', *len) == NULL)
		return text;
	name = palloc(*len + 1);
	for (size_t at = 0; at < *len;)
	{
		unsigned unit;
		unsigned low;

		if (!is_escape(text + at, *len - at, &unit))
		{
			name[n++] = text[at++];
			continue;
		}
		at += ESCAPE_BYTES;
		if (unit >= 0xd800 && unit <= 0xdbff && is_escape(text + at, *len - at, &low) &&
			low >= 0xdc00 && low <= 0xdfff)
		{
			unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
			at += ESCAPE_BYTES;
		}
		if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
			refuse("A name in it has an escape of no character.");
		unicode_to_utf8(unit, (unsigned char *) name + n);
		n += (size_t) pg_utf_mblen((unsigned char *) name + n);
	}
	name[n] = '\0';
	*len = n;
	return name;
}

/* A name as a recipe's string: what looks like an escape in it is escaped itself. */
static char *
escape(const char *utf8, size_t len)
{
	StringInfoData name;
	unsigned	   unit;

	initStringInfo(&name);
	for (size_t i = 0; i < len; i++)
		if (is_escape(utf8 + i, len - i, &unit))
			appendStringInfoString(&name, "\\u005c");
		else
			appendStringInfoChar(&name, utf8[i]);
	return spk_text_from_utf8(name.data, (size_t) name.len);
}

/* Is the i-th element of a column's array a text?  Then as UTF-8. */
static bool
text_at(JsonbContainer *array, uint32 i, const char **text, size_t *len)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array, i);

	if (value == NULL || value->type != jbvString)
		return false;
	*text = spk_text_to_utf8(pnstrdup(value->val.string.val, value->val.string.len),
							 value->val.string.len, len);
	*text = unescape(*text, len);
	return true;
}

static bool
days_at(JsonbContainer *array, uint32 i, int32 *days)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array, i);

	if (value == NULL || value->type != jbvNumeric)
		return false;
	*days = DatumGetInt32(DirectFunctionCall1(numeric_int4, NumericGetDatum(value->val.numeric)));
	return true;
}

/* What a column is, from its array. */
static SpkLogWanted
read_wanted(const char *column, const JsonbValue *value)
{
	SpkLogWanted		  wanted = {0};
	const SpkLogKindInfo *info;
	JsonbContainer		 *array;
	const char			 *kind;
	size_t				  len;
	uint32				  at = 1;

	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		refuse_column(column, "is no array");
	array = value->val.binary.data;
	if (!text_at(array, 0, &kind, &len))
		refuse_column(column, "has no kind of feature");
	wanted.kind = spk_log_kind_of(kind, len);
	if (wanted.kind == SPK_N_LOG_KINDS)
		refuse_column(column, "has a kind of feature that is not known");
	/* what a kind needs follows in this order, and nothing behind it */
	info = &spk_log_kinds[wanted.kind];
	if (info->subject != SPK_OF_LOG && !text_at(array, at++, &wanted.subject, &wanted.subject_len))
		refuse_column(column, "has no name");
	if (info->subject == SPK_OF_PAIR && !text_at(array, at++, &wanted.second, &wanted.second_len))
		refuse_column(column, "has no second name");
	if (info->has_window && !days_at(array, at++, &wanted.days))
		refuse_column(column, "has no window");
	if (JsonContainerSize(array) != at)
		refuse_column(column, "has too many elements");
	return wanted;
}

SpkRecipeColumn *
spk_recipe_columns(Jsonb *recipe, const char *part, int *n)
{
	JsonbValue		  *object;
	SpkRecipeColumn	  *columns;
	JsonbIterator	  *it;
	JsonbIteratorToken token;
	JsonbValue		   value;

	check_version(recipe);
	*n = 0;
	object = member(recipe, part);
	if (object == NULL || object->type != jbvBinary ||
		!JsonContainerIsObject(object->val.binary.data))
		refuse(psprintf("It has no object \"%s\".", part));
	columns = palloc(Max(JsonContainerSize(object->val.binary.data), 1) * sizeof(SpkRecipeColumn));
	/* nested values come whole, behind their keys */
	it = JsonbIteratorInit(object->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		SpkRecipeColumn *column = &columns[*n];

		if (token != WJB_KEY)
			continue;
		column->name = pnstrdup(value.val.string.val, value.val.string.len);
		JsonbIteratorNext(&it, &value, true);
		column->wanted = read_wanted(column->name, &value);
		++*n;
	}
	return columns;
}

static void
append_text(StringInfo buf, const char *utf8, size_t len)
{
	appendStringInfoString(buf, ", ");
	escape_json(buf, escape(utf8, len));
}

void
spk_recipe_append(StringInfo buf, const char *name, const SpkLogWanted *wanted)
{
	const SpkLogKindInfo *info = &spk_log_kinds[wanted->kind];

	if (buf->len > 0)
		appendStringInfoString(buf, ", ");
	escape_json(buf, name);
	appendStringInfo(buf, ": [\"%s\"", info->kind);
	if (info->subject != SPK_OF_LOG)
		append_text(buf, wanted->subject, wanted->subject_len);
	if (info->subject == SPK_OF_PAIR)
		append_text(buf, wanted->second, wanted->second_len);
	if (info->has_window)
		appendStringInfo(buf, ", %d", wanted->days);
	appendStringInfoChar(buf, ']');
}

char *
spk_recipe_text(const char *columns, const char *unused)
{
	return psprintf("{\"version\": %d, \"" SPK_RECIPE_COLUMNS "\": {%s}, \"" SPK_RECIPE_UNUSED
					"\": {%s}}",
					VERSION, columns, unused);
}
