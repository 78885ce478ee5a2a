/*
 * json_scan.c
 *	  Looks over the structure of text that should be JSON, but may end early, be
 *	  broken or be something else.
 */
#include <stddef.h>
#include <string.h>

#include "json/json_scan.h"

/* Deeper containers count as broken: the scan calls itself, and the text may hold anything. */
#define MAX_DEPTH 64

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_white(SpkScan *scan)
{
	for (; scan->at < scan->end && (is_blank(*scan->at) || *scan->at == '\n'); scan->at++)
		scan->has_newline |= *scan->at == '\n';
}

void
spk_scan_blanks(SpkScan *scan)
{
	while (scan->at < scan->end && is_blank(*scan->at))
		scan->at++;
}

static SpkScanEnd
scan_string(SpkScan *scan)
{
	for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
	{
		if ((unsigned char) *scan->at < 0x20)
			return SPK_SCAN_BROKEN;
		if (*scan->at == '\\')
			scan->at++;
	}
	if (scan->at >= scan->end)
	{
		scan->at = scan->end;
		return SPK_SCAN_SHORT;
	}
	scan->at++;
	return SPK_SCAN_WHOLE;
}

/* Numbers and words.  They end where something else begins. */
static SpkScanEnd
scan_word(SpkScan *scan)
{
	static const char *const nans[] = {"NaN", "Infinity", "-Infinity"};
	static const char *const words[] = {"true", "false", "null"};
	const char				*start = scan->at;
	size_t					 len;

	while (scan->at < scan->end && *scan->at != '\0' &&
		   strchr(",:]}[{\"' \t\r\n", *scan->at) == NULL)
		scan->at++;

	/* the bytes may end within the word */
	if (scan->at == scan->end)
		return SPK_SCAN_SHORT;
	len = scan->at - start;
	for (int i = 0; i < 3; i++)
	{
		if (len == strlen(nans[i]) && memcmp(start, nans[i], len) == 0)
		{
			scan->has_nan = true;
			return SPK_SCAN_WHOLE;
		}
		if (len == strlen(words[i]) && memcmp(start, words[i], len) == 0)
			return SPK_SCAN_WHOLE;
	}

	/* strspn stops at the character that ended the word, which no number has */
	if (len == 0 || strchr("-0123456789", *start) == NULL)
		return SPK_SCAN_BROKEN;
	return strspn(start, "-+.eE0123456789") >= len ? SPK_SCAN_WHOLE : SPK_SCAN_BROKEN;
}

/* Moves behind one member of an object, its value included. */
static SpkScanEnd
scan_member(SpkScan *scan, int depth)
{
	SpkScanEnd result;

	if (*scan->at != '"')
		return SPK_SCAN_BROKEN;
	result = scan_string(scan);
	if (result != SPK_SCAN_WHOLE)
		return result;
	skip_white(scan);
	if (scan->at == scan->end)
		return SPK_SCAN_SHORT;
	if (*scan->at++ != ':')
		return SPK_SCAN_BROKEN;
	return spk_scan_value(scan, depth);
}

static SpkScanEnd
scan_container(SpkScan *scan, int depth)
{
	bool is_object = *scan->at == '{';
	char closing = is_object ? '}' : ']';
	bool is_first = true;

	if (depth == MAX_DEPTH)
		return SPK_SCAN_BROKEN;
	scan->at++;
	for (;;)
	{
		SpkScanEnd result;

		/* a bracket may close the container at once, but not behind a comma */
		skip_white(scan);
		if (scan->at == scan->end)
			return SPK_SCAN_SHORT;
		if (is_first && *scan->at == closing)
			break;
		is_first = false;
		result = is_object ? scan_member(scan, depth + 1) : spk_scan_value(scan, depth + 1);
		if (result != SPK_SCAN_WHOLE)
			return result;
		skip_white(scan);
		if (scan->at == scan->end)
			return SPK_SCAN_SHORT;
		if (*scan->at == closing)
			break;
		if (*scan->at++ != ',')
			return SPK_SCAN_BROKEN;
	}
	scan->at++;
	return SPK_SCAN_WHOLE;
}

SpkScanEnd
spk_scan_value(SpkScan *scan, int depth)
{
	skip_white(scan);
	if (scan->at == scan->end)
		return SPK_SCAN_SHORT;
	switch (*scan->at)
	{
		case '{':
		case '[':
			return scan_container(scan, depth);
		case '"':
			return scan_string(scan);
		default:
			return scan_word(scan);
	}
}

bool
spk_scan_over(SpkScan *scan)
{
	skip_white(scan);
	return scan->at == scan->end;
}
