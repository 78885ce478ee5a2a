/*
 * simulate_user.c
 *	  One user of the simulated log: which page comes next, and when.
 *
 * The rates of pages per song, visits per day and songs per visit are those of a real
 * log of 225 users and 63 days.
 */
#include <string.h>

#include "core/simulation/simulate_user.h"

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_HOUR	  (3600 * MS_PER_SECOND)
#define MS_PER_DAY	  SPK_SIM_MS_PER_DAY
#define HOURS_PER_DAY 24

/* Visits per day, and songs per visit: lognormal over users. */
#define VISITS_MEDIAN 0.200
#define VISITS_SPREAD 0.80
#define VISITS_MOOD	  (-0.12) /* of the logarithm, for each unit of mood */
#define SONGS_MEDIAN  72.5
#define SONGS_SPREAD  0.28
#define SONGS_MOOD	  (-0.08)
#define TASTE_SPREAD  0.25
#define BREAK_MS	  (20 * 60 * MS_PER_SECOND) /* shortest time between visits */

/* The mood is a usual one, for life, and a drift that forgets 4 % each day. */
#define MOOD_SPREAD		   1.35
#define DRIFT_KEEP		   0.96
#define DRIFT_STEP		   0.17
#define DRIFT_START		   (-1.8) /* users who are there at the start have been content so far */
#define DRIFT_SPREAD	   0.6
#define LEAVE_A_DAY		   0.0015 /* chance of cancelling, in a neutral mood */
#define LEAVE_MOOD		   2.6
#define LEAVE_AT_MOST	   0.5
#define LAST_VISIT_SHORTER 4.0 /* this many times */
#define LEAVES_BY_SETTINGS 0.4 /* share of those who cancel */
#define CANCELS_AT_ONCE	   0.5 /* share of them whose confirmation has the same time */

#define STARTS_PAID		  0.65 /* chance of the most active users; on average it is half of that */
#define JOINS_LATE		  0.25 /* share of users who come during the log */
#define JOINS_BEFORE	  0.9  /* they come before this share of the log's time has passed */
#define REGISTERS_HERE	  0.10 /* share of them who register on the site and not elsewhere */
#define SETTINGS_SAVED	  0.21 /* share of visits to Settings; the next two likewise */
#define UPGRADES_DONE	  0.32
#define DOWNGRADES_DONE	  0.032
#define STARTS_AT_HOME	  0.8	/* share of visits that start logged in */
#define LOOKS_LIKE_GUEST  0.012 /* chance after a logout */
#define LOGOUT_ENDS_VISIT 0.1
#define TENURE_DAYS		  55.0 /* mean time since registration at the start */
#define PAUSE_SECONDS	  40.0 /* mean time on a page */

/* The relative frequency of visits by UTC hour.  The mean is 1. */
static const double hour_weights[HOURS_PER_DAY] = {
	0.28, 0.25, 0.28, 0.35, 0.47, 0.63, 0.81, 1.00, 1.19, 1.38, 1.53, 1.65,
	1.72, 1.73, 1.72, 1.65, 1.53, 1.38, 1.19, 1.00, 0.81, 0.63, 0.47, 0.35,
};

/* The relative frequency of visits by day of the week, from Monday on.  The mean is 1. */
static const double weekday_weights[7] = {1.06, 1.06, 1.08, 1.06, 1.04, 0.84, 0.86};

/* Which of a user's tastes a habit depends on. */
typedef enum Taste
{
	TASTE_UP = 0,
	TASTE_DOWN,
	TASTE_COMPANY,
	TASTE_NONE
} Taste;

/* How often a page follows for each song that a user in a neutral mood hears. */
typedef struct Habit
{
	SpkPage	 page;
	SpkLevel level; /* the only level that has the habit; unknown: both have it */
	Taste	 taste;
	double	 per_song;
	double	 mood; /* of the logarithm, for each unit of mood */
} Habit;

