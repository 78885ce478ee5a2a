/*
 * profile_check.h
 *	  What has to hold of a profile that grows, see core/base/invariant.h.
 */
#ifndef SPK_CORE_PROFILES_PROFILE_CHECK_H
#define SPK_CORE_PROFILES_PROFILE_CHECK_H

#include "core/base/invariant.h"
#include "core/profiles/profile.h"

#ifdef SPK_CHECK_INVARIANTS

/*
 * Ends the program unless the state is one that the functions of profile.h leave
 * behind when they return SPK_OK.  It reads all of the closed slices.
 *
 * Whether the first cancellation agrees with the slices is not asked: text and
 * stored bytes may say otherwise, which spk_profile_check finds.
 */
extern void spk_profile_state_check(const SpkProfileState *state);

#else
#define spk_profile_state_check(state) ((void) 0)
#endif

#endif /* SPK_CORE_PROFILES_PROFILE_CHECK_H */
