/*
 * plain_text.c
 *	  Values as text in one way, whatever the session's settings are.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "host/plain_text.h"

PG_FUNCTION_INFO_V1(sparkify_text);

/* What the output functions of PostgreSQL and of others go by. */
static const struct
{
	const char *name;
	const char *value;
} settings[] = {{"DateStyle", "ISO, MDY"},		 {"TimeZone", "UTC"},
				{"extra_float_digits", "1"},	 {"IntervalStyle", "postgres"},
				{"bytea_output", "hex"},		 {"lc_monetary", "C"},
				{"quote_all_identifiers", "off"}};

/* Sets one for now.  To set it costs more than to see that it is so already. */
static void
set_plainly(const char *name, const char *value)
{
	if (strcmp(GetConfigOption(name, false, false), value) != 0)
		(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
}

const char *
spk_plain_identifier(const char *name)
{
	int			nest_level = NewGUCNestLevel();
	const char *quoted;

	set_plainly("quote_all_identifiers", "off");
	quoted = quote_identifier(name);
	AtEOXact_GUC(true, nest_level);
	return quoted;
}

/* ---- Types ---- */

/* Has a type a text that no setting changes, or that we write? */
static bool
has_plain_text(Oid base)
{
	switch (base)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case UUIDOID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return true;
		default:
			return type_is_enum(base);
	}
}

/* Is this one of those that we write? */
static bool
is_written_here(Oid base)
{
	return base == FLOAT4OID || base == FLOAT8OID || base == DATEOID || base == TIMESTAMPOID ||
		base == TIMESTAMPTZOID;
}

void
spk_plain_text_type(SpkPlainText *plain, Oid type, MemoryContext context)
{
	Oid	 output;
	bool varlena;

	plain->base = getBaseType(type);
	plain->has_settings = !has_plain_text(plain->base);
	getTypeOutputInfo(plain->base, &output, &varlena);
	fmgr_info_cxt(output, &plain->output, context);
}

char *
spk_plain_text_sql(const char *schema, const char *expression, Oid type)
{
	Oid base = getBaseType(type);

	/* a cast costs nothing, and stands in the way of no plan */
	if (has_plain_text(base) && !is_written_here(base))
		return psprintf("(%s)::pg_catalog.text", expression);
	return psprintf("%s.sparkify_text(%s)", schema, expression);
}

/* ---- Values ---- */

static char *
date_text(DateADT date)
{
	char		 text[MAXDATELEN + 1];
	struct pg_tm tm;

	if (DATE_NOT_FINITE(date))
		EncodeSpecialDate(date, text);
	else
	{
		j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		EncodeDateOnly(&tm, USE_ISO_DATES, text);
	}
	return pstrdup(text);
}

/* A time of UTC; that it is one is said where the type has a zone. */
static char *
time_text(Timestamp time, bool has_zone)
{
	char		 text[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t		 fraction;

	if (TIMESTAMP_NOT_FINITE(time))
		EncodeSpecialTimestamp(time, text);
	else if (timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	else
	{
		tm.tm_isdst = 0;
		EncodeDateTime(&tm, fraction, has_zone, 0, NULL, USE_ISO_DATES, text);
	}
	return pstrdup(text);
}

/* As the type's function writes it while the settings are PostgreSQL's own. */
static char *
output_plainly(FmgrInfo *output, Datum value)
{
	int	  nest_level = NewGUCNestLevel();
	char *text;

	for (int i = 0; i < lengthof(settings); i++)
		set_plainly(settings[i].name, settings[i].value);
	text = OutputFunctionCall(output, value);
	AtEOXact_GUC(true, nest_level);
	return text;
}

char *
spk_plain_text(SpkPlainText *plain, Datum value)
{
	char number[DOUBLE_SHORTEST_DECIMAL_LEN];

	switch (plain->base)
	{
		case FLOAT4OID:
			float_to_shortest_decimal_buf(DatumGetFloat4(value), number);
			return pstrdup(number);
		case FLOAT8OID:
			double_to_shortest_decimal_buf(DatumGetFloat8(value), number);
			return pstrdup(number);
		case DATEOID:
			return date_text(DatumGetDateADT(value));
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return time_text(DatumGetTimestamp(value), plain->base == TIMESTAMPTZOID);
		default:
			return plain->has_settings ? output_plainly(&plain->output, value) :
										 OutputFunctionCall(&plain->output, value);
	}
}

/* sparkify_text("any") */
Datum
sparkify_text(PG_FUNCTION_ARGS)
{
	SpkPlainText *plain = fcinfo->flinfo->fn_extra;
	char		 *written;
	text		 *result;

	if (plain == NULL)
	{
		plain = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(SpkPlainText));
		spk_plain_text_type(plain, get_fn_expr_argtype(fcinfo->flinfo, 0), fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = plain;
	}
	written = spk_plain_text(plain, PG_GETARG_DATUM(0));
	result = cstring_to_text(written);
	pfree(written);
	PG_RETURN_TEXT_P(result);
}
