/*
 * sparkify.c
 *	  Module entry.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "event_progress.h"

PG_MODULE_MAGIC;

#if PG_VERSION_NUM < 160000
void		_PG_init(void);
#endif

void
_PG_init(void)
{
	DefineCustomBoolVariable("sparkify.progress",
							 "Reports the progress of loading events.",
							 "Every two seconds a NOTICE tells the bytes read, rows, speed and time left.",
							 &spk_progress_notices, true, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	spk_reserve_settings("sparkify");
}
