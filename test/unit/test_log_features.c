/*
 * test_log_features.c
 *	  Features of any log against what their formulas say of the events, one
 *	  after the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/rng.h"
#include "unit_log.h"

/* What the events of a test are like. */
typedef struct Shape
{
	uint32_t n_names;
	uint32_t n_levels; /* 0: events have none */
	uint32_t n_days;
	uint32_t n_sessions; /* ids; 0: derived ones */
	uint32_t amounts;	 /* one event of so many has one; 0: none */
} Shape;

static const Shape shapes[] = {
	{6, 0, 60, 0, 0}, {13, 3, 90, 25, 2}, {40, 2, 1, 0, 3}, {1, 60, 400, 90, 1}, {5, 1, 12, 4, 0},
};

#define N_SHAPES (int) (sizeof(shapes) / sizeof(shapes[0]))

static char names[N_EVENTS][MAX_NAME];
static char levels[N_EVENTS][MAX_NAME];

static void
make_event(SpkRng *rng, const Shape *shape, int i)
{
	SpkLogEvent *e = &events[i];

	memset(e, 0, sizeof(*e));
	snprintf(names[i], MAX_NAME, "name %u", spk_rng_below(rng, shape->n_names));
	e->name = names[i];
	e->name_len = strlen(names[i]);
	/* near midnight and half an hour of silence more often than not */
	e->ts = ((int64_t) spk_rng_below(rng, shape->n_days) - 10) * SPK_USECS_PER_DAY +
		(spk_rng_below(rng, 3) == 0 ? 0 : (int64_t) spk_rng_below(rng, 48) * SPK_SESSION_GAP) -
		(int64_t) spk_rng_below(rng, 3);
	if (shape->n_levels > 0 && spk_rng_below(rng, 5) > 0)
	{
		snprintf(levels[i], MAX_NAME, "level %u", spk_rng_below(rng, shape->n_levels));
		e->level = levels[i];
		e->level_len = strlen(levels[i]);
	}
	if (shape->n_sessions > 0 && spk_rng_below(rng, 10) > 0)
	{
		e->session_kind = spk_rng_below(rng, 4) == 0 ? SPK_SESSION_HASHED : SPK_SESSION_INTEGER;
		e->session = spk_rng_below(rng, shape->n_sessions);
	}
	if (shape->amounts > 0 && spk_rng_below(rng, shape->amounts) == 0)
	{
		e->has_amount = true;
		e->amount = (int64_t) spk_rng_below(rng, 2000000) * 10000 - INT64_C(5000000000);
	}
}

static int
compare_ts(const void *a, const void *b)
{
	int64_t x = ((const SpkLogEvent *) a)->ts;
	int64_t y = ((const SpkLogEvent *) b)->ts;

	return (x > y) - (x < y);
}

/* By time: what follows relies on it. */
static void
make_events(const Shape *shape, uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 1);

	for (int i = 0; i < N_EVENTS; i++)
		make_event(&rng, shape, i);
	qsort(events, N_EVENTS, sizeof(SpkLogEvent), compare_ts);
}

/* ---- The same by another road ---- */

/* Events of some name, or of any (NULL), in some days before as_of: first <= day < end. */
typedef struct Stretch
{
	const char *name;
	int32_t		first;
	int32_t		end;
} Stretch;

static bool
is_in(const SpkLogEvent *e, const Stretch *s)
{
	int32_t day = spk_day_of(e->ts);

	return day >= s->first && day < s->end &&
		(s->name == NULL || (strlen(s->name) == e->name_len && strcmp(e->name, s->name) == 0));
}

static double
count(const Stretch *s)
{
	double n = 0;

	for (int i = 0; i < N_EVENTS; i++)
		n += is_in(&events[i], s);
	return n;
}

static double
count_days(const Stretch *s)
{
	double	n = 0;
	int32_t last = INT32_MIN;

	for (int i = 0; i < N_EVENTS; i++)
		if (is_in(&events[i], s) && spk_day_of(events[i].ts) != last)
		{
			n++;
			last = spk_day_of(events[i].ts);
		}
	return n;
}

