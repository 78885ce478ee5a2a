/*
 * log_reader.c
 *	  Reading the bytes of a profile of any log, and checking them.
 *
 * A profile is its version and flags, the table of names, that of levels, and
 * how many days there are, followed by them (log_day_codec.c).
 */
#include "core/profiles/log_reader.h"
#include "core/base/utf8.h"
#include "core/profiles/log_profile.h"

static const int64_t time_units[] = {1000000, 1000, 1};
static const int64_t amount_units[] = {SPK_AMOUNT_ONE, SPK_AMOUNT_ONE / 100, 1};

bool
spk_is_log_profile(const void *data, size_t len)
{
	return len > 0 && *(const uint8_t *) data == SPK_LOG_PROFILE_VERSION;
}

/*
 * The flags: names were dropped, levels were; two bits each for the units of
 * times and of amounts, and for the kinds of sessions.
 */
static bool
read_flags(SpkLogReader *reader)
{
	unsigned flags = spk_read_u8(&reader->reader);
	unsigned time = flags >> 2 & 3;
	unsigned amount = flags >> 4 & 3;

	if (time > 2 || amount > 2)
		return false;
	reader->names_dropped = (flags & 1) != 0;
	reader->levels_dropped = (flags & 2) != 0;
	reader->units = (SpkDayUnits) {time_units[time], amount_units[amount], (uint8_t) (flags >> 6)};
	return true;
}

/* Reads a table of at most limit texts, which are distinct in bytes that encode wrote. */
static SpkStatus
read_table(SpkLogReader *reader, uint32_t limit, SpkLogText **texts, uint32_t *n_texts)
{
	uint64_t n = spk_read_varint(&reader->reader);

	if (n > limit || n > spk_unread(&reader->reader))
		return SPK_CORRUPT;
	*texts = spk_alloc(reader->host, n, sizeof(SpkLogText));
	if (*texts == NULL)
		return SPK_NO_MEMORY;
	*n_texts = (uint32_t) n;
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	len = spk_read_u8(&reader->reader);
		const char *text = (const char *) spk_read_bytes(&reader->reader, len);

		if (text == NULL || !spk_utf8_valid(text, len))
			return SPK_CORRUPT;
		(*texts)[i] = (SpkLogText) {text, len};
	}
	return SPK_OK;
}

static SpkStatus
read_header(SpkLogReader *reader)
{
	SpkStatus status;
	uint64_t  n;

	reader->why = "The version is not known";
	if (spk_read_u8(&reader->reader) != SPK_LOG_PROFILE_VERSION)
		return SPK_CORRUPT;
	reader->why = "The header is malformed";
	if (!read_flags(reader))
		return SPK_CORRUPT;
	reader->why = "The table of names is malformed";
	status = read_table(reader, SPK_LOG_NAMES, &reader->names, &reader->n_names);
	if (status != SPK_OK)
		return status;
	reader->why = "The table of levels is malformed";
	status = read_table(reader, SPK_LOG_LEVELS, &reader->levels, &reader->n_levels);
	if (status != SPK_OK)
		return status;

	/* what ranks behind all that are kept is unknown, and nothing else: so there must be as many as can be */
	reader->why = "The tables are not full, and yet names were dropped";
	if ((reader->names_dropped && reader->n_names != SPK_LOG_NAMES) ||
		(reader->levels_dropped && reader->n_levels != SPK_LOG_LEVELS))
		return SPK_CORRUPT;
	reader->why = "The number of days is malformed";
	n = spk_read_varint(&reader->reader);
	if (reader->reader.bad || n == 0 || n > spk_unread(&reader->reader))
		return SPK_CORRUPT;
	reader->n_days = reader->days_left = (uint32_t) n;
	reader->why = "A day is malformed";
	return SPK_OK;
}

SpkStatus
spk_log_reader_open(SpkLogReader *reader, const SpkHost *host, const void *data, size_t len)
{
	memset(reader, 0, sizeof(*reader));
	reader->host = host;
	reader->reader = spk_reader(data, len);
	reader->status = read_header(reader);
	if (reader->status != SPK_OK)
		spk_log_reader_close(reader);
	return reader->status;
}

void
spk_log_reader_close(SpkLogReader *reader)
{
	spk_release(reader->host, reader->names);
	spk_release(reader->host, reader->levels);
	reader->names = NULL;
	reader->levels = NULL;
}

/* Are the numbers of a day those of the tables? */
static bool
is_in_tables(const SpkLogReader *reader, const SpkLogDay *day)
{
	/* they ascend, so that the last one is the largest */
	return day->counts[day->n_counts - 1].name <= reader->n_names &&
		(day->n_levels == 0 || day->levels[day->n_levels - 1].level <= reader->n_levels);
}

bool
spk_log_reader_next(SpkLogReader *reader, SpkLogDay *day)
{
	if (reader->status != SPK_OK || reader->days_left == 0)
		return false;
	if (--reader->days_left % SPK_POLL_DAYS == SPK_POLL_DAYS - 1 && spk_cancelled(reader->host))
		reader->status = SPK_CANCELLED;
	else
		reader->status = spk_log_day_read(reader->host, &reader->reader, &reader->units,
										  &reader->cursor, day);
	if (reader->status == SPK_OK && (!spk_log_day_is_sound(day) || !is_in_tables(reader, day)))
		reader->status = SPK_CORRUPT;
	return reader->status == SPK_OK;
}

uint32_t
spk_log_reader_find(const SpkLogReader *reader, const char *text, size_t len, bool *is_known)
{
	*is_known = len <= SPK_LOG_NAME_BYTES;
	for (uint32_t i = 0; i < reader->n_names; i++)
		if (reader->names[i].len == len && memcmp(reader->names[i].text, text, len) == 0)
			return i;
	/* names were dropped that rank behind all that were kept */
	if (*is_known && reader->names_dropped)
	{
		*is_known = false;
		for (uint32_t i = 0; i < reader->n_names && !*is_known; i++)
			*is_known = spk_name_rank(text, len, reader->names[i].text, reader->names[i].len) < 0;
	}
	return reader->n_names;
}

/* Does writing what was read give the same bytes? */
static SpkStatus
compare_with_rewritten(const SpkHost *host, const void *data, size_t len)
{
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(host);
	SpkStatus		   status;

	spk_dictionary_init(&names, host, SPK_OWN_NAMES);
	spk_log_profile_init(&state, &names);
	status = spk_log_profile_add_profile(&state, data, len);
	if (status == SPK_OK)
		status = spk_log_profile_encode(&state, &w);
	if (status == SPK_OK && (w.len != len || memcmp(w.data, data, len) != 0))
		status = SPK_CORRUPT;
	spk_release(host, w.data);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	return status;
}

SpkStatus
spk_log_profile_check(const SpkHost *host, const void *data, size_t len, const char **why)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	SpkStatus	 status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	while (spk_log_reader_next(&reader, &day))
		;
	spk_log_day_release(host, &day);
	status = reader.status;
	spk_log_reader_close(&reader);
	if (status != SPK_OK)
		return status;
	*why = "Bytes are left over";
	if (spk_unread(&reader.reader) > 0)
		return SPK_CORRUPT;
	/* a name beyond the last kept, or one that has no event, shows here, too */
	*why = "It is not in canonical form";
	return compare_with_rewritten(host, data, len);
}
