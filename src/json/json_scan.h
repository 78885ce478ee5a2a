/*
 * json_scan.h
 *	  Looks over the structure of text that should be JSON, but may end early, be
 *	  broken or be something else.  It needs libc only.
 */
#ifndef SPK_JSON_JSON_SCAN_H
#define SPK_JSON_JSON_SCAN_H

#include <stdbool.h>

typedef enum SpkScanEnd
{
	SPK_SCAN_WHOLE,
	SPK_SCAN_SHORT, /* the bytes end before the value */
	SPK_SCAN_BROKEN
} SpkScanEnd;

typedef struct SpkScan
{
	const char *at;
	const char *end;
	bool		has_newline; /* a newline was passed outside of strings; the caller clears it */
	bool		has_nan;	 /* NaN or an Infinity was passed */
} SpkScan;

/*
 * Moves behind the value that begins at scan->at or behind white space there.
 * depth is the number of containers around it, 0 for a value on its own.  NaN,
 * Infinity and whatever a string holds are let pass.
 */
extern SpkScanEnd spk_scan_value(SpkScan *scan, int depth);

/* Moves behind white space, but not behind a newline. */
extern void spk_scan_blanks(SpkScan *scan);

/* Is nothing but white space left?  Moves behind the white space. */
extern bool spk_scan_over(SpkScan *scan);

#endif /* SPK_JSON_JSON_SCAN_H */
