/*
 * json_fdw_sample.c
 *	  The foreign data wrapper sparkify_json: a few rows of the files, for the planner.
 *
 * Nobody waits for a plan, nor may looking at one fail because a file cannot be read.  So
 * the bytes are read here and not by the reader of a scan: it would say what is wrong with
 * them, and read far more.
 */
#include "compat.h"

#include <fcntl.h>
#include <unistd.h>

#include "access/htup_details.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "events/event_compression.h"
#include "events/event_json.h"
#include "events/event_row.h"
#include "events/json_fdw.h"
#include "events/json_fdw_sample.h"

/* No more rows than that. */
#define SAMPLE_ROWS 512

/* Files that have no more bytes together are read as a whole, if they are few. */
#define WHOLE_BYTES (256 * 1024)
#define WHOLE_FILES 16

/*
 * The places in larger ones, and the lines of each: a user's events stand close together,
 * so that many lines of one place would show fewer users than there are.
 */
#define PLACES			128
#define LINES_PER_PLACE 4
#define PLACE_BYTES		4096
#define LONG_BYTES		(64 * 1024) /* where a line is longer than a place */
#define LONG_PLACES		8			/* so often at most */

/* The compressed files, and the bytes of each. */
#define STREAMS		 4
#define STREAM_BYTES (16 * 1024)
#define TEXT_BYTES	 (128 * 1024)

typedef struct Sampler
{
	SpkJsonSample  *sample;
	SpkBinding	   *binding;
	SpkEventParser *parser;
	const char	   *path; /* of the file that is open */
	int				fd;	  /* or -1 */
	MemoryContext	row;  /* of one row */
	Datum		   *values;
	bool		   *nulls;
	char		   *buffer;
	double			bytes; /* of the lines that were looked at, valid or not */
	int				n_long;
} Sampler;

/* Binds the columns but those whose type might do anything with a value. */
static SpkBinding *
bind_harmless(Relation rel, bool *left_out)
{
	SpkBinding *binding = spk_json_binding(rel, NULL);
	bool		all = true;

	for (int i = 0; i < binding->natts; i++)
	{
		left_out[i] = binding->columns[i] != SPK_EVENT_NO_COLUMN &&
			!spk_cast_is_harmless(&binding->casts[binding->columns[i]]);
		all &= !left_out[i];
	}
	return all ? binding : spk_json_binding(rel, left_out);
}

/* Adds what a line is to the sample, if it is an event. */
static void
add_line(Sampler *sampler, const char *line, size_t len, size_t bytes)
{
	SpkJsonSample	  *sample = sampler->sample;
	const SpkEventRow *row;
	SpkEventFault	   fault;
	MemoryContext	   oldcontext;

	if (sample->n_rows == SAMPLE_ROWS)
		return;
	sampler->bytes += (double) bytes;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return;
	MemoryContextReset(sampler->row);
	oldcontext = MemoryContextSwitchTo(sampler->row);
	row = spk_event_parse(sampler->parser, line, len, &fault);
	if (row != NULL)
		spk_event_row_datums(row, sampler->binding, sampler->binding->columns, sampler->values,
							 sampler->nulls);
	MemoryContextSwitchTo(oldcontext);
	if (row != NULL)
		sample->rows[sample->n_rows++] = heap_form_tuple(sample->tupdesc, sampler->values,
														 sampler->nulls);
}

/*
 * Adds up to max of the whole lines in a text, which begins within a line unless at_start,
 * and ends within one unless at_end.  Returns how many there were.
 */
