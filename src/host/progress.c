/*
 * progress.c
 *	  Tells how far long work has come: training and looking at a log to its own
 *	  session, a load to others as well.
 *
 * Others look into pg_stat_progress_copy, as they do for COPY FROM, which a load
 * replaces.  That view came with PostgreSQL 14 (see compat.h).
 */
#include "compat.h"

#include "commands/progress.h"
#include "pgstat.h"
#include "utils/guc.h"

#include "host/progress.h"

#define SECONDS_BETWEEN_NOTICES 2

/* A load looks at the clock after this many bytes or rows. */
#define STEP_BYTES (1024 * 1024)
#define STEP_ROWS  1000

#define MEGABYTE 1e6

static bool progress_notices = true;

void
spk_progress_define(void)
{
	DefineCustomBoolVariable(
		"sparkify.progress",
		"Reports the progress of loading events, of looking at logs and of training.",
		"Every two seconds a NOTICE tells what is done and the time left.", &progress_notices, true,
		PGC_USERSET, 0, NULL, NULL, NULL);
}

/* ---- Notices ---- */

static void
start_notices(SpkNotices *notices)
{
	INSTR_TIME_SET_CURRENT(notices->start);
	notices->next = SECONDS_BETWEEN_NOTICES;
}

static double
seconds_since(const SpkNotices *notices)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, notices->start);
	return INSTR_TIME_GET_DOUBLE(now);
}

/* Is a notice due?  If so, *seconds are those since the start, and the next one is due later. */
static bool
notice_due(SpkNotices *notices, double *seconds)
{
	if (!progress_notices)
		return false;
	*seconds = seconds_since(notices);
	if (*seconds < notices->next)
		return false;
	notices->next = *seconds + SECONDS_BETWEEN_NOTICES;
	return true;
}

/* ---- Training ---- */

void
spk_train_progress_start(SpkTrainProgress *progress)
{
	start_notices(&progress->notices);
}

void
spk_train_progress(SpkTrainProgress *progress, const char *things, uint32 done, uint32 total)
{
	double seconds;

	if (done >= total || !notice_due(&progress->notices, &seconds))
		return;

	/* before the first is done nobody knows how long the rest takes */
	if (done == 0)
		ereport(NOTICE,
				(errmsg("0 of %u %s in %.0f s", total, things, seconds)));
	else
		ereport(NOTICE,
				(errmsg("%u of %u %s in %.0f s, %.0f s left", done, total, things, seconds,
						seconds * (total - done) / done)));
}

/* ---- Reading ---- */

void
spk_read_progress_start(SpkReadProgress *progress)
{
	progress->rows = 0;
	start_notices(&progress->notices);
}

void
spk_read_progress_tell(SpkReadProgress *progress, uint64 users)
{
	double seconds;

	if (!notice_due(&progress->notices, &seconds))
		return;
	if (users == 0)
		ereport(NOTICE,
				(errmsg("this process has read " UINT64_FORMAT " rows in %.0f s", progress->rows,
						seconds)));
	else
		ereport(NOTICE,
				(errmsg("all rows read, " UINT64_FORMAT " users looked at in %.0f s", users,
						seconds)));
}

/* ---- Loading ---- */

double
spk_load_progress_seconds(const SpkLoadProgress *progress)
{
	return seconds_since(&progress->notices);
}

void
spk_load_progress_start(SpkLoadProgress *progress, Oid relid, int64 total)
{
	progress->total = total;
	progress->next_bytes = STEP_BYTES;
	progress->next_rows = STEP_ROWS;
	start_notices(&progress->notices);
	spk_copy_progress_start(relid, total);
}

/* Of a pipe or a growing file the total is a guess, if it is known at all. */
static void
notice_load(const SpkLoadProgress *progress, int64 bytes, int64 rows, double seconds)
{
	double rate = bytes / seconds;

	if (progress->total > 0 && bytes > 0 && bytes <= progress->total)
		ereport(NOTICE,
				(errmsg("read %.0f of %.0f MB, loaded " INT64_FORMAT " rows, %.0f MB/s, %.0f s left",
						bytes / MEGABYTE, progress->total / MEGABYTE, rows,
						rate / MEGABYTE, (progress->total - bytes) / rate)));
	else
		ereport(NOTICE,
				(errmsg("read %.0f MB, loaded " INT64_FORMAT " rows, %.0f MB/s",
						bytes / MEGABYTE, rows, rate / MEGABYTE)));
}

void
spk_load_progress_update(SpkLoadProgress *progress, int64 bytes, int64 rows)
{
	double seconds;

	progress->next_bytes = bytes + STEP_BYTES;
	progress->next_rows = rows + STEP_ROWS;
	spk_copy_progress_update(bytes, rows);
	if (notice_due(&progress->notices, &seconds))
		notice_load(progress, bytes, rows, seconds);
}

void
spk_load_progress_end(void)
{
	spk_copy_progress_end();
}
