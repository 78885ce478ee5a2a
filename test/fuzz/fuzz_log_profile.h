/*
 * fuzz_log_profile.h
 *	  What the fuzzer of profiles of any log tells of its work.
 */
#ifndef FUZZ_LOG_PROFILE_H
#define FUZZ_LOG_PROFILE_H

#include "fuzz_host.h"

/* Profiles that were accepted so far. */
extern uint64_t fuzz_log_profiles;

#endif /* FUZZ_LOG_PROFILE_H */
