/*
 * fuzz_profile.c
 *	  The decoder of profiles, and what is made of them: features, labels,
 *	  merged profiles.
 *
 * Bytes that nobody checked must not do harm; bytes that the check accepts are
 * those that encoding them again gives, whatever way their slices come in.
 */
#include <math.h>
#include <string.h>

#include "core/profiles/day_label.h"
#include "fuzz_profile.h"

#define MAX_SLICES 512

uint64_t fuzz_profiles;

/* ---- Features and labels ---- */

static void
check_values(const double *values)
{
	for (int i = 0; i < SPK_N_PROFILE_FEATURES; i++)
	{
		double limit = spk_profile_feature_types[i] == SPK_TYPE_int4 ? 0x1p31 : 0x1p63;

		if (isnan(values[i]))
			continue;
		fuzz_check(isfinite(values[i]), "a feature is finite");
		fuzz_check(spk_profile_feature_types[i] == SPK_TYPE_float8 || fabs(values[i]) < limit,
				   "a feature fits its type");
	}
	fuzz_check(values[SPK_FEATURE_n_sessions] >= 1, "who was seen has a session");
}

/* The features on a day; false when nothing happened before. */
static bool
features(const uint8_t *data, size_t len, int32_t as_of, double *values, SpkStatus *status)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	bool		seen = false;
	const char *why;

	*status = spk_profile_features(&host, data, len, as_of, values, &seen, &why);
	fuzz_check(fuzz.unit.live == 0, "features give their memory back");
	if (*status != SPK_OK || !seen)
		return false;
	check_values(values);
	return true;
}

static SpkLabel
label(const uint8_t *data, size_t len, int32_t as_of, SpkChurnEvent event)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	SpkLabel	found = SPK_LABEL_NOT_AT_RISK;
	const char *why;
	int64_t until = as_of == SPK_NO_DAY ? SPK_NO_TIME : (as_of + INT64_C(7)) * SPK_USECS_PER_DAY;

	if (spk_profile_label(&host, data, len, as_of, until, event, &found, &why) == SPK_OK)
		fuzz_check(found <= SPK_LABEL_NOT_AT_RISK, "a label is one of three");
	return found;
}

/* Silence is of one of three labels, and where it is, ends on a day that was asked about. */
static void
check_silence(const uint8_t *data, size_t len, int32_t as_of, bool good)
{
	FuzzHost	   fuzz = FUZZ_HOST_INIT;
	SpkHost		   host = fuzz_host(&fuzz);
	int32_t		   until = spk_day_of(SPK_MAX_TIME);
	SpkSilentSpell spell = spk_silent_spell(as_of, 7, until);
	SpkLabel	   found = SPK_LABEL_UNKNOWN;
	const char	  *why;
	SpkStatus	   status = spk_profile_silence(&host, data, len, 1, &spell, &found, &why);

	fuzz_check(fuzz.unit.live == 0, "silence gives its memory back");
	fuzz_check((status == SPK_OK) == good, "silence and last day agree on what is malformed");
	if (status != SPK_OK)
		return;
	fuzz_check(found <= SPK_LABEL_NOT_AT_RISK, "silence is one of three labels");
	fuzz_check(found != SPK_LABEL_YES || (spell.left >= spell.as_of && spell.left < until),
			   "a silence is from as_of on");
}

/* Reads everything on some days: what is accepted by one reader is by all. */
static void
read_on_days(const uint8_t *data, size_t len)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	int32_t		days[] = {spk_day_of(SPK_MIN_TIME), 0, 6850, 0, 0, SPK_NO_DAY};
	double		values[SPK_N_PROFILE_FEATURES];
	const char *why;
	bool		good = spk_profile_last_day(&host, data, len, &days[3], &why) == SPK_OK;

	days[4] = days[3] < spk_day_of(SPK_MAX_TIME) ? days[3] + 1 : days[3];
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
	{
		SpkStatus status;

		if (days[i] < spk_day_of(SPK_MIN_TIME))
			continue; /* there is no last day */
		(void) features(data, len, days[i], values, &status);
		fuzz_check((status == SPK_OK) == good, "features and last day agree on what is malformed");
		(void) label(data, len, days[i], SPK_CHURN_CANCEL);
		(void) label(data, len, days[i], SPK_CHURN_DOWNGRADE);
		check_silence(data, len, days[i], good);
	}
}

/* ---- Merging ---- */

static SpkWriter
encoded(const SpkHost *host, SpkProfileState *state)
{
	SpkWriter w = spk_writer(host);

	fuzz_check(spk_profile_encode(state, &w) == SPK_OK, "a state is encoded");
	spk_release(host, state->closed.data);
	return w;
}

static void
check_same_bytes(const SpkHost *host, SpkProfileState *state, const uint8_t *data, size_t len)
{
	SpkWriter w = encoded(host, state);

	fuzz_check(w.len == len && memcmp(w.data, data, len) == 0, "a profile has the same bytes");
	spk_release(host, w.data);
}

