/*
 * event_kind.c
 *	  What a file that should be JSON lines is instead.
 *
 * Read line by line, an array, an archive or a pretty-printed file is a heap of
 * faults in which a line here and there looks like an event.  Whoever skips
 * faults would get those lines and nothing else.  So a file that is of another
 * kind as a whole is recognised by its first bytes.
 */
#include <string.h>

#include "json/event_kind.h"
#include "json/json_scan.h"

typedef struct Magic
{
	SpkFileKind kind;
	size_t		offset;
	size_t		len;
	const char *bytes;
} Magic;

static const Magic magics[] = {
	{SPK_KIND_GZIP, 0, 3, "\x1F\x8B\x08"},
	{SPK_KIND_BZIP2, 0, 3, "BZh"},
	{SPK_KIND_XZ, 0, 6,
	 "\xFD"
	 "7zXZ\0"},
	{SPK_KIND_ZSTD, 0, 4, "\x28\xB5\x2F\xFD"},
	/* a frame that zstd skips, with which pzstd begins */
	{SPK_KIND_ZSTD, 0, 4, "\x50\x2A\x4D\x18"},
	{SPK_KIND_LZ4, 0, 4, "\x04\x22\x4D\x18"},
	{SPK_KIND_ZIP, 0, 4, "PK\3\4"},
	{SPK_KIND_ZIP, 0, 4, "PK\5\6"},
	{SPK_KIND_7ZIP, 0, 6, "7z\xBC\xAF\x27\x1C"},
	{SPK_KIND_TAR, 257, 5, "ustar"},
	{SPK_KIND_PARQUET, 0, 4, "PAR1"},
	{SPK_KIND_AVRO, 0, 4, "Obj\1"},
	{SPK_KIND_ORC, 0, 3, "ORC"},
	/* byte order marks: that of UTF-16 begins that of UTF-32, which is therefore tried first */
	{SPK_KIND_UTF32, 0, 4, "\xFF\xFE\0\0"},
	{SPK_KIND_UTF32, 0, 4, "\0\0\xFE\xFF"},
	{SPK_KIND_UTF16, 0, 2, "\xFF\xFE"},
	{SPK_KIND_UTF16, 0, 2, "\xFE\xFF"},
	/* the first character of a log, without a byte order mark */
	{SPK_KIND_UTF32, 0, 4, "{\0\0\0"},
	{SPK_KIND_UTF32, 0, 4, "\0\0\0{"},
	{SPK_KIND_UTF16, 0, 2, "{\0"},
	{SPK_KIND_UTF16, 0, 2, "[\0"},
	{SPK_KIND_UTF16, 0, 2, "\0{"},
	{SPK_KIND_UTF16, 0, 2, "\0["},
};

/*
 * The bytes that all magics but that of tar need.  Tar's stands further in, and
 * is waited for only when a null byte shows that the file is not text.
 */
#define MAGIC_BYTES 6
#define TAR_BYTES	262

#define JQ_HINT(filter) "One object a line is wanted: jq -c '" filter "' writes them so."
#define GZIP_HINT		"Decompress it, or compress it with gzip, which is read as it is."
#define TWICE_HINT		"Decompress it once; what that leaves is read as it is."
#define ARCHIVE_HINT	"Extract the log from it."
#define EXPORT_HINT		"Export the rows as one JSON object a line."

