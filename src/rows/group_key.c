/*
 * group_key.c
 *	  The key of the group that a row belongs to.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

#include "core/base/hash.h"
#include "rows/group_key.h"

void
spk_group_key_bind(SpkGroupKey *key, const SpkRow *row, const char *name, MemoryContext context)
{
	int				  attno = spk_row_find_only(row, name);
	Form_pg_attribute column;

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the groups is missing from the row", name)));
	column = TupleDescAttr(row->desc, attno);
	spk_group_key_type(key, column->atttypid, column->attcollation, context);
	key->attno = attno;
}

/*
 * Is a value's key made here, so that it is the same on all machines, for integers of all
 * widths, and for what is spelled as a text is?  A text's is, unless its collation takes
 * different bytes to be equal.
 */
static bool
has_own_key(Oid type, Oid collation)
{
	if (type == INT2OID || type == INT4OID || type == INT8OID || type == NUMERICOID ||
		type == NAMEOID)
		return true;
	return (type == TEXTOID || type == VARCHAROID || type == BPCHAROID) &&
		(!OidIsValid(collation) || get_collation_isdeterministic(collation));
}

void
spk_group_key_type(SpkGroupKey *key, Oid type, Oid collation, MemoryContext context)
{
	TypeCacheEntry *cached;

	key->attno = -1;
	key->type = getBaseType(type);
	key->collation = collation;
	cached = lookup_type_cache(key->type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
	key->has_hash = !has_own_key(key->type, collation) &&
		OidIsValid(cached->hash_extended_proc_finfo.fn_oid);
	if (key->has_hash)
		fmgr_info_copy(&key->hash, &cached->hash_extended_proc_finfo, context);
	spk_plain_text_type(&key->output, key->type, context);
}

static uint64
hash_bytes(const char *bytes, size_t len)
{
	uint64 hash = spk_hash_bytes(bytes, len, 0);

	return hash == 0 ? 1 : hash;
}

static uint64
hash_integer(int64 value)
{
	uint64 hash = spk_hash_combine(1, (uint64) value);

	return hash == 0 ? 1 : hash;
}

static uint64
hash_text(Datum value, bool padded)
{
	text  *t = DatumGetTextPP(value);
	int	   len = VARSIZE_ANY_EXHDR(t);
	uint64 hash = hash_bytes(VARDATA_ANY(t), padded ? bpchartruelen(VARDATA_ANY(t), len) : len);

	if ((Pointer) t != DatumGetPointer(value))
		pfree(t);
	return hash;
}

/* As the text without zeros at the end: 1.0 is 1. */
static uint64
hash_decimal(Datum value)
{
	char  *text = numeric_normalize(DatumGetNumeric(value));
	uint64 hash = hash_bytes(text, strlen(text));

	pfree(text);
	return hash;
}

/* By the type's own function: a text form may depend on settings, and tell 1 from 1.0. */
static uint64
hash_value(SpkGroupKey *key, Datum value)
{
	uint64 hash = DatumGetUInt64(
		FunctionCall2Coll(&key->hash, key->collation, value, Int64GetDatum(0)));

	return hash == 0 ? 1 : hash;
}

static uint64
hash_output(SpkGroupKey *key, Datum value)
{
	char  *text = spk_plain_text(&key->output, value);
	uint64 hash = hash_bytes(text, strlen(text));

	pfree(text);
	return hash;
}

uint64
spk_group_key(SpkGroupKey *key, const SpkRow *row)
{
	return row->nulls[key->attno] ? 0 : spk_group_key_of(key, row->values[key->attno]);
}

uint64
spk_group_key_of(SpkGroupKey *key, Datum value)
{
	if (key->has_hash)
		return hash_value(key, value);
	switch (key->type)
	{
		case INT2OID:
			return hash_integer(DatumGetInt16(value));
		case INT4OID:
			return hash_integer(DatumGetInt32(value));
		case INT8OID:
			return hash_integer(DatumGetInt64(value));
		case TEXTOID:
		case VARCHAROID:
			return hash_text(value, false);
		case BPCHAROID:
			return hash_text(value, true);
		case NUMERICOID:
			return hash_decimal(value);
		default:
			return hash_output(key, value);
	}
}
