/*
 * fuzz_profile_text.h
 *	  What the fuzzer of profiles' texts tells of its work.
 */
#ifndef FUZZ_PROFILE_TEXT_H
#define FUZZ_PROFILE_TEXT_H

#include "fuzz_host.h"

/* Texts that were profiles so far. */
extern uint64_t fuzz_profile_texts;

#endif /* FUZZ_PROFILE_TEXT_H */
