/*
 * fuzz_log_profile.c
 *	  The decoder of profiles of any log, and what is made of them: days, merged
 *	  profiles.
 *
 * Bytes that nobody checked must not do harm; bytes that the check accepts are
 * those that encoding them again gives, whatever way their days come in.
 */
#include <string.h>

#include "core/profiles/log_profile.h"
#include "core/profiles/log_label.h"
#include "core/profiles/log_reader.h"
#include "core/profiles/slice.h"
#include "fuzz_log_profile.h"

/* Days of a profile that are added in other orders. */
#define MAX_DAYS 64

/* A byte makes no more than so many of host memory, but for what every profile takes. */
#define MEMORY_PER_BYTE 2048
#define MEMORY_AT_LEAST 262144

uint64_t fuzz_log_profiles;

/* ---- Reading ---- */

/* What a profile says, added up. */
typedef struct Totals
{
	uint64_t events;
	uint64_t sessions;
	uint64_t days;
	int32_t	 last_day;
} Totals;

static void
check_day(const SpkLogReader *reader, const SpkLogDay *day)
{
	uint64_t valued = 0;

	fuzz_check(spk_log_day_is_sound(day), "a day that is read is sound");
	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		fuzz_check(day->counts[i].name <= reader->n_names, "a name is in its table");
		fuzz_check(i == 0 || day->counts[i - 1].name < day->counts[i].name, "names ascend");
		valued += day->counts[i].valued;
	}
	for (uint32_t i = 0; i < day->n_levels; i++)
		fuzz_check(day->levels[i].level <= reader->n_levels, "a level is in its table");
	for (uint32_t i = 0; i < day->n_sessions; i++)
		fuzz_check(spk_day_of(day->sessions[i].first) == day->day &&
					   spk_day_of(day->sessions[i].last) == day->day,
				   "a session is of its day");
	fuzz_check(valued <= spk_log_day_events(day), "amounts are of events");
	fuzz_check(spk_log_day_first(day) <= spk_log_day_last(day), "time goes on");
}

/* Each name of the table is found where it stands, and one that cannot be there is not. */
static void
check_names(const SpkLogReader *reader)
{
	bool is_known;

	for (uint32_t i = 0; i < reader->n_names && i < 8; i++)
		fuzz_check(spk_log_reader_find(reader, reader->names[i].text, reader->names[i].len,
									   &is_known) <= i,
				   "a name is found");
	fuzz_check(spk_log_reader_find(reader, "\xff", 1, &is_known) == reader->n_names,
			   "a name that is none is not found");
}

/* Reads all; false when there is something that cannot be. */
static bool
read_all(const uint8_t *data, size_t len, Totals *totals)
{
	FuzzHost	 fuzz = FUZZ_HOST_INIT;
	SpkHost		 host = fuzz_host(&fuzz);
	SpkLogReader reader;
	SpkLogDay	 day;
	SpkStatus	 status = spk_log_reader_open(&reader, &host, data, len);

	memset(totals, 0, sizeof(*totals));
	if (status == SPK_OK)
	{
		check_names(&reader);
		spk_log_day_init(&day);
		while (spk_log_reader_next(&reader, &day))
		{
			check_day(&reader, &day);
			totals->events += spk_log_day_events(&day);
			totals->sessions += day.n_sessions;
			totals->days++;
			totals->last_day = day.day;
		}
		spk_log_day_release(&host, &day);
		spk_log_reader_close(&reader);
		status = reader.status;
	}
	fuzz_check(status == SPK_OK || (status == SPK_CORRUPT && reader.why != NULL),
			   "there is a reason not to read on");
	fuzz_check(fuzz.allocated <= MEMORY_AT_LEAST + MEMORY_PER_BYTE * (uint64_t) len,
			   "memory is bounded");
	fuzz_check(fuzz.unit.live == 0, "reading gives its memory back");
	return status == SPK_OK;
}

static void
check_last_day(const SpkHost *host, const uint8_t *data, size_t len, bool good,
			   const Totals *totals)
{
	int32_t		day = 0;
	const char *why;
	bool		found = spk_log_last_day(host, data, len, &day, &why) == SPK_OK;

	fuzz_check(found == good && (!good || day == totals->last_day), "there is a last day");
}

