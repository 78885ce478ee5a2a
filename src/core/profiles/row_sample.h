/*
 * row_sample.h
 *	  How many rows repeat an earlier one, told in bounded memory.
 *
 * Rows are hashes.  Those are kept whose last bits are zeros: none at first, and
 * one bit more whenever there are too many.  So a row that is kept has been kept
 * from its first time on, its repeats are counted exactly, and which rows are
 * kept depends on the rows alone, not on their order or on the parts in which
 * they came.  As long as all are kept the count is exact.
 */
#ifndef SPK_CORE_PROFILES_ROW_SAMPLE_H
#define SPK_CORE_PROFILES_ROW_SAMPLE_H

#include "core/base/bytes.h"

/* Different rows that are kept. */
#define SPK_SAMPLE_ROWS 128

typedef struct SpkRowSample
{
	uint64_t *rows; /* ascending: 44 bits of a row's hash, then how often it was repeated */
	uint16_t  n;
	uint16_t  room;
	uint16_t  bits; /* zeros that a row's hash ends with: one row of 1 << bits is kept */
} SpkRowSample;

extern void spk_row_sample_init(SpkRowSample *sample);
extern void spk_row_sample_release(const SpkHost *host, SpkRowSample *sample);

/* Adds a row by its hash.  SPK_NO_MEMORY. */
extern SpkStatus spk_row_sample_add(const SpkHost *host, SpkRowSample *sample, uint64_t hash);

/* Appends the sample, and adds what was appended; SPK_CORRUPT when it was not. */
extern void		 spk_row_sample_write(SpkWriter *w, const SpkRowSample *sample);
extern SpkStatus spk_row_sample_read(const SpkHost *host, SpkReader *r, SpkRowSample *sample);

/* Rows that repeat an earlier one: exact while bits are 0, else an estimate. */
extern uint64_t spk_row_sample_repeats(const SpkRowSample *sample);

#endif /* SPK_CORE_PROFILES_ROW_SAMPLE_H */
