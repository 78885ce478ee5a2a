/*
 * fuzz_model_text.h
 *	  What the fuzzer of models' text tells of its work.
 */
#ifndef FUZZ_MODEL_TEXT_H
#define FUZZ_MODEL_TEXT_H

#include "core/models/options.h"
#include "fuzz_host.h"

/* Sound models of each algorithm so far. */
extern uint64_t fuzz_text_models[SPK_N_ALGORITHMS];

#endif /* FUZZ_MODEL_TEXT_H */