/* Sum of positive amounts (sign 1), of negative ones (-1), or how many there are (0). */
static double
sum(const Stretch *s, int sign)
{
	int64_t amount = 0;
	int64_t n = 0;

	for (int i = 0; i < N_EVENTS; i++)
		if (is_in(&events[i], s) && events[i].has_amount)
		{
			n++;
			if (events[i].amount * sign > 0)
				amount += events[i].amount * sign;
		}
	return sign == 0 ? (double) n : (double) amount / 1e6;
}

/* Which session each event before end is in: the place of one of them. */
static void
find_sessions(int32_t end, int session_of[N_EVENTS])
{
	int last_derived = -1;

	for (int i = 0; i < N_EVENTS; i++)
	{
		const SpkLogEvent *e = &events[i];

		session_of[i] = -1;
		if (spk_day_of(e->ts) >= end)
			continue;
		session_of[i] = i;
		if (e->session_kind == SPK_SESSION_DERIVED)
		{
			if (last_derived >= 0 && e->ts - events[last_derived].ts < SPK_SESSION_GAP)
				session_of[i] = session_of[last_derived];
			last_derived = i;
			continue;
		}
		for (int j = 0; j < i; j++)
			if (events[j].session_kind == e->session_kind && events[j].session == e->session)
			{
				session_of[i] = session_of[j];
				break;
			}
	}
}

typedef struct Sessions
{
	double	n;
	double	n_in; /* with an event from the day on */
	double	us;
	int64_t first_start;
	int64_t last_start;
} Sessions;

static Sessions
sessions_before(int32_t end, int32_t from)
{
	static int session_of[N_EVENTS];
	Sessions   all = {0, 0, 0, INT64_MAX, INT64_MIN};

	find_sessions(end, session_of);
	for (int i = 0; i < N_EVENTS; i++)
	{
		int last = i;

		if (session_of[i] != i)
			continue;
		for (int j = i; j < N_EVENTS; j++)
			if (session_of[j] == i)
				last = j;
		all.n++;
		all.n_in += spk_day_of(events[last].ts) >= from;
		all.us += (double) (events[last].ts - events[i].ts);
		if (events[i].ts < all.first_start)
			all.first_start = events[i].ts;
		if (events[i].ts > all.last_start)
			all.last_start = events[i].ts;
	}
	return all;
}

static double
divide(double a, double b)
{
	return b > 0 ? a / b : NAN;
}

static double
contrast(double a, double b)
{
	return divide(a - b, a + b);
}

/* What there is before a day, of whatever it may be that one counts. */
typedef struct Known
{
	int32_t end;
	int32_t first; /* the day of the first event; end without one */
	int32_t last;
	int64_t first_ts;
	int64_t last_ts;
} Known;

static Known
known_before(int32_t end)
{
	Known k = {end, end, end, 0, 0};

	for (int i = 0; i < N_EVENTS; i++)
		if (spk_day_of(events[i].ts) < end)
		{
			if (k.first == end)
			{
				k.first = spk_day_of(events[i].ts);
				k.first_ts = events[i].ts;
			}
			k.last = spk_day_of(events[i].ts);
			k.last_ts = events[i].ts;
		}
	return k;
}

static double
expected_trend(const Known *k, const char *name, int32_t days)
{
	Stretch recent = {name, k->end - days, k->end};
	Stretch before = {name, k->first, k->end - days};

	return k->first < k->end - days ?
		contrast(count(&recent) / days, count(&before) / (k->end - days - k->first)) :
		NAN;
}

static double
expected_change(const Known *k, const char *name, int32_t days)
{
	Stretch recent = {name, k->end - days, k->end};
	int32_t from = k->first > k->end - 2 * days ? k->first : k->end - 2 * days;
	Stretch before = {name, from, k->end - days};

	return from < before.end ?
		contrast(count(&recent) / days, count(&before) / (before.end - from)) :
		NAN;
}

static double
expected_longest_gap(const Known *k)
{
	double	gap = NAN;
	int32_t last = k->first;

	for (int i = 0; i < N_EVENTS; i++)
	{
		int32_t day = spk_day_of(events[i].ts);

		if (day < k->end && day > last && !(gap >= day - last))
			gap = day - last;
		if (day < k->end)
			last = day;
	}
	return gap;
}