static void
check_silence(const SpkHost *host, const uint8_t *data, size_t len, bool good, const Totals *totals)
{
	SpkLogText	   ignored = {"visit", 5};
	SpkSilentSpell spell = spk_silent_spell(SPK_NO_DAY, 7, totals->last_day);
	SpkLabel	   found = SPK_LABEL_UNKNOWN;
	const char	  *why;
	SpkStatus	   status = spk_log_silence(host, data, len, &ignored, 1, &spell, &found, &why);

	fuzz_check(status == SPK_OK || !good, "a profile that is read tells of silence");
	fuzz_check(status != SPK_OK || found != SPK_LABEL_YES ||
				   (spell.left >= spell.as_of && spell.left < totals->last_day),
			   "a silence is from the first day on");
}

/* ---- Merging ---- */

/* A state with a dictionary of its own. */
typedef struct Growing
{
	SpkDictionary	   names;
	SpkLogProfileState state;
} Growing;

static void
begin(const SpkHost *host, Growing *g)
{
	spk_dictionary_init(&g->names, host, SPK_OWN_NAMES);
	spk_log_profile_init(&g->state, &g->names);
}

static void
end(Growing *g)
{
	spk_log_profile_release(&g->state);
	spk_dictionary_release(&g->names);
}

static SpkWriter
encoded(const SpkHost *host, Growing *g)
{
	SpkWriter w = spk_writer(host);

	fuzz_check(spk_log_profile_encode(&g->state, &w) == SPK_OK, "a state is encoded");
	end(g);
	return w;
}

static void
check_same_bytes(const SpkHost *host, Growing *g, const uint8_t *data, size_t len)
{
	SpkWriter w = encoded(host, g);

	fuzz_check(w.len == len && memcmp(w.data, data, len) == 0, "a profile has the same bytes");
	spk_release(host, w.data);
}

/* The dictionary's numbers of a table and, behind them, that of all other texts. */
static void
number_texts(Growing *g, const SpkLogText *texts, uint32_t n, uint32_t *numbers)
{
	numbers[n] = SPK_NAME_OTHER;
	for (uint32_t i = 0; i < n; i++)
		fuzz_check(spk_dictionary_add(&g->names, texts[i].text, texts[i].len, &numbers[i]) ==
					   SPK_OK,
				   "there is room for a text");
}

/* One day of a profile's bytes, from 0, into the state. */
static void
add_day(const SpkHost *host, Growing *g, const uint8_t *data, size_t len, uint64_t which)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	uint32_t	 names[SPK_LOG_NAMES + 1];
	uint32_t	 levels[SPK_LOG_LEVELS + 1];

	fuzz_check(spk_log_reader_open(&reader, host, data, len) == SPK_OK, "a profile is opened");
	number_texts(g, reader.names, reader.n_names, names);
	number_texts(g, reader.levels, reader.n_levels, levels);
	spk_log_day_init(&day);
	for (uint64_t i = 0; i <= which; i++)
		fuzz_check(spk_log_reader_next(&reader, &day), "a day is there again");
	for (uint32_t i = 0; i < day.n_counts; i++)
		day.counts[i].name = names[day.counts[i].name];
	for (uint32_t i = 0; i < day.n_levels; i++)
		day.levels[i].level = levels[day.levels[i].level];
	if (day.last_level_ts != SPK_NO_TIME)
		day.last_level = levels[day.last_level];
	fuzz_check(spk_log_profile_add_day(&g->state, &day) == SPK_OK, "a day is added");
	g->state.names_dropped = reader.names_dropped;
	g->state.levels_dropped = reader.levels_dropped;
	spk_log_day_release(host, &day);
	spk_log_reader_close(&reader);
}

/* A profile added to nothing as it is, and from its last day to its first. */
static void
check_ways_in(const SpkHost *host, const uint8_t *data, size_t len, const Totals *totals)
{
	Growing g;

	begin(host, &g);
	fuzz_check(spk_log_profile_add_profile(&g.state, data, len) == SPK_OK, "a profile is added");
	check_same_bytes(host, &g, data, len);
	if (totals->days > MAX_DAYS)
		return;
	begin(host, &g);
	for (uint64_t i = totals->days; i-- > 0;)
		add_day(host, &g, data, len, i);
	check_same_bytes(host, &g, data, len);
}