static const struct
{
	const char *name;
	const char *hint;
} kinds[SPK_N_KINDS] = {
	[SPK_KIND_ARRAY] = {"a JSON array", JQ_HINT(".[]")},
	[SPK_KIND_PRETTY] = {"pretty-printed JSON", JQ_HINT(".")},
	[SPK_KIND_CONCATENATED] = {"JSON objects without newlines between them", JQ_HINT(".")},
	[SPK_KIND_COMMAS] =
		{"JSON objects with a comma behind each line",
		 "One object a line is wanted, and nothing behind it: sed 's/,[[:space:]]*$//' takes the commas off."},
	[SPK_KIND_NAN] =
		{"no JSON, as it has NaN or Infinity",
		 "JSON has null for what is missing; in Python, replace NaN by None before json.dumps()."},
	[SPK_KIND_PYTHON] = {"Python's print of its objects, not JSON",
						 "Write each line with json.dumps() instead of str() or print()."},
	[SPK_KIND_UTF16] = {"UTF-16 text", "UTF-8 is wanted: iconv -f UTF-16 -t UTF-8 converts it."},
	[SPK_KIND_UTF32] = {"UTF-32 text", "UTF-8 is wanted: iconv -f UTF-32 -t UTF-8 converts it."},
	[SPK_KIND_GZIP] = {"compressed twice", TWICE_HINT},
	[SPK_KIND_BZIP2] = {"compressed with bzip2", GZIP_HINT},
	[SPK_KIND_XZ] = {"compressed with xz", GZIP_HINT},
#ifdef SPK_WITH_ZSTD
	[SPK_KIND_ZSTD] = {"compressed twice", TWICE_HINT},
#else
	[SPK_KIND_ZSTD] =
		{"compressed with zstd",
		 "This sparkify was built without libzstd: decompress the file, or compress it with gzip."},
#endif
	[SPK_KIND_LZ4] = {"compressed with lz4", GZIP_HINT},
	[SPK_KIND_ZIP] = {"a zip archive", ARCHIVE_HINT},
	[SPK_KIND_7ZIP] = {"a 7-Zip archive", ARCHIVE_HINT},
	[SPK_KIND_TAR] = {"a tar archive", ARCHIVE_HINT},
	[SPK_KIND_PARQUET] = {"a Parquet file", EXPORT_HINT},
	[SPK_KIND_AVRO] = {"an Avro file", EXPORT_HINT},
	[SPK_KIND_ORC] = {"an ORC file", EXPORT_HINT},
};

const char *
spk_kind_name(SpkFileKind kind)
{
	return kinds[kind].name;
}

const char *
spk_kind_hint(SpkFileKind kind)
{
	return kinds[kind].hint;
}

/*
 * The kind that this line shows.  It is LINES for a line that is JSON, and also
 * for one that is broken in a way that no other kind explains.
 */
static SpkFileKind
kind_of_line(const char *line, const char *end)
{
	SpkScan scan = {line, end, false, false};

	if (*scan.at != '{')
		return SPK_KIND_LINES;
	scan.at++;
	spk_scan_blanks(&scan);
	if (end - scan.at >= 2 && (*scan.at == '\'' || (*scan.at == 'u' && scan.at[1] == '\'')))
		return SPK_KIND_PYTHON;
	scan.at = line;
	if (spk_scan_value(&scan, 0) != SPK_SCAN_WHOLE)
		return SPK_KIND_LINES;
	spk_scan_blanks(&scan);
	if (scan.at == end)
		return scan.has_nan ? SPK_KIND_NAN : SPK_KIND_LINES;
	if (*scan.at++ != ',' || !spk_scan_over(&scan))
		return SPK_KIND_LINES;
	return SPK_KIND_COMMAS;
}

/*
 * The kind that all lines show, or LINES when they differ.  The last line needs
 * no comma behind it, and a line that the bytes cut off does not count.
 */
static SpkFileKind
kind_of_all_lines(SpkScan rest, bool is_all)
{
	SpkFileKind kind = SPK_KIND_UNDECIDED;

	while (!spk_scan_over(&rest))
	{
		const char *newline = memchr(rest.at, '\n', rest.end - rest.at);
		const char *end = newline != NULL ? newline : rest.end;
		SpkFileKind line;

		if (newline == NULL && !is_all)
			break;
		line = kind_of_line(rest.at, end);
		rest.at = end;
		if (kind == SPK_KIND_UNDECIDED)
			kind = line;
		else if (line != kind &&
				 !(kind == SPK_KIND_COMMAS && line == SPK_KIND_LINES && spk_scan_over(&rest)))
			return SPK_KIND_LINES;
	}
	return kind;
}

