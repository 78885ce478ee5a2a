/*
 * json_readers.c
 *	  The processes of a parallel scan, and when one of them stands back.
 */
#include "compat.h"

#include <sys/resource.h>

#include "events/json_readers.h"
#include "host/processors.h"

/* Processes that take no chunk for so long wait for the disk, or for a processor. */
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

/* Counts this process as one that reads, unless those that do are enough. */
static bool
take_place(SpkJsonReaders *readers)
{
	uint32 n = pg_atomic_read_u32(&readers->reading);

	do
	{
		if (n >= (uint32) readers->processors && pg_atomic_read_u32(&readers->on_disk) == 0)
			return false;
	} while (!pg_atomic_compare_exchange_u32(&readers->reading, &n, n + 1));
	return true;
}

/* The opposite: does not count it any more, when those that read are too many. */
static bool
give_place(SpkJsonReaders *readers)
{
	uint32 n = pg_atomic_read_u32(&readers->reading);

	do
	{
		if (n <= (uint32) readers->processors || pg_atomic_read_u32(&readers->on_disk) != 0)
			return false;
	} while (!pg_atomic_compare_exchange_u32(&readers->reading, &n, n - 1));
	return true;
}

void
spk_readers_join(SpkJsonReaders *readers, SpkChunks *chunks, int64 *blocks)
{
	while (!take_place(readers))
	{
		int64 taken = spk_chunks_taken(chunks);

		/* an error of another process ends this, too */
		if (taken >= chunks->n_chunks ||
			(ConditionVariableTimedSleep(&readers->stopped, STALLED_MS, PG_WAIT_EXTENSION) &&
			 spk_chunks_taken(chunks) == taken))
		{
			pg_atomic_fetch_add_u32(&readers->reading, 1);
			break;
		}
	}
	ConditionVariableCancelSleep();
	*blocks = blocks_read();
}

void
spk_readers_go_on(SpkJsonReaders *readers, SpkChunks *chunks, int64 *blocks)
{
	int64 now = blocks_read();

	pg_atomic_write_u32(&readers->on_disk, now - *blocks > CACHED_BLOCKS);
	*blocks = now;
	if (give_place(readers))
		spk_readers_join(readers, chunks, blocks);
}

void
spk_readers_leave(SpkJsonReaders *readers)
{
	pg_atomic_fetch_sub_u32(&readers->reading, 1);
	ConditionVariableBroadcast(&readers->stopped);
}
