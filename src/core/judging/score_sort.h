/*
 * score_sort.h
 *	  Sorting scored rows in place.
 */
#ifndef SPK_CORE_JUDGING_SCORE_SORT_H
#define SPK_CORE_JUDGING_SCORE_SORT_H

#include "core/judging/scores.h"

/*
 * Sorts n words ascending, in place and without memory (McIlroy, Bostic,
 * McIlroy: Engineering radix sort, 1993, "American flag sort").
 * SPK_CANCELLED leaves them undefined.
 */
extern SpkStatus spk_sort_scored(const SpkHost *host, SpkScored *rows, size_t n);

#endif /* SPK_CORE_JUDGING_SCORE_SORT_H */
