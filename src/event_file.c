/*
 * event_file.c
 *	  The lines of a file on the server, in large reads and without a copy.
 */
#include "compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

#include "event_file.h"

#define BUFFER_BYTES	(256 * 1024)

static void
check_privilege(void)
{
	if (has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to read a file of the server"),
			 errdetail("Only roles with privileges of the \"%s\" role may do that.",
					   "pg_read_server_files"),
			 errhint("Anyone can send lines through the client and use churn_parse_event().")));
}

/* Opens the file and returns its size. */
static int64
open_file(SpkLineReader *reader, int parts)
{
	struct stat st;

	reader->fd = OpenTransientFile(reader->path, O_RDONLY | PG_BINARY);
	if (reader->fd < 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open file \"%s\" for reading: %m", reader->path)));
	if (fstat(reader->fd, &st) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not stat file \"%s\": %m", reader->path)));
	if (S_ISDIR(st.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a directory", reader->path)));
	if (parts > 1 && !S_ISREG(st.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a regular file", reader->path),
				 errdetail("Only a regular file can be read in parts.")));
	return (int64) st.st_size;
}

/*
 * Reads more behind the unread bytes, moving them to the front and widening the
 * buffer as needed; false at the end of the file.
 */
static bool
fill(SpkLineReader *reader)
{
	ssize_t		got;

	if (reader->eof)
		return false;
	if (reader->begin > 0)
	{
		memmove(reader->buffer, reader->buffer + reader->begin,
				reader->end - reader->begin);
		reader->end -= reader->begin;
		reader->begin = 0;
	}
	if (reader->end == reader->capacity)
	{
		reader->capacity *= 2;
		reader->buffer = repalloc(reader->buffer, reader->capacity);
	}

	do
	{
		CHECK_FOR_INTERRUPTS();
		pgstat_report_wait_start(WAIT_EVENT_COPY_FILE_READ);
		got = read(reader->fd, reader->buffer + reader->end,
				   reader->capacity - reader->end);
		pgstat_report_wait_end();
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read file \"%s\": %m", reader->path)));
	reader->end += got;
	reader->eof = (got == 0);
	return got > 0;
}

/*
 * Takes the bytes up to and with the next newline off the buffer; false when
 * there are none.  Of an overlong line only the length is kept.
 */
static bool
take_line(SpkLineReader *reader)
{
	size_t		scanned = 0;
	size_t		dropped = 0;
	char	   *newline = NULL;

	for (;;)
	{
		char	   *from = reader->buffer + reader->begin + scanned;
		size_t		unseen = reader->end - reader->begin - scanned;

		newline = memchr(from, '\n', unseen);
		if (newline != NULL)
		{
			scanned += newline - from;
			break;
		}
		scanned += unseen;
		if (scanned > SPK_MAX_LINE_BYTES)
		{
			dropped += scanned;
			reader->begin = reader->end;
			scanned = 0;
		}
		if (!fill(reader))
			break;
	}
	if (newline == NULL && scanned + dropped == 0)
		return false;

	reader->overlong = (dropped > 0 || scanned > SPK_MAX_LINE_BYTES);
	reader->line = reader->overlong ? NULL : reader->buffer + reader->begin;
	reader->length = reader->overlong ? 0 : scanned;
	reader->lineno++;
	reader->place = reader->by_offset ? reader->offset : reader->lineno;

	if (newline != NULL)
		scanned++;
	reader->begin += scanned;
	reader->offset += dropped + scanned;
	reader->bytes += dropped + scanned;
	return true;
}

static bool
is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	}
	return true;
}

/* Where the share of a part begins, without overflow. */
static int64
share_start(int64 size, int part, int parts)
{
	return size / parts * (part - 1) + size % parts * (part - 1) / parts;
}

SpkLineReader *
spk_lines_open(const char *path, int part, int parts)
{
	SpkLineReader *reader = palloc0(sizeof(SpkLineReader));
	int64		size;
	int64		start;

	check_privilege();
	reader->path = pstrdup(path);
	size = open_file(reader, parts);
	reader->capacity = BUFFER_BYTES;
	reader->buffer = palloc(reader->capacity);
	reader->by_offset = part > 1;
	reader->stop = part < parts ? share_start(size, part + 1, parts) : PG_INT64_MAX;

	/*
	 * Look for the first line from the byte before the share: if that is a
	 * newline, a line begins exactly here.
	 */
	start = share_start(size, part, parts);
	if (start > 0)
	{
		reader->offset = start - 1;
		if (lseek(reader->fd, (off_t) reader->offset, SEEK_SET) < 0)
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not seek in file \"%s\": %m", path)));
		(void) take_line(reader);
		reader->bytes = 0;
	}
	return reader;
}

bool
spk_lines_next(SpkLineReader *reader)
{
	while (reader->offset < reader->stop)
	{
		bool		at_start = reader->offset == 0;

		if (!take_line(reader))
			return false;
		if (reader->overlong)
			return true;
		if (at_start && reader->length >= 3 &&
			memcmp(reader->line, "\xEF\xBB\xBF", 3) == 0)
		{
			reader->line += 3;
			reader->length -= 3;
		}
		if (reader->length > 0 && reader->line[reader->length - 1] == '\r')
			reader->length--;
		if (!is_blank(reader->line, reader->length))
			return true;
	}
	return false;
}

void
spk_lines_close(SpkLineReader *reader)
{
	CloseTransientFile(reader->fd);
}
