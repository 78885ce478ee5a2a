/*
 * points.c
 *	  The array of rows that an aggregate of a curve returns.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "judging/points.h"

void
spk_points_begin(SpkPoints *points, FunctionCallInfo fcinfo, int max)
{
	Oid type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));

	if (!OidIsValid(type))
		elog(ERROR, "return type must be an array of rows");
	points->desc = lookup_rowtype_tupdesc_copy(type, -1);
	points->n = 0;
	points->at = 0;
	points->max = max;
	points->rows = palloc(Max(max, 1) * sizeof(Datum));
}

static void
put(SpkPoints *points, Datum value, bool isnull)
{
	Assert(points->at < SPK_POINT_COLUMNS);
	points->nulls[points->at] = isnull;
	points->values[points->at++] = value;
}

void
spk_points_int(SpkPoints *points, int value)
{
	put(points, Int32GetDatum(value), false);
}

void
spk_points_count(SpkPoints *points, uint64 value)
{
	put(points, Int64GetDatum((int64) value), false);
}

void
spk_points_number(SpkPoints *points, double value)
{
	put(points, Float8GetDatum(value), isnan(value));
}

void
spk_points_end_row(SpkPoints *points)
{
	if (points->at != points->desc->natts || points->n >= points->max)
		elog(ERROR, "row type with %d columns instead of %d", points->desc->natts, points->at);
	points->rows[points->n++] = HeapTupleGetDatum(
		heap_form_tuple(points->desc, points->values, points->nulls));
	points->at = 0;
}

Datum
spk_points_array(const SpkPoints *points)
{
	return PointerGetDatum(construct_array(points->rows, points->n, points->desc->tdtypeid, -1,
										   false, TYPALIGN_DOUBLE));
}