/* Choice 0, before these, is leaving the site. */
static const Habit habits[SPK_SIM_CHOICES - 1] = {
	{SPK_PAGE_THUMBS_UP, SPK_LEVEL_UNKNOWN, TASTE_UP, 0.0219, -0.50},
	{SPK_PAGE_ADD_TO_PLAYLIST, SPK_LEVEL_UNKNOWN, TASTE_COMPANY, 0.0170, -0.30},
	{SPK_PAGE_ADD_FRIEND, SPK_LEVEL_UNKNOWN, TASTE_COMPANY, 0.0082, -0.45},
	{SPK_PAGE_HOME, SPK_LEVEL_UNKNOWN, TASTE_NONE, 0.0193, 0.0},
	{SPK_PAGE_LOGOUT, SPK_LEVEL_UNKNOWN, TASTE_NONE, 0.0144, 0.0},
	{SPK_PAGE_THUMBS_DOWN, SPK_LEVEL_UNKNOWN, TASTE_DOWN, 0.0184, 0.85},
	{SPK_PAGE_ROLL_ADVERT, SPK_LEVEL_FREE, TASTE_NONE, 0.1270, 0.45},
	{SPK_PAGE_UPGRADE, SPK_LEVEL_FREE, TASTE_NONE, 0.0109, -0.05},
	{SPK_PAGE_DOWNGRADE, SPK_LEVEL_PAID, TASTE_NONE, 0.0160, 0.35},
	{SPK_PAGE_HELP, SPK_LEVEL_UNKNOWN, TASTE_NONE, 0.0093, 0.40},
	{SPK_PAGE_SETTINGS, SPK_LEVEL_UNKNOWN, TASTE_NONE, 0.0078, 0.15},
	{SPK_PAGE_ABOUT, SPK_LEVEL_UNKNOWN, TASTE_NONE, 0.0022, 0.0},
	{SPK_PAGE_ERROR, SPK_LEVEL_UNKNOWN, TASTE_NONE, 0.0016, 0.40},
};

/* Where somebody who is not logged in goes, other than to Login, by running sums of chances. */
static const struct
{
	SpkPage page;
	double	below;
	bool	guests; /* only guests go there */
} outside[] = {
	{SPK_PAGE_HOME, 0.223, false},	{SPK_PAGE_ABOUT, 0.307, false},	  {SPK_PAGE_HELP, 0.360, false},
	{SPK_PAGE_ERROR, 0.361, false}, {SPK_PAGE_REGISTER, 0.561, true},
};

static double
mood(const SpkSimUser *user)
{
	return user->usual_mood + user->mood_drift;
}

/* The factor by which the mood changes a rate. */
static double
mood_factor(const SpkSimUser *user, double effect)
{
	return spk_exp(effect * mood(user));
}

/* Computes the chances of what may follow a page in this mood and on this level. */
static void
set_chances(SpkSimUser *user)
{
	double rates[SPK_SIM_CHOICES];
	double all = 1.0; /* a song */
	double sum = 0.0;

	/* choice 0, the end of the visit: once in as many songs as the user hears on average */
	rates[0] = 1.0 / (user->songs * mood_factor(user, SONGS_MOOD));
	if (user->leaving)
		rates[0] *= LAST_VISIT_SHORTER;

	for (int i = 1; i < SPK_SIM_CHOICES; i++)
	{
		const Habit *habit = &habits[i - 1];

		rates[i] = habit->per_song * mood_factor(user, habit->mood);
		if (habit->taste != TASTE_NONE)
			rates[i] *= user->taste[habit->taste];
		if ((habit->level != SPK_LEVEL_UNKNOWN && habit->level != user->level) ||
			(habit->page == SPK_PAGE_LOGOUT && user->leaving))
			rates[i] = 0.0;
	}

	/* running sums in 2^32nds: a draw of 32 bits then finds its choice by comparing alone */
	for (int i = 0; i < SPK_SIM_CHOICES; i++)
		all += rates[i];
	for (int i = 0; i < SPK_SIM_CHOICES; i++)
	{
		sum += rates[i];
		user->chances[i] = (uint32_t) (sum / all * 0x1.0p32);
	}
}

