/*
 * sample.h
 *	  Samples of users, by a hash of the text of their ids.
 *
 * Whether a user is in a sample depends on nothing but the id's text, the fraction and
 * the seed, so that it is the same on every machine.  Of two fractions, the smaller
 * one's users are among those of the larger one.
 */
#ifndef SPK_CORE_ROWS_SAMPLE_H
#define SPK_CORE_ROWS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The seed of the samples that training takes by its option. */
#define SPK_SAMPLE_SEED 0

/*
 * Returns where the user whose id has this text, len bytes in UTF-8, stands among all:
 * a number from 0 to 2^53 - 1, which is as likely to be any as another.  It has nothing
 * to do with what other hashes of the id decide, as how users are held out.
 */
extern uint64_t spk_sample_place(const char *id, size_t len, uint64_t seed);

/* Does the sample of a fraction, from 0 to 1, have who stands there?  That of 1 has all. */
static inline bool
spk_sample_has(uint64_t place, double fraction)
{
	/* both sides are exact: a power of two moves no digit */
	return (double) place < fraction * (double) (UINT64_C(1) << 53);
}

#endif /* SPK_CORE_ROWS_SAMPLE_H */
