/*
 * event_load_options.h
 *	  The arguments of churn_load_events.
 */
#ifndef SPK_EVENTS_EVENT_LOAD_OPTIONS_H
#define SPK_EVENTS_EVENT_LOAD_OPTIONS_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

typedef struct SpkLoadOptions
{
	Oid	   relid;
	List  *paths;		/* of the files, wildcards expanded, as strings */
	bool   skip_faults; /* on_error is 'skip' */
	int	   part;		/* from 1 to parts */
	int	   parts;
	Jsonb *columns; /* the options of columns, or NULL */
	Oid	   reader;	/* the function sparkify_loading_events */
} SpkLoadOptions;

/*
 * The arguments of the function that is called; several says that the second one
 * is an array of paths.  A NULL, a word that on_error does not know, a part that
 * does not exist and a path without files are errors.
 */
extern SpkLoadOptions spk_load_options(FunctionCallInfo fcinfo, bool several);

#endif /* SPK_EVENTS_EVENT_LOAD_OPTIONS_H */
