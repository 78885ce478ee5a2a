/*
 * fuzz_log_profile_text.h
 *	  What the fuzzer of the texts of profiles of any log tells of its work.
 */
#ifndef FUZZ_LOG_PROFILE_TEXT_H
#define FUZZ_LOG_PROFILE_TEXT_H

#include "fuzz_host.h"

/* Texts that were profiles so far. */
extern uint64_t fuzz_log_profile_texts;

#endif /* FUZZ_LOG_PROFILE_TEXT_H */
