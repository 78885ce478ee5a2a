/*
 * memory_limit.h
 *	  Limits the memory that training takes.
 */
#ifndef SPK_HOST_MEMORY_LIMIT_H
#define SPK_HOST_MEMORY_LIMIT_H

#include "postgres.h"

/*
 * Defines the settings sparkify.max_training_memory, sparkify.training_memory and
 * sparkify.training_files.
 */
extern void spk_memory_define(void);

/* When do rows to train on go to temporary files? */
typedef enum SpkFiles
{
	SPK_FILES_AUTO, /* when memory does not hold them */
	SPK_FILES_ALWAYS,
	SPK_FILES_OFF
} SpkFiles;

extern SpkFiles spk_memory_files(void);

/* The limit that holds, in bytes: the lower one of the two. */
extern uint64 spk_memory_limit(void);

/*
 * Raises an error that names setting, rows and features, when these bytes are more
 * than the limit: the first for rows that are still being collected, the second,
 * before training starts, for all that it will take.  others ends the hint of what to do.
 */
extern void spk_memory_check_collected(uint64 bytes, uint64 n_rows, uint32 n_features,
									   const char *others);
extern void spk_memory_check_training(uint64 bytes, uint64 n_rows, uint32 n_features);

/* Is there room for this much shared memory?  True where that cannot be known. */
extern bool spk_memory_shared_fits(uint64 bytes);

#endif /* SPK_HOST_MEMORY_LIMIT_H */
