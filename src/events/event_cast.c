/*
 * event_cast.c
 *	  How the values of a column of any type are read from a line, and become Datums.
 *
 * Numbers, times, booleans and texts need no more than their bytes.  All else goes
 * through the input function of its type, as it does with COPY.  Where that, or a
 * type modifier, may refuse what the parser has let pass, values are made for every
 * row, whoever wants them: which lines are events must not depend on the query.
 */
#include "compat.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "core/base/times.h"
#include "events/event_cast.h"

/* What columns of PostgreSQL's own types read, and the way from there. */
static const struct
{
	Oid			 type;
	SpkEventType reads;
	SpkCastWay	 way;
} ways[] = {
	{TIMESTAMPTZOID, SPK_TYPE_TIME, SPK_CAST_TIME}, {TIMESTAMPOID, SPK_TYPE_TIME, SPK_CAST_TIME},
	{DATEOID, SPK_TYPE_TIME, SPK_CAST_DATE},		{INT8OID, SPK_TYPE_INT8, SPK_CAST_INT8},
	{INT4OID, SPK_TYPE_INT4, SPK_CAST_INT4},		{INT2OID, SPK_TYPE_INT2, SPK_CAST_INT2},
	{FLOAT8OID, SPK_TYPE_FLOAT, SPK_CAST_FLOAT8},	{FLOAT4OID, SPK_TYPE_REAL, SPK_CAST_FLOAT4},
	{NUMERICOID, SPK_TYPE_NUMBER, SPK_CAST_INPUT},	{BOOLOID, SPK_TYPE_BOOL, SPK_CAST_BOOL},
	{TEXTOID, SPK_TYPE_TEXT, SPK_CAST_TEXT},		{VARCHAROID, SPK_TYPE_TEXT, SPK_CAST_TEXT},
	{UUIDOID, SPK_TYPE_UUID, SPK_CAST_INPUT},		{JSONOID, SPK_TYPE_JSON, SPK_CAST_TEXT},
	{JSONBOID, SPK_TYPE_JSON, SPK_CAST_INPUT},
};

/* Of other types nothing is known but their input functions, which may refuse any text. */
static void
set_way(SpkCast *cast)
{
	cast->reads = SPK_TYPE_TEXT;
	cast->way = SPK_CAST_INPUT;
	cast->is_checked = true;
	for (int i = 0; i < lengthof(ways); i++)
	{
		if (ways[i].type != cast->base)
			continue;
		cast->reads = ways[i].reads;
		cast->way = ways[i].way;
		cast->is_checked = false;
	}
	/* jsonb translates \uXXXX, which another encoding may lack */
	if (cast->base == JSONBOID && GetDatabaseEncoding() != PG_UTF8)
		cast->is_checked = true;
	/* varchar(n) has a length */
	if (cast->way == SPK_CAST_TEXT && cast->typmod >= 0)
		cast->way = SPK_CAST_INPUT;
}

/* Is "" NULL?  It is for numbers, dates and times; "" is no value of these. */
static bool
blank_is_null(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	return category == TYPCATEGORY_NUMERIC || category == TYPCATEGORY_DATETIME ||
		category == TYPCATEGORY_TIMESPAN;
}

/* May errors of the input function be caught?  See spk_input_function. */
static bool
is_harmless(Oid type, Oid input)
{
	char typtype = get_typtype(type);

	return input < FirstNormalObjectId && get_element_type(type) == InvalidOid &&
		(typtype == TYPTYPE_BASE || typtype == TYPTYPE_ENUM);
}

void
spk_cast_init(SpkCast *cast, Oid type, int32 typmod, const char *label)
{
	memset(cast, 0, sizeof(SpkCast));
	cast->label = label;
	cast->type = type;
	cast->typmod = typmod;
	cast->base = getBaseTypeAndTypmod(type, &cast->typmod);
	cast->is_domain = cast->base != type;
	cast->context = CurrentMemoryContext;
	cast->blank = blank_is_null(cast->base);
	get_typlenbyval(type, &cast->len, &cast->by_value);
	set_way(cast);
	/* a modifier limits digits or lengths; of times it rounds, which refuses nothing in practice */
	cast->is_checked |= cast->is_domain || cast->typmod >= 0;
	if (cast->way == SPK_CAST_INPUT)
	{
		Oid input;

		getTypeInputInfo(cast->base, &input, &cast->ioparam);
		fmgr_info(input, &cast->input);
		cast->may_catch = is_harmless(cast->base, input);
	}
	cast->made_by = cast->way;
	if (cast->is_checked)
		cast->way = SPK_CAST_DONE;
}

bool
spk_cast_is_harmless(const SpkCast *cast)
{
	return !cast->is_checked ||
		(!cast->is_domain && (cast->made_by != SPK_CAST_INPUT || cast->may_catch));
}

static char *
terminated(const SpkField *field)
{
	return pnstrdup(field->text.data, field->text.len);
}

/* Rounds a time to the digits of its type's modifier. */
static Datum
round_time(const SpkCast *cast, int64 time)
{
	if (cast->typmod < 0)
		return TimestampTzGetDatum(time);
	return DirectFunctionCall2(timestamptz_scale, TimestampTzGetDatum(time),
							   Int32GetDatum(cast->typmod));
}

/* The Datum of a field that is in the way's form; by the input function only where nothing is refused. */
static Datum
make_datum(SpkCast *cast, SpkCastWay way, const SpkField *field)
{
	switch (way)
	{
		case SPK_CAST_NOTHING:
			break;
		case SPK_CAST_TIME:
			return round_time(cast, field->integer);
		case SPK_CAST_DATE:
			return DateADTGetDatum(spk_day_of(field->integer));
		case SPK_CAST_INT8:
			return Int64GetDatum(field->integer);
		case SPK_CAST_INT4:
			return Int32GetDatum((int32) field->integer);
		case SPK_CAST_INT2:
			return Int16GetDatum((int16) field->integer);
		case SPK_CAST_FLOAT8:
			return Float8GetDatum(field->number);
		case SPK_CAST_FLOAT4:
			return Float4GetDatum(strtof(terminated(field), NULL));
		case SPK_CAST_BOOL:
			return BoolGetDatum(field->integer != 0);
		case SPK_CAST_TEXT:
			return PointerGetDatum(cstring_to_text_with_len(field->text.data, field->text.len));
		case SPK_CAST_INPUT:
			return InputFunctionCall(&cast->input, terminated(field), cast->ioparam, cast->typmod);
		case SPK_CAST_DONE:
			/* whoever makes the row may keep it longer than the parser does */
			return datumCopy((Datum) field->integer, cast->by_value, cast->len);
	}
	return (Datum) 0;
}

Datum
spk_cast_datum(SpkCast *cast, const SpkField *field)
{
	return make_datum(cast, cast->way, field);
}

bool
spk_cast_check(SpkCast *cast, bool isnull, SpkField *field, SpkEventFault *fault)
{
	Datum value = (Datum) 0;
	char *message;

	if (isnull)
		;
	else if (cast->made_by != SPK_CAST_INPUT)
		value = make_datum(cast, cast->made_by, field);
	else if (!spk_input_function(&cast->input, terminated(field), cast->ioparam, cast->typmod,
								 cast->may_catch, &value, &message))
		return spk_fault(fault, SPK_FAULT_VALUE, "%s: %s", cast->label, message);

	/* also of NULL, which a domain may refuse, unless something else takes its place */
	if (cast->is_domain && !(isnull && cast->has_default))
		domain_check(value, isnull, cast->type, &cast->domain_check, cast->context);
	field->integer = (int64) value;
	return true;
}
