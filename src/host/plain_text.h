/*
 * plain_text.h
 *	  Values as text in one way, whatever the session's settings are.
 *
 * A cast to text writes dates, times, floats, intervals, bytea and money as the session wants
 * to see them.  What is kept, compared or sent to others must not depend on that: a report that
 * a job writes at night is the one that its reader would get by day.
 */
#ifndef SPK_HOST_PLAIN_TEXT_H
#define SPK_HOST_PLAIN_TEXT_H

#include "postgres.h"

#include "fmgr.h"

typedef struct SpkPlainText
{
	Oid		 base;		   /* the type, below domains */
	bool	 has_settings; /* may settings that we do not write by ourselves change its text? */
	FmgrInfo output;
} SpkPlainText;

/* Prepares to write values of a type; what is kept for that lives in the context. */
extern void spk_plain_text_type(SpkPlainText *plain, Oid type, MemoryContext context);

/*
 * A value as a cast to text gives it with PostgreSQL's own settings: dates and times in ISO 8601,
 * those with a zone in UTC, floats with as many digits as they need.  palloc'd.
 */
extern char *spk_plain_text(SpkPlainText *plain, Datum value);

/* An expression in SQL, of this type, as such a text; schema is the extension's, quoted. */
extern char *spk_plain_text_sql(const char *schema, const char *expression, Oid type);

/* A name as SQL needs it, which is quoted where it must be, and not because a setting says so. */
extern const char *spk_plain_identifier(const char *name);

#endif /* SPK_HOST_PLAIN_TEXT_H */
