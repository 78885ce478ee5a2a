/*
 * date_told.h
 *	  Columns that tell the date of the row.
 */
#ifndef SPK_CORE_JUDGING_DATE_TOLD_H
#define SPK_CORE_JUDGING_DATE_TOLD_H

#include "core/rows/matrix.h"

/* How a column tells the date. */
typedef enum SpkDateTold
{
	SPK_DATE_NOT_TOLD,
	SPK_DATE_BY_VALUE, /* each date has one value, which no other date has */
	SPK_DATE_RISING,   /* all values of a date are above those of the dates before */
	SPK_DATE_FALLING   /* or below them */
} SpkDateTold;

/* The dates of rows. */
typedef struct SpkDates
{
	uint32_t  n;	  /* dates; 0 when they are not those of snapshots */
	uint32_t *places; /* of each row, the place of its date; n when it has none */
} SpkDates;

/*
 * Finds the dates of n_rows rows; NaN is none.  They are those of snapshots when there are
 * 2 to 1,000 of them, each of at least 10 rows.  places is host memory, which
 * spk_dates_release gives back.  SPK_CANCELLED, SPK_NO_MEMORY; then nothing is held.
 */
extern SpkStatus spk_dates_new(const SpkHost *host, const double *times, uint32_t n_rows,
							   SpkDates *dates);
extern void		 spk_dates_release(const SpkHost *host, SpkDates *dates);

/* The most bytes of host memory for so many rows, the array among them. */
extern uint64_t spk_dates_size(uint32_t n_rows);

/* How does the column, which must be known on each date, tell it?  SPK_CANCELLED, SPK_NO_MEMORY. */
extern SpkStatus spk_date_told(const SpkHost *host, const SpkDates *dates, const SpkColumn *column,
							   uint32_t n_rows, SpkDateTold *told);

#endif /* SPK_CORE_JUDGING_DATE_TOLD_H */
