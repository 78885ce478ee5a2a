/*
 * describe_log_line.h
 *	  A row of the result of churn_describe_log.
 */
#ifndef SPK_PROFILES_DESCRIBE_LOG_LINE_H
#define SPK_PROFILES_DESCRIBE_LOG_LINE_H

#include "compat.h"

#include "profiles/describe_log.h"

typedef enum SpkLineColumn
{
	SPK_LINE_TOPIC,
	SPK_LINE_NAME,
	SPK_LINE_ROWS,
	SPK_LINE_USERS,
	SPK_LINE_ENDED,
	SPK_LINE_PERCENT,
	SPK_LINE_PER_USER,
	SPK_LINE_DAYS,
	SPK_LINE_FIRST_AT,
	SPK_LINE_LAST_AT,
	SPK_LINE_AMOUNT,
	SPK_LINE_NOTE,
	SPK_LINE_COLUMNS
} SpkLineColumn;

/* What is not set is NULL. */
typedef struct SpkLine
{
	Datum values[SPK_LINE_COLUMNS];
	bool  nulls[SPK_LINE_COLUMNS];
} SpkLine;

/* Who tells, and where to. */
typedef struct SpkTelling
{
	const SpkLogLook *look;
	ReturnSetInfo	 *rsinfo;
} SpkTelling;

/* A row of this topic and name. */
extern SpkLine spk_line(const char *topic, const char *name);

/* Set a column; values are in the current memory context. */
extern void spk_line_set(SpkLine *line, SpkLineColumn column, Datum value);
extern void spk_line_count(SpkLine *line, SpkLineColumn column, uint64 n);

/* n * times / of, two digits behind the point, to the nearest; nothing when it is of nothing. */
extern void spk_line_ratio(SpkLine *line, SpkLineColumn column, uint64 n, uint64 of,
						   unsigned times);

/* The first and last time, if there are rows. */
extern void spk_line_times(SpkLine *line, const SpkSpan *span);

/* An amount in millionths. */
extern void spk_line_amount(SpkLine *line, int64 amount);

/* A note; NULL is none. */
extern void spk_line_note(SpkLine *line, const char *note);

/* Adds the row to the result. */
extern void spk_line_put(const SpkTelling *telling, SpkLine *line);

#endif /* SPK_PROFILES_DESCRIBE_LOG_LINE_H */
