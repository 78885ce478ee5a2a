/*
 * points.h
 *	  The array of rows that an aggregate of a curve returns.
 */
#ifndef SPK_JUDGING_POINTS_H
#define SPK_JUDGING_POINTS_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

#define SPK_POINT_COLUMNS 10

/* Rows are put in column by column, each in the order of the SQL type's columns. */
typedef struct SpkPoints
{
	TupleDesc desc;
	int		  n;
	int		  max;
	Datum	 *rows;
	int		  at; /* columns of the next row that have been put in */
	Datum	  values[SPK_POINT_COLUMNS];
	bool	  nulls[SPK_POINT_COLUMNS];
} SpkPoints;

/*
 * Starts an array of at most max rows of the type that the call returns an array of,
 * in the current memory context.
 */
extern void spk_points_begin(SpkPoints *points, FunctionCallInfo fcinfo, int max);

/* Puts in the next column of the row; a number that is NaN becomes NULL. */
extern void spk_points_int(SpkPoints *points, int value);
extern void spk_points_count(SpkPoints *points, uint64 value);
extern void spk_points_number(SpkPoints *points, double value);

/* Ends the row.  One that has not as many columns as the type is refused. */
extern void spk_points_end_row(SpkPoints *points);

/* The array of the rows that have been ended. */
extern Datum spk_points_array(const SpkPoints *points);

#endif /* SPK_JUDGING_POINTS_H */
