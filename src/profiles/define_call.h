/*
 * define_call.h
 *	  The call of churn_row in a function, with the recipe that it has.
 */
#ifndef SPK_PROFILES_DEFINE_CALL_H
#define SPK_PROFILES_DEFINE_CALL_H

#include "compat.h"

#include "utils/jsonb.h"

/* Arguments of churn_row */
#define SPK_ROW_ARGS 4

/* A call of churn_row, or of what is called so, and its recipe. */
typedef struct SpkRowCall
{
	Oid	   function; /* InvalidOid for none */
	Jsonb *recipe;
} SpkRowCall;

/*
 * The first call of four arguments, the last one a constant of jsonb, in a function of
 * a profile and a date; none when it is not in SQL.  A body that is a text is
 * analyzed, and an error if that cannot be.
 */
extern SpkRowCall spk_row_call_in(Oid function, Oid profile_type);

#endif /* SPK_PROFILES_DEFINE_CALL_H */
