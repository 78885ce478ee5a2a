/*
 * event_file.c
 *	  The lines of a file on the server, read in large pieces and not copied.
 */
#include "compat.h"

#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"

#include "events/event_compression.h"
#include "events/event_file.h"
#include "json/event_kind.h"

#define BUFFER_BYTES (256 * 1024)

/* What is read at once to complete the last line of a share. */
#define LAST_LINE_BYTES 4096

/* The kernel is told to forget what was read in pieces of this size. */
#define DROP_BYTES (8 * 1024 * 1024)

#ifdef USE_ASSERT_CHECKING

/* Checks all that is true of a reader between two calls, and of its current line if it has one. */
static void
check_reader(const SpkLineReader *reader, bool has_line)
{
	Assert(reader->begin <= reader->end && reader->end <= reader->capacity);
	Assert(reader->offset >= 0 && reader->bytes >= 0 && reader->kept <= reader->position);

	/* of what was read, nothing is lost between the line and the buffer */
	Assert(reader->stream != NULL ||
		   reader->position == reader->offset + (int64) (reader->end - reader->begin));
	if (!has_line)
		return;

	Assert(reader->overlong == (reader->line == NULL));
	Assert(reader->length <= SPK_MAX_LINE_BYTES);
	Assert(reader->overlong ||
		   (reader->line >= reader->buffer &&
			reader->line + reader->length <= reader->buffer + reader->begin));
	if (reader->by_offset)
		Assert(reader->place < Min(reader->offset, reader->stop));
	else
		Assert(reader->place == reader->lineno && reader->lineno > 0);
}

#else
#define check_reader(reader, has_line) ((void) 0)
#endif

void
spk_check_file_privilege(void)
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

/*
 * How much to read next: as much as fits, but behind the end of the share only
 * what its last line may need, which doubles each time that it was not enough.
 */
static size_t
wanted_bytes(const SpkLineReader *reader)
{
	size_t room = reader->capacity - reader->end;
	int64  position = reader->offset + (int64) (reader->end - reader->begin);
	int64  left = Max(reader->stop - position, LAST_LINE_BYTES);

	return Min(room, Max((size_t) left, reader->end - reader->begin));
}

/* What was read will not be needed again. */
static void
drop_behind(SpkLineReader *reader)
{
	spk_file_forget(reader->file, reader->kept, reader->position);
	reader->kept = reader->position;
}

/* Reads up to len bytes of the file, as it is stored, and returns their number; 0 at its end. */
static size_t
read_file(void *arg, char *to, size_t len)
{
	SpkLineReader *reader = arg;
	size_t		   got = spk_file_read(reader->file, to, len, reader->position);

	reader->read += got;
	reader->position += got;
	if (reader->once && reader->position - reader->kept >= DROP_BYTES)
		drop_behind(reader);
	return got;
}

/*
 * Reads more behind the bytes that are not taken yet; false at the end of the
 * file.  The bytes may move to another place.
 */
static bool
fill(SpkLineReader *reader)
{
	char  *to;
	size_t got;

	if (reader->eof)
		return false;

	/* a line stays in one piece: to the front with it, and only if it is longer grow */
	if (reader->begin > 0)
	{
		memmove(reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
		reader->end -= reader->begin;
		reader->begin = 0;
	}
	if (reader->end == reader->capacity)
	{
		reader->capacity *= 2;
		reader->buffer = repalloc(reader->buffer, reader->capacity);
	}

	to = reader->buffer + reader->end;
	got = reader->stream != NULL ? spk_decompress(reader->stream, to, wanted_bytes(reader)) :
								   read_file(reader, to, wanted_bytes(reader));
	reader->end += got;
	reader->eof = (got == 0);
	return got > 0;
}

/* Looks at the first bytes of the file; a pipe may give them one by one. */
static void
detect_compression(SpkLineReader *reader)
{
	const SpkCompression *compression;

	while (reader->end < SPK_COMPRESSION_BYTES && fill(reader))
		;
	compression = spk_compression_of(reader->buffer, reader->end);
	if (compression == NULL)
		return;
	reader->stream = spk_decompressor_new(compression, read_file, reader, reader->path,
										  reader->buffer, reader->end);
	reader->end = 0;
	reader->eof = false;
}

/* Refuses a file that as a whole is not JSON lines, even where faults are skipped. */
static void
refuse_other_kinds(SpkLineReader *reader)
{
	SpkFileKind kind;

	while ((kind = spk_kind_of(reader->buffer, reader->end, reader->eof)) == SPK_KIND_UNDECIDED)
		(void) fill(reader);
	if (kind != SPK_KIND_LINES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("file \"%s\" is %s", reader->path, spk_kind_name(kind)),
				 errhint("%s", spk_kind_hint(kind))));
}

/*
 * The next newline among the len bytes from here on, of which the first is at this place of
 * the file; NULL when there is none.  The bytes must follow those where the newline before
 * was found.
 */
static const char *
next_newline(SpkLineReader *reader, const char *from, size_t len, int64 place)
{
	while (reader->next_end >= reader->n_ends)
	{
		int64  start = Max(place, reader->ends_to);
		size_t known = (size_t) (start - place);
		size_t n;

		if (known >= len)
			return NULL;
		n = Min(len - known, SPK_ENDS_BYTES);
		reader->n_ends = spk_line_ends(reader->way, from + known, n, reader->ends);
		reader->next_end = 0;
		reader->ends_from = start;
		reader->ends_to = start + (int64) n;
	}
	return from + (reader->ends_from + reader->ends[reader->next_end++] - place);
}

/* Forgets which newlines were found: what is read next is somewhere else. */
static void
forget_ends(SpkLineReader *reader)
{
	reader->n_ends = reader->next_end = 0;
	reader->ends_from = reader->ends_to = 0;
}

