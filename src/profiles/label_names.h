/*
 * label_names.h
 *	  The events and pages that labels are asked about.
 */
#ifndef SPK_PROFILES_LABEL_NAMES_H
#define SPK_PROFILES_LABEL_NAMES_H

#include "compat.h"

#include "core/profiles/day_label.h"
#include "core/profiles/log_label.h"

/* Argument n, the event that means churn in the music log; NULL is the default.  Any other is an error. */
extern SpkChurnEvent spk_music_event_arg(FunctionCallInfo fcinfo, int n);

/* Argument n, the name that it has in any other log.  NULL and a name that is too long are errors. */
extern SpkLogText spk_log_event_arg(FunctionCallInfo fcinfo, int n);

/* The names in argument n, which is text[], none of which may be NULL; no names when it is. */
extern text **spk_ignore_arg(FunctionCallInfo fcinfo, int n, int *n_names);

/* These names as pages of the music log, which must have them, and as events of any other log. */
extern SpkPageSet  spk_ignored_pages(text **names, int n_names);
extern SpkLogText *spk_ignored_events(text **names, int n_names);

/* The day of a profile's first event, whatever the log. */
extern int32 spk_first_day(const bytea *profile);

#endif /* SPK_PROFILES_LABEL_NAMES_H */