/* How long the user stays on a page: a second at least, and this mean more. */
static int64_t
pause_ms(SpkSimUser *user, double mean_seconds)
{
	return MS_PER_SECOND + (int64_t) (spk_draw_exponential(&user->rng) * mean_seconds * 1000.0);
}

static int64_t
go_to(SpkSimUser *user, SpkPage page, int64_t when)
{
	user->page = page;
	user->item++;
	return when;
}

/* Lets the mood drift to the next day; true when the user decides on it to leave. */
static bool
next_day(SpkSimUser *user)
{
	double leave;

	user->day++;
	user->mood_drift = user->mood_drift * DRIFT_KEEP + spk_draw_normal(&user->rng) * DRIFT_STEP;
	leave = LEAVE_A_DAY * mood_factor(user, LEAVE_MOOD);
	return spk_draw_chance(&user->rng, leave < LEAVE_AT_MOST ? leave : LEAVE_AT_MOST);
}

/* The milliseconds from a time to the end of its day, each weighted by its hour. */
static double
weighted_rest_of_day(int64_t from)
{
	double rest = 0.0;

	do
	{
		int64_t hour_end = (from / MS_PER_HOUR + 1) * MS_PER_HOUR;

		rest += hour_weights[from / MS_PER_HOUR % HOURS_PER_DAY] * (double) (hour_end - from);
		from = hour_end;
	} while (from % MS_PER_DAY != 0);
	return rest;
}

/* The time on the same day until which this share of weighted_rest_of_day has passed. */
static int64_t
time_of_share(int64_t from, double share)
{
	double left = weighted_rest_of_day(from) * share;

	for (;;)
	{
		double	weight = hour_weights[from / MS_PER_HOUR % HOURS_PER_DAY];
		int64_t hour_end = (from / MS_PER_HOUR + 1) * MS_PER_HOUR;

		/* rounding may leave a crumb at the end of the day */
		if (left < weight * (double) (hour_end - from) || hour_end % MS_PER_DAY == 0)
			return from + (int64_t) (left / weight);
		left -= weight * (double) (hour_end - from);
		from = hour_end;
	}
}

/*
 * The time when the next visit starts, which is the next point of a Poisson process.
 * Its rate follows the clock, the week and the mood.  Sets leaving when the visit is
 * the last one.
 */
static int64_t
next_visit(const SpkSimLog *log, SpkSimUser *user, int64_t from)
{
	double need = spk_draw_exponential(&user->rng);

	while (from < log->end_ms)
	{
		int64_t day = from / MS_PER_DAY;
		double	expected;

		while (user->day < day)
			user->leaving |= next_day(user);
		if (user->leaving)
			return time_of_share(from, spk_rng_double(&user->rng));
		expected = user->visits * mood_factor(user, VISITS_MOOD) * weekday_weights[day % 7] *
			weighted_rest_of_day(from) / (double) MS_PER_DAY;
		if (need < expected)
			return time_of_share(from, need / expected);
		need -= expected;
		from = (day + 1) * MS_PER_DAY;
	}
	return log->end_ms;
}

static int64_t
start_visit(SpkSimUser *user, int64_t when)
{
	user->item = -1;
	set_chances(user);
	if (user->auth != SPK_SIM_LOGGED_IN)
		return go_to(user, SPK_PAGE_HOME, when);
	if (spk_draw_chance(&user->rng, STARTS_AT_HOME))
		return go_to(user, SPK_PAGE_HOME, when);
	return go_to(user, SPK_PAGE_NEXT_SONG, when);
}

/* Lets the user be away from a time on; returns when the next visit starts. */
static int64_t
go_away(const SpkSimLog *log, SpkSimUser *user, int64_t from)
{
	int64_t when = next_visit(log, user, from);

	return when < log->end_ms ? start_visit(user, when) : log->end_ms;
}

