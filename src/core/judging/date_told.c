/*
 * date_told.c
 *	  Columns that tell the date of the row.
 */
#include <math.h>
#include <string.h>

#include "core/judging/date_told.h"
#include "core/base/sort.h"
#include "core/rows/time_order.h"

/* The dates of snapshots are so many at most, and have so many rows at least. */
#define MAX_TOLD_DATES 1000
#define MIN_TOLD_ROWS  10

/* After so many rows it is looked whether there is still something to find. */
#define LOOK_ROWS 8192

/* The least and the highest value of a date. */
typedef struct Range
{
	double low;
	double high;
} Range;

/* Are these the dates of snapshots? */
static bool
are_snapshots(const SpkTimeOrder *order)
{
	bool all = order->n_times >= 2 && order->n_times <= MAX_TOLD_DATES;

	for (uint32_t i = 0; i < order->n_times && all; i++)
		all = order->starts[i + 1] - order->starts[i] >= MIN_TOLD_ROWS;
	return all;
}

SpkStatus
spk_dates_new(const SpkHost *host, const double *times, uint32_t n_rows, SpkDates *dates)
{
	SpkTimeOrder order;
	SpkStatus	 status = spk_time_order(host, times, n_rows, &order);

	*dates = (SpkDates) {0};
	if (status != SPK_OK)
		return status;
	if (are_snapshots(&order))
	{
		/* the order's places are those of rows: they become those of dates */
		for (uint32_t i = 0; i < n_rows && status == SPK_OK; i++)
		{
			uint32_t low = 0;
			uint32_t high = order.n_times;

			if (i % LOOK_ROWS == 0 && spk_cancelled(host))
				status = SPK_CANCELLED;

			while (low < high)
			{
				uint32_t middle = low + (high - low) / 2;

				if (order.starts[middle + 1] <= order.places[i])
					low = middle + 1;
				else
					high = middle;
			}
			order.places[i] = low;
		}
		dates->n = order.n_times;
		dates->places = order.places;
		order.places = NULL;
	}
	spk_time_order_release(host, &order);
	if (status != SPK_OK)
		spk_dates_release(host, dates);
	return status;
}

void
spk_dates_release(const SpkHost *host, SpkDates *dates)
{
	spk_release(host, dates->places);
	*dates = (SpkDates) {0};
}

uint64_t
spk_dates_size(uint32_t n_rows)
{
	return spk_time_order_size(n_rows) + MAX_TOLD_DATES * sizeof(Range);
}

/* How the values of dates tell these, when all are known: rising, falling, or each date by one. */
typedef struct Ways
{
	bool rising;
	bool falling;
	bool single;
} Ways;

/* In what ways may the values tell the date?  Dates without a value so far do not count. */
static Ways
possible_ways(const Range *ranges, uint32_t n, bool category)
{
	Ways   ways = {!category, !category, true};
	double high = -INFINITY;
	double low = INFINITY;

	for (uint32_t d = 0; d < n; d++)
	{
		if (ranges[d].low > ranges[d].high)
			continue;
		ways.rising &= ranges[d].low > high;
		ways.falling &= ranges[d].high < low;
		ways.single &= ranges[d].low == ranges[d].high;
		high = ranges[d].high;
		low = ranges[d].low;
	}
	return ways;
}

/*
 * Finds the range of each date; the value of a category is its number.  Ranges only become
 * wider, so that it ends as soon as they cannot tell the dates.
 */
static SpkStatus
find_ranges(const SpkHost *host, const SpkDates *dates, const SpkColumn *column, uint32_t n_rows,
			Range *ranges, Ways *ways)
{
	bool category = column->kind == SPK_CATEGORY;

	for (uint32_t d = 0; d < dates->n; d++)
		ranges[d] = (Range) {INFINITY, -INFINITY};
	*ways = possible_ways(ranges, dates->n, category);
	for (uint32_t i = 0; i < n_rows && (ways->rising || ways->falling || ways->single); i++)
	{
		double value;
		Range *range;

		if (i % LOOK_ROWS == 0)
		{
			if (spk_cancelled(host))
				return SPK_CANCELLED;
			*ways = possible_ways(ranges, dates->n, category);
		}
		if (category)
			value = column->ids[i] == SPK_NO_ID ? NAN : column->ids[i];
		else
			value = column->numbers[i];
		if (dates->places[i] == dates->n || isnan(value))
			continue;
		range = &ranges[dates->places[i]];
		range->low = value < range->low ? value : range->low;
		range->high = value > range->high ? value : range->high;
	}
	*ways = possible_ways(ranges, dates->n, category);
	return SPK_OK;
}

/* Are no two of the dates' values, of which each date has one, the same? */
static SpkStatus
all_differ(const SpkHost *host, const Range *ranges, uint32_t n, bool *differ)
{
	uint64_t  keys[2 * MAX_TOLD_DATES];
	SpkStatus status;

	for (uint32_t d = 0; d < n; d++)
		keys[d] = spk_key_of_number(ranges[d].low);
	status = spk_sort_u64(host, keys, keys + MAX_TOLD_DATES, n, 0);
	*differ = status == SPK_OK && spk_unique_keys(keys, n) == n;
	return status;
}

SpkStatus
spk_date_told(const SpkHost *host, const SpkDates *dates, const SpkColumn *column, uint32_t n_rows,
			  SpkDateTold *told)
{
	Range	 *ranges = spk_alloc(host, dates->n, sizeof(Range));
	SpkStatus status = SPK_NO_MEMORY;
	bool	  known = true;
	bool	  one = false;
	Ways	  ways;

	*told = SPK_DATE_NOT_TOLD;
	if (ranges != NULL)
		status = find_ranges(host, dates, column, n_rows, ranges, &ways);
	for (uint32_t d = 0; d < dates->n && status == SPK_OK; d++)
		known &= ranges[d].low <= ranges[d].high;
	if (status == SPK_OK && known && ways.single)
		status = all_differ(host, ranges, dates->n, &one);

	/* one value for each date says more than that they rise */
	if (status == SPK_OK && known)
		*told = one		 ? SPK_DATE_BY_VALUE :
			ways.rising	 ? SPK_DATE_RISING :
			ways.falling ? SPK_DATE_FALLING :
						   SPK_DATE_NOT_TOLD;
	spk_release(host, ranges);
	return status;
}
