/*
 * audit_events.h
 *	  Events that foretell a label, from profiles of any log.
 */
#ifndef SPK_JUDGING_AUDIT_EVENTS_H
#define SPK_JUDGING_AUDIT_EVENTS_H

#include "postgres.h"

#include "access/tupdesc.h"

/*
 * Warns of events that came shortly before the date of nearly all rows that churned, and
 * of hardly any other: whoever does one has decided to leave already.  from is a source
 * (as of spk_source_from) with these columns, of which profile, quoted, has profiles of
 * any log, and label the label; as_of is an expression of the rows' dates.  schema is
 * ours, quoted.
 */
extern void spk_audit_events(const char *schema, const char *from, TupleDesc columns,
							 const char *profile, const char *label, const char *as_of);

#endif /* SPK_JUDGING_AUDIT_EVENTS_H */
