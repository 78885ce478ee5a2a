/*
 * log_day_order.c
 *	  Closed days in the order of their dates.
 */
#include "core/profiles/log_day_order.h"
#include "core/base/sort.h"

void
spk_day_places_release(const SpkHost *host, SpkDayPlaces *places)
{
	spk_release(host, places->keys);
	spk_release(host, places->readers);
}

SpkStatus
spk_day_places(const SpkHost *host, const SpkClosedDays *from, uint32_t n, SpkDayPlaces *places)
{
	SpkClosedReader r = spk_closed_reader(from);
	uint64_t	   *scratch = spk_alloc(host, n, sizeof(uint64_t));
	SpkLogDay		day;
	SpkStatus		status = SPK_OK;

	places->keys = spk_alloc(host, n, sizeof(uint64_t));
	places->readers = spk_alloc(host, n, sizeof(SpkReader));
	if (scratch == NULL || places->keys == NULL || places->readers == NULL)
		status = SPK_NO_MEMORY;
	spk_log_day_init(&day);
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_DAYS == SPK_POLL_DAYS - 1 && spk_cancelled(host))
		{
			status = SPK_CANCELLED;
			break;
		}

		/* keys that are equal in the day stay in the order in which they were closed */
		places->readers[i] = *spk_closed_next(&r);
		status = spk_closed_day_read(host, &r.reader, &day);
		places->keys[i] = (uint64_t) ((int64_t) day.day - spk_day_of(SPK_MIN_TIME)) << 32 | i;
	}
	if (status == SPK_OK)
		status = spk_sort_u64(host, places->keys, scratch, n, 0);
	spk_log_day_release(host, &day);
	spk_release(host, scratch);
	if (status != SPK_OK)
		spk_day_places_release(host, places);
	return status;
}

SpkStatus
spk_day_read_at(const SpkHost *host, const SpkDayPlaces *places, uint32_t i, SpkLogDay *day)
{
	SpkReader r = places->readers[(uint32_t) places->keys[i]];

	return spk_closed_day_read(host, &r, day);
}
