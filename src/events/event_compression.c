/*
 * event_compression.c
 *	  The bytes of a compressed file.
 */
#include "compat.h"

#include "miscadmin.h"

#include "events/event_compression.h"

static const SpkCompression *const compressions[] = {
	&spk_gzip,
#ifdef SPK_WITH_ZSTD
	&spk_zstd,
#endif
};

const SpkCompression *
spk_compression_of(const char *bytes, size_t len)
{
	for (int i = 0; i < lengthof(compressions); i++)
	{
		if (compressions[i]->is_made_so(bytes, len))
			return compressions[i];
	}
	return NULL;
}

bool
spk_is_compressed_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot == NULL)
		return false;
	for (int i = 0; i < lengthof(compressions); i++)
	{
		if (strcmp(dot, compressions[i]->suffix) == 0)
			return true;
	}
	return false;
}

SpkDecompressor *
spk_decompressor_new(const SpkCompression *compression, SpkReadBytes read, void *source,
					 const char *path, const char *bytes, size_t len)
{
	SpkDecompressor *stream = compression->open();

	Assert(len <= SPK_COMPRESSED_BYTES);
	stream->compression = compression;
	stream->read = read;
	stream->source = source;
	stream->path = path;
	stream->begin = 0;
	stream->end = len;
	memcpy(stream->input, bytes, len);
	return stream;
}

size_t
spk_decompress(SpkDecompressor *stream, char *to, size_t len)
{
	return stream->compression->decompress(stream, to, Min(len, (size_t) INT_MAX));
}

size_t
spk_decompress_start(const char *bytes, size_t len, char *to, size_t max, size_t *used)
{
	const SpkCompression *compression = spk_compression_of(bytes, len);

	*used = 0;
	return compression == NULL ? 0 : compression->decompress_start(bytes, len, to, max, used);
}

bool
spk_has_input(SpkDecompressor *stream)
{
	CHECK_FOR_INTERRUPTS();
	if (stream->begin < stream->end)
		return true;
	stream->begin = 0;
	stream->end = stream->read(stream->source, stream->input, SPK_COMPRESSED_BYTES);
	return stream->end > 0;
}

void
spk_decompress_failed(const SpkDecompressor *stream, const char *reason)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("could not decompress file \"%s\": %s", stream->path, reason)));
}
