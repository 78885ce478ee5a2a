/*
 * row.c
 *	  From a record to feature values, by column name and type.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "parser/parse_coerce.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/float.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "rows/row.h"

/*
 * Locks a composite type that stands alone.  A query has locked the tables that it
 * reads, but not such a type, which could be altered while its rows are read; numbers
 * would then be taken for pointers.
 */
static void
lock_row_type(Oid type)
{
	Oid relation = type == RECORDOID ? InvalidOid : get_typ_typrelid(type);

	if (OidIsValid(relation) && get_rel_relkind(relation) == RELKIND_COMPOSITE_TYPE)
		LockRelationOid(relation, AccessShareLock);
}

SpkRow *
spk_row_new(HeapTupleHeader tuple, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	SpkRow		 *row = palloc0(sizeof(SpkRow));

	row->type = HeapTupleHeaderGetTypeId(tuple);
	row->typmod = HeapTupleHeaderGetTypMod(tuple);
	lock_row_type(row->type);
	row->desc = lookup_rowtype_tupdesc_copy(row->type, row->typmod);
	if (row->type != RECORDOID)
	{
		row->version = assign_record_type_identifier(row->type, row->typmod);
		row->entry = lookup_type_cache(row->type, TYPECACHE_TUPDESC);
	}
	row->n_loaded = row->desc->natts;
	row->slot = MakeSingleTupleTableSlot(row->desc, &TTSOpsHeapTuple);
	row->values = row->slot->tts_values;
	row->nulls = row->slot->tts_isnull;
	ItemPointerSetInvalid(&row->tuple.t_self);
	row->tuple.t_tableOid = InvalidOid;
	MemoryContextSwitchTo(old);
	return row;
}

char **
spk_names_of_columns(ArrayType *names, int natts)
{
	Datum *values;
	bool  *nulls;
	char **list;
	int	   n;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	if (n != natts)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("number of names (%d) differs from that of columns (%d)", n, natts)));
	list = palloc(Max(n, 1) * sizeof(char *));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("the name of a column must not be null")));
		list[i] = TextDatumGetCString(values[i]);
	}
	return list;
}

void
spk_row_name(SpkRow *row, ArrayType *names)
{
	char **list = spk_names_of_columns(names, row->desc->natts);

	if (row->type != RECORDOID)
		elog(ERROR, "columns of a row of type %u are named", row->type);
	for (int i = 0; i < row->desc->natts; i++)
		namestrcpy(&TupleDescAttr(row->desc, i)->attname, list[i]);
}

void
spk_row_release(SpkRow *row)
{
	ExecDropSingleTupleTableSlot(row->slot);
	FreeTupleDesc(row->desc);
	pfree(row);
}

bool
spk_row_matches(const SpkRow *row, HeapTupleHeader tuple)
{
	if (HeapTupleHeaderGetTypeId(tuple) != row->type ||
		HeapTupleHeaderGetTypMod(tuple) != row->typmod)
		return false;

	/* an anonymous type never changes; a named one that did has another version, at first none */
	return row->entry == NULL || row->entry->tupDesc_identifier == row->version;
}

void
spk_row_limit(SpkRow *row, int n_columns)
{
	row->n_loaded = Min(n_columns, row->desc->natts);
}

/* Where the column begins in the data of tuples without NULLs; -1 when that differs. */
static int
fixed_offset(TupleDesc desc, int attno)
{
	Size offset = 0;

	for (int i = 0; i <= attno; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attlen <= 0)
			return -1;
		offset = att_align_nominal(offset, att->attalign);
		if (i < attno)
			offset += att->attlen;
	}
	return (int) offset;
}

bool
spk_row_is_flat(const SpkRow *row, HeapTupleHeader tuple)
{
	return (tuple->t_infomask & HEAP_HASNULL) == 0 &&
		HeapTupleHeaderGetNatts(tuple) >= row->n_loaded;
}

void
spk_row_load(SpkRow *row, HeapTupleHeader tuple)
{
	row->tuple.t_len = HeapTupleHeaderGetDatumLength(tuple);
	row->tuple.t_data = tuple;
	ExecStoreHeapTuple(&row->tuple, row->slot, false);
	slot_getsomeattrs(row->slot, row->n_loaded);
}

/* The first column from this number on that has the name; -1 when there is none. */
static int
find_from(const SpkRow *row, int first, const char *name)
{
	for (int i = first; i < row->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(row->desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), name) == 0)
			return i;
	}
	return -1;
}

int
spk_row_find(const SpkRow *row, const char *name)
{
	return find_from(row, 0, name);
}

