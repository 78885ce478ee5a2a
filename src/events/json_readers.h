/*
 * json_readers.h
 *	  The processes of a parallel scan, and when its leader stands back.
 *
 * A process more than there are processors only takes time from the others, and has one
 * more state of each group, which the leader then has to put together.  So the leader
 * reads while workers start, and where they fill the processors it leaves the rest to
 * them, until one of them stops.  It is not so when they read from the disk, and wait for
 * it: that is faster with more of them.
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
	pg_atomic_uint32  reading; /* workers that take chunks */
	pg_atomic_uint32  on_disk; /* the chunk read last was not in the system's cache */
	ConditionVariable stopped; /* one of them does not any more */
} SpkJsonReaders;

/* Sets them up; no worker reads yet. */
extern void spk_readers_init(SpkJsonReaders *readers);

/* The same before a scan is repeated, when all workers of the time before are gone. */
extern void spk_readers_reset(SpkJsonReaders *readers);

/*
 * A worker says that it takes chunks from now on, and that it does not.  In between it says
 * before each but the first whether that before came from the disk; *blocks is its own, and
 * set when it joins.
 */
extern void spk_readers_join(SpkJsonReaders *readers, int64 *blocks);
extern void spk_readers_go_on(SpkJsonReaders *readers, int64 *blocks);
extern void spk_readers_leave(SpkJsonReaders *readers);

/*
 * For the leader, before it takes a chunk: waits as long as workers that read fill the
 * processors, go on, and there are chunks that nobody has taken.  Of workers it must be
 * known that they do not wait for the leader to take their rows while they read.
 */
extern void spk_readers_stand_back(SpkJsonReaders *readers, SpkChunks *chunks);

#endif /* SPK_EVENTS_JSON_READERS_H */
