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
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "core/base/times.h"
#include "events/event_cast.h"

/*
 * Sets what a base type reads, and the way from there.  Of other types than these
 * nothing is known but their input functions.
 */
static void
set_way(SpkCast *cast)
{
	switch (cast->base)
	{
		case TIMESTAMPTZOID:
		case TIMESTAMPOID:
			cast->reads = SPK_TYPE_TIME;
			cast->way = SPK_CAST_TIME;
			break;
		case DATEOID:
			cast->reads = SPK_TYPE_TIME;
			cast->way = SPK_CAST_DATE;
			break;
		case INT8OID:
			cast->reads = SPK_TYPE_INT8;
			cast->way = SPK_CAST_INT8;
			break;
		case INT4OID:
			cast->reads = SPK_TYPE_INT4;
			cast->way = SPK_CAST_INT4;
			break;
		case INT2OID:
			cast->reads = SPK_TYPE_INT2;
			cast->way = SPK_CAST_INT2;
			break;
		case FLOAT8OID:
			cast->reads = SPK_TYPE_FLOAT;
			cast->way = SPK_CAST_FLOAT8;
			break;
		case FLOAT4OID:
			cast->reads = SPK_TYPE_REAL;
			cast->way = SPK_CAST_FLOAT4;
			break;
		case NUMERICOID:
			cast->reads = SPK_TYPE_NUMBER;
			cast->way = SPK_CAST_INPUT;
			break;
		case BOOLOID:
			cast->reads = SPK_TYPE_BOOL;
			cast->way = SPK_CAST_BOOL;
			break;
		case TEXTOID:
		case VARCHAROID:
			cast->reads = SPK_TYPE_TEXT;
			cast->way = cast->typmod >= 0 ? SPK_CAST_INPUT : SPK_CAST_TEXT;
			break;
		case UUIDOID:
			cast->reads = SPK_TYPE_UUID;
			cast->way = SPK_CAST_INPUT;
			break;
		case JSONOID:
			cast->reads = SPK_TYPE_JSON;
			cast->way = SPK_CAST_TEXT;
			break;
		case JSONBOID:
			cast->reads = SPK_TYPE_JSON;
			cast->way = SPK_CAST_INPUT;
			break;
		default:
			cast->reads = SPK_TYPE_TEXT;
			cast->way = SPK_CAST_INPUT;
			cast->is_checked = true;
			break;
	}
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
