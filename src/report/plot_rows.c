/*
 * plot_rows.c
 *	  The rows that a picture is drawn from, read by the names of their columns.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "core/base/calendar.h"
#include "host/plain_text.h"
#include "host/source.h"
#include "report/plot.h"
#include "report/plot_rows.h"

/* ---- Making them ---- */

static void
check_number(int n, int limit)
{
	if (n > limit)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows for a picture"),
				 errdetail("It may have %d at most.", limit)));
}

static SpkPlotRows *
new_rows(int n, const char *maker)
{
	SpkPlotRows *rows = palloc(sizeof(SpkPlotRows));

	rows->n = n;
	rows->tuples = palloc0(Max(n, 1) * sizeof(HeapTupleHeader));
	rows->descs = palloc0(Max(n, 1) * sizeof(TupleDesc));
	rows->maker = maker;
	return rows;
}

/* Puts a row in its place.  Its type is looked up unless it is that of the row before. */
static void
set_row(SpkPlotRows *rows, int i, Datum value)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(value);
	Oid				type = HeapTupleHeaderGetTypeId(tuple);
	int32			typmod = HeapTupleHeaderGetTypMod(tuple);

	rows->tuples[i] = tuple;
	if (i > 0 && rows->descs[i - 1] != NULL && rows->descs[i - 1]->tdtypeid == type &&
		rows->descs[i - 1]->tdtypmod == typmod)
		rows->descs[i] = rows->descs[i - 1];
	else
		rows->descs[i] = lookup_rowtype_tupdesc_copy(type, typmod);
}

SpkPlotRows *
spk_plot_rows(Datum array, const char *maker)
{
	ArrayType	*values = DatumGetArrayTypeP(array);
	Datum		*elements;
	bool		*nulls;
	int			 n;
	SpkPlotRows *rows;

	deconstruct_array(values, ARR_ELEMTYPE(values), -1, false, TYPALIGN_DOUBLE, &elements, &nulls,
					  &n);
	check_number(n, SPK_PLOT_ROWS);
	rows = new_rows(n, maker);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("row %d for the picture is null", i + 1)));
		set_row(rows, i, elements[i]);
	}
	return rows;
}

SpkPlotRows *
spk_plot_row(Datum row, const char *maker)
{
	SpkPlotRows *rows = new_rows(1, maker);

	set_row(rows, 0, row);
	return rows;
}

/* What a query's rows are collected in. */
typedef struct Collector
{
	MemoryContext context;
	List		 *tuples;
	TupleDesc	  desc;
} Collector;

static void
collect_row(TupleTableSlot *slot, void *arg)
{
	Collector	 *c = arg;
	MemoryContext old = MemoryContextSwitchTo(c->context);

	if (c->desc == NULL)
		c->desc = CreateTupleDescCopy(slot->tts_tupleDescriptor);
	check_number(list_length(c->tuples) + 1, SPK_PLOT_QUERY_ROWS);
	c->tuples = lappend(c->tuples, DatumGetPointer(ExecFetchSlotHeapTupleDatum(slot)));
	MemoryContextSwitchTo(old);
}

SpkPlotRows *
spk_plot_query(const char *sql, int n_params, const Oid *types, const Datum *values, int n_columns,
			   const Oid *column_types)
{
	Collector	 c = {CurrentMemoryContext, NIL, NULL};
	SpkPlotRows *rows;

	spk_source_run(sql, n_params, types, values, n_columns, column_types, collect_row, &c);
	rows = new_rows(list_length(c.tuples), NULL);
	for (int i = 0; i < rows->n; i++)
	{
		rows->tuples[i] = list_nth(c.tuples, i);
		rows->descs[i] = c.desc;
	}
	return rows;
}

/* ---- Reading them ---- */

/* The number of the row's column, from 1; 0 when it has none of this name. */
static int
column_of(const SpkPlotRows *rows, int row, const char *name)
{
	TupleDesc desc = rows->descs[row];

	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped &&
			strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) == 0)
			return i + 1;
	return 0;
}

bool
spk_plot_has(const SpkPlotRows *rows, const char *column)
{
	return rows->n > 0 && rows->descs[0] != NULL && column_of(rows, 0, column) > 0;
}

/* Likewise, but none is an error. */
static int
require_column(const SpkPlotRows *rows, int row, const char *name)
{
	int attno = column_of(rows, row, name);

	if (attno == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the rows have no column \"%s\"", name),
				 rows->maker == NULL ? 0 : errhint("The picture is drawn from rows such as %s returns.", rows->maker)));
	return attno;
}

Oid
spk_plot_type(const SpkPlotRows *rows, const char *column)
{
	if (rows->n == 0)
		return InvalidOid;
	return getBaseType(
		TupleDescAttr(rows->descs[0], require_column(rows, 0, column) - 1)->atttypid);
}

/* A value, and its type, looked up unless the row is of the type of the row before. */
typedef struct Reader
{
	const SpkPlotRows *rows;
	const char		  *column;
	TupleDesc		   desc;
	int				   attno;
	Oid				   type; /* as it is declared */
	Oid				   base; /* below domains */
	SpkPlainText	   plain;
} Reader;

