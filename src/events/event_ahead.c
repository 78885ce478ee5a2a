/*
 * event_ahead.c
 *	  Pages that a load adds to a heap before it has rows for them.
 *
 * Before PostgreSQL 16 a table grows by one page at a time, which is written twice:
 * zeros when the table grows, under a lock, and the rows when the page leaves the
 * buffers.  From 16 on a bulk insert has the file system reserve room for many pages,
 * and that is what is done here.  The heap is handed each page as the one that its bulk
 * insert works on.  It looks for itself whether the rows fit, as ever, and goes its own
 * way when they do not.
 *
 * Nobody else may put rows into a page while its buffer is about to be zeroed.  So the
 * buffers are taken under the lock that growing needs, while their blocks are beyond
 * the end of the file, and stay pinned until the page's turn comes: whoever finds the
 * block in the meantime finds it in that buffer.
 */
#include "compat.h"

#include <fcntl.h>
#include <unistd.h>

#include "access/heaptoast.h"
#include "access/hio.h"
#include "access/tableam.h"
#include "common/relpath.h"
#include "storage/bufmgr.h"
#include "storage/fd.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"

#include "events/event_ahead.h"

/* Pages are made ahead once the heap has grown by this many, and then so many at first. */
#define FIRST_PAGES 8

/* All pages that one heap has ahead are at most this share of the shared buffers. */
#define SHARE_OF_BUFFERS 512

/* A row that is not shortened has to fit a page, whatever of it is left free for updates. */
#define MOST_SPARED (BLCKSZ / 2)

#ifdef __linux__
#define CAN_RESERVE true
#else
#define CAN_RESERVE false
#endif

void
spk_pages_ahead_init(SpkPagesAhead *ahead, Relation rel, BulkInsertState bulk)
{
	memset(ahead, 0, sizeof(SpkPagesAhead));
	ahead->bulk = bulk;
	if (!SPK_TABLES_GROW_BY_A_PAGE || !CAN_RESERVE || RelationUsesLocalBuffers(rel) ||
		NBuffers / SHARE_OF_BUFFERS < FIRST_PAGES ||
		RelationGetTargetPageFreeSpace(rel, HEAP_DEFAULT_FILLFACTOR) > MOST_SPARED)
		return;
	ahead->begin = RelationGetNumberOfBlocks(rel) + FIRST_PAGES;
	ahead->most = Min(SPK_AHEAD_PAGES, NBuffers / SHARE_OF_BUFFERS);
	ahead->pages = FIRST_PAGES;
}

static char *
file_of(Relation rel, BlockNumber segment)
{
	if (segment == 0)
		return psprintf("%s", spk_relation_path(rel));
	return psprintf("%s.%u", spk_relation_path(rel), segment);
}

/* Not posix_fallocate, which writes to each block where the file system cannot reserve. */
static bool
reserve_bytes(int fd, off_t at, off_t length)
{
	int result = -1;

#ifdef __linux__
	do
		result = fallocate(fd, 0, at, length);
	while (result != 0 && errno == EINTR);
#endif
	return result == 0;
}

/*
 * Has the file system reserve the blocks, as zeros; false when it does not.  Where the
 * relation is not in such a file, or the file system is full, PostgreSQL's own way
 * says so.
 */
static bool
reserve(Relation rel, BlockNumber first, int n)
{
	char *path = file_of(rel, first / RELSEG_SIZE);
	int	  fd = OpenTransientFile(path, O_RDWR | PG_BINARY);
	bool  reserved;

	pfree(path);
	if (fd < 0)
		return false;
	reserved = reserve_bytes(fd, (off_t) (first % RELSEG_SIZE) * BLCKSZ, (off_t) n * BLCKSZ);
	CloseTransientFile(fd);
	return reserved;
}

/* Takes the buffers of blocks that are beyond the end of the file; false when one is in use. */
static bool
take_buffers(SpkPagesAhead *ahead, Relation rel, BlockNumber first, int n)
{
	bool all_new = true;

	for (int i = 0; i < n; i++)
	{
		Buffer buffer = ReadBufferExtended(rel, MAIN_FORKNUM, first + i, RBM_ZERO_AND_LOCK,
										   ahead->bulk->strategy);

		all_new &= PageIsNew(BufferGetPage(buffer));
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		ahead->buffers[ahead->n++] = buffer;
	}
	return all_new;
}

/* Lets pages go that were taken, but are not the heap's. */
static void
drop_buffers(SpkPagesAhead *ahead)
{
	for (int i = ahead->next; i < ahead->n; i++)
		ReleaseBuffer(ahead->buffers[i]);
	ahead->n = ahead->next = 0;
}

