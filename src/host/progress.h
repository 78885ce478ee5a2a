/*
 * progress.h
 *	  How far long work has come: training, for its own session; a load, for
 *	  others as well.
 */
#ifndef SPK_HOST_PROGRESS_H
#define SPK_HOST_PROGRESS_H

#include "postgres.h"

#include "portability/instr_time.h"

/* Defines the setting sparkify.progress: whether there are notices. */
extern void spk_define_progress(void);

/* When work began, and when a notice of it is due. */
typedef struct SpkNotices
{
	instr_time start;
	double	   next; /* in seconds after the start */
} SpkNotices;

/* ---- Training ---- */

typedef struct SpkTrainProgress
{
	SpkNotices notices;
} SpkTrainProgress;

extern void spk_train_progress_start(SpkTrainProgress *progress);

/*
 * Tells in a NOTICE every two seconds, when sparkify.progress is on, how much
 * of what is done and how long the rest should take.  things are "columns
 * binned", "trees grown" and the like.
 */
extern void spk_train_progress(SpkTrainProgress *progress, const char *things, uint32 done,
							   uint32 total);

/* ---- Loading ---- */

typedef struct SpkLoadProgress
{
	SpkNotices notices;
	int64	   total;	   /* bytes of the files; 0 when unknown */
	int64	   next_bytes; /* when to look at the clock again */
	int64	   next_rows;
} SpkLoadProgress;

/* Shows a load into a table in pg_stat_progress_copy. */
extern void spk_load_progress_start(SpkLoadProgress *progress, Oid relid, int64 total);

/* Whether it is time for an update; cheap enough for every line. */
static inline bool
spk_load_progress_due(const SpkLoadProgress *progress, int64 bytes, int64 rows)
{
	return bytes >= progress->next_bytes || rows >= progress->next_rows;
}

/*
 * Tells how much was read and loaded since the start: to other sessions at
 * once, to this one by a NOTICE every two seconds.
 */
extern void spk_load_progress_update(SpkLoadProgress *progress, int64 bytes, int64 rows);

/* The end of a transaction that failed does the same. */
extern void spk_load_progress_end(void);

/* Since the start. */
extern double spk_load_progress_seconds(const SpkLoadProgress *progress);

#endif /* SPK_HOST_PROGRESS_H */
