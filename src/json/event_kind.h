/*
 * event_kind.h
 *	  What a file that should be JSON lines is instead.  It needs libc only, so
 *	  that it can be tested without a server.
 */
#ifndef SPK_JSON_EVENT_KIND_H
#define SPK_JSON_EVENT_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* With this many bytes, or with the whole file, the kind is decided. */
#define SPK_KIND_BYTES (64 * 1024)

typedef enum SpkFileKind
{
	SPK_KIND_LINES,		/* JSON lines, valid or not */
	SPK_KIND_UNDECIDED, /* more bytes are needed */

	/* JSON that is not one object a line, or lines that are not JSON */
	SPK_KIND_ARRAY,
	SPK_KIND_PRETTY,	   /* objects over several lines */
	SPK_KIND_CONCATENATED, /* objects without newlines */
	SPK_KIND_COMMAS,	   /* a comma behind each line */
	SPK_KIND_NAN,		   /* NaN or Infinity in each line */
	SPK_KIND_PYTHON,	   /* Python's way to print a dict */

	/* text, but not UTF-8 */
	SPK_KIND_UTF16,
	SPK_KIND_UTF32,

	/* not text */
	/* what the reader takes off first is found within it; zstd also where there is no libzstd */
	SPK_KIND_GZIP,
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
 * The kind of a file that begins with these len bytes; is_all says that it has
 * no more.  SPK_KIND_UNDECIDED is returned only when the file has more bytes and
 * fewer than SPK_KIND_BYTES of them are given.
 *
 * A log whose first lines are broken is still SPK_KIND_LINES: another kind is
 * what the file is as a whole, as far as the bytes show it.
 */
extern SpkFileKind spk_kind_of(const char *bytes, size_t len, bool is_all);

/*
 * What such a file is, to stand behind "is" in a message ("a JSON array"), and
 * what to do about it, as one sentence.  Both are static, and NULL for
 * SPK_KIND_LINES and SPK_KIND_UNDECIDED.
 */
extern const char *spk_kind_name(SpkFileKind kind);
extern const char *spk_kind_hint(SpkFileKind kind);

#endif /* SPK_JSON_EVENT_KIND_H */
