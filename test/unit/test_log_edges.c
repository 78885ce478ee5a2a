/*
 * test_log_edges.c
 *	  Features of any log where one knows them by hand: sessions across midnight,
 *	  what is not known, what cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "unit_log.h"

static void
test_midnight(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	int64_t	 midnight = 5 * SPK_USECS_PER_DAY;
	double	 values[3];
	char	 level[MAX_NAME];
	int		 n = want(0, SPK_LOG_sessions, 0, NULL, NULL);

	(void) unused;
	n = want(n, SPK_LOG_session_hours, 0, NULL, NULL);
	n = want(n, SPK_LOG_sessions_in, 1, NULL, NULL);
	/* 30 minutes less a microsecond of silence across midnight is one session */
	put(0, midnight - 1, "a", SPK_SESSION_DERIVED, 0);
	put(1, midnight - 2 + SPK_SESSION_GAP, "a", SPK_SESSION_DERIVED, 0);
	values_of(&host, 2, n, 10, values, level);
	assert_true(values[0] == 1);
	/* as of the day between, the other half has not come yet */
	values_of(&host, 2, n, 5, values, level);
	assert_true(values[0] == 1 && values[1] == 0 && values[2] == 1);
	/* 30 minutes are two */
	put(1, midnight - 1 + SPK_SESSION_GAP, "a", SPK_SESSION_DERIVED, 0);
	values_of(&host, 2, n, 10, values, level);
	assert_true(values[0] == 2);
	/* one that spans whole days, event by event, is one: 60 days of 20 minutes each */
	for (int i = 0; i < N_EVENTS; i++)
		put(i, midnight + i * (SPK_SESSION_GAP - 1), "a", SPK_SESSION_DERIVED, 0);
	values_of(&host, N_EVENTS, n, 1000, values, level);
	assert_true(values[0] == 1);
	/* one id is one session, whatever is between; another kind of id is another */
	put(0, midnight - 1, "a", SPK_SESSION_INTEGER, 7);
	put(1, midnight + 40 * SPK_USECS_PER_DAY, "a", SPK_SESSION_INTEGER, 7);
	put(2, midnight + 40 * SPK_USECS_PER_DAY, "a", SPK_SESSION_HASHED, 7);
	put(3, midnight + 40 * SPK_USECS_PER_DAY, "a", SPK_SESSION_DERIVED, 0);
	values_of(&host, 4, n, 46, values, level);
	assert_true(values[0] == 3 && values[2] == 3);
	/* the ends of the calendar are far apart */
	put(0, SPK_MIN_TIME, "a", SPK_SESSION_DERIVED, 0);
	put(1, SPK_MAX_TIME, "a", SPK_SESSION_DERIVED, 0);
	values_of(&host, 2, n, SPK_NO_DAY, values, level);
	assert_true(values[0] == 2 && values[2] == 1);
	assert_int_equal(unit.live, 0);
}