static void
check_times(const SpkSlice *slice)
{
	if (slice->first_ts == SPK_NO_TIME)
		return;
	fuzz_check(spk_day_of(slice->first_ts) == slice->day &&
				   spk_day_of(slice->last_ts) == slice->day,
			   "a slice is of a day");
	fuzz_check(slice->first_ts <= slice->last_ts, "time goes on");
	fuzz_check(slice->first_downgrade == SPK_NO_TIME ||
				   (slice->first_downgrade >= slice->first_ts &&
					slice->first_downgrade <= slice->last_ts),
			   "a downgrade is in its slice");
	fuzz_check(slice->level_ts == SPK_NO_TIME ||
				   (slice->level_ts >= slice->first_ts && slice->level_ts <= slice->last_ts),
			   "a level is of a time in its slice");
}

/* A profile added to nothing as it is, by way of a state, and from its last slice to its first. */
static void
check_ways_in(const SpkHost *host, const uint8_t *data, size_t len)
{
	static SpkSlice	 all[MAX_SLICES];
	SpkProfileState	 state;
	SpkProfileState	 other;
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	uint32_t		 n = 0;
	const char		*why;

	spk_profile_init(&state, host);
	spk_profile_init(&other, host);
	fuzz_check(spk_profile_add_profile(&state, data, len) == SPK_OK, "a profile is added");
	fuzz_check(spk_profile_add_state(&other, &state) == SPK_OK, "a state is added");
	check_same_bytes(host, &state, data, len);
	check_same_bytes(host, &other, data, len);

	fuzz_check(spk_profile_open(host, data, len, &header, &slices, &why) == SPK_OK,
			   "a profile is opened");
	if (slices.left > MAX_SLICES)
		return;
	while (spk_slice_next(&slices, &all[n]))
	{
		fuzz_check(spk_slice_is_sound(&all[n]), "what is read is sound");
		check_times(&all[n++]);
	}
	spk_profile_init(&state, host);
	spk_profile_add_header(&state, &header);
	while (n-- > 0)
		fuzz_check(spk_profile_add_slice(&state, &all[n]) == SPK_OK, "a slice is added");
	check_same_bytes(host, &state, data, len);
}

/* Twice the same: as many sessions and days as once. */
static void
check_merged(const SpkHost *host, const uint8_t *data, size_t len)
{
	double			once[SPK_N_PROFILE_FEATURES];
	double			twice[SPK_N_PROFILE_FEATURES];
	SpkProfileState state;
	SpkStatus		status;
	SpkWriter		w;
	const char	   *why;

	spk_profile_init(&state, host);
	for (int i = 0; i < 2; i++)
		fuzz_check(spk_profile_add_profile(&state, data, len) == SPK_OK, "a profile is merged");
	w = encoded(host, &state);
	fuzz_check(spk_profile_check(host, w.data, w.len, &why) == SPK_OK, "a merged profile is sound");
	fuzz_check(features(data, len, SPK_NO_DAY, once, &status) &&
				   features(w.data, w.len, SPK_NO_DAY, twice, &status),
			   "a profile has features");
	fuzz_check(once[SPK_FEATURE_n_sessions] == twice[SPK_FEATURE_n_sessions] &&
				   once[SPK_FEATURE_days_active] == twice[SPK_FEATURE_days_active],
			   "a profile merged with itself has the same days");
	fuzz_check(label(data, len, SPK_NO_DAY, SPK_CHURN_CANCEL) ==
				   label(w.data, w.len, SPK_NO_DAY, SPK_CHURN_CANCEL),
			   "a profile merged with itself has the same label");
	spk_release(host, w.data);
}

/* Adds bytes that nobody checked: what comes out is sound but for a header that may disagree. */
static void
add_unchecked(const SpkHost *host, const uint8_t *data, size_t len)
{
	SpkProfileState state;
	SpkStatus		status;
	SpkWriter		w;
	const char	   *why = "";

	spk_profile_init(&state, host);
	status = spk_profile_add_profile(&state, data, len);
	fuzz_check(status == SPK_OK || status == SPK_CORRUPT, "what fails are the bytes");
	if (status != SPK_OK)
	{
		spk_release(host, state.closed.data);
		return;
	}
	w = encoded(host, &state);
	fuzz_check(spk_profile_check(host, w.data, w.len, &why) == SPK_OK ||
				   strstr(why, "cancellation") != NULL,
			   "what was added is sound");
	spk_release(host, w.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	const char *why = NULL;
	SpkStatus	status = spk_profile_check(&host, data, size, &why);

	fuzz_check(status == SPK_OK || (status == SPK_CORRUPT && why != NULL),
			   "there is a reason to refuse");
	read_on_days(data, size);
	if (status == SPK_OK)
	{
		fuzz_profiles++;
		check_ways_in(&host, data, size);
		check_merged(&host, data, size);
	}
	else
		add_unchecked(&host, data, size);
	fuzz_check(fuzz.unit.live == 0, "a profile gives its memory back");
	return 0;
}
