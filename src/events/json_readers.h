/*
 * json_readers.h
 *	  The processes of a parallel scan, and when one of them stands back.
 *
 * A process more than there are processors only takes time from the others, and has one
 * more state of each group, which the leader then has to put together.  So those that come
 * when the processors are filled wait until one of the others stops.  The leader is there
 * first, and reads at once.  It is not so when they read from the disk, and wait for it:
 * that is faster with more of them.
 */
#ifndef SPK_EVENTS_JSON_READERS_H
#define SPK_EVENTS_JSON_READERS_H

#include "postgres.h"

#include "storage/condition_variable.h"

#include "events/json_chunks.h"

/* In shared memory. */
typedef struct SpkJsonReaders
{
	int				  processors;
	pg_atomic_uint32  reading; /* processes that take chunks */
	pg_atomic_uint32  on_disk; /* the chunk read last was not in the system's cache */
	ConditionVariable stopped; /* one of them does not any more */
} SpkJsonReaders;

/* Sets them up; nobody reads yet. */
extern void spk_readers_init(SpkJsonReaders *readers);

/* The same before a scan is repeated, when all processes of the time before are gone. */
extern void spk_readers_reset(SpkJsonReaders *readers);

/*
 * A process takes chunks from now on.  It first waits as long as those that do fill the
 * processors, go on, and there are chunks that nobody has taken.  Of these it must be known
 * that they do not wait for it to take their rows while they read.  *blocks is set to what
 * the process has had from disks, for the next call.
 */
extern void spk_readers_join(SpkJsonReaders *readers, SpkChunks *chunks, int64 *blocks);

/*
 * Before each chunk but the first: says whether that before came from the disk, and waits
 * as above when there are more of them than processors.
 */
extern void spk_readers_go_on(SpkJsonReaders *readers, SpkChunks *chunks, int64 *blocks);

/* The process takes no more for now. */
extern void spk_readers_leave(SpkJsonReaders *readers);

#endif /* SPK_EVENTS_JSON_READERS_H */
