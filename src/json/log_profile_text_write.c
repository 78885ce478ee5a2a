/*
 * log_profile_text_write.c
 *	  Writes the JSON text of a profile of any log.
 */
#include "core/base/calendar.h"
#include "core/profiles/log_reader.h"
#include "json/log_profile_text.h"
#include "json/text_put.h"

/* Sessions, of which a day may have any number, between two polls of the host. */
#define POLL_SESSIONS 1024

/* Millionths as a decimal number, without zeros at its end. */
static void
put_amount(SpkWriter *w, const char *key, int64_t amount)
{
	char	digits[7] = {'.'};
	int64_t rest = amount % SPK_AMOUNT_ONE;
	size_t	len = sizeof(digits);

	if (amount == 0)
		return;
	spk_put_key(w, key);
	spk_put_number(w, amount / SPK_AMOUNT_ONE);
	if (rest == 0)
		return;
	for (int i = 6; i > 0; i--, rest /= 10)
		digits[i] = (char) ('0' + rest % 10);
	while (digits[len - 1] == '0')
		len--;
	spk_write_bytes(w, digits, len);
}

/* What stands behind a name: how many events, and what is known of their amounts. */
static void
put_events(SpkWriter *w, const SpkDayCount *count)
{
	if (count->valued == 0)
	{
		spk_put_number(w, count->events);
		return;
	}
	spk_put(w, "{\"events\": ");
	spk_put_number(w, count->events);
	spk_put_count(w, "amounts", count->valued);
	put_amount(w, "sum", count->gained);
	put_amount(w, "refunds", count->refunded);
	spk_put(w, "}");
}

static void
put_name(SpkWriter *w, const SpkLogText *name, const char **separator)
{
	spk_put(w, *separator);
	spk_put_string(w, name->text, name->len);
	spk_put(w, ": ");
	*separator = ", ";
}

/* The counts, of which that of all other names has the last number, if it is there. */
static void
put_counts(SpkWriter *w, const SpkLogReader *reader, const SpkLogDay *day)
{
	const char *separator = "";
	uint32_t	i = 0;

	spk_put(w, ", \"events\": {");
	for (; i < day->n_counts && day->counts[i].name < reader->n_names; i++)
	{
		put_name(w, &reader->names[day->counts[i].name], &separator);
		put_events(w, &day->counts[i]);
	}
	spk_put(w, "}");
	if (i < day->n_counts)
	{
		spk_put_key(w, "other_events");
		put_events(w, &day->counts[i]);
	}
}

/* The levels, likewise, and the last of them. */
static void
put_levels(SpkWriter *w, const SpkLogReader *reader, const SpkLogDay *day)
{
	const char *separator = "";
	uint32_t	i = 0;

	if (day->n_levels == 0)
		return;
	spk_put(w, ", \"levels\": {");
	for (; i < day->n_levels && day->levels[i].level < reader->n_levels; i++)
	{
		put_name(w, &reader->levels[day->levels[i].level], &separator);
		spk_put_number(w, day->levels[i].events);
	}
	spk_put(w, "}");
	if (i < day->n_levels)
		spk_put_count(w, "other_levels", day->levels[i].events);
	if (day->last_level < reader->n_levels)
	{
		const SpkLogText *last = &reader->levels[day->last_level];

		spk_put_key(w, "last_level");
		spk_put_string(w, last->text, last->len);
	}
	spk_put_time(w, "last_level_at", day->last_level_ts);
}

static void
put_hash(SpkWriter *w, uint64_t hash)
{
	char digits[SPK_HASH_DIGITS];

	for (int i = SPK_HASH_DIGITS; i-- > 0; hash >>= 4)
		digits[i] = "0123456789abcdef"[hash & 15];
	spk_put(w, "{\"hash\": \"");
	spk_write_bytes(w, digits, sizeof(digits));
	spk_put(w, "\", \"first\": \"");
}

static void
put_session(SpkWriter *w, const SpkDaySession *session)
{
	char time[SPK_TIME_TEXT];

	switch (session->kind)
	{
		case SPK_SESSION_DERIVED:
			spk_put(w, "{\"first\": \"");
			break;
		case SPK_SESSION_INTEGER:
			spk_put(w, "{\"id\": ");
			spk_put_number(w, session->id);
			spk_put(w, ", \"first\": \"");
			break;
		case SPK_SESSION_HASHED:
			put_hash(w, (uint64_t) session->id);
			break;
	}
	spk_write_bytes(w, time, spk_time_text(session->first, time));
	spk_put(w, "\"");
	spk_put_time(w, "last", session->last);
	spk_put(w, "}");
}

static void
put_day(SpkWriter *w, const SpkLogReader *reader, const SpkLogDay *day)
{
	char		text[SPK_TIME_TEXT];
	const char *separator = "";

	spk_put(w, "{\"day\": \"");
	spk_write_bytes(w, text, spk_day_text(day->day, text));
	spk_put(w, "\"");
	put_counts(w, reader, day);
	spk_put_count(w, "hours", (int64_t) day->hours);
	put_levels(w, reader, day);
	spk_put(w, ", \"sessions\": [");
	for (uint32_t i = 0; i < day->n_sessions; i++)
	{
		if (i % POLL_SESSIONS == POLL_SESSIONS - 1 && !spk_writer_poll(w))
			return;
		spk_put(w, separator);
		put_session(w, &day->sessions[i]);
		separator = ", ";
	}
	spk_put(w, "]}");
}

SpkStatus
spk_log_profile_write_text(const SpkHost *host, const void *data, size_t len, SpkWriter *w,
						   const char **why)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	const char	*separator = "";
	SpkStatus	 status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	spk_put(w, "{\"version\": ");
	spk_put_number(w, SPK_LOG_PROFILE_VERSION);
	if (reader.names_dropped)
		spk_put(w, ", \"more_names\": true");
	if (reader.levels_dropped)
		spk_put(w, ", \"more_levels\": true");
	spk_put(w, ", \"days\": [");

	/* a writer that failed takes no more, and need not be fed all days */
	while (w->status == SPK_OK && spk_log_reader_next(&reader, &day))
	{
		spk_put(w, separator);
		put_day(w, &reader, &day);
		separator = ", ";
	}
	spk_put(w, "]}");
	spk_log_day_release(host, &day);
	spk_log_reader_close(&reader);
	return reader.status != SPK_OK ? reader.status : w->status;
}
