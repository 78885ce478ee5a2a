/*
 * train_progress.c
 *	  Notices of how far long training is.
 */
#include "compat.h"

#include "host/progress.h"
#include "host/train_progress.h"

#define SECONDS_BETWEEN_NOTICES		2

void
spk_train_progress_start(SpkTrainProgress *progress)
{
	INSTR_TIME_SET_CURRENT(progress->start);
	progress->next_notice = SECONDS_BETWEEN_NOTICES;
}

void
spk_train_progress(SpkTrainProgress *progress, const char *things, uint32 done, uint32 total)
{
	instr_time	now;
	double		seconds;

	if (!spk_progress_notices || done == 0 || done >= total)
		return;
	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, progress->start);
	seconds = INSTR_TIME_GET_DOUBLE(now);
	if (seconds < progress->next_notice)
		return;
	progress->next_notice = seconds + SECONDS_BETWEEN_NOTICES;
	ereport(NOTICE,
			(errmsg("%u of %u %s in %.0f s, %.0f s left", done, total, things, seconds,
					seconds * (total - done) / done)));
}
