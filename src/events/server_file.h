/*
 * server_file.h
 *	  The bytes of a file on the server; the file belongs to a memory context.
 */
#ifndef SPK_EVENTS_SERVER_FILE_H
#define SPK_EVENTS_SERVER_FILE_H

#include "postgres.h"

#include <sys/types.h>

/* Which file it is, and how large.  Who opens its path again can see whether it is the same. */
typedef struct SpkFileIdentity
{
	dev_t device;
	ino_t inode;
	int64 size; /* 0 when it has none, as a pipe */
} SpkFileIdentity;

/* A file, a pipe or a device. */
typedef struct SpkServerFile
{
	const char	   *path; /* as it can be shown */
	SpkFileIdentity was;  /* when it was opened */
	bool			regular;

	/* private */
	int					  file;	 /* of a regular file: a virtual one of fd.c; or -1 */
	int					  fd;	 /* of another: a descriptor of the kernel; or -1 */
	bool				  waits; /* a pipe that nobody has written to yet */
	MemoryContextCallback cleanup;
} SpkServerFile;

/*
 * The path as messages can show it, palloc'd.  A file's name may be any bytes, and
 * those that are no text in the server's encoding could not be sent to a client.
 */
extern char *spk_path_shown(const char *path);

/*
 * Opens a file for reading, with the errors of COPY; a directory is one of them.
 * The file lives in the current memory context and is closed with it, whatever
 * becomes of the current (sub)transaction: a cursor reads on after ROLLBACK TO.
 */
extern SpkServerFile *spk_file_open(const char *path);

/*
 * Reads up to len bytes, at this offset of a regular file or at the place where
 * another one is, and returns their number; 0 at the end.  For a pipe it waits,
 * and can be cancelled.
 *
 * When the server runs out of descriptors a regular file is closed and opened
 * again by its path.  If another file has taken its place by then, that is an
 * error.  A regular file that ends before its size has been truncated; that is an
 * error, too, since its lines would be missed by nobody.
 */
extern size_t spk_file_read(SpkServerFile *file, char *to, size_t len, int64 offset);

/*
 * Raises an error unless the open file is the one that was looked at before, and
 * is not smaller than then.
 */
extern void spk_file_check(const SpkServerFile *file, const SpkFileIdentity *before);

/*
 * Tells the kernel that the bytes of a regular file at from and behind it, before
 * to, will not be needed again.  It is no error when the kernel does not listen.
 */
extern void spk_file_forget(SpkServerFile *file, int64 from, int64 to);

/* Closes the file; may be called twice. */
extern void spk_file_close(SpkServerFile *file);

#endif /* SPK_EVENTS_SERVER_FILE_H */
