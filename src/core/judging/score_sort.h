/*
 * score_sort.h
 *	  Sorting scored rows in place.
 */
#ifndef SPK_CORE_JUDGING_SCORE_SORT_H
#define SPK_CORE_JUDGING_SCORE_SORT_H

#include "core/judging/scores.h"

/*
 * Sorts n rows in ascending order, in place and without further memory (McIlroy,
 * Bostic, McIlroy: Engineering radix sort, 1993, "American flag sort").
 * SPK_CANCELLED leaves the rows undefined.
 */
extern SpkStatus spk_sort_scored(const SpkHost *host, SpkScored *rows, size_t n);

#endif /* SPK_CORE_JUDGING_SCORE_SORT_H */
