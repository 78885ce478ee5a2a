/*
 * server_file.c
 *	  The bytes of a file on the server; the file belongs to a memory context.
 *
 * A scan may outlive the subtransaction in which its first row was fetched.  What
 * OpenTransientFile returns is closed with that, and the scan would go on with a
 * number that may be another file's by then.  So regular files are opened as
 * virtual files, like those of tables.  Pipes and devices cannot be virtual files,
 * which are read at offsets and opened anew; they are descriptors that fd.c only
 * counts.  Both are closed by a callback of the memory context.
 */
#include "compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/memutils.h"

#include "events/server_file.h"

char *
spk_path_shown(const char *path)
{
	char *shown = pstrdup(path);
	int	  encoding = GetDatabaseEncoding();

	/* of SQL_ASCII nothing is known but who will get it */
	if (encoding == PG_SQL_ASCII)
		encoding = pg_get_client_encoding();
	if (pg_verify_mbstr(encoding, path, strlen(path), true))
		return shown;
	for (char *p = shown; *p != '\0'; p++)
	{
		if (IS_HIGHBIT_SET(*p))
			*p = '?';
	}
	return shown;
}

static void
report_open(const char *path)
{
	ereport(ERROR,
			(errcode_for_file_access(),
			 errmsg("could not open file \"%s\" for reading: %m", spk_path_shown(path))));
}

static void
report_read(const SpkServerFile *file)
{
	ereport(ERROR,
			(errcode_for_file_access(),
			 errmsg("could not read file \"%s\": %m", file->path)));
}

/* Notes what the open descriptor is of.  After an error the context closes it. */
static void
look_at(SpkServerFile *file, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not stat file \"%s\": %m", file->path)));
	if (S_ISDIR(st.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a directory", file->path)));
	if (S_ISREG(st.st_mode) != file->regular)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("file \"%s\" was replaced while it was opened", file->path)));
	file->waits = S_ISFIFO(st.st_mode);
	file->was.device = st.st_dev;
	file->was.inode = st.st_ino;
	file->was.size = (int64) st.st_size;
}

/*
 * O_NONBLOCK is for a pipe that took the file's place: opening it would wait for a
 * writer, where nothing can cancel it.  For regular files it means nothing.
 */
static void
open_regular(SpkServerFile *file, const char *path)
{
	file->file = PathNameOpenFile(path, O_RDONLY | O_NONBLOCK | PG_BINARY);
	if (file->file < 0)
		report_open(path);
	look_at(file, FileGetRawDesc(file->file));
}

static void
open_other(SpkServerFile *file, const char *path)
{
	if (!AcquireExternalFD())
		report_open(path);
	file->fd = BasicOpenFile(path, O_RDONLY | O_NONBLOCK | PG_BINARY);
	if (file->fd < 0)
	{
		int save_errno = errno;

		ReleaseExternalFD();
		errno = save_errno;
		report_open(path);
	}
	look_at(file, file->fd);
}

static void
close_with_context(void *arg)
{
	spk_file_close(arg);
}

SpkServerFile *
spk_file_open(const char *path)
{
	SpkServerFile *file = palloc0(sizeof(SpkServerFile));
	struct stat	   st;

	file->path = spk_path_shown(path);
	file->file = file->fd = -1;
	file->cleanup.func = close_with_context;
	file->cleanup.arg = file;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &file->cleanup);

	/* looked at by its path first: to open a pipe and close it again would break its writer's end */
	if (stat(path, &st) != 0)
		report_open(path);
	file->regular = S_ISREG(st.st_mode);
	if (file->regular)
		open_regular(file, path);
	else
		open_other(file, path);
	return file;
}

static void
report_replaced(const SpkServerFile *file)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("file \"%s\" was replaced while it was read", file->path)));
}

static void
report_truncated(const SpkServerFile *file)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("file \"%s\" was truncated while it was read", file->path)));
}

void
spk_file_check(const SpkServerFile *file, const SpkFileIdentity *before)
{
	if (file->was.device != before->device || file->was.inode != before->inode)
		report_replaced(file);
	if (file->was.size < before->size)
		report_truncated(file);
}

/*
 * A virtual file that was closed for the sake of others is opened again by its
 * name.  The bytes of two files in a row would be nobody's log.
 */
static void
check_same_file(const SpkServerFile *file)
{
	struct stat st;

	if (fstat(FileGetRawDesc(file->file), &st) != 0 || st.st_dev != file->was.device ||
		st.st_ino != file->was.inode)
		report_replaced(file);
}

static size_t
read_regular(SpkServerFile *file, char *to, size_t len, int64 offset)
{
	int got;

	CHECK_FOR_INTERRUPTS();
	got = FileRead(file->file, to, (int) Min(len, (size_t) INT_MAX), (off_t) offset,
				   WAIT_EVENT_COPY_FILE_READ);
	if (got < 0)
		report_read(file);
	check_same_file(file);
	if (got == 0 && offset < file->was.size)
		report_truncated(file);
	return (size_t) got;
}

/* Waits until there are bytes, or something else has happened: then false. */
static bool
wait_for_bytes(const SpkServerFile *file)
{
	int events;

	events = WaitLatchOrSocket(MyLatch, WL_LATCH_SET | WL_SOCKET_READABLE | WL_EXIT_ON_PM_DEATH,
							   file->fd, -1L, WAIT_EVENT_COPY_FILE_READ);
	if (events & WL_LATCH_SET)
	{
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	return (events & WL_SOCKET_READABLE) != 0;
}

/*
 * Reads from a pipe or a device.  A pipe without a writer looks as if it had
 * ended, so before the first read it is waited for: until there are bytes, or the
 * first writer has come and gone.
 */
static size_t
read_other(SpkServerFile *file, char *to, size_t len)
{
	ssize_t got;

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		while (file->waits)
			file->waits = !wait_for_bytes(file);
		pgstat_report_wait_start(WAIT_EVENT_COPY_FILE_READ);
		got = read(file->fd, to, len);
		pgstat_report_wait_end();
		if (got >= 0)
			return (size_t) got;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			(void) wait_for_bytes(file);
		else if (errno != EINTR)
			report_read(file);
	}
}

size_t
spk_file_read(SpkServerFile *file, char *to, size_t len, int64 offset)
{
	return file->regular ? read_regular(file, to, len, offset) : read_other(file, to, len);
}

void
spk_file_forget(SpkServerFile *file, int64 from, int64 to)
{
#ifdef USE_POSIX_FADVISE
	if (file->file >= 0)
		(void) posix_fadvise(FileGetRawDesc(file->file), (off_t) from, (off_t) (to - from),
							 POSIX_FADV_DONTNEED);
#endif
}

void
spk_file_close(SpkServerFile *file)
{
	if (file->file >= 0)
		FileClose(file->file);
	if (file->fd >= 0)
	{
		close(file->fd);
		ReleaseExternalFD();
	}
	file->file = file->fd = -1;
}
