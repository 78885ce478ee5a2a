/*
 * event_gzip.h
 *	  The bytes of a gzip stream.  zlib lives behind this header.
 */
#ifndef SPK_EVENTS_EVENT_GZIP_H
#define SPK_EVENTS_EVENT_GZIP_H

#include "postgres.h"

/* Reads up to len bytes of the compressed file; 0 at its end. */
typedef size_t (*SpkReadBytes)(void *source, char *to, size_t len);

typedef struct SpkGunzip SpkGunzip;

/* Whether a file that begins with these bytes is compressed. */
extern bool spk_is_gzip(const char *bytes, size_t len);

/*
 * Decompresses what read gives, behind the len bytes that were read already.
 * Lives in the current memory context, zlib's memory too.  path is for
 * messages and must last as long.
 */
extern SpkGunzip *spk_gunzip_create(SpkReadBytes read, void *source, const char *path,
									const char *bytes, size_t len);

/*
 * Writes up to len decompressed bytes, at least one; returns 0 at the end.
 * Several members one behind the other are one file, as for gzip itself, and
 * zeros behind a member are nothing.  What is no gzip or ends too early is an error.
 */
extern size_t spk_gunzip_read(SpkGunzip *gunzip, char *to, size_t len);

#endif /* SPK_EVENTS_EVENT_GZIP_H */
