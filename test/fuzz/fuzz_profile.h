/*
 * fuzz_profile.h
 *	  What the fuzzer of profiles tells of its work.
 */
#ifndef FUZZ_PROFILE_H
#define FUZZ_PROFILE_H

#include "fuzz_host.h"

/* Profiles that were accepted so far. */
extern uint64_t fuzz_profiles;

#endif /* FUZZ_PROFILE_H */
