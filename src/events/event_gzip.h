/*
 * event_gzip.h
 *	  The bytes of a gzip stream, decompressed by zlib, which nobody else knows.
 */
#ifndef SPK_EVENTS_EVENT_GZIP_H
#define SPK_EVENTS_EVENT_GZIP_H

#include "postgres.h"

/* Reads up to len bytes of the compressed file and returns their number; 0 at its end. */
typedef size_t (*SpkReadBytes)(void *source, char *to, size_t len);

typedef struct SpkGunzip SpkGunzip;

/* Is a file that begins with these bytes compressed with gzip? */
extern bool spk_is_gzip(const char *bytes, size_t len);

/*
 * Makes a stream that decompresses the len bytes given, at most 64 kB, and then
 * what read(source, ...) returns.  It and zlib's memory live in the current memory
 * context.  path is for messages, and must last as long.
 */
extern SpkGunzip *spk_gunzip_new(SpkReadBytes read, void *source, const char *path,
								 const char *bytes, size_t len);

/*
 * Writes up to len decompressed bytes and returns their number, which is 0 only at
 * the end.  As for gzip itself, members that follow each other are one file, and
 * zeros behind a member are ignored.  What is not gzip, or ends too early, is an
 * error.
 */
extern size_t spk_gunzip_read(SpkGunzip *gunzip, char *to, size_t len);

/*
 * Decompresses what these len bytes of the beginning of a gzip file hold into to, which
 * has room for max bytes; returns how many it got, and sets *used to the bytes that took.
 * Whatever is wrong ends it early: there are no errors but of memory.
 */
extern size_t spk_gunzip_start(const char *bytes, size_t len, char *to, size_t max, size_t *used);

#endif /* SPK_EVENTS_EVENT_GZIP_H */
