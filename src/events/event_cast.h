/*
 * event_cast.h
 *	  How the values of a column of any type are read from a line, and become Datums.
 */
#ifndef SPK_EVENTS_EVENT_CAST_H
#define SPK_EVENTS_EVENT_CAST_H

#include "postgres.h"

#include "fmgr.h"

#include "core/events/event_columns.h"
#include "json/event_fault.h"

typedef enum SpkCastWay
{
	SPK_CAST_NOTHING, /* of a column that no table has */
	SPK_CAST_TIME,	  /* the field is a timestamp already */
	SPK_CAST_DATE,
	SPK_CAST_INT8,
	SPK_CAST_INT4,
	SPK_CAST_INT2,
	SPK_CAST_FLOAT8,
	SPK_CAST_FLOAT4,
	SPK_CAST_BOOL,
	SPK_CAST_TEXT,	/* the field's bytes are the value */
	SPK_CAST_INPUT, /* by the type's input function */
	SPK_CAST_DONE	/* the field is the Datum, which spk_cast_check has made */
} SpkCastWay;

typedef struct SpkCast
{
	const char	*label;		  /* of the column, as in its schema */
	SpkCastWay	 way;		  /* from the field to the Datum */
	bool		 is_checked;  /* the type may refuse a value, so each row's is made */
	SpkEventType reads;		  /* what the column's values are in a line */
	bool		 blank;		  /* "" is NULL */
	bool		 has_default; /* which takes the place of NULL; set by whoever gives it */

	/* private */
	SpkCastWay	  made_by; /* the way, before spk_cast_check */
	Oid			  type;
	Oid			  base; /* type, or that of a domain */
	int32		  typmod;
	bool		  is_domain;
	void		 *domain_check;
	bool		  by_value;
	int16		  len;
	MemoryContext context; /* of what is kept */
	FmgrInfo	  input;
	Oid			  ioparam;
	bool		  may_catch;
} SpkCast;

/*
 * Makes the cast to a type with a type modifier, in the current memory context, in
 * which the label has to live, too.
 */
extern void spk_cast_init(SpkCast *cast, Oid type, int32 typmod, const char *label);

/*
 * Makes the Datum of a checked column, in the current memory context, and puts it
 * into the field.  False, with the fault, when the type refuses the value.  A domain's
 * refusal is an error.
 */
extern bool spk_cast_check(SpkCast *cast, bool isnull, SpkField *field, SpkEventFault *fault);

/* Can no value of a line raise an error, nor run code that is not PostgreSQL's own? */
extern bool spk_cast_is_harmless(const SpkCast *cast);

/* The Datum of a value that is not NULL, in the current memory context, with a copy of what was checked. */
extern Datum spk_cast_datum(SpkCast *cast, const SpkField *field);

#endif /* SPK_EVENTS_EVENT_CAST_H */