/* What follows a page when logged in: another page, a song, or the end of the visit. */
static int64_t
browse(const SpkSimLog *log, SpkSimUser *user, int64_t now)
{
	uint32_t draw;
	int		 choice = 0;

	if (user->farewell)
		return go_to(user, SPK_PAGE_CANCEL, now);
	draw = (uint32_t) (spk_rng_next(&user->rng) >> 32);
	if (draw >= user->chances[SPK_SIM_CHOICES - 1])
		return go_to(user, SPK_PAGE_NEXT_SONG, now);
	while (draw >= user->chances[choice])
		choice++;
	if (choice > 0)
		return go_to(user, habits[choice - 1].page, now);
	if (!user->leaving)
		return go_away(log, user, now + BREAK_MS);
	user->farewell = true;
	if (spk_draw_chance(&user->rng, LEAVES_BY_SETTINGS))
		return go_to(user, SPK_PAGE_SETTINGS, now);
	return go_to(user, SPK_PAGE_CANCEL, now);
}

/* Goes to the page at once with this probability, as after a click; else browses on. */
static int64_t
click(const SpkSimLog *log, SpkSimUser *user, int64_t now, double probability, SpkPage page)
{
	if (spk_draw_chance(&user->rng, probability))
		return go_to(user, page, now + MS_PER_SECOND);
	return browse(log, user, now + pause_ms(user, PAUSE_SECONDS));
}

static int64_t
change_level(SpkSimUser *user, SpkLevel level, int64_t now)
{
	user->level = level;
	set_chances(user);
	return go_to(user, SPK_PAGE_HOME, now + pause_ms(user, PAUSE_SECONDS));
}

static int64_t
after_logout(const SpkSimLog *log, SpkSimUser *user, int64_t now)
{
	user->auth = spk_draw_chance(&user->rng, LOOKS_LIKE_GUEST) ? SPK_SIM_GUEST : SPK_SIM_LOGGED_OUT;
	if (spk_draw_chance(&user->rng, LOGOUT_ENDS_VISIT))
		return go_away(log, user, now + BREAK_MS);
	return go_to(user, SPK_PAGE_HOME, now + pause_ms(user, PAUSE_SECONDS));
}

/* What follows a page when not logged in: the user looks around, logs in, or registers. */
static int64_t
after_outside(SpkSimUser *user, int64_t now)
{
	double draw;

	now += pause_ms(user, PAUSE_SECONDS);
	if (user->page == SPK_PAGE_LOGIN || user->page == SPK_PAGE_SUBMIT_REGISTRATION)
	{
		user->auth = SPK_SIM_LOGGED_IN;
		return go_to(user, SPK_PAGE_HOME, now);
	}
	if (user->registration_ms == SPK_NO_TIME)
	{
		if (user->page != SPK_PAGE_REGISTER)
			return go_to(user, SPK_PAGE_REGISTER, now);
		user->registration_ms = now;
		return go_to(user, SPK_PAGE_SUBMIT_REGISTRATION, now);
	}
	draw = spk_rng_double(&user->rng);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
	{
		if (draw < outside[i].below && (user->auth == SPK_SIM_GUEST || !outside[i].guests))
			return go_to(user, outside[i].page, now);
	}
	return go_to(user, SPK_PAGE_LOGIN, now);
}

