/*
 * make_seeds.h
 *	  What the makers of seeds share.
 */
#ifndef FUZZ_MAKE_SEEDS_H
#define FUZZ_MAKE_SEEDS_H

#include "core/base/bytes.h"
#include "../unit/unit_host.h"

/* Ends the program when something did not work. */
extern void must(SpkStatus status);

/* Writes a seed of this kind, which is a folder of corpora. */
extern void put_file(const char *kind, const char *name, const SpkWriter *w);

/* The seeds of profiles of any log, and of their texts. */
extern void make_log_profiles(UnitHost *unit);

#endif /* FUZZ_MAKE_SEEDS_H */