/* The same, where a line of a log may still follow: until then no other kind is certain. */
static SpkFileKind
kind_of_lines(SpkScan rest, bool is_all)
{
	SpkFileKind kind = kind_of_all_lines(rest, is_all);

	return kind == SPK_KIND_LINES || is_all ? kind : SPK_KIND_UNDECIDED;
}

/*
 * Reads on from the opening bracket.  It opens an array of objects when two of
 * them are well-formed, or all that there are.  If the array is a single line it
 * must also be the whole file, for otherwise that line may be a broken one in a
 * log that is not broken.
 */
static SpkFileKind
kind_of_array(SpkScan scan, bool is_all)
{
	int	 n = 0;
	bool is_closed = false;

	scan.at++;
	while (!is_closed)
	{
		SpkScanEnd result;

		if (spk_scan_over(&scan))
			break;

		/* two objects in a row are no accident in a line of a log, one may be */
		if (*scan.at != '{')
			return n >= 2 ? SPK_KIND_ARRAY : SPK_KIND_LINES;
		result = spk_scan_value(&scan, 1);
		if (result == SPK_SCAN_SHORT || (result == SPK_SCAN_WHOLE && spk_scan_over(&scan)))
			break;
		if (result == SPK_SCAN_BROKEN || (*scan.at != ',' && *scan.at != ']'))
			return n >= 2 ? SPK_KIND_ARRAY : SPK_KIND_LINES;
		is_closed = *scan.at++ == ']';
		n++;

		/* an array over several lines is not one broken line, so its end need not be seen */
		if (scan.has_newline && (n >= 2 || is_closed))
			return SPK_KIND_ARRAY;
	}

	/* more text follows the closed array: it was one line among others */
	if (!spk_scan_over(&scan))
		return SPK_KIND_LINES;
	if (is_all)
		return n > 0 ? SPK_KIND_ARRAY : SPK_KIND_LINES;
	return SPK_KIND_UNDECIDED;
}

/* Reads on behind the first of several objects in one line; the line must be the whole file. */
static SpkFileKind
kind_of_concatenated(SpkScan scan, bool is_all)
{
	while (scan.at < scan.end && *scan.at == '{')
	{
		switch (spk_scan_value(&scan, 0))
		{
			case SPK_SCAN_WHOLE:
				break;
			case SPK_SCAN_SHORT:
				return is_all ? SPK_KIND_LINES : SPK_KIND_UNDECIDED;
			case SPK_SCAN_BROKEN:
				return SPK_KIND_LINES;
		}
		spk_scan_blanks(&scan);
	}
	if (!spk_scan_over(&scan))
		return SPK_KIND_LINES;
	return is_all ? SPK_KIND_CONCATENATED : SPK_KIND_UNDECIDED;
}

/*
 * Reads on behind an object that takes several lines.  If it is a single record
 * of a log that was broken apart, then the next record stands in one line.
 */
static SpkFileKind
kind_of_pretty(SpkScan scan, bool is_all)
{
	SpkScanEnd result;

	if (spk_scan_over(&scan))
		return is_all ? SPK_KIND_PRETTY : SPK_KIND_UNDECIDED;
	scan.has_newline = false;
	result = spk_scan_value(&scan, 0);
	if (result == SPK_SCAN_SHORT && !is_all)
		return SPK_KIND_UNDECIDED;
	return result == SPK_SCAN_WHOLE && !scan.has_newline ? SPK_KIND_LINES : SPK_KIND_PRETTY;
}

