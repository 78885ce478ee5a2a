/*
 * memory_limit.h
 *	  How much memory training may take.
 */
#ifndef SPK_HOST_MEMORY_LIMIT_H
#define SPK_HOST_MEMORY_LIMIT_H

#include "postgres.h"

/* Defines the settings sparkify.max_training_memory and sparkify.training_memory. */
extern void spk_define_training_memory(void);

/* The lesser of them in bytes. */
extern uint64 spk_max_training_memory(void);

/* Error when rows of this many features, collected so far, take more than that. */
extern void spk_check_collected_memory(uint64 bytes, uint64 n_rows, uint32 n_features);

/* Error when training takes more than that: so many bytes, known before it starts. */
extern void spk_check_training_memory(uint64 bytes, uint64 n_rows, uint32 n_features);

/* Is there so much room for shared memory, as far as one can know? */
extern bool spk_shared_memory_fits(uint64 bytes);

#endif /* SPK_HOST_MEMORY_LIMIT_H */
