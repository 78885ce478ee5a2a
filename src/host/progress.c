/*
 * progress.c
 *	  How far a load has come, for its own session and for others.
 *
 * Others look into pg_stat_progress_copy, as for COPY FROM, which a load takes
 * the place of.  It came with PostgreSQL 14 (see compat.h).
 */
#include "compat.h"

#include "commands/progress.h"
#include "pgstat.h"

#include "host/progress.h"

#define NOTICE_SECONDS	2.0

/* The clock is looked at after so many bytes or rows. */
#define STEP_BYTES		(1024 * 1024)
#define STEP_ROWS		1000

#define MEGABYTE		1e6

bool		spk_progress_notices = true;

double
spk_progress_seconds(const SpkProgress *progress)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, progress->start);
	return INSTR_TIME_GET_DOUBLE(now);
}

void
spk_progress_start(SpkProgress *progress, Oid relid, int64 total)
{
	progress->total = total;
	progress->next_bytes = STEP_BYTES;
	progress->next_rows = STEP_ROWS;
	progress->next_notice = NOTICE_SECONDS;
	INSTR_TIME_SET_CURRENT(progress->start);
	spk_copy_progress_start(relid, total);
}

/* The size of the whole is a guess at best for a pipe and for a growing file. */
static void
notice(const SpkProgress *progress, int64 bytes, int64 rows, double seconds)
{
	double		rate = bytes / seconds;

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
spk_progress_update(SpkProgress *progress, int64 bytes, int64 rows)
{
	double		seconds;

	progress->next_bytes = bytes + STEP_BYTES;
	progress->next_rows = rows + STEP_ROWS;
	spk_copy_progress_update(bytes, rows);

	if (!spk_progress_notices)
		return;
	seconds = spk_progress_seconds(progress);
	if (seconds < progress->next_notice)
		return;
	progress->next_notice = seconds + NOTICE_SECONDS;
	notice(progress, bytes, rows, seconds);
}

void
spk_progress_end(void)
{
	spk_copy_progress_end();
}
