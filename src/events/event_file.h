/*
 * event_file.h
 *	  The lines of a file on the server, or of a share of it.
 */
#ifndef SPK_EVENTS_EVENT_FILE_H
#define SPK_EVENTS_EVENT_FILE_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "events/server_file.h"

/* Longer lines are no events; the bound keeps a reader's memory small. */
#define SPK_MAX_LINE_BYTES (16 * 1024 * 1024)

typedef struct SpkLineReader
{
	/* the current line, valid until the next call */
	const char *line;
	size_t		length;
	bool		overlong; /* more than SPK_MAX_LINE_BYTES: line is NULL */
	int64		place;	  /* its number, or offset when by_offset */

	const char *path;
	int64		size;	   /* of the file when it was opened */
	int64		read;	   /* of its bytes, read so far */
	bool		by_offset; /* line numbers unknown: not from the start */
	int64		bytes;	   /* of the lines consumed, decompressed */

	/* private */
	SpkServerFile	 *file;
	bool			  once;		/* the kernel need not keep what was read */
	int64			  position; /* in the file, of what is read next */
	int64			  kept;		/* the kernel was told to forget the bytes before */
	struct SpkGunzip *gunzip;	/* or NULL */
	char			 *buffer;
	size_t			  capacity;
	size_t			  begin; /* unread bytes: buffer[begin, end) */
	size_t			  end;
	int64			  offset; /* of buffer[begin] in the file */
	int64			  stop;	  /* lines that begin here or later are others' */
	int64			  lineno;
	bool			  eof;
} SpkLineReader;

/* An error unless the user may read files of the server. */
extern void spk_check_file_privilege(void);

/*
 * Opens a file of the server, relative paths beginning at the data directory,
 * with the privileges and errors of COPY.  A gzip file, known by its first
 * bytes, is decompressed on the way; what is no JSON lines as a whole (see
 * event_kind.h) is an error that says what it is.  The reader lives in the current
 * memory context; its file is closed by spk_lines_close or with the context.
 *
 * Of parts equal shares of the file's bytes, part (from 1) gets the lines whose
 * first byte lies in its share, so that each line belongs to exactly one part
 * as long as the file stays the same.
 */
extern SpkLineReader *spk_lines_open(const char *path, int part, int parts);

/* As spk_file_check. */
extern void spk_lines_check(const SpkLineReader *reader, const SpkFileIdentity *before);

/* Whether the file can be read in parts: a regular one, not compressed. */
extern bool spk_lines_can_split(const SpkLineReader *reader);

/*
 * Points an open reader of such a file at the lines whose first byte lies at
 * from or behind it and before to: those who split a file among themselves call
 * it for one range after the other.  bytes goes on counting.
 */
extern void spk_lines_aim(SpkLineReader *reader, int64 from, int64 to);

/*
 * Nobody reads the file again soon: the kernel may forget what was read, so
 * that a file too large for its cache does not push everything else out.
 */
extern void spk_lines_read_once(SpkLineReader *reader);

/*
 * Moves to the next line that is not blank; false at the end.  The line comes
 * without its newline (LF or CRLF; the last one may lack it) and without a byte
 * order mark at the start of the file.
 */
extern bool spk_lines_next(SpkLineReader *reader);

extern void spk_lines_close(SpkLineReader *reader);

/*
 * The files a path stands for, as palloc'd strings: itself, or when there is no
 * such file and it contains *, ? or [, those that match it as a shell would,
 * in the order of their bytes.  No match and a missing privilege are errors;
 * whether the files can be read shows when they are opened.
 */
extern List *spk_paths(const char *path);

/*
 * The same for a path whose use was allowed to whoever set it: the privilege is
 * not checked again.  missing_ok: no match is no error but an empty list.
 */
extern SpkLineReader *spk_lines_open_unchecked(const char *path, int part, int parts);
extern List			 *spk_paths_unchecked(const char *path, bool missing_ok);

#endif /* SPK_EVENTS_EVENT_FILE_H */
