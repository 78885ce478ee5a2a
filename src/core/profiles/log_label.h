/*
 * log_label.h
 *	  Churn as its user means it, from a profile of any log: an event, or silence.
 *
 * Profiles of any log count by UTC days, so what is asked of them is about whole
 * days: as_of, 00:00 UTC, is the day on which the question is asked, and until the
 * first day that it is not about any more.
 */
#ifndef SPK_CORE_PROFILES_LOG_LABEL_H
#define SPK_CORE_PROFILES_LOG_LABEL_H

#include "core/profiles/log_reader.h"
#include "core/profiles/silent_spell.h"

/* What is asked about an event.  The name is UTF-8 and of SPK_LOG_NAME_BYTES at most. */
typedef struct SpkEventQuestion
{
	SpkLogText event;
	int32_t	   as_of;	  /* SPK_NO_DAY: did it ever happen? */
	int32_t	   until;	  /* SPK_NO_DAY: at any time from as_of on */
	bool	   returners; /* who had the event, and was seen on a later day, is at risk again */
} SpkEventQuestion;

/*
 * Did the event happen in [as_of, until)?  At risk is who was seen before as_of and
 * did not have it by then.  SPK_LABEL_UNKNOWN when the profile did not keep the
 * event's name.  data is a profile's bytes; SPK_CORRUPT with *why when they are
 * not, SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_log_label(const SpkHost *host, const void *data, size_t len,
							   const SpkEventQuestion *question, SpkLabel *label, const char **why);

/* The same, and with SPK_LABEL_YES the first such day in *day; else SPK_NO_DAY. */
extern SpkStatus spk_log_event_day(const SpkHost *host, const void *data, size_t len,
								   const SpkEventQuestion *question, SpkLabel *label, int32_t *day,
								   const char **why);

/*
 * What is asked about silence: are there no events in [as_of, until) of a user who
 * had some in [from, as_of)?  The events to ignore are those that users do not do
 * themselves.  Their names are as above.
 */
typedef struct SpkSilenceQuestion
{
	const SpkLogText *ignore;
	uint32_t		  n_ignore;
	int32_t			  from;
	int32_t			  as_of;
	int32_t			  until;
} SpkSilenceQuestion;

/*
 * SPK_LABEL_YES when the user fell silent.  SPK_LABEL_UNKNOWN when that depends on
 * events whose names the profile did not keep, and which may be to be ignored.
 * Fails as above.
 */
extern SpkStatus spk_log_inactive(const SpkHost *host, const void *data, size_t len,
								  const SpkSilenceQuestion *question, SpkLabel *label,
								  const char **why);

/*
 * When did the user fall silent, but for these events?  The spell is one that has just
 * begun, and it is ended with this label.  SPK_LABEL_UNKNOWN as above.  Fails as above.
 */
extern SpkStatus spk_log_silence(const SpkHost *host, const void *data, size_t len,
								 const SpkLogText *ignore, uint32_t n_ignore, SpkSilentSpell *spell,
								 SpkLabel *label, const char **why);

/*
 * Visits the days with events, but for these.  A day with none but events whose names the profile
 * did not keep counts as one.  Fails as above.
 */
extern SpkStatus spk_log_visit_days(const SpkHost *host, const void *data, size_t len,
									const SpkLogText *ignore, uint32_t n_ignore,
									SpkDayVisitor visit, void *ctx, const char **why);

/* The day of the first event, and that of the last; fail as above. */
extern SpkStatus spk_log_first_day(const SpkHost *host, const void *data, size_t len, int32_t *day,
								   const char **why);
extern SpkStatus spk_log_last_day(const SpkHost *host, const void *data, size_t len, int32_t *day,
								  const char **why);

#endif /* SPK_CORE_PROFILES_LOG_LABEL_H */
