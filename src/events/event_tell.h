/*
 * event_tell.h
 *	  Tells what is odd about the events of a read as a whole.
 */
#ifndef SPK_EVENTS_EVENT_TELL_H
#define SPK_EVENTS_EVENT_TELL_H

#include "postgres.h"

#include "core/events/event_tally.h"

/*
 * Warns of columns without a value in any row, of implausible times and of
 * pages that nothing counts.  Says nothing of a log as it should be, nor of no
 * rows.  asked is the mask of the columns that matter to whoever reads; whose
 * stands behind "rows" in the messages: of file "x".  optional is the level for
 * columns that a log may well lack, when there are keys that nobody knows.
 */
extern void spk_tell_events(const SpkEventTally *tally, uint32 asked, const char *whose,
							int optional);

/* What was told of events of which nobody knows which is the last. */
typedef struct SpkToldSoFar
{
	bool times;
	bool keys;
} SpkToldSoFar;

/* The same for such events: what some of them show already, each thing once. */
extern void spk_tell_events_so_far(const SpkEventTally *tally, SpkToldSoFar *told);

#endif /* SPK_EVENTS_EVENT_TELL_H */
