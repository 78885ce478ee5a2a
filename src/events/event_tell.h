/*
 * event_tell.h
 *	  Tells what is odd about the events of a read as a whole.
 */
#ifndef SPK_EVENTS_EVENT_TELL_H
#define SPK_EVENTS_EVENT_TELL_H

#include "postgres.h"

#include "core/events/event_tally.h"
#include "events/event_binding.h"

/*
 * Warns of columns that have no value in any row, of implausible times and of pages
 * that nothing counts, and notes columns that are NULL where lines have "".  Says
 * nothing of a log as it should be, and nothing when there are no rows.  asked is the
 * set of the columns that matter to whoever reads.  whose follows "rows" in the
 * messages, as 'of file "x"'.  optional is the level for missing columns that a music
 * log may well lack; those are only told when the log has keys that are no column.
 */
extern void spk_tell_events(SpkEventTally *tally, const SpkBinding *binding, const uint64 *asked,
							const char *whose, int optional);

/* What has been told of events that have no known end. */
typedef struct SpkToldSoFar
{
	bool times;
	bool keys;
} SpkToldSoFar;

/* The same for such events of the music log: tells what the events so far show, each thing once. */
extern void spk_tell_events_so_far(SpkEventTally *tally, const SpkBinding *binding,
								   SpkToldSoFar *told);

#endif /* SPK_EVENTS_EVENT_TELL_H */
