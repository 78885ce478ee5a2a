/*
 * json_chunks.h
 *	  Files cut in chunks, which processes hand out among themselves, and a
 *	  reader that goes from chunk to chunk.
 */
#ifndef SPK_EVENTS_JSON_CHUNKS_H
#define SPK_EVENTS_JSON_CHUNKS_H

#include "postgres.h"

#include "port/atomics.h"

#include "events/event_source.h"

typedef struct SpkChunkFile
{
	SpkFileIdentity was;		 /* when the list was made; what comes later is left out */
	bool			stream;		 /* compressed or of no size: one chunk, whatever its size */
	int64			first_chunk; /* its number among the chunks of all files */
	Size			path;		 /* offset in the whole, for it may lie in shared memory */
} SpkChunkFile;

/*
 * One piece of memory, without pointers: paths follow the files.  Each process
 * sees the same files in the same sizes.
 */
typedef struct SpkChunks
{
	Size			 bytes;		 /* of the piece */
	int64			 total;		 /* bytes of all files */
	int64			 text_bytes; /* of their lines: a guess for compressed files */
	bool			 any_stream;
	int64			 chunk_bytes;
	int64			 n_chunks;
	pg_atomic_uint64 next; /* the chunk that nobody has taken yet */
	int				 n_files;
	SpkChunkFile	 files[FLEXIBLE_ARRAY_MEMBER];
} SpkChunks;

/*
 * The files that a path stands for (see spk_paths_unchecked), each as one
 * chunk; palloc'd.  A file that is missing or not a regular one is an error,
 * or with missing_ok left out.
 */
extern SpkChunks *spk_chunks_create(const char *path, bool missing_ok);

/* Cuts all files anew and starts with the first chunk. */
extern void spk_chunks_cut(SpkChunks *chunks, int64 chunk_bytes);

/* Starts with the first chunk again. */
extern void spk_chunks_restart(SpkChunks *chunks);

/* Takes the next chunk; false when all are taken. */
extern bool spk_chunks_take(SpkChunks *chunks, int64 *chunk);

/* Reads the events of one chunk after the other. */
typedef struct SpkChunkReader
{
	SpkEventSource *source; /* of the open file; NULL when there is none */
	SpkEventTally  *tally;	/* of the events of all files, or NULL */

	/* private */
	MemoryContext	 context; /* of the open file */
	const SpkChunks *chunks;
	int				 file; /* the open one */
	uint32			 wanted;
} SpkChunkReader;

/*
 * Lives in the current memory context.  wanted is a mask of columns, as for
 * spk_source_want.
 */
extern SpkChunkReader *spk_chunk_reader_create(uint32 wanted);

/*
 * Points the reader at the lines whose first byte lies in the chunk: then
 * spk_source_next(reader->source) goes through them.
 */
extern void spk_chunk_reader_aim(SpkChunkReader *reader, const SpkChunks *chunks, int64 chunk);

/* Closes the open file, if any; the reader can be aimed again. */
extern void spk_chunk_reader_close(SpkChunkReader *reader);

#endif /* SPK_EVENTS_JSON_CHUNKS_H */
