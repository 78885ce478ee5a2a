/*
 * server_file.h
 *	  The bytes of a file on the server, read by whoever owns a memory context.
 */
#ifndef SPK_SERVER_FILE_H
#define SPK_SERVER_FILE_H

#include "postgres.h"

/* Of a file or a pipe; the path and the size when it was opened may be read. */
typedef struct SpkServerFile
{
	const char *path;
	int64		size;			/* 0 of what has none */
	bool		regular;

	/* private */
	int			file;			/* a virtual one of fd.c when regular; or -1 */
	int			fd;				/* the kernel's otherwise; or -1 */
	bool		waits;			/* a pipe that nobody has written to yet */
	dev_t		device;			/* with inode: which file it is */
	ino_t		inode;
	MemoryContextCallback cleanup;
} SpkServerFile;

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
 * has no descriptors left.
 */
extern size_t spk_file_read(SpkServerFile *file, char *to, size_t len, int64 offset);

/*
 * Tells the kernel that these bytes of a regular file will not be needed again,
 * right after they were read.  A failure costs only the cache, so it is no error.
 */
extern void spk_file_forget(SpkServerFile *file, int64 from, int64 to);

/* May be called twice. */
extern void spk_file_close(SpkServerFile *file);

#endif							/* SPK_SERVER_FILE_H */