int
spk_row_find_only(const SpkRow *row, const char *name)
{
	int found = spk_row_find(row, name);

	if (found >= 0 && find_from(row, found + 1, name) >= 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("column \"%s\" specified more than once in the row", name)));
	return found;
}

/* Is it a type of strings, such as citext, whose values are stored as those of text? */
static bool
is_stored_as_text(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	return category == TYPCATEGORY_STRING && IsBinaryCoercible(type, TEXTOID);
}

/* Sets how values of a base type are read, and as what.  False when it is no feature. */
static bool
classify(Oid type, SpkRead *read, SpkFeatureKind *kind)
{
	static const struct
	{
		Oid			   type;
		SpkRead		   read;
		SpkFeatureKind kind;
	} known[] = {{BOOLOID, SPK_READ_BOOL, SPK_NUMBER},
				 {INT2OID, SPK_READ_INT2, SPK_NUMBER},
				 {INT4OID, SPK_READ_INT4, SPK_NUMBER},
				 {INT8OID, SPK_READ_INT8, SPK_NUMBER},
				 {FLOAT4OID, SPK_READ_FLOAT4, SPK_NUMBER},
				 {FLOAT8OID, SPK_READ_FLOAT8, SPK_NUMBER},
				 {NUMERICOID, SPK_READ_NUMERIC, SPK_NUMBER},
				 {DATEOID, SPK_READ_DATE, SPK_TIME},
				 {TIMESTAMPOID, SPK_READ_TIMESTAMP, SPK_TIME},
				 {TIMESTAMPTZOID, SPK_READ_TIMESTAMP, SPK_INSTANT},
				 {TEXTOID, SPK_READ_TEXT, SPK_CATEGORY},
				 {VARCHAROID, SPK_READ_TEXT, SPK_CATEGORY},
				 {BPCHAROID, SPK_READ_BPCHAR, SPK_CATEGORY},
				 {NAMEOID, SPK_READ_NAME, SPK_CATEGORY},
				 {CHAROID, SPK_READ_CHAR, SPK_CATEGORY}};

	for (int i = 0; i < lengthof(known); i++)
		if (known[i].type == type)
		{
			*read = known[i].read;
			*kind = known[i].kind;
			return true;
		}

	/* enums and types of extensions have no fixed numbers: what they are is in the catalogs */
	*kind = SPK_CATEGORY;
	*read = type_is_enum(type) ? SPK_READ_ENUM : SPK_READ_TEXT;
	return *read == SPK_READ_ENUM || is_stored_as_text(type);
}

bool
spk_row_is_feature(const SpkRow *row, int attno)
{
	SpkRead		   read;
	SpkFeatureKind kind;

	return classify(getBaseType(TupleDescAttr(row->desc, attno)->atttypid), &read, &kind);
}

SpkRowColumn
spk_row_column(const SpkRow *row, int attno)
{
	Form_pg_attribute att = TupleDescAttr(row->desc, attno);
	SpkRowColumn	  column = {attno};

	column.name = NameStr(att->attname);
	column.length = att->attlen;
	column.by_value = att->attbyval;
	column.offset = fixed_offset(row->desc, attno);
	if (!classify(getBaseType(att->atttypid), &column.read, &column.kind))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s cannot be a feature",
						column.name, format_type_be(att->atttypid)),
				 errdetail("Features are of boolean, numeric, date, timestamp, text or enum types."),
				 errhint("Leave the column out or cast it.")));
	return column;
}

const char *
spk_kind_phrase(SpkFeatureKind kind)
{
	switch (kind)
	{
		case SPK_NUMBER:
			return "a number";
		case SPK_TIME:
			return "a time";
		case SPK_INSTANT:
			return "a time with time zone";
		case SPK_CATEGORY:
			return "a category";
		default:
			elog(ERROR, "unknown kind of feature %d", (int) kind);
	}
	return NULL; /* keep compiler quiet */
}

static double
date_number(DateADT date)
{
	if (DATE_IS_NOBEGIN(date))
		return -get_float8_infinity();
	if (DATE_IS_NOEND(date))
		return get_float8_infinity();
	return (double) date * USECS_PER_DAY;
}

static double
timestamp_number(Timestamp ts)
{
	if (TIMESTAMP_IS_NOBEGIN(ts))
		return -get_float8_infinity();
	if (TIMESTAMP_IS_NOEND(ts))
		return get_float8_infinity();
	return (double) ts;
}

