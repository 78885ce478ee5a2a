/*
 * event_file.h
 *	  The lines of a file on the server, or of a share of it.
 */
#ifndef SPK_EVENTS_EVENT_FILE_H
#define SPK_EVENTS_EVENT_FILE_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "core/events/line_ends.h"

#include "events/server_file.h"

/* The longest line that can be an event.  The limit keeps a reader's memory small. */
#define SPK_MAX_LINE_BYTES (16 * 1024 * 1024)

typedef struct SpkLineReader
{
	/* the current line; valid until the next call, and not terminated */
	const char *line;
	size_t		length;
	bool		overlong; /* longer than SPK_MAX_LINE_BYTES: line is NULL */
	int64		place;	  /* its number from 1, or its byte offset when by_offset */

	const char *path;
	int64		size;	   /* of the file when it was opened */
	int64		read;	   /* bytes of the file, as it is, that were read so far */
	bool		by_offset; /* lines have no numbers, as they are not read from the start */
	int64		bytes;	   /* of the lines taken so far, newlines included, decompressed */

	/* private */
	SpkServerFile		   *file;
	bool					once;	  /* the kernel is told to forget what was read */
	int64					position; /* in the file as it is, of what is read next */
	int64					kept;	  /* the bytes before this position are forgotten */
	struct SpkDecompressor *stream;	  /* of a compressed file, or NULL */
	char				   *buffer;
	size_t					capacity;
	size_t					begin; /* the bytes not taken yet: buffer[begin, end) */
	size_t					end;
	int64					offset; /* of buffer[begin] in the file, decompressed */
	int64					stop;	/* lines that begin here or later are for other readers */
	int64					lineno;
	bool					eof;
	SpkLineWay				way;	   /* to find the ends of lines */
	uint16_t			   *ends;	   /* those of a piece that was searched, from its beginning */
	uint32_t				n_ends;	   /* of these, */
	uint32_t				next_end;  /* and the first one that is not taken */
	int64					ends_from; /* where the piece begins in the file, decompressed, */
	int64					ends_to;   /* and ends */
} SpkLineReader;

/* Raises an error unless the user may read files of the server. */
extern void spk_check_file_privilege(void);

/*
 * Opens a file of the server, with the privileges and the errors of COPY.
 * Relative paths begin at the data directory.  A compressed file, recognised by its
 * first bytes (see event_compression.h), is decompressed on the way.  A file that as a whole is something
 * else than JSON lines (see event_kind.h) is an error that says what it is.  The
 * reader lives in the current memory context; its file is closed by
 * spk_lines_close or with the context.
 */
extern SpkLineReader *spk_lines_open(const char *path);

/* spk_file_check of the reader's file. */
extern void spk_lines_check(const SpkLineReader *reader, const SpkFileIdentity *before);

/* Can the file be read in parts?  It can if it is a regular one and not compressed. */
extern bool spk_lines_can_split(const SpkLineReader *reader);

/*
 * Cuts the file's bytes into equal shares, as many as parts.  part, from 1 on, gets
 * the lines whose first byte lies in its share, so that each line belongs to exactly
 * one part as long as the file stays the same.  A file that spk_lines_can_split says
 * no to is an error.
 */
extern void spk_lines_share(SpkLineReader *reader, int part, int parts);

/* Leaves the file, of which nothing was taken yet, to somebody else: it has no lines. */
extern void spk_lines_leave(SpkLineReader *reader);

/*
 * Points an open reader of such a file at the lines whose first byte lies at
 * from or behind it, and before to.  Processes that share a file call it for one
 * range after the other.  reader->bytes goes on counting.
 */
extern void spk_lines_aim(SpkLineReader *reader, int64 from, int64 to);

/*
 * Says that nobody reads the file again soon.  The kernel is then told to forget
 * what was read, so that a file too large for its cache does not push everything
 * else out of it.
 */
extern void spk_lines_read_once(SpkLineReader *reader);

/*
 * Moves to the next line that is not blank; false at the end.  The line comes
 * without its newline, LF or CRLF, which the last line may lack, and the first
 * line without a byte order mark.
 */
extern bool spk_lines_next(SpkLineReader *reader);

extern void spk_lines_close(SpkLineReader *reader);

/*
 * The files that a path stands for, as a palloc'd list of strings.  That is the
 * path itself, unless there is no such file and it contains *, ? or [: then it is
 * the files that match it as in a shell, in the order of their bytes.  No match
 * and a missing privilege are errors.  Whether the files can be read shows when
 * they are opened.
 */
extern List *spk_paths(const char *path);

/*
 * The same for a path that was set by somebody who may use it: the privilege is
 * not checked again.  With missing_ok no match is an empty list instead of an
 * error, and folders that cannot be read have no matches.
 */
extern SpkLineReader *spk_lines_open_unchecked(const char *path);
extern List			 *spk_paths_unchecked(const char *path, bool missing_ok);

#endif /* SPK_EVENTS_EVENT_FILE_H */
