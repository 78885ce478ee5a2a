/*
 * name_groups.h
 *	  Names that a program made, with numbers, ids or addresses in them, and what
 *	  they have in common.
 */
#ifndef SPK_CORE_PROFILES_NAME_GROUPS_H
#define SPK_CORE_PROFILES_NAME_GROUPS_H

#include "core/profiles/dictionary.h"

/* What is done to a name, in this order. */
#define SPK_GROUP_CUT 1U /* drops all from the first ? or # on */
#define SPK_GROUP_FIRST \
	2U /* leaves what stands before the second / of an address, the first of any other */
#define SPK_GROUP_DIGITS 4U /* each run of digits becomes a # */
#define SPK_GROUP_IDS	 8U /* each run of 0-9, a-f and -, with a digit in it, becomes a # */

/*
 * The set of steps that leaves the most groups of all names of a dictionary, but
 * no more than a limit; 0 when none does.  *n_groups is how many there are.
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_name_groups_find(const SpkDictionary *names, uint32_t limit, unsigned *steps,
									  uint32_t *n_groups);

/* Does this to a name in place; its length then. */
extern size_t spk_name_groups_apply(char *name, size_t len, unsigned steps);

#endif /* SPK_CORE_PROFILES_NAME_GROUPS_H */
