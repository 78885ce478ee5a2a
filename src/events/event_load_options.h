/*
 * event_load_options.h
 *	  The arguments of churn_load_events.
 */
#ifndef SPK_EVENTS_EVENT_LOAD_OPTIONS_H
#define SPK_EVENTS_EVENT_LOAD_OPTIONS_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/pg_list.h"

typedef struct SpkLoadOptions
{
	Oid	  relid;
	List *paths; /* of files, wildcards replaced */
	bool  skip_faults;
	int	  part;
	int	  parts;
	Oid	  reader; /* sparkify_loading_events */
} SpkLoadOptions;

/*
 * Of the function that is called; several says that its second argument is an
 * array of paths.  What is null or does not exist is an error.
 */
extern SpkLoadOptions spk_load_options(FunctionCallInfo fcinfo, bool several);

#endif /* SPK_EVENTS_EVENT_LOAD_OPTIONS_H */