/* Reads on from the opening brace. */
static SpkFileKind
kind_of_objects(SpkScan scan, bool is_all)
{
	SpkScan start = scan;

	switch (spk_scan_value(&scan, 0))
	{
		case SPK_SCAN_BROKEN:
			return kind_of_lines(start, is_all);
		case SPK_SCAN_SHORT:
			return is_all ? SPK_KIND_LINES : SPK_KIND_UNDECIDED;
		case SPK_SCAN_WHOLE:
			break;
	}
	if (scan.has_newline)
		return kind_of_pretty(scan, is_all);
	spk_scan_blanks(&scan);
	if (scan.at == scan.end && !is_all)
		return SPK_KIND_UNDECIDED;
	if (scan.at < scan.end && *scan.at == '{')
		return kind_of_concatenated(scan, is_all);
	if (scan.has_nan || (scan.at < scan.end && *scan.at == ','))
		return kind_of_lines(start, is_all);
	return SPK_KIND_LINES;
}

static SpkFileKind
kind_of_text(const char *bytes, size_t len, bool is_all)
{
	SpkScan scan = {bytes, bytes + len, false, false};

	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		scan.at += 3;
	if (spk_scan_over(&scan))
		return is_all ? SPK_KIND_LINES : SPK_KIND_UNDECIDED;
	scan.has_newline = false;
	if (*scan.at == '[')
		return kind_of_array(scan, is_all);
	if (*scan.at == '{')
		return kind_of_objects(scan, is_all);
	return SPK_KIND_LINES;
}

/*
 * The kind of a file that SPK_KIND_BYTES left undecided: what has begun by then
 * and has not ended says enough.
 */
static SpkFileKind
kind_of_endless(const char *bytes, size_t len)
{
	const char *p = bytes;
	SpkFileKind kind;
	SpkScan		scan;

	if (len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	scan = (SpkScan) {p, bytes + len, false, false};
	if (spk_scan_over(&scan))
		return SPK_KIND_LINES;

	/* a broken line of a log does not open an array of this length */
	if (*scan.at == '[')
		return SPK_KIND_ARRAY;

	/* whole lines say more than the value that the bytes cut off */
	kind = kind_of_all_lines(scan, false);
	if (kind != SPK_KIND_LINES && kind != SPK_KIND_UNDECIDED)
		return kind;

	/* newlines within the first value tell pretty-printed text from one very long line */
	scan.has_newline = false;
	switch (spk_scan_value(&scan, 0))
	{
		case SPK_SCAN_BROKEN:
			return SPK_KIND_LINES;
		case SPK_SCAN_SHORT:
			return scan.has_newline ? SPK_KIND_PRETTY : SPK_KIND_LINES;
		case SPK_SCAN_WHOLE:
			break;
	}
	if (scan.has_newline)
		return SPK_KIND_PRETTY;
	spk_scan_blanks(&scan);
	return scan.at < scan.end && *scan.at == '{' ? SPK_KIND_CONCATENATED : SPK_KIND_LINES;
}

static SpkFileKind
kind_of_magic(const char *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
	{
		const Magic *magic = &magics[i];

		if (len < magic->offset + magic->len ||
			memcmp(bytes + magic->offset, magic->bytes, magic->len) != 0)
			continue;
		if (magic->kind != SPK_KIND_BZIP2 ||
			(len > 4 && bytes[3] >= '1' && bytes[3] <= '9' &&
			 (bytes[4] == 0x31 || bytes[4] == 0x17)))
			return magic->kind;
	}
	return SPK_KIND_LINES;
}

SpkFileKind
spk_kind_of(const char *bytes, size_t len, bool is_all)
{
	SpkFileKind kind;

	if (!is_all && (len < MAGIC_BYTES || (len < TAR_BYTES && memchr(bytes, '\0', len) != NULL)))
		return SPK_KIND_UNDECIDED;
	kind = kind_of_magic(bytes, len);
	if (kind == SPK_KIND_LINES)
		kind = kind_of_text(bytes, len, is_all);
	if (kind == SPK_KIND_UNDECIDED && len >= SPK_KIND_BYTES)
		kind = kind_of_endless(bytes, len);
	return kind;
}