static double
expected_hours(const Known *k)
{
	double hours = 0;

	for (int i = 0; i < N_EVENTS; i++)
		if (spk_day_of(events[i].ts) < k->end)
			hours += (double) ((events[i].ts - spk_day_of(events[i].ts) * SPK_USECS_PER_DAY) /
							   SPK_USECS_PER_HOUR);
	return hours;
}

/* Events of a level, or of any (NULL). */
static double
count_level(const Known *k, const char *level)
{
	double n = 0;

	for (int i = 0; i < N_EVENTS; i++)
		n += spk_day_of(events[i].ts) < k->end && events[i].level != NULL &&
			(level == NULL || strcmp(events[i].level, level) == 0);
	return n;
}

static double
expected_of_log(const Known *k, const SpkLogWanted *f)
{
	Stretch	 all = {NULL, k->first, k->end};
	Stretch	 in = {NULL, k->end - f->days, k->end};
	Sessions s = sessions_before(k->end, k->end - f->days);
	double	 reference = (double) k->end * (double) SPK_USECS_PER_DAY;

	switch (f->kind)
	{
		case SPK_LOG_events:
			return count(&all);
		case SPK_LOG_events_in:
			return count(&in);
		case SPK_LOG_events_trend:
			return expected_trend(k, NULL, f->days);
		case SPK_LOG_events_change:
			return expected_change(k, NULL, f->days);
		case SPK_LOG_active_days:
			return count_days(&all);
		case SPK_LOG_active_days_in:
			return count_days(&in);
		case SPK_LOG_active_day_share:
			return divide(count_days(&all), k->end - k->first);
		case SPK_LOG_sessions:
			return s.n;
		case SPK_LOG_sessions_in:
			return s.n_in;
		case SPK_LOG_sessions_trend:
			return k->first < k->end - f->days ?
				contrast(s.n_in / f->days, (s.n - s.n_in) / (k->end - f->days - k->first)) :
				NAN;
		case SPK_LOG_sessions_per_week:
			return divide(7 * s.n, k->end - k->first);
		case SPK_LOG_session_hours:
			return divide(s.us / 3600e6, s.n);
		case SPK_LOG_session_gap:
			return divide(((double) s.last_start - (double) s.first_start) / 86400e6, s.n - 1);
		case SPK_LOG_longest_gap:
			return expected_longest_gap(k);
		case SPK_LOG_events_per_session:
			return divide(count(&all), s.n);
		case SPK_LOG_events_per_active_day:
			return divide(count(&all), count_days(&all));
		case SPK_LOG_mean_hour:
			return divide(expected_hours(k), count(&all));
		case SPK_LOG_days_since_last:
			return count(&all) > 0 ? (reference - (double) k->last_ts) / 86400e6 : NAN;
		case SPK_LOG_tenure:
			return count(&all) > 0 ? (reference - (double) k->first_ts) / 86400e6 : NAN;
		default:
			return NAN;
	}
}

static double
expected_of_name(const Known *k, const SpkLogWanted *f)
{
	Stretch all = {f->subject, k->first, k->end};
	Stretch any = {NULL, k->first, k->end};
	Stretch in = {f->subject, k->end - f->days, k->end};
	Stretch second = {f->second, k->first, k->end};
	int32_t days = k->end - k->first;
	int32_t last = k->end;

	for (int i = 0; i < N_EVENTS; i++)
		if (is_in(&events[i], &all))
			last = spk_day_of(events[i].ts);
	switch (f->kind)
	{
		case SPK_LOG_count:
			return count(&all);
		case SPK_LOG_count_in:
			return count(&in);
		case SPK_LOG_rate:
			return divide(count(&in), days < f->days ? days : f->days);
		case SPK_LOG_trend:
			return expected_trend(k, f->subject, f->days);
		case SPK_LOG_change:
			return expected_change(k, f->subject, f->days);
		case SPK_LOG_days_since:
			return last < k->end ? k->end - last : NAN;
		case SPK_LOG_day_share:
			return divide(count_days(&all), count_days(&any));
		case SPK_LOG_days:
			return count_days(&all);
		case SPK_LOG_days_in:
			return count_days(&in);
		case SPK_LOG_sum:
			return sum(&all, 1);
		case SPK_LOG_sum_in:
			return sum(&in, 1);
		case SPK_LOG_mean:
			return divide(sum(&all, 1) - sum(&all, -1), sum(&all, 0));
		case SPK_LOG_refunds:
			return sum(&all, -1);
		case SPK_LOG_refunds_in:
			return sum(&in, -1);
		case SPK_LOG_net:
			return sum(&all, 1) - sum(&all, -1);
		case SPK_LOG_net_in:
			return sum(&in, 1) - sum(&in, -1);
		case SPK_LOG_ratio:
			return divide(count(&all), count(&second));
		default:
			return NAN;
	}
}