int64_t
spk_sim_user_next(const SpkSimLog *log, SpkSimUser *user, int64_t now, double length)
{
	if (user->auth == SPK_SIM_CANCELLED)
		return log->end_ms;
	if (user->auth != SPK_SIM_LOGGED_IN)
		return after_outside(user, now);
	switch (user->page)
	{
		case SPK_PAGE_NEXT_SONG:
			return browse(log, user, now + (int64_t) (length * 1000.0));
		case SPK_PAGE_THUMBS_UP:
		case SPK_PAGE_THUMBS_DOWN:
		case SPK_PAGE_ADD_FRIEND:
		case SPK_PAGE_ADD_TO_PLAYLIST:
			/* clicks while the song plays */
			return browse(log, user, now + MS_PER_SECOND);
		case SPK_PAGE_SETTINGS:
			return click(log, user, now, SETTINGS_SAVED, SPK_PAGE_SAVE_SETTINGS);
		case SPK_PAGE_UPGRADE:
			return click(log, user, now, UPGRADES_DONE, SPK_PAGE_SUBMIT_UPGRADE);
		case SPK_PAGE_DOWNGRADE:
			return click(log, user, now, DOWNGRADES_DONE, SPK_PAGE_SUBMIT_DOWNGRADE);
		case SPK_PAGE_SUBMIT_UPGRADE:
			return change_level(user, SPK_LEVEL_PAID, now);
		case SPK_PAGE_SUBMIT_DOWNGRADE:
			return change_level(user, SPK_LEVEL_FREE, now);
		case SPK_PAGE_LOGOUT:
			return after_logout(log, user, now);
		case SPK_PAGE_CANCEL:
			user->auth = SPK_SIM_CANCELLED;
			if (spk_draw_chance(&user->rng, CANCELS_AT_ONCE))
				return go_to(user, SPK_PAGE_CANCELLATION, now);
			return go_to(user, SPK_PAGE_CANCELLATION, now + pause_ms(user, PAUSE_SECONDS));
		default:
			return browse(log, user, now + pause_ms(user, PAUSE_SECONDS));
	}
}

/*
 * A uniform number for each user, from a sequence without clusters: the multiples of an
 * irrational number, which is a different one for each use.  So few users are as mixed
 * as many, and totals vary little between seeds.
 */
static double
spread(const SpkSimLog *log, uint32_t number, uint64_t irrational)
{
	return spk_unit(spk_hash_combine(log->seed, irrational) + number * irrational);
}

int64_t
spk_sim_user_start(const SpkSimLog *log, uint32_t number, SpkSimUser *user)
{
	SpkRng *rng = &user->rng;
	double	activity = spread(log, number, UINT64_C(0xc13fa9a902a6328f));
	double	content = spread(log, number, UINT64_C(0x91e10da5c79e7b1d));
	int64_t joins;

	memset(user, 0, sizeof(*user));

	/* the draws below are a stream: their order is part of what a seed gives */
	user->rng = spk_rng(log->seed, number);
	user->person = spk_sim_person(spk_rng_next(rng));
	user->counter = spk_draw_chance(rng, 0.75) ? 0 : 1;
	spk_sim_userid(number + 1, user->userid);
	user->visits = VISITS_MEDIAN * spk_exp(VISITS_SPREAD * spk_normal_quantile(activity));
	user->songs = SONGS_MEDIAN * spk_exp(SONGS_SPREAD * spk_draw_normal(rng));
	for (int i = 0; i < 3; i++)
		user->taste[i] = spk_exp(TASTE_SPREAD * spk_draw_normal(rng));
	user->usual_mood = MOOD_SPREAD * spk_normal_quantile(content);
	user->mood_drift = DRIFT_START + DRIFT_SPREAD * spk_draw_normal(rng);
	user->level = spk_draw_chance(rng, STARTS_PAID * activity) ? SPK_LEVEL_PAID : SPK_LEVEL_FREE;
	user->auth = SPK_SIM_LOGGED_IN;

	/* most have been there before the log starts; the others come while it runs */
	if (!spk_draw_chance(rng, JOINS_LATE))
	{
		user->registration_ms = -MS_PER_HOUR -
			(int64_t) (spk_draw_exponential(rng) * TENURE_DAYS * (double) MS_PER_DAY);
		return go_away(log, user, 0);
	}

	joins = (int64_t) (spk_rng_double(rng) * JOINS_BEFORE * (double) log->end_ms);
	user->day = (int32_t) (joins / MS_PER_DAY);
	user->registration_ms = joins;
	if (spk_draw_chance(rng, REGISTERS_HERE))
	{
		user->auth = SPK_SIM_GUEST;
		user->registration_ms = SPK_NO_TIME;
	}
	return start_visit(user, joins);
}
