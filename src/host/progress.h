/*
 * progress.h
 *	  How far a load has come, for its own session and for others.
 */
#ifndef SPK_HOST_PROGRESS_H
#define SPK_HOST_PROGRESS_H

#include "postgres.h"

#include "portability/instr_time.h"

typedef struct SpkProgress
{
	int64		total;			/* bytes of the files; 0 when unknown */
	int64		next_bytes;		/* when to look at the clock again */
	int64		next_rows;
	instr_time	start;
	double		next_notice;	/* in seconds after the start */
} SpkProgress;

/* The setting sparkify.progress: whether there are notices. */
extern bool spk_progress_notices;

/* Shows a load into a table in pg_stat_progress_copy. */
extern void spk_progress_start(SpkProgress *progress, Oid relid, int64 total);

/* Whether it is time for an update; cheap enough for every line. */
static inline bool
spk_progress_due(const SpkProgress *progress, int64 bytes, int64 rows)
{
	return bytes >= progress->next_bytes || rows >= progress->next_rows;
}

/*
 * Tells how much was read and loaded since the start: to other sessions at
 * once, to this one by a NOTICE every two seconds.
 */
extern void spk_progress_update(SpkProgress *progress, int64 bytes, int64 rows);

/* The end of a transaction that failed does the same. */
extern void spk_progress_end(void);

extern double spk_progress_seconds(const SpkProgress *progress);

#endif							/* SPK_HOST_PROGRESS_H */