/* ---- A recipe of everything ---- */

static void
assert_value(const SpkLogWanted *f, double expected, double value)
{
	/* the same sums, rounded in another order */
	if (isnan(expected) ? isnan(value) : fabs(expected - value) <= 1e-9 * (1 + fabs(expected)))
		return;
	print_message("%s of %s in %d days: %.17g, not %.17g\n", spk_log_kinds[f->kind].kind,
				  f->subject == NULL ? "all" : f->subject, f->days, value, expected);
	fail();
}

static void
check_profile(SpkLogPass *pass, const SpkWriter *w, int n, int32_t as_of)
{
	static double values[MAX_FEATURES];
	Known		  k = known_before(as_of == SPK_NO_DAY ? INT32_MAX / 2 : as_of);
	SpkLogText	  level;
	bool		  seen;
	const char	 *why = "";
	int			  last_leveled = -1;

	assert_int_equal(spk_log_features(pass, w->data, w->len, as_of, values, &level, &seen, &why),
					 SPK_OK);
	if (as_of == SPK_NO_DAY)
		k = known_before(k.last + 1);
	assert_int_equal(seen, k.first < k.end);
	for (int i = 0; i < n; i++)
	{
		double expected;

		/* these end with the last event's time then */
		if (as_of == SPK_NO_DAY &&
			(wanted[i].kind == SPK_LOG_days_since_last || wanted[i].kind == SPK_LOG_tenure))
			expected = wanted[i].kind == SPK_LOG_tenure ?
				((double) k.last_ts - (double) k.first_ts) / 86400e6 :
				0;
		else if (spk_log_kinds[wanted[i].kind].subject == SPK_OF_LEVEL)
			expected = divide(count_level(&k, wanted[i].subject), count_level(&k, NULL));
		else if (spk_log_kinds[wanted[i].kind].subject == SPK_OF_LOG)
			expected = expected_of_log(&k, &wanted[i]);
		else
			expected = expected_of_name(&k, &wanted[i]);
		assert_value(&wanted[i], expected, values[i]);
	}
	for (int i = 0; i < N_EVENTS; i++)
		if (spk_day_of(events[i].ts) < k.end && events[i].level != NULL)
			last_leveled = i;
	assert_int_equal(level.text != NULL, last_leveled >= 0 && level.text != NULL);
	if (level.text == NULL)
		return;
	/* of those at the latest time, which one is for the profile to say */
	for (; last_leveled >= 0; last_leveled--)
		if (events[last_leveled].level != NULL && level.len == events[last_leveled].level_len &&
			memcmp(level.text, events[last_leveled].level, level.len) == 0)
			break;
	assert_true(last_leveled >= 0);
}

static void
test_everything(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	int		 n = want_everything();

	(void) unused;
	for (int i = 0; i < N_SHAPES; i++)
	{
		SpkLogRecipe recipe;
		SpkLogPass	 pass;
		SpkWriter	 w;

		make_events(&shapes[i], (uint64_t) i + 1);
		w = profile_of(&host, N_EVENTS);
		make_recipe(&recipe, &host, n);
		assert_int_equal(spk_log_pass_init(&pass, &host, &recipe), SPK_OK);
		/* before all events, among them, after all */
		for (int32_t as_of = -13; as_of < 100; as_of += as_of < 20 ? 1 : 9)
			check_profile(&pass, &w, n, as_of);
		check_profile(&pass, &w, n, 1000);
		check_profile(&pass, &w, n, SPK_NO_DAY);
		spk_log_pass_release(&pass);
		spk_log_recipe_release(&recipe);
		spk_release(&host, w.data);
	}
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_everything)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
