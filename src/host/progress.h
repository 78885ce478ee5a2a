/*
 * progress.h
 *	  Tells how far long work has come: training and looking at a log to its own
 *	  session, a load to others as well.
 */
#ifndef SPK_HOST_PROGRESS_H
#define SPK_HOST_PROGRESS_H

#include "postgres.h"

#include "portability/instr_time.h"

/* Defines the setting sparkify.progress, which says whether there are notices. */
extern void spk_progress_define(void);

/* When work began, and when its next notice is due. */
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

/* Notes that training begins now. */
extern void spk_train_progress_start(SpkTrainProgress *progress);

/*
 * When sparkify.progress is on, tells in a NOTICE every two seconds how many things
 * are done, and how long the rest should take.  things are "columns binned", "trees
 * grown" and the like.
 */
extern void spk_train_progress(SpkTrainProgress *progress, const char *things, uint32 done,
							   uint32 total);

/* ---- Reading ---- */

typedef struct SpkReadProgress
{
	SpkNotices notices;
	uint64	   rows; /* that this process has read; workers read others */
} SpkReadProgress;

/* Rows between two looks at the clock. */
#define SPK_READ_STEP 16384

extern void spk_read_progress_start(SpkReadProgress *progress);

/* Tells, like training, how many rows were read; for users, when there are some, how many are done. */
extern void spk_read_progress_tell(SpkReadProgress *progress, uint64 users);

/* Counts a row; cheap enough for every one. */
static inline void
spk_read_progress(SpkReadProgress *progress)
{
	if (++progress->rows % SPK_READ_STEP == 0)
		spk_read_progress_tell(progress, 0);
}

/* ---- Loading ---- */

typedef struct SpkLoadProgress
{
	SpkNotices notices;
	int64	   total;	   /* bytes of the files; 0 when unknown */
	int64	   next_bytes; /* when these are reached the clock is looked at again */
	int64	   next_rows;
} SpkLoadProgress;

/*
 * Begins to show a load into a table in pg_stat_progress_copy.  total is in bytes,
 * 0 when it is unknown.
 */
extern void spk_load_progress_start(SpkLoadProgress *progress, Oid relid, int64 total);

/* Is it time for an update?  Cheap enough for every line. */
static inline bool
spk_load_progress_due(const SpkLoadProgress *progress, int64 bytes, int64 rows)
{
	return bytes >= progress->next_bytes || rows >= progress->next_rows;
}

/*
 * Tells how much was read and loaded since the start: other sessions at once, this
 * one in a NOTICE every two seconds.
 */
extern void spk_load_progress_update(SpkLoadProgress *progress, int64 bytes, int64 rows);

/* Ends what spk_load_progress_start began, as the end of a failed transaction does, too. */
extern void spk_load_progress_end(void);

/* The seconds since the start. */
extern double spk_load_progress_seconds(const SpkLoadProgress *progress);

#endif /* SPK_HOST_PROGRESS_H */
