/*
 * event_gzip.c
 *	  The bytes of a gzip stream, decompressed by zlib.
 */
#include "compat.h"

#include <zlib.h>

#include "utils/memutils.h"

#include "events/event_compression.h"

/* To zlib: the largest window, and gzip's header instead of its own. */
#define GZIP_WINDOW (15 + 16)

typedef struct Gunzip
{
	SpkDecompressor stream; /* must be first */
	z_stream		zlib;
	bool			in_member; /* a member has begun and not ended */
	bool			has_ended; /* some member has ended */
} Gunzip;

static voidpf
gunzip_alloc(voidpf opaque, uInt items, uInt size)
{
	return MemoryContextAllocExtended((MemoryContext) opaque, (Size) items * size,
									  MCXT_ALLOC_NO_OOM);
}

static void
gunzip_free(voidpf opaque, voidpf address)
{
	pfree(address);
}

static bool
is_gzip(const char *bytes, size_t len)
{
	return len >= 2 && memcmp(bytes, "\x1F\x8B", 2) == 0;
}

static void
report_zlib(const Gunzip *gunzip, int status)
{
	if (status == Z_MEM_ERROR)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	spk_decompress_failed(&gunzip->stream,
						  gunzip->zlib.msg != NULL ? gunzip->zlib.msg : zError(status));
}

static SpkDecompressor *
gunzip_open(void)
{
	Gunzip *gunzip = palloc0(sizeof(Gunzip));

	gunzip->zlib.zalloc = gunzip_alloc;
	gunzip->zlib.zfree = gunzip_free;
	gunzip->zlib.opaque = CurrentMemoryContext;

	/* there is nothing wrong with these arguments, so that only memory can be missing */
	if (inflateInit2(&gunzip->zlib, GZIP_WINDOW) != Z_OK)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	return &gunzip->stream;
}

/*
 * Moves to the next member; false at the end of the file.  Behind a member tapes
 * and block devices fill up with zeros, which gzip skips, too.
 */
static bool
has_member(Gunzip *gunzip)
{
	SpkDecompressor *stream = &gunzip->stream;

	while (spk_has_input(stream))
	{
		if (!gunzip->has_ended || stream->input[stream->begin] != 0)
			return true;
		stream->begin++;
	}
	return false;
}

/* Decompresses some of the input, and returns what zlib says to it. */
static int
inflate_some(Gunzip *gunzip)
{
	SpkDecompressor *stream = &gunzip->stream;
	int				 status;

	gunzip->zlib.next_in = (Bytef *) stream->input + stream->begin;
	gunzip->zlib.avail_in = (uInt) (stream->end - stream->begin);
	status = inflate(&gunzip->zlib, Z_NO_FLUSH);
	stream->begin = stream->end - gunzip->zlib.avail_in;
	return status;
}

static size_t
gunzip_read(SpkDecompressor *stream, char *to, size_t len)
{
	Gunzip	 *gunzip = (Gunzip *) stream;
	z_stream *zlib = &gunzip->zlib;

	zlib->next_out = (Bytef *) to;
	zlib->avail_out = (uInt) len;

	/* inflate may use up input and have nothing to give yet, but 0 bytes mean the end */
	while (zlib->avail_out == len)
	{
		int status;

		if (!(gunzip->in_member ? spk_has_input(stream) : has_member(gunzip)))
		{
			if (gunzip->in_member)
				spk_decompress_failed(stream, "it ends too early");
			break;
		}
		gunzip->in_member = true;
		status = inflate_some(gunzip);

		/* another member may follow; the state is reset and not made anew */
		if (status == Z_STREAM_END)
		{
			gunzip->in_member = false;
			gunzip->has_ended = true;
			status = inflateReset(zlib);
		}
		if (status != Z_OK)
			report_zlib(gunzip, status);
	}
	return len - zlib->avail_out;
}

static size_t
gunzip_start(const char *bytes, size_t len, char *to, size_t max, size_t *used)
{
	z_stream zlib = {0};

	zlib.zalloc = gunzip_alloc;
	zlib.zfree = gunzip_free;
	zlib.opaque = CurrentMemoryContext;
	*used = 0;
	if (inflateInit2(&zlib, GZIP_WINDOW) != Z_OK)
		return 0;
	zlib.next_in = (Bytef *) bytes;
	zlib.avail_in = (uInt) len;
	zlib.next_out = (Bytef *) to;
	zlib.avail_out = (uInt) max;
	(void) inflate(&zlib, Z_SYNC_FLUSH);
	*used = len - zlib.avail_in;
	(void) inflateEnd(&zlib);
	return max - zlib.avail_out;
}

const SpkCompression spk_gzip = {".gz", is_gzip, gunzip_open, gunzip_read, gunzip_start};
