/*
 * event_defaults.h
 *	  The defaults of a relation's columns, for rows that have no value for them.
 */
#ifndef SPK_EVENTS_EVENT_DEFAULTS_H
#define SPK_EVENTS_EVENT_DEFAULTS_H

#include "postgres.h"

#include "nodes/execnodes.h"
#include "utils/rel.h"

typedef struct SpkDefaults
{
	int			n_attributes;
	ExprState **states; /* by attribute; NULL where there is none to compute */
	bool		any;	/* is there one? */
	bool in_step; /* one may look at the table: each row must be in it before the next is made */
} SpkDefaults;

/*
 * Prepares the defaults of the attributes that want says, in the current memory
 * context.
 */
extern SpkDefaults *spk_defaults_new(Relation rel, const bool *want);

/* Gives attributes that are NULL their defaults, if they have one that was prepared. */
extern void spk_defaults_apply(const SpkDefaults *defaults, ExprContext *econtext, Datum *values,
							   bool *nulls);

/* Has the column a default, an identity's next value included? */
extern bool spk_defaults_has(Relation rel, int attribute);

#endif /* SPK_EVENTS_EVENT_DEFAULTS_H */