/*
 * Reads until the next line is in the buffer from reader->begin on; false when no
 * newline ends it.  *length gets its length there, and *dropped that of its
 * beginning, if it is overlong and was let go.
 */
static bool
find_line_end(SpkLineReader *reader, size_t *length, size_t *dropped)
{
	size_t scanned = 0;

	/* fill moves the bytes, so places in the line are counted from its beginning */
	*dropped = 0;
	for (;;)
	{
		const char *from = reader->buffer + reader->begin + scanned;
		size_t		unseen = reader->end - reader->begin - scanned;
		int64		place = reader->offset + (int64) (*dropped + scanned);
		const char *newline = next_newline(reader, from, unseen, place);

		if (newline != NULL)
		{
			*length = scanned + (newline - from);
			return true;
		}
		scanned += unseen;

		/* the beginning of an overlong line is let go, so that the buffer stays small */
		if (scanned > SPK_MAX_LINE_BYTES)
		{
			*dropped += scanned;
			reader->begin = reader->end;
			scanned = 0;
		}
		if (!fill(reader))
		{
			*length = scanned;
			return false;
		}
	}
}

/*
 * Takes the next line, with its newline, off the buffer; false when there is
 * none.  Of an overlong line only the length is kept.
 */
static bool
take_line(SpkLineReader *reader)
{
	size_t length;
	size_t dropped;
	bool   has_newline = find_line_end(reader, &length, &dropped);
	size_t taken = length + has_newline;

	/* the last line may lack its newline, but not its bytes */
	if (taken + dropped == 0)
		return false;

	reader->overlong = (dropped > 0 || length > SPK_MAX_LINE_BYTES);
	reader->line = reader->overlong ? NULL : reader->buffer + reader->begin;
	reader->length = reader->overlong ? 0 : length;
	reader->lineno++;
	reader->place = reader->by_offset ? reader->offset : reader->lineno;

	reader->begin += taken;
	reader->offset += dropped + taken;
	reader->bytes += dropped + taken;
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

SpkLineReader *
spk_lines_open(const char *path)
{
	spk_check_file_privilege();
	return spk_lines_open_unchecked(path);
}

SpkLineReader *
spk_lines_open_unchecked(const char *path)
{
	SpkLineReader *reader = palloc0(sizeof(SpkLineReader));

	reader->file = spk_file_open(path);
	reader->path = reader->file->path;
	reader->size = reader->file->was.size;
	reader->capacity = BUFFER_BYTES;
	reader->buffer = palloc(reader->capacity);
	reader->way = spk_line_best_way();
	reader->ends = palloc((SPK_ENDS_BYTES + 1) * sizeof(uint16_t));
	detect_compression(reader);
	refuse_other_kinds(reader);
	reader->stop = PG_INT64_MAX;
	check_reader(reader, false);
	return reader;
}

void
spk_lines_check(const SpkLineReader *reader, const SpkFileIdentity *before)
{
	spk_file_check(reader->file, before);
}

bool
spk_lines_can_split(const SpkLineReader *reader)
{
	return reader->file->regular && reader->stream == NULL;
}

static void
refuse_split(const SpkLineReader *reader)
{
	if (!reader->file->regular)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a regular file", reader->path),
				 errdetail("Only a regular file can be read in parts.")));
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("\"%s\" is a compressed file", reader->path),
			 errdetail("Only a file that is not compressed can be read in parts.")));
}

void
spk_lines_aim(SpkLineReader *reader, int64 from, int64 to)
{
	int64 bytes = reader->bytes;

	if (!spk_lines_can_split(reader))
		refuse_split(reader);
	reader->by_offset = from > 0;
	reader->begin = reader->end = 0;
	reader->lineno = 0;
	reader->eof = false;
	reader->stop = to;
	reader->offset = Max(from - 1, 0);
	reader->position = reader->kept = reader->offset;
	forget_ends(reader);

	/*
	 * Looks for the first line from the byte before the range on: if that is a
	 * newline, a line begins exactly where the range does.
	 */
	if (from > 0)
		(void) take_line(reader);
	reader->bytes = bytes;
	check_reader(reader, false);
}

/* Where the share of a part begins, without overflow. */
static int64
share_start(int64 size, int part, int parts)
{
	return size / parts * (part - 1) + size % parts * (part - 1) / parts;
}

void
spk_lines_share(SpkLineReader *reader, int part, int parts)
{
	spk_lines_aim(reader, share_start(reader->size, part, parts),
				  part < parts ? share_start(reader->size, part + 1, parts) : PG_INT64_MAX);
}

void
spk_lines_leave(SpkLineReader *reader)
{
	Assert(reader->offset == 0);
	reader->stop = 0;
}

void
spk_lines_read_once(SpkLineReader *reader)
{
	reader->once = reader->file->regular;
}

bool
spk_lines_next(SpkLineReader *reader)
{
	while (reader->offset < reader->stop)
	{
		bool at_start = reader->offset == 0;

		if (!take_line(reader))
			return false;
		if (reader->overlong)
		{
			check_reader(reader, true);
			return true;
		}

		/* a byte order mark is no part of the first line, and JSON does not allow it */
		if (at_start && reader->length >= 3 && memcmp(reader->line, "\xEF\xBB\xBF", 3) == 0)
		{
			reader->line += 3;
			reader->length -= 3;
		}
		if (reader->length > 0 && reader->line[reader->length - 1] == '\r')
			reader->length--;
		if (!is_blank(reader->line, reader->length))
		{
			check_reader(reader, true);
			return true;
		}
	}
	return false;
}

void
spk_lines_close(SpkLineReader *reader)
{
	if (reader->once && reader->position > reader->kept)
		drop_behind(reader);
	spk_file_close(reader->file);
}
