/*
 * describe_log.h
 *	  What churn_describe_log has found out, for those who tell it.
 */
#ifndef SPK_PROFILES_DESCRIBE_LOG_H
#define SPK_PROFILES_DESCRIBE_LOG_H

#include "compat.h"

#include "access/tupdesc.h"
#include "utils/array.h"

#include "core/profiles/log_tally.h"
#include "host/progress.h"

/* What errors call it that should not be. */
#define SPK_LOG_LOOK_WHAT "tally of a log"

/* The columns of a log; NULL: none. */
typedef struct SpkLogColumns
{
	const char *user;
	const char *ts;
	const char *event;
	const char *session;
	const char *amount;
	const char *level;
	ArrayType  *ignore;			/* names of events that users do not do themselves */
	Oid			user_type;		/* as declared */
	bool		user_is_text;	/* and can be empty */
	bool		user_is_padded; /* a character(n) */
	bool		event_is_enum;
} SpkLogColumns;

/* How sure it is that an event means leaving. */
typedef enum SpkLeaving
{
	SPK_LEAVING_NONE = 0,
	SPK_LEAVING_PERHAPS,
	SPK_LEAVING_LIKELY
} SpkLeaving;

typedef struct SpkLogLook
{
	Oid				function; /* churn_describe_log */
	const char	   *source;	  /* as it was given */
	char		   *from;	  /* as an item of a FROM clause */
	SpkLogColumns	columns;
	TimestampTz		end_of_time; /* events from here on are too late to be true */
	SpkLogTally		tally;
	char		   *max_user; /* with the most events, as text; NULL: none */
	MemoryContext	context;  /* of all this */
	SpkReadProgress progress;

	/* what spk_log_look_judge makes of it */
	bool	   has_end; /* then days since 2000-01-01 are: */
	int32	   end;		/* up to whose beginning the log is complete */
	uint64	   median;	/* users of a day */
	int32	   gap;		/* that 9 of 10 gaps between active days do not exceed; 0: there are none */
	int32	   horizon; /* in days, to label by; 0: the log is too short for any */
	SpkLeaving leaving;
	uint32	  *leavers; /* numbers of events that look like leaving, the most telling first */
	uint32	   n_leavers;
	uint32	  *order;	/* numbers of all names, those of most users first */
	uint32	   n_order; /* the others together may be the last */
	uint32	   n_names; /* without them */
	unsigned
		steps; /* that group names which a program made (name_groups.h); 0: none needed, or none helps */
	uint32 n_groups;
} SpkLogLook;

/* What there is to conclude from the tally. */
extern void spk_log_look_judge(SpkLogLook *look);

/* Tells it, in rows of the function's result: the log as a whole; what churn could be, and the events. */
extern void spk_log_look_tell_log(const SpkLogLook *look, ReturnSetInfo *rsinfo);
extern void spk_log_look_tell_events(const SpkLogLook *look, ReturnSetInfo *rsinfo);

/* The SQL to go on with, likewise. */
extern void spk_log_look_tell_next(const SpkLogLook *look, ReturnSetInfo *rsinfo);

/* The names of events, grouped, as an expression over a column. */
extern char *spk_log_look_grouped(const SpkLogLook *look, const char *column);

#endif /* SPK_PROFILES_DESCRIBE_LOG_H */