/* Makes more pages; false when there are none, so that the heap has to grow by itself. */
static bool
make_pages(SpkPagesAhead *ahead, Relation rel)
{
	BlockNumber first;
	int			n;

	ahead->n = ahead->next = 0;
	LockRelationForExtension(rel, ExclusiveLock);
	first = RelationGetNumberOfBlocks(rel);
	n = Min(ahead->pages, (int) (RELSEG_SIZE - first % RELSEG_SIZE));

	/* a file of its own for the next part of a large table is made by whoever makes its first page */
	if (first % RELSEG_SIZE != 0 && !(take_buffers(ahead, rel, first, n) && reserve(rel, first, n)))
	{
		drop_buffers(ahead);
		ahead->most = 0;
	}
	UnlockRelationForExtension(rel, ExclusiveLock);
	ahead->pages = Min(ahead->pages * 2, ahead->most);
	return ahead->n > 0;
}

/* The bytes of rows, with their line pointers, that seem to fit the page that is at work. */
static Size
room_of(const SpkPagesAhead *ahead, Relation rel)
{
	Size saved = RelationGetTargetPageFreeSpace(rel, HEAP_DEFAULT_FILLFACTOR);
	Size room;
	Page page;

	if (ahead->bulk->current_buf == InvalidBuffer)
		return 0;
	page = BufferGetPage(ahead->bulk->current_buf);
	room = PageIsNew(page) ? BLCKSZ - SizeOfPageHeaderData : PageGetExactFreeSpace(page);
	return room > saved ? room - saved : 0;
}

/*
 * How many of the rows go into this room?  How long a row will be that becomes shorter
 * is the heap's to find out, so it goes alone.
 */
static int
count_fitting(TupleTableSlot *const *slots, int n, Size room)
{
	for (int i = 0; i < n; i++)
	{
		Size len = ((const HeapTupleTableSlot *) slots[i])->tuple->t_len;
		Size size = MAXALIGN(len) + sizeof(ItemIdData);

		if (len > TOAST_TUPLE_THRESHOLD)
			return Max(i, 1);
		if (size > room)
			return i;
		room -= size;
	}
	return n;
}

/* Goes on with the page that was let go because there are many batches. */
static void
take_up_page(SpkPagesAhead *ahead, Relation rel)
{
	BlockNumber block = RelationGetTargetBlock(rel);

	if (ahead->bulk->current_buf == InvalidBuffer && block != InvalidBlockNumber)
		ahead->bulk->current_buf = ReadBufferExtended(rel, MAIN_FORKNUM, block, RBM_NORMAL,
													  ahead->bulk->strategy);
}

/* Hands the heap the next page; false when there is none. */
static bool
begin_page(SpkPagesAhead *ahead, Relation rel)
{
	if (ahead->next == ahead->n && !make_pages(ahead, rel))
		return false;
	ReleaseBulkInsertStatePin(ahead->bulk);
	ahead->bulk->current_buf = ahead->buffers[ahead->next++];
	return true;
}

void
spk_pages_ahead_insert(SpkPagesAhead *ahead, Relation rel, TupleTableSlot **slots, int n,
					   CommandId command, int options)
{
	int done = 0;

	/* a few rows may well find room where others were */
	if (ahead->begin > 0 && RelationGetNumberOfBlocks(rel) >= ahead->begin)
		ahead->begin = 0;
	if (ahead->most > 0 && ahead->begin == 0)
	{
		take_up_page(ahead, rel);
		while (done < n)
		{
			int fit = count_fitting(slots + done, n - done, room_of(ahead, rel));

			if (fit > 0)
				table_multi_insert(rel, slots + done, fit, command, options, ahead->bulk);
			else if (!begin_page(ahead, rel))
				break;
			done += fit;
		}
	}
	if (done < n)
		table_multi_insert(rel, slots + done, n - done, command, options, ahead->bulk);
}

void
spk_pages_ahead_release(SpkPagesAhead *ahead, Relation rel)
{
	BlockNumber first = InvalidBlockNumber;
	BlockNumber last = InvalidBlockNumber;

	for (int i = ahead->next; i < ahead->n; i++)
	{
		last = BufferGetBlockNumber(ahead->buffers[i]);
		RecordPageWithFreeSpace(rel, last, BLCKSZ - SizeOfPageHeaderData - sizeof(ItemIdData));
		if (first == InvalidBlockNumber)
			first = last;
	}
	/* only now do searches from the top of the map find the pages */
	if (first != InvalidBlockNumber)
		FreeSpaceMapVacuumRange(rel, first, last + 1);
	drop_buffers(ahead);
}
