/*
 * value_ops.c
 *	  Comparing and hashing values by their bytes.
 *
 * Profiles and models are canonical: equal ones have equal bytes.  So the
 * operators and operator classes of all of these types are the same functions,
 * under names of their own in SQL.  The order is that of bytea, and means
 * nothing but a place for every value.
 */
#include "compat.h"

#include "access/detoast.h"
#include "common/hashfn.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(churn_value_eq);
PG_FUNCTION_INFO_V1(churn_value_ne);
PG_FUNCTION_INFO_V1(churn_value_lt);
PG_FUNCTION_INFO_V1(churn_value_le);
PG_FUNCTION_INFO_V1(churn_value_gt);
PG_FUNCTION_INFO_V1(churn_value_ge);
PG_FUNCTION_INFO_V1(churn_value_cmp);
PG_FUNCTION_INFO_V1(churn_value_hash);
PG_FUNCTION_INFO_V1(churn_value_hash_extended);

/* Argument n, detoasted; what is a copy goes back by PG_FREE_IF_COPY, as an index compares many. */
#define GETARG_VALUE_PP(n)	((struct varlena *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n)))

static int
compare_args(FunctionCallInfo fcinfo)
{
	struct varlena *a = GETARG_VALUE_PP(0);
	struct varlena *b = GETARG_VALUE_PP(1);
	size_t		a_len = VARSIZE_ANY_EXHDR(a);
	size_t		b_len = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_len, b_len));

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
churn_value_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(args_equal(fcinfo));
}

Datum
churn_value_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!args_equal(fcinfo));
}

Datum
churn_value_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

Datum
churn_value_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

Datum
churn_value_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

Datum
churn_value_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

Datum
churn_value_cmp(PG_FUNCTION_ARGS)
{
	int			order = compare_args(fcinfo);

	PG_RETURN_INT32((order > 0) - (order < 0));
}

Datum
churn_value_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = GETARG_VALUE_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(value), (int) VARSIZE_ANY_EXHDR(value));

	PG_FREE_IF_COPY(value, 0);
	return hash;
}

Datum
churn_value_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = GETARG_VALUE_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(value),
										 (int) VARSIZE_ANY_EXHDR(value), (uint64) PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(value, 0);
	return hash;
}
