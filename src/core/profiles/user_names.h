/*
 * user_names.h
 *	  The names of events in one user's tally.
 *
 * Inside of user_tally.h.
 */
#ifndef SPK_CORE_PROFILES_USER_NAMES_H
#define SPK_CORE_PROFILES_USER_NAMES_H

#include "core/profiles/user_tally.h"

/*
 * The number of a name.  A dictionary that is full is left for one of the tally's
 * own, which changes the numbers of all others.  SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_user_names_number(SpkUserTally *tally, const char *name, size_t len,
									   uint32_t *number);

/* Adds rows and amounts to a number's entry, which is made at its first use.  SPK_NO_MEMORY. */
extern SpkStatus spk_user_names_add(SpkUserTally *tally, uint32_t number, const SpkSpan *span,
									const SpkAmountTally *amounts);

/* A dictionary of the tally's own with the names that a profile keeps; the others are together. */
extern SpkStatus spk_user_names_renew(SpkUserTally *tally);

#endif /* SPK_CORE_PROFILES_USER_NAMES_H */
