/*
 * name_ranks.h
 *	  Which names stay where not all can be kept.
 */
#ifndef SPK_CORE_PROFILES_NAME_RANKS_H
#define SPK_CORE_PROFILES_NAME_RANKS_H

#include "core/profiles/dictionary.h"

/*
 * Adds the texts of the first ranks, at most keep of them, to a dictionary that is
 * empty.  numbers are n of another dictionary, each once; kept[i] becomes what
 * numbers[i] is in the new one, and SPK_NAME_OTHER when it is left behind.
 * SPK_NO_MEMORY, SPK_CANCELLED, and SPK_LIMIT when the new one is too small.
 */
extern SpkStatus spk_name_ranks_keep(const SpkDictionary *from, const uint32_t *numbers, uint32_t n,
									 uint32_t keep, SpkDictionary *to, uint32_t *kept);

#endif /* SPK_CORE_PROFILES_NAME_RANKS_H */
