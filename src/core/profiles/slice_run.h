/*
 * slice_run.h
 *	  Encoded slices, one behind the other, that become part of a longer run as they are.
 */
#ifndef SPK_CORE_PROFILES_SLICE_RUN_H
#define SPK_CORE_PROFILES_SLICE_RUN_H

#include "core/profiles/slice.h"

typedef struct SpkSliceRun
{
	SpkSliceReader slices; /* at the first of them */
	size_t		   len;	   /* of all, in bytes */
	int64_t		   last_session;
	int32_t		   last_day;
	bool		   in_order; /* they ascend, each session and day once */
} SpkSliceRun;

/* Sets the other members from run->slices; SPK_CORRUPT when the bytes are not sound slices. */
extern SpkStatus spk_slice_run_read(SpkSliceRun *run);

/*
 * Reads the first slice of a sound run, and writes the bytes of all others behind what the
 * writer gets of that one: what stands in the bytes of a slice depends on the one before
 * it alone.
 */
extern bool spk_slice_run_first(SpkSliceRun *run, SpkSlice *first);
extern void spk_slice_run_others(const SpkSliceRun *run, SpkWriter *w);

#endif /* SPK_CORE_PROFILES_SLICE_RUN_H */