static Datum
read_value(Reader *r, int row, bool *isnull)
{
	HeapTupleData tuple;

	if (r->rows->tuples[row] == NULL)
	{
		*isnull = true;
		return (Datum) 0;
	}
	if (r->desc != r->rows->descs[row])
	{
		r->desc = r->rows->descs[row];
		r->attno = require_column(r->rows, row, r->column);
		r->type = TupleDescAttr(r->desc, r->attno - 1)->atttypid;
		r->base = getBaseType(r->type);
		spk_plain_text_type(&r->plain, r->type, CurrentMemoryContext);
	}
	tuple.t_len = HeapTupleHeaderGetDatumLength(r->rows->tuples[row]);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = r->rows->tuples[row];
	return heap_getattr(&tuple, r->attno, r->desc, isnull);
}

SpkPlotRows *
spk_plot_nested(const SpkPlotRows *rows, const char *column)
{
	SpkPlotRows *nested = new_rows(rows->n, rows->maker);
	Reader		 r = {rows, column};

	for (int i = 0; i < rows->n; i++)
	{
		bool  isnull;
		Datum value = read_value(&r, i, &isnull);

		if (isnull)
			continue;
		if (!type_is_rowtype(r.base))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" must be a row, not %s", column, format_type_be(r.type))));
		set_row(nested, i, value);
	}
	return nested;
}

/* A date or a time as days; infinite ones are no place in a picture. */
static double
days_of(double value, double per_day, bool finite, const char *column)
{
	if (!finite)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("column \"%s\" has an infinite date", column)));
	return value / per_day;
}

static double
number_of(const Reader *r, Datum value)
{
	switch (r->base)
	{
		case BOOLOID:
			return DatumGetBool(value) ? 1 : 0;
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT8OID:
			return (double) DatumGetInt64(value);
		case FLOAT4OID:
			return DatumGetFloat4(value);
		case FLOAT8OID:
			return DatumGetFloat8(value);
		case NUMERICOID:
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
		case DATEOID:
			return days_of(DatumGetDateADT(value), 1, !DATE_NOT_FINITE(DatumGetDateADT(value)),
						   r->column);
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return days_of((double) DatumGetTimestamp(value), USECS_PER_DAY,
						   !TIMESTAMP_NOT_FINITE(DatumGetTimestamp(value)), r->column);
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" must be a number, not %s", r->column, format_type_be(r->type))));
	}
}

double *
spk_plot_numbers(const SpkPlotRows *rows, const char *column)
{
	double *numbers = palloc(Max(rows->n, 1) * sizeof(double));
	Reader	r = {rows, column};

	for (int i = 0; i < rows->n; i++)
	{
		bool  isnull;
		Datum value = read_value(&r, i, &isnull);

		numbers[i] = isnull ? NAN : number_of(&r, value);
	}
	return numbers;
}

double *
spk_plot_known(const SpkPlotRows *rows, const char *column)
{
	double *numbers = spk_plot_numbers(rows, column);

	for (int i = 0; i < rows->n; i++)
		if (!isfinite(numbers[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" must be known and finite", column),
					 errdetail("In row %d it is not.", i + 1)));
	return numbers;
}

double *
spk_plot_shares(const SpkPlotRows *rows, const char *column)
{
	double *shares = spk_plot_known(rows, column);

	for (int i = 0; i < rows->n; i++)
		if (shares[i] < 0 || shares[i] > 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" must be between 0 and 1", column),
					 errdetail("In row %d it is %g.", i + 1, shares[i])));
	return shares;
}

/*
 * A value as text.  Dates are written in one way, and times as those of UTC, whatever the
 * session's settings are; at midnight they are dates.
 */
static char *
text_of(Reader *r, Datum value)
{
	char   text[SPK_TIME_TEXT];
	double days;

	if (r->base != DATEOID && r->base != TIMESTAMPOID && r->base != TIMESTAMPTZOID)
		return spk_plot_utf8(spk_plain_text(&r->plain, value));
	days = number_of(r, value);
	spk_day_text((int32) floor(days), text);
	if (days == floor(days))
		return pstrdup(text);
	return psprintf("%s %02d:%02d", text, (int) ((days - floor(days)) * 24),
					(int) ((days - floor(days)) * 1440) % 60);
}

char *
spk_plot_day(const char *text)
{
	const char *time = strchr(text, ':');

	return time == NULL ? pstrdup(text) : pnstrdup(text, time - text - strlen(" 00"));
}

char **
spk_plot_texts(const SpkPlotRows *rows, const char *column)
{
	char **texts = palloc(Max(rows->n, 1) * sizeof(char *));
	Reader r = {rows, column};

	for (int i = 0; i < rows->n; i++)
	{
		bool  isnull;
		Datum value = read_value(&r, i, &isnull);

		texts[i] = isnull ? NULL : text_of(&r, value);
	}
	return texts;
}
