/*
 * event_row.c
 *	  The columns of churn_event, and a parsed event as Datums.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "events/event_row.h"

/* The SQL type of each kind in event_list.h. */
#define OID_TIME  TIMESTAMPTZOID
#define OID_INT8  INT8OID
#define OID_INT4  INT4OID
#define OID_FLOAT FLOAT8OID
#define OID_TEXT  TEXTOID

const SpkEventRowColumn spk_event_row_columns[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) {#column, OID_##kind},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
};

int
spk_event_column_of(const char *name)
{
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		if (strcmp(spk_event_row_columns[col].name, name) == 0)
			return col;
	}
	return SPK_EVENT_NO_COLUMN;
}

/*
 * Raises an error unless the attribute is of the column's type.  With a type
 * modifier, as in timestamptz(0), each value would have to be coerced, so that
 * counts as another type.
 */
static void
check_attribute_type(Form_pg_attribute att, int col)
{
	if (att->atttypid == spk_event_row_columns[col].type && att->atttypmod == -1)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" is of type %s but an event's is of type %s",
					NameStr(att->attname),
					format_type_with_typemod(att->atttypid, att->atttypmod),
					format_type_be(spk_event_row_columns[col].type))));
}

int *
spk_event_row_bind(TupleDesc tupdesc)
{
	int *columns = palloc(sizeof(int) * Max(tupdesc->natts, 1));

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		columns[i] = att->attisdropped ? SPK_EVENT_NO_COLUMN :
										 spk_event_column_of(NameStr(att->attname));
		if (columns[i] != SPK_EVENT_NO_COLUMN)
			check_attribute_type(att, columns[i]);
	}
	return columns;
}

/*
 * Writes a text at *at and moves *at behind it.  A short text gets the short
 * header that a tuple would give it anyway.
 */
static Datum
put_text(char **at, const char *data, int len)
{
	char *start;
	char *body;

	if (len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX)
	{
		start = *at;
		SET_VARSIZE_SHORT(start, len + VARHDRSZ_SHORT);
		body = VARDATA_SHORT(start);
	}
	else
	{
		start = (char *) INTALIGN(*at);
		SET_VARSIZE(start, len + VARHDRSZ);
		body = VARDATA(start);
	}
	memcpy(body, data, len);
	*at = body + len;
	return PointerGetDatum(start);
}

/* The room that a text needs beside its bytes, for its header and padding. */
#define TEXT_ROOM (VARHDRSZ + sizeof(int32))

/* The room that the row's texts need. */
static Size
texts_size(const SpkEventRow *row, const uint8 *ways)
{
	Size size = 0;

	for (int col = 0; col < row->n_columns; col++)
	{
		if (ways[col] == SPK_CAST_TEXT && !row->isnull[col])
			size += row->field[col].text.len + TEXT_ROOM;
	}
	return size;
}

/* The commonest ways are short enough to be here. */
static inline Datum
field_datum(SpkBinding *binding, int col, const SpkField *field, char **at)
{
	switch (binding->ways[col])
	{
		case SPK_CAST_TIME:
			/* a modifier makes it a column whose values are checked */
		case SPK_CAST_INT8:
			return Int64GetDatum(field->integer);
		case SPK_CAST_INT4:
			return Int32GetDatum((int32) field->integer);
		case SPK_CAST_FLOAT8:
			return Float8GetDatum(field->number);
		case SPK_CAST_TEXT:
			return put_text(at, field->text.data, field->text.len);
		default:
			return spk_cast_datum(&binding->casts[col], field);
	}
}

void
spk_event_row_datums(const SpkEventRow *row, SpkBinding *binding, const int *columns, Datum *values,
					 bool *nulls)
{
	Size  size = texts_size(row, binding->ways);
	char *at = size > 0 ? palloc(size) : NULL;

	for (int i = 0; i < binding->natts; i++)
	{
		int col = columns[i];

		nulls[i] = (col == SPK_EVENT_NO_COLUMN || row->isnull[col]);
		values[i] = nulls[i] ? (Datum) 0 : field_datum(binding, col, &row->field[col], &at);
	}
}

void
spk_event_row_some(const SpkEventRow *row, SpkBinding *binding, const SpkEventRowValue *some, int n,
				   Datum *values, bool *nulls)
{
	Size  size = 0;
	char *at = NULL;

	for (int i = 0; i < n; i++)
	{
		int col = some[i].column;

		if (binding->ways[col] == SPK_CAST_TEXT && !row->isnull[col])
			size += row->field[col].text.len + TEXT_ROOM;
	}
	if (size > 0)
		at = palloc(size);
	for (int i = 0; i < n; i++)
	{
		int col = some[i].column;

		nulls[some[i].at] = row->isnull[col];
		if (!row->isnull[col])
			values[some[i].at] = field_datum(binding, col, &row->field[col], &at);
	}
}
