/*
 * event_kind.h
 *	  What a file that should be JSON lines is instead.  libc only, so that it
 *	  can be tested without a server.
 */
#ifndef SPK_JSON_EVENT_KIND_H
#define SPK_JSON_EVENT_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* From so many bytes on, or from all there are, the kind is decided. */
#define SPK_KIND_BYTES (64 * 1024)

typedef enum SpkFileKind
{
	SPK_KIND_LINES,		/* JSON lines, valid or not */
	SPK_KIND_UNDECIDED, /* more bytes are needed */

	/* JSON, but no lines of it; or lines, but no JSON */
	SPK_KIND_ARRAY,
	SPK_KIND_PRETTY,	   /* objects over several lines */
	SPK_KIND_CONCATENATED, /* objects without newlines */
	SPK_KIND_COMMAS,	   /* a comma behind each line */
	SPK_KIND_NAN,		   /* NaN or Infinity in each line */
	SPK_KIND_PYTHON,	   /* Python's way to print a dict */

	/* no UTF-8 */
	SPK_KIND_UTF16,
	SPK_KIND_UTF32,

	/* no text */
	SPK_KIND_GZIP, /* within gzip, which is taken off before */
	SPK_KIND_BZIP2,
	SPK_KIND_XZ,
	SPK_KIND_ZSTD,
	SPK_KIND_LZ4,
	SPK_KIND_ZIP,
	SPK_KIND_7ZIP,
	SPK_KIND_TAR,
	SPK_KIND_PARQUET,
	SPK_KIND_AVRO,
	SPK_KIND_ORC,
	SPK_N_KINDS
} SpkFileKind;

/*
 * The kind of a file that begins with these bytes; is_all: there are no more.
 * UNDECIDED only when there are more and SPK_KIND_BYTES are not reached.
 *
 * A log that is broken in its first lines is one of LINES: another kind is what
 * the file is as a whole, as far as the bytes show it.
 */
extern SpkFileKind spk_kind_of(const char *bytes, size_t len, bool is_all);

/* "a JSON array", and what to do about it: one sentence. */
extern const char *spk_kind_name(SpkFileKind kind);
extern const char *spk_kind_hint(SpkFileKind kind);

#endif /* SPK_JSON_EVENT_KIND_H */
