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

/*
 * The pages of the log, the most frequent ones first, so that the set of pages in
 * a slice is a small number most of the time.  The order is part of the profile's
 * format: append, do not reorder.
 */
typedef enum SpkPage
{
	SPK_PAGE_NEXT_SONG = 0,
	SPK_PAGE_HOME,
	SPK_PAGE_THUMBS_UP,
	SPK_PAGE_ADD_TO_PLAYLIST,
	SPK_PAGE_ADD_FRIEND,
	SPK_PAGE_ROLL_ADVERT,
	SPK_PAGE_LOGIN,
	SPK_PAGE_LOGOUT,
	SPK_PAGE_THUMBS_DOWN,
	SPK_PAGE_DOWNGRADE,
	SPK_PAGE_HELP,
	SPK_PAGE_SETTINGS,
	SPK_PAGE_ABOUT,
	SPK_PAGE_UPGRADE,
	SPK_PAGE_SAVE_SETTINGS,
	SPK_PAGE_ERROR,
	SPK_PAGE_SUBMIT_UPGRADE,
	SPK_PAGE_SUBMIT_DOWNGRADE,
	SPK_PAGE_CANCEL,
	SPK_PAGE_CANCELLATION,
	SPK_PAGE_REGISTER,
	SPK_PAGE_SUBMIT_REGISTRATION,
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
