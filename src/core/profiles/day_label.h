/*
 * day_label.h
 *	  Labels of the music log's profiles by whole days, as those of any log are.
 *
 * features.h has the label that knows the time of an event.  These are the ones
 * that need all events of a day: whether somebody came back, or fell silent.  The
 * questions are those of log_label.h.
 */
#ifndef SPK_CORE_PROFILES_DAY_LABEL_H
#define SPK_CORE_PROFILES_DAY_LABEL_H

#include "core/profiles/silent_spell.h"

/*
 * Did the event happen on a day in [as_of, until)?  At risk is who was seen before
 * as_of, and since the last cancellation before that, if there was one, on a later
 * day.  until is SPK_NO_DAY for no end.  data is a profile's bytes; SPK_CORRUPT
 * with *why when they are not, SPK_CANCELLED.
 */
extern SpkStatus spk_profile_returner_label(const SpkHost *host, const void *data, size_t len,
											SpkChurnEvent event, int32_t as_of, int32_t until,
											SpkLabel *label, const char **why);

/* The same, and with SPK_LABEL_YES the first such day in *day; else SPK_NO_DAY. */
extern SpkStatus spk_profile_returner_day(const SpkHost *host, const void *data, size_t len,
										  SpkChurnEvent event, int32_t as_of, int32_t until,
										  SpkLabel *label, int32_t *day, const char **why);

/* A set of pages. */
typedef uint32_t SpkPageSet;

_Static_assert(SPK_N_PAGES <= 32, "a set has a bit for each page");

/*
 * Are there no events, but those of ignored pages, in [as_of, until), of a user who
 * had some in [from, as_of)?  Fails as above.
 */
extern SpkStatus spk_profile_inactive(const SpkHost *host, const void *data, size_t len,
									  SpkPageSet ignored, int32_t from, int32_t as_of,
									  int32_t until, SpkLabel *label, const char **why);

/*
 * When did the user fall silent, but for ignored pages?  The spell is one that has just
 * begun, and it is ended with this label.  SPK_NO_MEMORY, and fails as above.
 */
extern SpkStatus spk_profile_silence(const SpkHost *host, const void *data, size_t len,
									 SpkPageSet ignored, SpkSilentSpell *spell, SpkLabel *label,
									 const char **why);

/* Visits the days with events, but of ignored pages.  SPK_NO_MEMORY, and fails as above. */
extern SpkStatus spk_profile_visit_days(const SpkHost *host, const void *data, size_t len,
										SpkPageSet ignored, SpkDayVisitor visit, void *ctx,
										const char **why);

/* The day of a profile's first event; fails as above. */
extern SpkStatus spk_profile_first_day(const SpkHost *host, const void *data, size_t len,
									   int32_t *day, const char **why);

#endif /* SPK_CORE_PROFILES_DAY_LABEL_H */