/* The profile of every other day, and that of the rest, are the whole. */
static void
check_parts(const SpkHost *host, const uint8_t *data, size_t len, const Totals *totals)
{
	Growing whole;

	/* where names or levels were dropped, a part would have to have all that were kept */
	if (totals->days < 2 || totals->days > MAX_DAYS || (data[1] & 3) != 0)
		return;
	begin(host, &whole);
	for (uint64_t odd = 2; odd-- > 0;)
	{
		Growing		part;
		SpkWriter	w;
		const char *why;

		begin(host, &part);
		for (uint64_t i = odd; i < totals->days; i += 2)
			add_day(host, &part, data, len, i);
		w = encoded(host, &part);
		fuzz_check(spk_log_profile_check(host, w.data, w.len, &why) == SPK_OK, "a part is sound");
		fuzz_check(spk_log_profile_add_profile(&whole.state, w.data, w.len) == SPK_OK,
				   "a part is added");
		spk_release(host, w.data);
	}
	check_same_bytes(host, &whole, data, len);
}

/* Twice the same: as many sessions and days as once. */
static void
check_merged(const SpkHost *host, const uint8_t *data, size_t len, const Totals *once)
{
	Growing		g;
	Totals		twice;
	SpkWriter	w;
	const char *why;

	begin(host, &g);
	for (int i = 0; i < 2; i++)
		fuzz_check(spk_log_profile_add_profile(&g.state, data, len) == SPK_OK,
				   "a profile is merged");
	w = encoded(host, &g);
	fuzz_check(spk_log_profile_check(host, w.data, w.len, &why) == SPK_OK,
			   "a merged profile is sound");
	fuzz_check(read_all(w.data, w.len, &twice), "a merged profile is read");
	fuzz_check(once->days == twice.days && once->sessions == twice.sessions,
			   "a profile merged with itself has the same days and sessions");
	fuzz_check(twice.events >= once->events && twice.events <= 2 * once->events,
			   "a profile merged with itself has more events");
	spk_release(host, w.data);
}

/* Adds bytes that nobody checked: what comes out is sound but for what it says was dropped. */
static void
add_unchecked(const SpkHost *host, const uint8_t *data, size_t len)
{
	Growing		g;
	SpkStatus	status;
	SpkWriter	w;
	const char *why = "";

	begin(host, &g);
	status = spk_log_profile_add_profile(&g.state, data, len);
	fuzz_check(status == SPK_OK || status == SPK_CORRUPT, "what fails are the bytes");
	if (status != SPK_OK)
	{
		end(&g);
		return;
	}
	w = encoded(host, &g);
	fuzz_check(spk_log_profile_check(host, w.data, w.len, &why) == SPK_OK ||
				   strstr(why, "dropped") != NULL,
			   "what was added is sound");
	spk_release(host, w.data);
}

/* A host that ends early: after so many allocations or polls. */
static void
check_ends_early(const uint8_t *data, size_t len, long allocs, long polls)
{
	FuzzHost	fuzz = {{allocs, polls, 0}, 0};
	SpkHost		host = fuzz_host(&fuzz);
	const char *why;
	SpkStatus	status = spk_log_profile_check(&host, data, len, &why);

	fuzz_check(status == SPK_OK || status == (allocs >= 0 ? SPK_NO_MEMORY : SPK_CANCELLED),
			   "an end comes as it is");
	fuzz_check(fuzz.unit.live == 0, "an early end gives its memory back");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	Totals		totals;
	const char *why = NULL;
	SpkStatus	status = spk_log_profile_check(&host, data, size, &why);
	bool		good = read_all(data, size, &totals);

	fuzz_check(status == SPK_OK || (status == SPK_CORRUPT && why != NULL),
			   "there is a reason to refuse");
	fuzz_check(good || status == SPK_CORRUPT, "what is accepted can be read");
	check_last_day(&host, data, size, good, &totals);
	check_silence(&host, data, size, good, &totals);
	if (status == SPK_OK)
	{
		fuzz_log_profiles++;
		check_ways_in(&host, data, size, &totals);
		check_parts(&host, data, size, &totals);
		check_merged(&host, data, size, &totals);
		for (long n = 0; n < 6; n++)
		{
			check_ends_early(data, size, n, -1);
			check_ends_early(data, size, -1, n);
		}
	}
	else
		add_unchecked(&host, data, size);
	fuzz_check(fuzz.unit.live == 0, "a profile gives its memory back");
	return 0;
}
