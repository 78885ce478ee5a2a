/*
 * value_ops.c
 *	  Compares and hashes values by their bytes.
 *
 * Profiles and models are canonical: equal ones have equal bytes.  So the
 * operators and operator classes of all of these types are the same functions,
 * under names of their own in SQL.  The order is that of bytea; it means nothing,
 * but gives every value a place.
 */
#include "compat.h"

#include "access/detoast.h"
#include "common/hashfn.h"
#include "fmgr.h"

#include "host/detoast.h"

/* Bytes between two looks for interrupts.  Values have up to a gigabyte. */
#define PIECE (1024 * 1024)

PG_FUNCTION_INFO_V1(sparkify_value_eq);
PG_FUNCTION_INFO_V1(sparkify_value_ne);
PG_FUNCTION_INFO_V1(sparkify_value_lt);
PG_FUNCTION_INFO_V1(sparkify_value_le);
PG_FUNCTION_INFO_V1(sparkify_value_gt);
PG_FUNCTION_INFO_V1(sparkify_value_ge);
PG_FUNCTION_INFO_V1(sparkify_value_cmp);
PG_FUNCTION_INFO_V1(sparkify_value_hash);
PG_FUNCTION_INFO_V1(sparkify_value_hash_extended);

/* Argument n, detoasted.  An index compares many, so PG_FREE_IF_COPY frees what is a copy. */
#define GETARG_VALUE_PP(n) spk_detoast_packed(PG_GETARG_DATUM(n))

static int
compare_bytes(const char *a, const char *b, size_t len)
{
	int order = 0;

	for (size_t at = 0; at < len && order == 0; at += PIECE)
	{
		CHECK_FOR_INTERRUPTS();
		order = memcmp(a + at, b + at, Min(len - at, PIECE));
	}
	return order;
}

/* Each piece's hash is the seed of the next, so a small value has that of hash_any_extended. */
static uint64
hash_bytes_of(const struct varlena *value, uint64 seed)
{
	const unsigned char *bytes = (const unsigned char *) VARDATA_ANY(value);
	size_t				 len = VARSIZE_ANY_EXHDR(value);

	for (; len > PIECE; bytes += PIECE, len -= PIECE)
	{
		CHECK_FOR_INTERRUPTS();
		seed = DatumGetUInt64(hash_any_extended(bytes, PIECE, seed));
	}
	return DatumGetUInt64(hash_any_extended(bytes, (int) len, seed));
}

static int
compare_args(FunctionCallInfo fcinfo)
{
	struct varlena *a = GETARG_VALUE_PP(0);
	struct varlena *b = GETARG_VALUE_PP(1);
	size_t			a_len = VARSIZE_ANY_EXHDR(a);
	size_t			b_len = VARSIZE_ANY_EXHDR(b);
	int				order = compare_bytes(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_len, b_len));

	if (order == 0)
		order = (a_len > b_len) - (a_len < b_len);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order;
}

/* Values of different lengths differ, and need not be fetched for that. */
static bool
args_equal(FunctionCallInfo fcinfo)
{
	if (toast_raw_datum_size(PG_GETARG_DATUM(0)) != toast_raw_datum_size(PG_GETARG_DATUM(1)))
		return false;
	return compare_args(fcinfo) == 0;
}

Datum
sparkify_value_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(args_equal(fcinfo));
}

Datum
sparkify_value_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!args_equal(fcinfo));
}

Datum
sparkify_value_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

Datum
sparkify_value_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

Datum
sparkify_value_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

Datum
sparkify_value_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

Datum
sparkify_value_cmp(PG_FUNCTION_ARGS)
{
	int order = compare_args(fcinfo);

	PG_RETURN_INT32((order > 0) - (order < 0));
}

/* The low half of the extended hash with seed 0, as PostgreSQL demands. */
Datum
sparkify_value_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = GETARG_VALUE_PP(0);
	uint64			hash = hash_bytes_of(value, 0);

	PG_FREE_IF_COPY(value, 0);
	PG_RETURN_UINT32((uint32) hash);
}

Datum
sparkify_value_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = GETARG_VALUE_PP(0);
	uint64			hash = hash_bytes_of(value, (uint64) PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(value, 0);
	PG_RETURN_UINT64(hash);
}
