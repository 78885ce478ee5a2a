/*
 * json_scan.h
 *	  A look over the structure of JSON that may end early, be broken or be none.
 *	  libc only.
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
	bool		has_newline; /* within the value */
	bool		has_nan;
} SpkScan;

/*
 * Moves behind the value that begins at scan->at, white space before it left
 * out; depth is 0 for a value on its own.  NaN and Infinity are let pass, and
 * what is in strings.
 */
extern SpkScanEnd spk_scan_value(SpkScan *scan, int depth);

/* Moves behind white space, without newlines. */
extern void spk_scan_blanks(SpkScan *scan);

/* Is nothing but white space left?  Moves to what there is. */
extern bool spk_scan_over(SpkScan *scan);

#endif /* SPK_JSON_JSON_SCAN_H */
