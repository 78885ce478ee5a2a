/*
 * json_chunks.h
 *	  Files cut into chunks, which processes share out among themselves, and a
 *	  reader that goes from chunk to chunk.
 */
#ifndef SPK_EVENTS_JSON_CHUNKS_H
#define SPK_EVENTS_JSON_CHUNKS_H

#include "postgres.h"

#include "port/atomics.h"

#include "events/event_source.h"

typedef struct SpkChunkFile
{
	SpkFileIdentity was;		 /* when the list was made; what is added later is left out */
	bool			stream;		 /* compressed or of unknown size: one chunk, whatever its size */
	int64			first_chunk; /* its number among the chunks of all files */
	Size			path;		 /* offset in the piece of memory, which may be shared */
} SpkChunkFile;

/*
 * A list of files in one piece of memory without pointers, so that it can be
 * copied into shared memory: each process then sees the same files in the same
 * sizes.  The paths follow the files.
 */
typedef struct SpkChunks
{
	Size  bytes; /* of the piece */
	int64 total; /* bytes of all files */

	bool   any_stream;
	uint64 state; /* of all files: another one when one was added, taken away or written to */
	int64  chunk_bytes;
	int64  n_chunks;
	pg_atomic_uint64 next;	/* the first chunk that nobody has taken yet */
	double			 scale; /* the files of the path for each in the list: 1, but for planning */
	int				 n_files;
	SpkChunkFile	 files[FLEXIBLE_ARRAY_MEMBER];
} SpkChunks;

/*
 * The files that a path stands for (see spk_paths_unchecked), each as one chunk.
 * The list is palloc'd.  A file that is missing or not a regular one is an error;
 * with missing_ok it is left out instead.
 */
extern SpkChunks *spk_chunks_new(const char *path, bool missing_ok);

/*
 * The same for planning, which may not take long or fail: with missing_ok; of thousands of
 * files only some are in the list, and of these only some are opened to see whether they
 * are compressed, while of the others the name says it.
 */
extern SpkChunks *spk_chunks_plan(const char *path);

/*
 * The bytes of all lines, also of files that the list for planning lacks, when compressed
 * files hold so many times their size; 0 for the usual guess.
 */
extern double spk_chunks_text(const SpkChunks *chunks, double ratio);

/* Cuts all files into chunks of this size instead, of which none is taken. */
extern void spk_chunks_cut(SpkChunks *chunks, int64 chunk_bytes);

/* Makes the first chunk the next one again. */
extern void spk_chunks_restart(SpkChunks *chunks);

/* How many chunks were taken so far; their number or more when all are. */
extern int64 spk_chunks_taken(SpkChunks *chunks);

/* Takes the next chunk; false when all are taken.  Safe among processes. */
extern bool spk_chunks_take(SpkChunks *chunks, int64 *chunk);

/* Reads the events of one chunk after the other. */
typedef struct SpkChunkReader
{
	SpkEventSource *source; /* of the open file, or NULL */
	SpkEventTally  *tally;	/* the events of all files are added to it, if not NULL */

	/* private */
	MemoryContext	 context; /* of the open file */
	const SpkChunks *chunks;
	int				 file; /* that is open */
	SpkBinding		*binding;
	const uint64	*wanted;
} SpkChunkReader;

/*
 * A reader in the current memory context.  wanted is as for spk_source_want; it and
 * the binding have to outlive the reader.
 */
extern SpkChunkReader *spk_chunk_reader_new(SpkBinding *binding, const uint64 *wanted);

/*
 * Points the reader at the lines whose first byte lies in the chunk, which
 * spk_source_next(reader->source) then goes through.  A file that was replaced or
 * cut since the list was made is an error.
 */
extern void spk_chunk_reader_aim(SpkChunkReader *reader, const SpkChunks *chunks, int64 chunk);

/* Closes the open file, if any; the reader can be aimed again. */
extern void spk_chunk_reader_release(SpkChunkReader *reader);

#endif /* SPK_EVENTS_JSON_CHUNKS_H */
