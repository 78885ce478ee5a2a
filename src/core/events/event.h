/*
 * event.h
 *	  One page view of the log as profiles see it: with codes in place of words.
 */
#ifndef SPK_CORE_EVENTS_EVENT_H
#define SPK_CORE_EVENTS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/times.h"

/* The pages of the log, as page_list.h lists them. */
typedef enum SpkPage
{
#define SPK_PAGE_ITEM(constant, name, third) SPK_PAGE_##constant,
#include "core/events/page_list.h"
#undef SPK_PAGE_ITEM
	SPK_PAGE_OTHER, /* any other text, which is no error */
	SPK_N_PAGES
} SpkPage;

typedef enum SpkLevel
{
	SPK_LEVEL_UNKNOWN = 0,
	SPK_LEVEL_FREE,
	SPK_LEVEL_PAID
} SpkLevel;

typedef enum SpkGender
{
	SPK_GENDER_UNKNOWN = 0,
	SPK_GENDER_FEMALE,
	SPK_GENDER_MALE
} SpkGender;

typedef struct SpkEvent
{
	int64_t	  ts;
	int64_t	  session;
	int64_t	  registration; /* SPK_NO_TIME when unknown */
	int64_t	  length_us;	/* of the song, in microseconds, >= 0; 0 when unknown */
	SpkPage	  page;
	SpkLevel  level;
	SpkGender gender;
} SpkEvent;

/* Returns the name of a page as the log spells it, or "other" for SPK_PAGE_OTHER. */
extern const char *spk_page_name(SpkPage page);

/* Returns the page with this name of len bytes, or SPK_PAGE_OTHER when there is none. */
extern SpkPage spk_page_of(const char *name, size_t len);

/* Returns the level called "free" or "paid"; anything else is SPK_LEVEL_UNKNOWN. */
extern SpkLevel spk_level_of(const char *name, size_t len);

/* Returns the gender called "F" or "M"; anything else is SPK_GENDER_UNKNOWN. */
extern SpkGender spk_gender_of(const char *name, size_t len);

/*
 * Returns the seconds of a song as whole microseconds, rounded to the nearest.
 * Negative numbers, NaN and more than a million seconds are no length of a song:
 * they count as unknown, which is 0.
 */
extern int64_t spk_length_us(double seconds);

/* Does this page say that the user is leaving?  Only the notebook's six features count it. */
static inline bool
spk_page_is_cancel(SpkPage page)
{
	return page == SPK_PAGE_CANCEL || page == SPK_PAGE_CANCELLATION;
}

#endif /* SPK_CORE_EVENTS_EVENT_H */
