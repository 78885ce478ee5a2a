/*
 * server_file.h
 *	  The bytes of a file on the server, read by whoever owns a memory context.
 */
#ifndef SPK_EVENTS_SERVER_FILE_H
#define SPK_EVENTS_SERVER_FILE_H

#include "postgres.h"

#include <sys/types.h>

/* Which file it is, and how large: those who open it by its path again can tell. */
typedef struct SpkFileIdentity
{
	dev_t device;
	ino_t inode;
	int64 size; /* 0 of what has none */
} SpkFileIdentity;

/* Of a file or a pipe; the path and what it was when it was opened may be read. */
typedef struct SpkServerFile
{
	const char	   *path; /* as it can be shown */
	SpkFileIdentity was;
	bool			regular;

	/* private */
	int					  file;	 /* a virtual one of fd.c when regular; or -1 */
	int					  fd;	 /* the kernel's otherwise; or -1 */
	bool				  waits; /* a pipe that nobody has written to yet */
	MemoryContextCallback cleanup;
} SpkServerFile;

/*
 * The path as messages can show it, palloc'd: a file's name may be any bytes, also
 * such that are no text in the server's encoding, which no client would be sent.
 */
extern char *spk_path_shown(const char *path);

/*
 * Opens it for reading, with COPY's errors; a directory is one.  It lives in the
 * current memory context and is closed with it, whatever becomes of the
 * (sub)transaction of this moment: a cursor reads on after ROLLBACK TO.
 */
extern SpkServerFile *spk_file_open(const char *path);

/*
 * Reads up to len bytes, from this offset when it is a regular file; 0 at the
 * end.  A pipe is waited for, a cancellation ends that.  A file that another
 * one has taken the place of may be an error: it is opened anew when the server
 * has no descriptors left.  A regular file that ends before its size was
 * truncated, which is an error too: its lines are gone, and nobody would know.
 */
extern size_t spk_file_read(SpkServerFile *file, char *to, size_t len, int64 offset);

/*
 * An error unless the open file is the one that was looked at before, with all
 * that it had then.
 */
extern void spk_file_check(const SpkServerFile *file, const SpkFileIdentity *before);

/*
 * Tells the kernel that these bytes of a regular file will not be needed again,
 * right after they were read.  A failure costs only the cache, so it is no error.
 */
extern void spk_file_forget(SpkServerFile *file, int64 from, int64 to);

/* May be called twice. */
extern void spk_file_close(SpkServerFile *file);

#endif /* SPK_EVENTS_SERVER_FILE_H */
