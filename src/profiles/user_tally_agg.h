/*
 * user_tally_agg.h
 *	  The aggregate that looks at the rows of each user.
 */
#ifndef SPK_PROFILES_USER_TALLY_AGG_H
#define SPK_PROFILES_USER_TALLY_AGG_H

#include "compat.h"

#include "host/progress.h"

/*
 * From now on the aggregate counts the rows that this process reads there; NULL: it
 * does not.  Returns what was there before, to be put back, also after an error.
 */
extern SpkReadProgress *spk_user_tally_watch(SpkReadProgress *progress);

#endif /* SPK_PROFILES_USER_TALLY_AGG_H */
