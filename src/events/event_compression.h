/*
 * event_compression.h
 *	  The bytes of a compressed file, and which libraries decompress them, which nobody
 *	  else knows.
 */
#ifndef SPK_EVENTS_EVENT_COMPRESSION_H
#define SPK_EVENTS_EVENT_COMPRESSION_H

#include "postgres.h"

/* So many bytes of a file's beginning tell whether it is compressed. */
#define SPK_COMPRESSION_BYTES 4

/* What is read of a compressed file at once. */
#define SPK_COMPRESSED_BYTES (64 * 1024)

/* Reads up to len bytes of the compressed file and returns their number; 0 at its end. */
typedef size_t (*SpkReadBytes)(void *source, char *to, size_t len);

/* A stream that decompresses; what a library keeps lies behind it. */
typedef struct SpkDecompressor
{
	const struct SpkCompression *compression;
	SpkReadBytes				 read;
	void						*source;
	const char					*path; /* for messages */

	/* the bytes of the file that are not decompressed yet: input[begin, end) */
	size_t begin;
	size_t end;
	char   input[SPK_COMPRESSED_BYTES];
} SpkDecompressor;

/* A way to compress.  What one of these functions gets is what its open made. */
typedef struct SpkCompression
{
	const char *suffix; /* of the names of its files */

	/* Is a file that begins with these bytes compressed so? */
	bool (*is_made_so)(const char *bytes, size_t len);

	/* A stream that has no source yet, in the current memory context. */
	SpkDecompressor *(*open)(void);
	size_t (*decompress)(SpkDecompressor *stream, char *to, size_t len);
	size_t (*decompress_start)(const char *bytes, size_t len, char *to, size_t max, size_t *used);
} SpkCompression;

extern const SpkCompression spk_gzip;
#ifdef SPK_WITH_ZSTD
extern const SpkCompression spk_zstd;
#endif

/* How a file that begins with these bytes is compressed; NULL if it is not. */
extern const SpkCompression *spk_compression_of(const char *bytes, size_t len);

/* Is it the name of a compressed file? */
extern bool spk_is_compressed_name(const char *path);

/*
 * Makes a stream that decompresses the len bytes given, at most SPK_COMPRESSED_BYTES,
 * and then what read(source, ...) returns.  It and the library's memory end with the
 * current memory context.  path must last as long.
 */
extern SpkDecompressor *spk_decompressor_new(const SpkCompression *compression, SpkReadBytes read,
											 void *source, const char *path, const char *bytes,
											 size_t len);

/*
 * Writes up to len decompressed bytes and returns their number, which is 0 only at
 * the end.  Members or frames that follow each other are one file, and zeros behind a
 * member of gzip are ignored, as the programs of the same names do.  What is not
 * compressed so, or ends too early, is an error.  Looks for interrupts.
 */
extern size_t spk_decompress(SpkDecompressor *stream, char *to, size_t len);

/*
 * Decompresses what these len bytes of the beginning of a file hold into to, which has
 * room for max bytes; returns how many it got, and sets *used to the bytes that took.
 * Whatever is wrong, or not compressed at all, ends it early: there are no errors.
 */
extern size_t spk_decompress_start(const char *bytes, size_t len, char *to, size_t max,
								   size_t *used);

/* For the ways to compress: reads input when there is none left; false at the file's end. */
extern bool spk_has_input(SpkDecompressor *stream);

/* For the ways to compress: reports as an error that the file is damaged, for this reason. */
extern void spk_decompress_failed(const SpkDecompressor *stream, const char *reason);

#endif /* SPK_EVENTS_EVENT_COMPRESSION_H */
