/*
 * time_order.c
 *	  The order of rows by their times: many rows have few times.
 */
#include <math.h>

#include "core/base/sort.h"
#include "core/rows/time_order.h"

/* The distinct times, ascending.  keys and scratch have room for all rows. */
static SpkStatus
find_times(const SpkHost *host, const double *times, uint32_t n_rows, uint64_t *keys,
		   uint64_t *scratch, SpkTimeOrder *order)
{
	SpkStatus status;
	uint32_t  n = 0;

	for (uint32_t i = 0; i < n_rows; i++)
		if (!isnan(times[i]))
			keys[n++] = spk_key_of_number(times[i]);
	status = spk_sort_u64(host, keys, scratch, n, 0);
	if (status != SPK_OK)
		return status;
	order->n_times = spk_unique_keys(keys, n);
	order->times = spk_alloc(host, (size_t) order->n_times + 1, sizeof(double));
	order->starts = spk_alloc(host, (size_t) order->n_times + 2, sizeof(uint32_t));
	if (order->times == NULL || order->starts == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < order->n_times; i++)
		order->times[i] = spk_number_of_key(keys[i]);
	return SPK_OK;
}

/* Counts the rows of each time, and then deals the places out. */
static SpkStatus
find_places(const SpkHost *host, const double *times, uint32_t n_rows, const uint64_t *keys,
			SpkTimeOrder *order)
{
	uint32_t *next = order->starts + 1; /* behind by one, so that they end as the starts */
	uint32_t  at = 0;

	memset(order->starts, 0, ((size_t) order->n_times + 2) * sizeof(uint32_t));
	for (uint32_t i = 0; i < n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		order->places[i] = isnan(times[i]) ?
			order->n_times :
			spk_place_of_key(keys, order->n_times, spk_key_of_number(times[i]));
		next[order->places[i]]++;
	}

	/* from how many rows a time has to where they start; rows stay in their order within it */
	for (uint32_t t = 0; t <= order->n_times; t++)
	{
		uint32_t n = next[t];

		next[t] = at;
		at += n;
	}
	for (uint32_t i = 0; i < n_rows; i++)
		order->places[i] = next[order->places[i]]++;
	return SPK_OK;
}

SpkStatus
spk_time_order(const SpkHost *host, const double *times, uint32_t n_rows, SpkTimeOrder *order)
{
	uint64_t *keys = spk_alloc(host, (size_t) n_rows + 1, sizeof(uint64_t));
	uint64_t *scratch = spk_alloc(host, (size_t) n_rows + 1, sizeof(uint64_t));
	SpkStatus status = SPK_NO_MEMORY;

	memset(order, 0, sizeof(*order));
	order->places = spk_alloc(host, (size_t) n_rows + 1, sizeof(uint32_t));
	if (keys != NULL && scratch != NULL && order->places != NULL)
		status = find_times(host, times, n_rows, keys, scratch, order);
	if (status == SPK_OK)
		status = find_places(host, times, n_rows, keys, order);
	spk_release(host, keys);
	spk_release(host, scratch);
	if (status != SPK_OK)
		spk_time_order_release(host, order);
	return status;
}

void
spk_time_order_release(const SpkHost *host, SpkTimeOrder *order)
{
	spk_release(host, order->times);
	spk_release(host, order->starts);
	spk_release(host, order->places);
	memset(order, 0, sizeof(*order));
}

uint64_t
spk_time_order_size(uint32_t n_rows)
{
	return ((uint64_t) n_rows + 2) * (2 * sizeof(uint64_t) + sizeof(double) + 2 * sizeof(uint32_t));
}
