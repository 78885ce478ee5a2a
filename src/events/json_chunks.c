/*
 * json_chunks.c
 *	  Files cut into chunks, for parallel scans and samples.
 */
#include "compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/shmem.h"
#include "utils/memutils.h"

#include "core/base/hash.h"
#include "events/event_compression.h"
#include "events/json_chunks.h"

/* How many times its size a compressed log usually has when it is decompressed. */
#define USUAL_RATIO 8

/* So many files are opened for planning. */
#define PLANNED_OPENS 64

/* And of more files only some are looked at. */
#define PLANNED_FILES 2048

/* Mixes into *state what the file is, when it was written to, and its size. */
static void
add_state(uint64 *state, const struct stat *st)
{
	uint64 parts[] = {(uint64) st->st_dev, (uint64) st->st_ino, (uint64) st->st_size,
					  (uint64) st->st_mtim.tv_sec, (uint64) st->st_mtim.tv_nsec};

	for (int i = 0; i < lengthof(parts); i++)
		*state = spk_hash_combine(*state, parts[i]);
}

/* Sets *was to what the file is; false when it is to be left out. */
static bool
look_at(const char *path, bool missing_ok, SpkFileIdentity *was, uint64 *state)
{
	struct stat st;

	if (stat(path, &st) != 0)
	{
		if (!missing_ok)
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not stat file \"%s\": %m", spk_path_shown(path))));
		return false;
	}
	if (!S_ISREG(st.st_mode))
	{
		if (!missing_ok)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is not a regular file", spk_path_shown(path))));
		return false;
	}

	/* what it is by now may differ from what is opened later */
	was->device = st.st_dev;
	was->inode = st.st_ino;
	was->size = (int64) st.st_size;
	add_state(state, &st);
	return true;
}

/*
 * Can the file only be read from its start to its end?  So it is when it is
 * compressed, or has bytes but no size, as files of /proc do.  For a file that
 * cannot be read the answer is no; it fails when it is opened.
 */
static bool
is_stream(const char *path, int64 size)
{
	char	bytes[SPK_COMPRESSION_BYTES];
	int		fd = OpenTransientFile(path, O_RDONLY | O_NONBLOCK | PG_BINARY);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, bytes, sizeof(bytes));
	CloseTransientFile(fd);
	return got > 0 && (size == 0 || spk_compression_of(bytes, (size_t) got) != NULL);
}

/* The size of a list of these files. */
static Size
room_for(const List *paths)
{
	Size	  bytes = offsetof(SpkChunks, files);
	ListCell *cell;

	foreach (cell, paths)
		bytes = add_size(bytes, sizeof(SpkChunkFile) + strlen(lfirst(cell)) + 1);
	return bytes;
}

