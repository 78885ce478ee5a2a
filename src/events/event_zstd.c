/*
 * event_zstd.c
 *	  The bytes of a Zstandard stream, decompressed by libzstd where it is there.
 */
#include "compat.h"

#ifdef SPK_WITH_ZSTD

#include <zstd.h>
#include <zstd_errors.h>

#include "utils/memutils.h"

#include "events/event_compression.h"

/*
 * The largest window of a frame, which the library allocates when the frame begins: 128 MB,
 * as much as zstd itself takes unasked.  A file that wants more is an error.
 */
#define WINDOW_LOG 27

typedef struct Unzstd
{
	SpkDecompressor		  stream; /* must be first */
	ZSTD_DCtx			 *context;
	MemoryContextCallback on_reset;
	bool				  in_frame; /* a frame has begun and not ended */
} Unzstd;

/* Frames of data, and those that zstd skips, with which pzstd's files begin. */
static bool
is_zstd(const char *bytes, size_t len)
{
	return len >= 4 &&
		(memcmp(bytes, "\x28\xB5\x2F\xFD", 4) == 0 ||
		 (((unsigned char) bytes[0] & 0xF0) == 0x50 && memcmp(bytes + 1, "\x2A\x4D\x18", 3) == 0));
}

/* A context of the library's own memory, or NULL. */
static ZSTD_DCtx *
new_context(void)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();

	if (context != NULL)
		(void) ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG);
	return context;
}

static void
report_no_memory(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory"),
			 errdetail("libzstd could not allocate what it needs to decompress.")));
}

static void
free_context(void *arg)
{
	ZSTD_freeDCtx(((Unzstd *) arg)->context);
}

static SpkDecompressor *
unzstd_open(void)
{
	Unzstd *unzstd = palloc0(sizeof(Unzstd));

	/* the library allocates by malloc; the memory context, when it ends, has it freed */
	unzstd->on_reset.func = free_context;
	unzstd->on_reset.arg = unzstd;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &unzstd->on_reset);
	unzstd->context = new_context();
	if (unzstd->context == NULL)
		report_no_memory();
	return &unzstd->stream;
}

static void
report_zstd(const Unzstd *unzstd, size_t status)
{
	ZSTD_ErrorCode code = ZSTD_getErrorCode(status);

	if (code == ZSTD_error_memory_allocation)
		report_no_memory();
	if (code == ZSTD_error_frameParameter_windowTooLarge)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("could not decompress file \"%s\": it needs a window of more than %d MB",
						unzstd->stream.path, 1 << (WINDOW_LOG - 20)),
				 errhint("Compress it without --long, or with --long=%d.", WINDOW_LOG)));
	spk_decompress_failed(&unzstd->stream, ZSTD_getErrorName(status));
}

static size_t
unzstd_read(SpkDecompressor *stream, char *to, size_t len)
{
	Unzstd		  *unzstd = (Unzstd *) stream;
	ZSTD_outBuffer out = {to, len, 0};

	/* a call may use up input and have nothing to give yet, but 0 bytes mean the end */
	while (out.pos == 0)
	{
		ZSTD_inBuffer in;
		size_t		  status;

		/* what a full buffer held back needs no more input, though its frame has not ended */
		if (!spk_has_input(stream) && !unzstd->in_frame)
			break;
		in = (ZSTD_inBuffer) {stream->input, stream->end, stream->begin};
		status = ZSTD_decompressStream(unzstd->context, &out, &in);
		if (ZSTD_isError(status))
			report_zstd(unzstd, status);
		unzstd->in_frame = (status != 0);
		stream->begin = in.pos;
		if (unzstd->in_frame && stream->end == 0 && out.pos == 0)
			spk_decompress_failed(stream, "it ends too early");
	}
	return out.pos;
}

static size_t
unzstd_start(const char *bytes, size_t len, char *to, size_t max, size_t *used)
{
	ZSTD_DCtx	  *context = new_context();
	ZSTD_inBuffer  in = {bytes, len, 0};
	ZSTD_outBuffer out = {to, max, 0};

	/* frames one after the other, until one is wrong, or there is no more to give or to take */
	while (context != NULL && in.pos < len && out.pos < max)
	{
		if (ZSTD_isError(ZSTD_decompressStream(context, &out, &in)))
			break;
	}
	ZSTD_freeDCtx(context);
	*used = in.pos;
	return out.pos;
}

const SpkCompression spk_zstd = {".zst", is_zstd, unzstd_open, unzstd_read, unzstd_start};

#endif /* SPK_WITH_ZSTD */
