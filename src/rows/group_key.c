/*
 * group_key.c
 *	  The key of the group that a row belongs to.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "core/base/hash.h"
#include "rows/group_key.h"

void
spk_group_key_bind(SpkGroupKey *key, const SpkRow *row, const char *name, MemoryContext context)
{
	int attno = spk_row_find(row, name);

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the groups is missing from the row", name)));
	spk_group_key_type(key, TupleDescAttr(row->desc, attno)->atttypid, context);
	key->attno = attno;
}

void
spk_group_key_type(SpkGroupKey *key, Oid type, MemoryContext context)
{
	Oid	 output;
	bool varlena;

	key->attno = -1;
	key->type = getBaseType(type);
	getTypeOutputInfo(key->type, &output, &varlena);
	fmgr_info_cxt(output, &key->output, context);
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

static uint64
hash_output(SpkGroupKey *key, Datum value)
{
	char  *text = OutputFunctionCall(&key->output, value);
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
		default:
			return hash_output(key, value);
	}
}
