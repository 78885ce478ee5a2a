/*
 * sparkify.c
 *	  What PostgreSQL calls when it loads the library.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "events/json_fdw_stats.h"
#include "events/json_fdw_upper.h"
#include "host/compact_text.h"
#include "host/progress.h"
#include "scoring/join_model.h"
#include "scoring/model_cache.h"
#include "host/memory_limit.h"

PG_MODULE_MAGIC;

void
_PG_init(void)
{
	spk_compact_text_define();
	spk_progress_define();
	spk_memory_define();
	spk_model_cache_define();
	spk_keep_joined_models();
	spk_json_stats_start();
	spk_json_upper_define();
	spk_reserve_settings("sparkify");
}