static double
datum_number(Datum value, const SpkRowColumn *column)
{
	switch (column->read)
	{
		case SPK_READ_BOOL:
			return DatumGetBool(value) ? 1 : 0;
		case SPK_READ_INT2:
			return DatumGetInt16(value);
		case SPK_READ_INT4:
			return DatumGetInt32(value);
		case SPK_READ_INT8:
			return (double) DatumGetInt64(value);
		case SPK_READ_FLOAT4:
			return DatumGetFloat4(value);
		case SPK_READ_FLOAT8:
			return DatumGetFloat8(value);
		case SPK_READ_NUMERIC:
			/* one beyond a double's range becomes infinite, which is refused by name */
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
		case SPK_READ_DATE:
			return date_number(DatumGetDateADT(value));
		case SPK_READ_TIMESTAMP:
			return timestamp_number(DatumGetTimestamp(value));
		default:
			elog(ERROR, "column \"%s\" is no number", column->name);
	}
	return 0; /* keep compiler quiet */
}

double
spk_row_number_of(Datum value, bool isnull, const SpkRowColumn *column)
{
	return isnull ? get_float8_nan() : datum_number(value, column);
}

double
spk_row_number(const SpkRow *row, const SpkRowColumn *column)
{
	return spk_row_number_of(row->values[column->attno], row->nulls[column->attno], column);
}

void
spk_row_check_finite(const SpkRowColumn *column, double number)
{
	if (isinf(number))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("infinite value in feature column \"%s\"", column->name),
				 errhint("Store NULL where a value is not known.")));
}

bool
spk_row_is_exact(const SpkRow *row, const SpkRowColumn *column, double number)
{
	Datum value = row->values[column->attno];
	Datum again;

	if (column->read == SPK_READ_INT8)
		return number < -(double) PG_INT64_MIN && (int64) number == DatumGetInt64(value);
	if (column->read != SPK_READ_NUMERIC)
		return true;
	again = DirectFunctionCall3(numeric_in, CStringGetDatum(psprintf("%.0f", number)),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return DatumGetBool(DirectFunctionCall2(numeric_eq, value, again));
}

void
spk_row_flat_numbers(HeapTupleHeader tuple, const SpkRowColumn *columns, const uint32 *which,
					 int n_which, double *values)
{
	const char *data = (const char *) tuple + tuple->t_hoff;

	for (int i = 0; i < n_which; i++)
	{
		const SpkRowColumn *column = &columns[which[i]];
		const char		   *at = data + column->offset;

		if (column->read == SPK_READ_FLOAT8)
			values[which[i]] = *(const float8 *) at;
		else
			values[which[i]] = datum_number(fetch_att(at, column->by_value, column->length),
											column);
	}
}

/*
 * Puts the text of a "char" into row->label.  A byte beyond ASCII is written in octal,
 * as PostgreSQL 16 and later do, so that models go on working after an upgrade.
 */
static void
load_char(SpkRow *row, char value)
{
	if (IS_HIGHBIT_SET(value))
		snprintf(NameStr(row->label), NAMEDATALEN, "\\%03o", (unsigned char) value);
	else
	{
		NameStr(row->label)[0] = value;
		NameStr(row->label)[1] = '\0';
	}
}

/* Puts the label of an enum value into row->label. */
static void
load_enum_label(SpkRow *row, Oid value)
{
	HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid internal value for enum: %u", value)));
	row->label = ((Form_pg_enum) GETSTRUCT(tuple))->enumlabel;
	ReleaseSysCache(tuple);
}

SpkCategory
spk_row_category(SpkRow *row, const SpkRowColumn *column)
{
	Datum		value = row->values[column->attno];
	SpkCategory category = {NULL, 0};
	text	   *t;

	if (row->nulls[column->attno])
		return category;
	if (column->read == SPK_READ_ENUM || column->read == SPK_READ_CHAR ||
		column->read == SPK_READ_NAME)
	{
		if (column->read == SPK_READ_ENUM)
			load_enum_label(row, DatumGetObjectId(value));
		else if (column->read == SPK_READ_CHAR)
			load_char(row, DatumGetChar(value));
		category.name = column->read == SPK_READ_NAME ? NameStr(*DatumGetName(value)) :
														NameStr(row->label);
		category.len = (uint32) strlen(category.name);
		return category;
	}
	t = DatumGetTextPP(value);
	category.name = VARDATA_ANY(t);
	category.len = (uint32) VARSIZE_ANY_EXHDR(t);

	/* the padding of char(n) means nothing */
	if (column->read == SPK_READ_BPCHAR)
		category.len = (uint32) bpchartruelen(VARDATA_ANY(t), (int) category.len);
	return category;
}