/* As spk_chunks_new, of these paths, which it frees.  No more than so many files are opened. */
static SpkChunks *
list_files(List *paths, bool missing_ok, int opens)
{
	Size	   bytes = room_for(paths);
	Size	   end = offsetof(SpkChunks, files) + list_length(paths) * sizeof(SpkChunkFile);
	SpkChunks *chunks = MemoryContextAllocExtended(CurrentMemoryContext, bytes,
												   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	ListCell  *cell;

	/* files that are left out leave room unused; their number is not known before */
	chunks->bytes = bytes;
	chunks->scale = 1;
	foreach (cell, paths)
	{
		SpkChunkFile *file = &chunks->files[chunks->n_files];

		CHECK_FOR_INTERRUPTS();
		if (!look_at(lfirst(cell), missing_ok, &file->was, &chunks->state))
			continue;
		file->path = end;
		strcpy((char *) chunks + end, lfirst(cell));
		end += strlen(lfirst(cell)) + 1;
		file->stream = chunks->n_files < opens ? is_stream(lfirst(cell), file->was.size) :
												 spk_is_compressed_name(lfirst(cell));
		chunks->any_stream |= file->stream;
		chunks->total += file->was.size;

		chunks->n_files++;
	}
	list_free_deep(paths);
	pg_atomic_init_u64(&chunks->next, 0);
	spk_chunks_cut(chunks, PG_INT64_MAX);
	return chunks;
}

SpkChunks *
spk_chunks_new(const char *path, bool missing_ok)
{
	return list_files(spk_paths_unchecked(path, missing_ok), missing_ok, INT_MAX);
}

SpkChunks *
spk_chunks_plan(const char *path)
{
	List	  *paths = spk_paths_unchecked(path, true);
	int		   n = list_length(paths);
	int		   step = n / PLANNED_FILES + 1;
	List	  *some = NIL;
	SpkChunks *chunks;

	if (step == 1)
		return list_files(paths, true, PLANNED_OPENS);
	for (int i = 0; i < n; i += step)
		some = lappend(some, pstrdup(list_nth(paths, i)));
	chunks = list_files(some, true, PLANNED_OPENS);
	chunks->scale = (double) n / ((n + step - 1) / step);
	chunks->state = spk_hash_combine(chunks->state, (uint64) n);
	list_free_deep(paths);
	return chunks;
}

double
spk_chunks_text(const SpkChunks *chunks, double ratio)
{
	double bytes = 0;

	if (ratio <= 0)
		ratio = USUAL_RATIO;
	for (int i = 0; i < chunks->n_files; i++)
		bytes += (double) chunks->files[i].was.size * (chunks->files[i].stream ? ratio : 1);
	return bytes * chunks->scale;
}

static int64
chunks_of_file(const SpkChunkFile *file, int64 chunk_bytes)
{
	if (file->stream)
		return 1;
	return file->was.size / chunk_bytes + (file->was.size % chunk_bytes != 0);
}

#ifdef USE_ASSERT_CHECKING

/* Checks all that is true of a list, in whichever memory it lies, but for who took what. */
static void
check_chunks(const SpkChunks *chunks)
{
	Size  paths = offsetof(SpkChunks, files) + chunks->n_files * sizeof(SpkChunkFile);
	int64 n_chunks = 0;
	int64 total = 0;
	bool  any_stream = false;

	Assert(chunks->n_files >= 0 && paths <= chunks->bytes && chunks->chunk_bytes > 0);
	for (int i = 0; i < chunks->n_files; i++)
	{
		const SpkChunkFile *file = &chunks->files[i];

		Assert(file->path >= paths && file->path < chunks->bytes);
		Assert(memchr((const char *) chunks + file->path, '\0', chunks->bytes - file->path) !=
			   NULL);
		Assert(file->first_chunk == n_chunks);
		n_chunks += chunks_of_file(file, chunks->chunk_bytes);
		total += file->was.size;
		any_stream |= file->stream;
	}
	Assert(chunks->n_chunks == n_chunks && chunks->total == total);
	Assert(chunks->any_stream == any_stream);
}

#else
#define check_chunks(chunks) ((void) 0)
#endif

/* A file without bytes gets no chunk. */
void
spk_chunks_cut(SpkChunks *chunks, int64 chunk_bytes)
{
	chunks->chunk_bytes = chunk_bytes;
	chunks->n_chunks = 0;
	for (int i = 0; i < chunks->n_files; i++)
	{
		SpkChunkFile *file = &chunks->files[i];

		file->first_chunk = chunks->n_chunks;
		chunks->n_chunks += chunks_of_file(file, chunk_bytes);
	}
	spk_chunks_restart(chunks);
	check_chunks(chunks);
}

void
spk_chunks_restart(SpkChunks *chunks)
{
	pg_atomic_write_u64(&chunks->next, 0);
}

int64
spk_chunks_taken(SpkChunks *chunks)
{
	return (int64) pg_atomic_read_u64(&chunks->next);
}

bool
spk_chunks_take(SpkChunks *chunks, int64 *chunk)
{
	/* without this look each call would move the counter on, and it would overflow one day */
	if (spk_chunks_taken(chunks) >= chunks->n_chunks)
		return false;
	*chunk = (int64) pg_atomic_fetch_add_u64(&chunks->next, 1);
	return *chunk < chunks->n_chunks;
}

SpkChunkReader *
spk_chunk_reader_new(SpkBinding *binding, const uint64 *wanted)
{
	SpkChunkReader *reader = palloc0(sizeof(SpkChunkReader));

	reader->binding = binding;
	reader->wanted = wanted;
	reader->context = AllocSetContextCreate(CurrentMemoryContext, "sparkify file",
											ALLOCSET_DEFAULT_SIZES);
	return reader;
}

/* The file that has the chunk: the last one whose first chunk is not behind it. */
static int
file_of_chunk(const SpkChunks *chunks, int64 chunk)
{
	int low = 0;
	int high = chunks->n_files;

	while (high - low > 1)
	{
		int middle = low + (high - low) / 2;

		if (chunks->files[middle].first_chunk <= chunk)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void
open_file(SpkChunkReader *reader, const SpkChunks *chunks, int file)
{
	MemoryContext oldcontext;

	spk_chunk_reader_release(reader);
	oldcontext = MemoryContextSwitchTo(reader->context);
	reader->source = spk_source_open_unchecked(reader->binding,
											   (const char *) chunks + chunks->files[file].path);
	/* of a log that was rotated meanwhile pieces of two files would be read */
	spk_lines_check(reader->source->lines, &chunks->files[file].was);
	spk_source_want(reader->source, reader->wanted);
	reader->source->tally = reader->tally;
	reader->chunks = chunks;
	reader->file = file;
	MemoryContextSwitchTo(oldcontext);
}

void
spk_chunk_reader_aim(SpkChunkReader *reader, const SpkChunks *chunks, int64 chunk)
{
	int					at = file_of_chunk(chunks, chunk);
	const SpkChunkFile *file = &chunks->files[at];
	int64				from;
	int64				to;

	check_chunks(chunks);
	Assert(chunk >= file->first_chunk && chunk < chunks->n_chunks);
	if (file->stream)
	{
		/* a stream can only be read from its start */
		open_file(reader, chunks, at);
		return;
	}
	if (reader->source == NULL || reader->chunks != chunks || reader->file != at)
		open_file(reader, chunks, at);
	from = (chunk - file->first_chunk) * chunks->chunk_bytes;
	to = file->was.size - from > chunks->chunk_bytes ? from + chunks->chunk_bytes : file->was.size;
	Assert(from >= 0 && from < to && to <= file->was.size);
	spk_source_aim(reader->source, from, to);
}

void
spk_chunk_reader_release(SpkChunkReader *reader)
{
	if (reader->source == NULL)
		return;
	spk_source_close(reader->source);
	reader->source = NULL;
	MemoryContextReset(reader->context);
}
