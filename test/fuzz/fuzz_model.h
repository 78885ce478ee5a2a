/*
 * fuzz_model.h
 *	  What the fuzzer of models tells of its work.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "core/models/options.h"
#include "fuzz_host.h"

/* Models of each algorithm that were accepted so far. */
extern uint64_t fuzz_models[SPK_N_ALGORITHMS];

#endif /* FUZZ_MODEL_H */
