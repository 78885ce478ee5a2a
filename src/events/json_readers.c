/*
 * json_readers.c
 *	  The processes of a parallel scan, and when its leader stands back.
 */
#include "compat.h"

#include <sys/resource.h>

#include "events/json_readers.h"
#include "host/processors.h"

/* Workers that take no chunk for so long wait for the disk, or for a processor. */
#define STALLED_MS 100

/* Of a chunk that is in the cache no more than so many blocks of 512 bytes are read. */
#define CACHED_BLOCKS 512

void
spk_readers_init(SpkJsonReaders *readers)
{
	readers->processors = spk_processors();
	pg_atomic_init_u32(&readers->reading, 0);
	pg_atomic_init_u32(&readers->on_disk, 0);
	ConditionVariableInit(&readers->stopped);
}

void
spk_readers_reset(SpkJsonReaders *readers)
{
	pg_atomic_write_u32(&readers->reading, 0);
}

/* The blocks that this process has had read from disks so far. */
static int64
blocks_read(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64) usage.ru_inblock : 0;
}

void
spk_readers_join(SpkJsonReaders *readers, int64 *blocks)
{
	*blocks = blocks_read();
	pg_atomic_fetch_add_u32(&readers->reading, 1);
}

void
spk_readers_go_on(SpkJsonReaders *readers, int64 *blocks)
{
	int64 now = blocks_read();

	pg_atomic_write_u32(&readers->on_disk, now - *blocks > CACHED_BLOCKS);
	*blocks = now;
}

void
spk_readers_leave(SpkJsonReaders *readers)
{
	pg_atomic_fetch_sub_u32(&readers->reading, 1);
	ConditionVariableBroadcast(&readers->stopped);
}

static bool
is_enough(SpkJsonReaders *readers, SpkChunks *chunks)
{
	return pg_atomic_read_u32(&readers->reading) >= (uint32) readers->processors &&
		pg_atomic_read_u32(&readers->on_disk) == 0 && spk_chunks_taken(chunks) < chunks->n_chunks;
}

void
spk_readers_stand_back(SpkJsonReaders *readers, SpkChunks *chunks)
{
	while (is_enough(readers, chunks))
	{
		int64 taken = spk_chunks_taken(chunks);

		/* an error of a worker ends this, too */
		if (ConditionVariableTimedSleep(&readers->stopped, STALLED_MS, PG_WAIT_EXTENSION) &&
			spk_chunks_taken(chunks) == taken)
			break;
	}
	ConditionVariableCancelSleep();
}
