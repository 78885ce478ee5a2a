/*
 * event_gzip.c
 *	  The bytes of a gzip stream, decompressed by zlib.
 */
#include "compat.h"

#include <zlib.h>

#include "utils/memutils.h"

#include "events/event_gzip.h"

#define INPUT_BYTES (64 * 1024)

/* To zlib: the largest window, and gzip's header instead of its own. */
#define GZIP_WINDOW (15 + 16)

struct SpkGunzip
{
	SpkReadBytes read;
	void		*source;
	const char	*path;
	z_stream	 stream;
	bool		 in_member; /* a member has begun and not ended */
	bool		 has_ended; /* some member has ended */
	Bytef		 input[INPUT_BYTES];
};

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

bool
spk_is_gzip(const char *bytes, size_t len)
{
	return len >= 2 && memcmp(bytes, "\x1F\x8B", 2) == 0;
}

static void
report_zlib(const SpkGunzip *gunzip, int status)
{
	if (status == Z_MEM_ERROR)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("could not decompress file \"%s\": %s", gunzip->path,
					gunzip->stream.msg != NULL ? gunzip->stream.msg : zError(status))));
}

SpkGunzip *
spk_gunzip_new(SpkReadBytes read, void *source, const char *path, const char *bytes, size_t len)
{
	SpkGunzip *gunzip = palloc0(sizeof(SpkGunzip));
	int		   status;

	Assert(len <= INPUT_BYTES);
	gunzip->read = read;
	gunzip->source = source;
	gunzip->path = path;
	gunzip->stream.zalloc = gunzip_alloc;
	gunzip->stream.zfree = gunzip_free;
	gunzip->stream.opaque = CurrentMemoryContext;
	status = inflateInit2(&gunzip->stream, GZIP_WINDOW);
	if (status != Z_OK)
		report_zlib(gunzip, status);

	memcpy(gunzip->input, bytes, len);
	gunzip->stream.next_in = gunzip->input;
	gunzip->stream.avail_in = (uInt) len;
	return gunzip;
}

/* Reads input when there is none left; false at the end of the file. */
static bool
has_input(SpkGunzip *gunzip)
{
	if (gunzip->stream.avail_in > 0)
		return true;
	gunzip->stream.next_in = gunzip->input;
	gunzip->stream.avail_in = (uInt) gunzip->read(gunzip->source, (char *) gunzip->input,
												  INPUT_BYTES);
	return gunzip->stream.avail_in > 0;
}

/*
 * Moves to the next member; false at the end of the file.  Behind a member tapes
 * and block devices fill up with zeros, which gzip skips, too.
 */
static bool
has_member(SpkGunzip *gunzip)
{
	while (has_input(gunzip))
	{
		if (!gunzip->has_ended || *gunzip->stream.next_in != 0)
			return true;
		gunzip->stream.next_in++;
		gunzip->stream.avail_in--;
	}
	return false;
}

size_t
spk_gunzip_read(SpkGunzip *gunzip, char *to, size_t len)
{
	z_stream *stream = &gunzip->stream;
	uInt	  room = (uInt) Min(len, (size_t) INT_MAX);

	stream->next_out = (Bytef *) to;
	stream->avail_out = room;

	/* inflate may use up input and have nothing to give yet, but 0 bytes mean the end */
	while (stream->avail_out == room)
	{
		int status;

		if (!(gunzip->in_member ? has_input(gunzip) : has_member(gunzip)))
		{
			if (gunzip->in_member)
				ereport(ERROR,
						(errcode(ERRCODE_DATA_CORRUPTED),
						 errmsg("could not decompress file \"%s\": it ends too early",
								gunzip->path)));
			break;
		}
		gunzip->in_member = true;
		status = inflate(stream, Z_NO_FLUSH);

		/* another member may follow; the state is reset and not made anew */
		if (status == Z_STREAM_END)
		{
			gunzip->in_member = false;
			gunzip->has_ended = true;
			status = inflateReset(stream);
		}
		if (status != Z_OK)
			report_zlib(gunzip, status);
	}
	return room - stream->avail_out;
}

size_t
spk_gunzip_start(const char *bytes, size_t len, char *to, size_t max, size_t *used)
{
	z_stream stream = {0};

	stream.zalloc = gunzip_alloc;
	stream.zfree = gunzip_free;
	stream.opaque = CurrentMemoryContext;
	*used = 0;
	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return 0;
	stream.next_in = (Bytef *) bytes;
	stream.avail_in = (uInt) len;
	stream.next_out = (Bytef *) to;
	stream.avail_out = (uInt) max;
	(void) inflate(&stream, Z_SYNC_FLUSH);
	*used = len - stream.avail_in;
	(void) inflateEnd(&stream);
	return max - stream.avail_out;
}
