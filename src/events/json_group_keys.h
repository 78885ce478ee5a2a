/*
 * json_group_keys.h
 *	  The keys by which a scan groups events.
 */
#ifndef SPK_EVENTS_JSON_GROUP_KEYS_H
#define SPK_EVENTS_JSON_GROUP_KEYS_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/plannodes.h"

#include "core/events/event_columns.h"
#include "events/event_binding.h"

/* A group can have so many keys. */
#define SPK_MAX_GROUP_KEYS 64

typedef struct SpkJsonKey
{
	int	  output; /* the column of the scan's rows */
	int	  column; /* of the schema */
	bool  by_value;
	int16 len;
} SpkJsonKey;

typedef struct SpkJsonKeys
{
	int			n;
	SpkJsonKey *keys;

	/* private */
	SpkBinding	  *binding;
	StringInfoData bytes; /* the keys of the current event */
} SpkJsonKeys;

/*
 * Sets the keys that a plan has (see json_fdw_upper.h), in the current memory context.  By
 * the columns of the plan's rows, columns are those of the schema.
 */
extern void spk_json_keys_init(SpkJsonKeys *keys, const ForeignScan *plan, SpkBinding *binding,
							   const int *columns);

/*
 * Finds the bytes of an event's keys that are not NULL, by which they can be told from any
 * others together with the set of those that are.  They last until the next call, and not
 * longer than the event: a single text is where it stands in the line.
 */
extern const char *spk_json_keys_find(SpkJsonKeys *keys, const SpkEventRow *row, int *len,
									  uint64 *nulls);

/*
 * Sets the values of the keys that spk_json_keys_find gave these bytes of, in the current
 * memory context; 0 of those that are NULL.
 */
extern void spk_json_keys_values(const SpkJsonKeys *keys, const char *bytes, int len, uint64 nulls,
								 Datum *values);

#endif /* SPK_EVENTS_JSON_GROUP_KEYS_H */
