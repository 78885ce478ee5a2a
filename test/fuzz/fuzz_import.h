/*
 * fuzz_import.h
 *	  What the fuzzer of imports tells the unit test that replays its corpus.
 */
#ifndef FUZZ_IMPORT_H
#define FUZZ_IMPORT_H

#include "fuzz_host.h"
#include "json/import.h"

/* How many texts were models, of each format. */
extern uint64_t fuzz_imported[SPK_N_IMPORT_FORMATS];

#endif /* FUZZ_IMPORT_H */