/* Nobody's profile, and what comes before the first event: counts are 0, the rest is unknown. */
static void
test_nothing(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	int			  n = want_everything();
	SpkLogRecipe  recipe;
	SpkLogPass	  pass;
	SpkLogText	  level;
	static double values[2][MAX_FEATURES];
	bool		  seen;
	const char	 *why;
	SpkWriter	  w;

	(void) unused;
	for (int i = 0; i < N_EVENTS; i++)
		put(i, i * SPK_USECS_PER_HOUR, "name 0", SPK_SESSION_DERIVED, 0);
	w = profile_of(&host, N_EVENTS);
	make_recipe(&recipe, &host, n);
	assert_int_equal(spk_log_pass_init(&pass, &host, &recipe), SPK_OK);
	assert_int_equal(spk_log_features(&pass, NULL, 0, 0, values[0], &level, &seen, &why), SPK_OK);
	assert_false(seen);
	assert_null(level.text);
	assert_int_equal(spk_log_features(&pass, w.data, w.len, -1000, values[1], &level, &seen, &why),
					 SPK_OK);
	assert_false(seen);
	for (int i = 0; i < n; i++)
	{
		bool is_sum = spk_log_kinds[wanted[i].kind].type == SPK_LOG_TYPE_int8 ||
			strncmp(spk_log_kinds[wanted[i].kind].kind, "sum", 3) == 0 ||
			strncmp(spk_log_kinds[wanted[i].kind].kind, "net", 3) == 0 ||
			strncmp(spk_log_kinds[wanted[i].kind].kind, "refunds", 7) == 0;

		assert_true(is_sum ? values[0][i] == 0 : isnan(values[0][i]));
		assert_true(is_sum ? values[1][i] == 0 : isnan(values[1][i]));
	}
	spk_log_pass_release(&pass);
	spk_log_recipe_release(&recipe);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* The profile of one event of each of so many names, which are levels as well. */
static SpkWriter
profile_of_many(const SpkHost *host, char (*many)[MAX_NAME], int n)
{
	SpkDictionary	   dictionary;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(host);

	spk_dictionary_init(&dictionary, host, SPK_SHARED_NAMES);
	spk_log_profile_init(&state, &dictionary);
	for (int i = 0; i < n; i++)
	{
		SpkLogEvent e = {.ts = 5 * SPK_USECS_PER_DAY, .name = many[i], .level = many[i]};

		snprintf(many[i], MAX_NAME, "name %d", i);
		e.name_len = e.level_len = strlen(many[i]);
		assert_int_equal(spk_log_profile_add(&state, &e), SPK_OK);
	}
	assert_int_equal(spk_log_profile_encode(&state, &w), SPK_OK);
	spk_log_profile_release(&state);
	spk_dictionary_release(&dictionary);
	return w;
}

/* The values of the first n wanted features of a profile, as of day 20. */
static void
values_of_profile(const SpkHost *host, const SpkWriter *w, int n, double *values)
{
	SpkLogRecipe recipe;
	SpkLogPass	 pass;
	SpkLogText	 level;
	bool		 seen;
	const char	*why;

	make_recipe(&recipe, host, n);
	assert_int_equal(spk_log_pass_init(&pass, host, &recipe), SPK_OK);
	assert_int_equal(spk_log_features(&pass, w->data, w->len, 20, values, &level, &seen, &why),
					 SPK_OK);
	spk_log_pass_release(&pass);
	spk_log_recipe_release(&recipe);
}

/* Of names that a profile did not keep nothing is known, but where no event is another's. */
static void
test_dropped(void **unused)
{
	enum
	{
		N = 2 * SPK_LOG_NAMES
	};
	static char many[N][MAX_NAME];
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkWriter	w = profile_of_many(&host, many, N);
	double		values[3];
	int			kept = 0;
	int			lost = 0;

	(void) unused;
	for (int i = 0; i < N; i++)
	{
		int n = want(0, SPK_LOG_count, 0, many[i], NULL);

		n = want(n, SPK_LOG_count_in, 2, many[i], NULL);
		n = want(n, SPK_LOG_level_share, 0, many[i], NULL);
		values_of_profile(&host, &w, n, values);
		/* never 0: that would be wrong of each of them */
		assert_true(values[0] == 1 || isnan(values[0]));
		assert_true(isnan(values[2]) || values[2] == 1.0 / N);
		kept += values[0] == 1;
		lost += isnan(values[2]);
		/* in the last two days nothing was, of whatever name */
		assert_true(values[1] == 0);
	}
	assert_int_equal(kept, SPK_LOG_NAMES);
	assert_int_equal(lost, N - SPK_LOG_LEVELS);
	/* one that ranks before those kept would have been kept */
	want(0, SPK_LOG_count, 0, "plain", NULL);
	values_of_profile(&host, &w, 1, values);
	assert_true(values[0] == 0);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* Names longer than profiles keep are known where no such name was. */
static void
test_long_names(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	char	 name[301];
	double	 values[1];
	char	 level[MAX_NAME];
	int		 n;

	(void) unused;
	memset(name, 'x', 300);
	name[300] = '\0';
	n = want(0, SPK_LOG_count, 0, name, NULL);
	put(0, 5, "a", SPK_SESSION_DERIVED, 0);
	put(1, 5, name, SPK_SESSION_DERIVED, 0);
	values_of(&host, 1, n, 10, values, level);
	assert_true(values[0] == 0);
	values_of(&host, 2, n, 10, values, level);
	assert_true(isnan(values[0]));
	assert_int_equal(unit.live, 0);
}

static void
test_last_level(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	double	 values[2];
	char	 level[MAX_NAME];
	int		 n = want(0, SPK_LOG_level, 0, NULL, NULL);

	(void) unused;
	n = want(n, SPK_LOG_level_share, 0, "gold", NULL);
	for (int i = 0; i < 3; i++)
	{
		static const char *const texts[] = {"free", "gold", "free"};

		put(i, i * SPK_USECS_PER_DAY, "a", SPK_SESSION_DERIVED, 0);
		events[i].level = texts[i];
		events[i].level_len = 4;
	}
	put(3, 3 * SPK_USECS_PER_DAY, "a", SPK_SESSION_DERIVED, 0);
	values_of(&host, 4, n, 2, values, level);
	assert_string_equal(level, "gold");
	assert_true(values[1] == 0.5);
	/* an event without a level changes none */
	values_of(&host, 4, n, SPK_NO_DAY, values, level);
	assert_string_equal(level, "free");
	assert_true(isnan(values[0]) && fabs(values[1] - 1.0 / 3) < 1e-15);
	assert_int_equal(unit.live, 0);
}

/* Windows are of 1 day and more, and there are eight. */
static void
test_recipe(void **unused)
{
	UnitHost	 unit = UNIT_HOST_INIT;
	SpkHost		 host = unit_host(&unit);
	SpkLogRecipe recipe;
	SpkLogWanted f = {.kind = SPK_LOG_events_in};

	(void) unused;
	spk_log_recipe_init(&recipe, &host);
	assert_int_equal(spk_log_recipe_add(&recipe, &f), SPK_INVALID);
	f.days = SPK_LOG_MAX_WINDOW + 1;
	assert_int_equal(spk_log_recipe_add(&recipe, &f), SPK_INVALID);
	for (f.days = SPK_LOG_MAX_WINDOW; f.days > SPK_LOG_MAX_WINDOW - SPK_LOG_WINDOWS; f.days--)
		assert_int_equal(spk_log_recipe_add(&recipe, &f), SPK_OK);
	assert_int_equal(spk_log_recipe_add(&recipe, &f), SPK_LIMIT);
	f.days++;
	assert_int_equal(spk_log_recipe_add(&recipe, &f), SPK_OK);
	assert_int_equal(recipe.n_bounds, 2 * SPK_LOG_WINDOWS);
	spk_log_recipe_release(&recipe);
	for (int kind = 0; kind < SPK_N_LOG_KINDS; kind++)
		assert_int_equal(spk_log_kind_of(spk_log_kinds[kind].kind,
										 strlen(spk_log_kinds[kind].kind)),
						 kind);
	assert_int_equal(spk_log_kind_of("count_i", 7), SPK_N_LOG_KINDS);
	assert_int_equal(unit.live, 0);
}

/* Without memory at any point, or cut short, nothing is lost but the work. */
static void
test_faults(void **unused)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkWriter w;
	int		  n = want_everything();
	bool	  done = false;

	(void) unused;
	for (int i = 0; i < N_EVENTS; i++)
		put(i, i * SPK_USECS_PER_DAY, i % 2 == 0 ? "name 0" : "name 3", SPK_SESSION_INTEGER, i);
	w = profile_of(&host, N_EVENTS);
	for (long allowed = 0; !done; allowed++)
	{
		static double values[MAX_FEATURES];
		UnitHost	  faulty = UNIT_HOST_INIT;
		SpkHost		  other = unit_host(&faulty);
		SpkLogRecipe  recipe;
		SpkLogPass	  pass;
		SpkLogText	  level;
		bool		  seen;
		const char	 *why;
		SpkStatus	  status = SPK_OK;

		faulty.allocs_left = allowed;
		spk_log_recipe_init(&recipe, &other);
		for (int i = 0; i < n && status == SPK_OK; i++)
			status = spk_log_recipe_add(&recipe, &wanted[i]);
		if (status == SPK_OK)
			status = spk_log_pass_init(&pass, &other, &recipe);
		if (status == SPK_OK)
		{
			status = spk_log_features(&pass, w.data, w.len, SPK_NO_DAY, values, &level, &seen,
									  &why);
			spk_log_pass_release(&pass);
		}
		spk_log_recipe_release(&recipe);
		assert_int_equal(faulty.live, 0);
		assert_true(status == SPK_OK || status == SPK_NO_MEMORY);
		done = status == SPK_OK;
	}
	for (size_t len = 0; len < w.len; len++)
	{
		static double values[MAX_FEATURES];
		SpkLogRecipe  recipe;
		SpkLogPass	  pass;
		SpkLogText	  level;
		bool		  seen;
		const char	 *why = NULL;

		make_recipe(&recipe, &host, 5);
		assert_int_equal(spk_log_pass_init(&pass, &host, &recipe), SPK_OK);
		assert_int_equal(spk_log_features(&pass, w.data, len, SPK_NO_DAY, values, &level, &seen,
										  &why),
						 SPK_CORRUPT);
		assert_non_null(why);
		spk_log_pass_release(&pass);
		spk_log_recipe_release(&recipe);
	}
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_midnight),   cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_dropped),	   cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_last_level), cmocka_unit_test(test_recipe),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