static int
add_lines(Sampler *sampler, const char *text, size_t len, bool at_start, bool at_end, int max)
{
	const char *end = text + len;
	const char *newline;
	int			n = 0;

	/* a byte order mark, or the rest of a line that is not whole */
	if (at_start && len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		text += 3;
	if (!at_start)
	{
		newline = memchr(text, '\n', len);
		if (newline == NULL)
			return 0;
		text = newline + 1;
	}
	while (text < end && n < max)
	{
		newline = memchr(text, '\n', end - text);
		if (newline == NULL && !at_end)
			break;
		if (newline == NULL)
			newline = end;
		add_line(sampler, text, newline - text, newline - text + 1);
		text = newline + 1;
		n++;
	}
	return n;
}

/* Opens a file unless it is open; false when it cannot be. */
static bool
open_file(Sampler *sampler, const char *path)
{
	if (sampler->path == path)
		return sampler->fd >= 0;
	if (sampler->fd >= 0)
		CloseTransientFile(sampler->fd);
	sampler->path = path;
	sampler->fd = path == NULL ? -1 : OpenTransientFile(path, O_RDONLY | O_NONBLOCK | PG_BINARY);
	return sampler->fd >= 0;
}

/* Reads what there is of len bytes; 0 when nothing can be read. */
static size_t
read_bytes(Sampler *sampler, size_t len, int64 offset)
{
	ssize_t got = pg_pread(sampler->fd, sampler->buffer, len, offset);

	return got > 0 ? (size_t) got : 0;
}

/* Adds the lines that begin at a place of a file, or the next ones. */
static void
sample_place(Sampler *sampler, const SpkChunks *chunks, const SpkChunkFile *file, int64 at)
{
	size_t got;

	CHECK_FOR_INTERRUPTS();
	if (!open_file(sampler, (const char *) chunks + file->path))
		return;
	got = read_bytes(sampler, PLACE_BYTES, at);
	if (got == 0 ||
		add_lines(sampler, sampler->buffer, got, at == 0, at + (int64) got == file->was.size,
				  LINES_PER_PLACE) > 0)
		return;

	/* the end of a file has no line behind it, and a long line needs more bytes */
	if (at + (int64) got == file->was.size || sampler->n_long++ >= LONG_PLACES)
		return;
	got = read_bytes(sampler, LONG_BYTES, at);
	(void) add_lines(sampler, sampler->buffer, got, at == 0, at + (int64) got == file->was.size,
					 LINES_PER_PLACE);
}

static void
sample_whole(Sampler *sampler, const SpkChunks *chunks)
{
	for (int i = 0; i < chunks->n_files; i++)
	{
		const SpkChunkFile *file = &chunks->files[i];
		size_t				got;

		CHECK_FOR_INTERRUPTS();
		if (!open_file(sampler, (const char *) chunks + file->path))
			continue;
		got = read_bytes(sampler, WHOLE_BYTES, 0);
		(void) add_lines(sampler, sampler->buffer, got, true, true, INT_MAX);
	}
}

/* The bytes of the files that are not compressed. */
static int64
plain_bytes(const SpkChunks *chunks)
{
	int64 bytes = 0;

	for (int i = 0; i < chunks->n_files; i++)
		bytes += chunks->files[i].stream ? 0 : chunks->files[i].was.size;
	return bytes;
}

/* Places at equal distances in all files that are not compressed, one behind the other. */
static void
sample_places(Sampler *sampler, const SpkChunks *chunks, int64 total)
{
	int64 before = 0; /* the bytes of the files before */
	int	  file = 0;

	for (int i = 0; i < PLACES; i++)
	{
		int64 at = (int64) ((double) total / PLACES * (i + 0.5));

		while (file < chunks->n_files &&
			   (chunks->files[file].stream || at - before >= chunks->files[file].was.size))
		{
			before += chunks->files[file].stream ? 0 : chunks->files[file].was.size;
			file++;
		}
		if (file == chunks->n_files)
			break;
		sample_place(sampler, chunks, &chunks->files[file], at - before);
	}
}

/* The beginning of some compressed files, from whose middle nothing can be read. */
static void
sample_streams(Sampler *sampler, const SpkChunks *chunks)
{
	double compressed = 0;
	double text = 0;
	char  *to = palloc(TEXT_BYTES);
	int	   n = 0;

	for (int i = 0; i < chunks->n_files && n < STREAMS; i++)
	{
		const SpkChunkFile *file = &chunks->files[i];
		size_t				got;
		size_t				used;
		size_t				len;

		CHECK_FOR_INTERRUPTS();
		if (!file->stream || file->was.size == 0 ||
			!open_file(sampler, (const char *) chunks + file->path))
			continue;

		/* how much they hold is not known before they are read, but this shows about how much */
		got = read_bytes(sampler, STREAM_BYTES, 0);
		len = spk_decompress_start(sampler->buffer, got, to, TEXT_BYTES, &used);
		compressed += (double) used;
		text += (double) len;
		(void) add_lines(sampler, to, len, true, (int64) used == file->was.size,
						 SAMPLE_ROWS / STREAMS);
		n++;
	}
	pfree(to);
	if (compressed > 0)
		sampler->sample->ratio = text / compressed;
}

static void
set_widths(SpkJsonSample *sample)
{
	for (int i = 0; i < sample->tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(sample->tupdesc, i);
		double			  bytes = 0;
		int				  n = 0;

		if (att->attlen > 0 || att->attisdropped)
			continue;
		for (int r = 0; r < sample->n_rows; r++)
		{
			bool  isnull;
			Datum value = heap_getattr(sample->rows[r], i + 1, sample->tupdesc, &isnull);

			if (isnull)
				continue;
			bytes += att->attlen == -1 ? VARSIZE_ANY(DatumGetPointer(value)) :
										 strlen(DatumGetCString(value)) + 1;
			n++;
		}
		sample->widths[i] = n > 0 ? Max((int32) (bytes / n + 0.5), 1) : 0;
	}
}

SpkJsonSample *
spk_sample_take(Relation rel, const SpkChunks *chunks)
{
	SpkJsonSample *sample = palloc0(sizeof(SpkJsonSample));
	Sampler		   sampler = {.sample = sample, .fd = -1};
	int64		   total = plain_bytes(chunks);
	MemoryContext  context = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(context, "sparkify sampler", ALLOCSET_DEFAULT_SIZES);
	int			  natts = RelationGetDescr(rel)->natts;

	sample->tupdesc = CreateTupleDescCopy(RelationGetDescr(rel));
	sample->rows = palloc(SAMPLE_ROWS * sizeof(HeapTuple));
	sample->left_out = palloc0(sizeof(bool) * Max(natts, 1));
	sample->widths = palloc0(sizeof(int32) * Max(natts, 1));

	/* what reads lines goes with its memory, and the rows stay */
	MemoryContextSwitchTo(work);
	sampler.binding = bind_harmless(rel, sample->left_out);
	sampler.parser = spk_event_parser_new(work, sampler.binding);
	sampler.row = AllocSetContextCreate(work, "sparkify sampled row", ALLOCSET_DEFAULT_SIZES);
	sampler.values = palloc(sizeof(Datum) * Max(natts, 1));
	sampler.nulls = palloc(sizeof(bool) * Max(natts, 1));
	sampler.buffer = palloc(WHOLE_BYTES);
	MemoryContextSwitchTo(context);

	if (total <= WHOLE_BYTES && chunks->n_files <= WHOLE_FILES && !chunks->any_stream)
		sample_whole(&sampler, chunks);
	else
	{
		sample_streams(&sampler, chunks);
		sample_places(&sampler, chunks, total);
	}
	(void) open_file(&sampler, NULL);
	MemoryContextDelete(work);

	if (sample->n_rows > 0)
		sample->bytes_per_row = sampler.bytes / sample->n_rows;
	set_widths(sample);
	return sample;
}
