/*
 * log_day_order.h
 *	  Closed days in the order of their dates.
 */
#ifndef SPK_CORE_PROFILES_LOG_DAY_ORDER_H
#define SPK_CORE_PROFILES_LOG_DAY_ORDER_H

#include "core/profiles/log_closed_day.h"

/* Closed days in the order of their numbers, those of one number as they stood. */
typedef struct SpkDayPlaces
{
	uint64_t  *keys;	/* day from the earliest possible one, then which one it is */
	SpkReader *readers; /* at each as they stand */
} SpkDayPlaces;

/* Finds and orders the n days, which stay where they are; SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_day_places(const SpkHost *host, const SpkClosedDays *from, uint32_t n,
								SpkDayPlaces *places);
extern void		 spk_day_places_release(const SpkHost *host, SpkDayPlaces *places);

/* A number that says which day the i-th one in order is. */
static inline uint32_t
spk_day_at(const SpkDayPlaces *places, uint32_t i)
{
	return (uint32_t) (places->keys[i] >> 32);
}

/* Reads the i-th one in order. */
extern SpkStatus spk_day_read_at(const SpkHost *host, const SpkDayPlaces *places, uint32_t i,
								 SpkLogDay *day);

#endif /* SPK_CORE_PROFILES_LOG_DAY_ORDER_H */
