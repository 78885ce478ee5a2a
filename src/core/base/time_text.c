/*
 * time_text.c
 *	  From ISO 8601 to microseconds, without a setting, a locale or a table of
 *	  zones that could make something else of the same text.
 */
#include <string.h>

#include "core/base/time_text.h"
#include "core/base/times.h"

#define MAX_FRACTION_DIGITS 9

/* PostgreSQL's limit.  The farthest zones in use are 14 hours from UTC. */
#define MAX_ZONE_HOURS 15

#define USECS_PER_MINUTE INT64_C(60000000)
#define USECS_PER_SECOND INT64_C(1000000)

/* Days from 0000-03-01 to 2000-01-01. */
#define DAYS_TO_2000 730425

/* The text that is left to read. */
typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

/* Moves over this byte; false when another one stands there. */
static bool
take(Reader *r, char byte)
{
	if (r->at == r->end || *r->at != byte)
		return false;
	r->at++;
	return true;
}

/* Reads a number of exactly this many digits. */
static bool
take_number(Reader *r, int digits, int *number)
{
	*number = 0;
	if (r->end - r->at < digits)
		return false;
	for (int i = 0; i < digits; i++)
	{
		char byte = *r->at++;

		if (byte < '0' || byte > '9')
			return false;
		*number = *number * 10 + (byte - '0');
	}
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool			 leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/*
 * Returns the days from 2000-01-01 to a date of the Gregorian calendar.  It lets
 * years begin in March, so that the day which may be missing is their last.
 */
static int64_t
day_number(int year, int month, int day)
{
	int		shifted = (month + 9) % 12; /* March is 0 */
	int64_t y = month <= 2 ? year - 1 : year;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * shifted + 2) / 5 + day - 1 - DAYS_TO_2000;
}

static bool
read_date(Reader *r, int64_t *usecs)
{
	int year;
	int month;
	int day;

	if (!take_number(r, 4, &year) || !take(r, '-') || !take_number(r, 2, &month) || !take(r, '-') ||
		!take_number(r, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return false;
	*usecs = day_number(year, month, day) * SPK_USECS_PER_DAY;
	return true;
}

/* Reads the digits behind the point of a second, and adds them, rounded half up. */
static bool
read_fraction(Reader *r, int64_t *usecs)
{
	int64_t nanos = 0;
	int		digits = 0;

	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, digits++)
	{
		if (digits == MAX_FRACTION_DIGITS)
			return false;
		nanos = nanos * 10 + (*r->at - '0');
	}
	if (digits == 0)
		return false;
	for (; digits < MAX_FRACTION_DIGITS; digits++)
		nanos *= 10;
	*usecs += (nanos + 500) / 1000;
	return true;
}

static bool
read_clock(Reader *r, int64_t *usecs)
{
	int hour;
	int minute;
	int second = 0;

	if (!take_number(r, 2, &hour) || !take(r, ':') || !take_number(r, 2, &minute) || hour > 23 ||
		minute > 59)
		return false;
	if (take(r, ':'))
	{
		if (!take_number(r, 2, &second) || second > 60 ||
			(take(r, '.') && !read_fraction(r, usecs)))
			return false;
	}
	*usecs += hour * SPK_USECS_PER_HOUR + minute * USECS_PER_MINUTE + second * USECS_PER_SECOND;
	return true;
}

/* Reads the zone, which may be missing, to the end of the text, and takes it off the time. */
static bool
read_zone(Reader *r, int64_t *usecs)
{
	bool space = take(r, ' ');
	bool east;
	int	 hours;
	int	 minutes = 0;

	/* a space alone is not a zone */
	if (r->at == r->end)
		return !space;
	if (take(r, 'Z'))
		return r->at == r->end;
	if (r->end - r->at == 3 && memcmp(r->at, "UTC", 3) == 0)
		return true;

	east = take(r, '+');
	if ((!east && !take(r, '-')) || !take_number(r, 2, &hours))
		return false;
	if (r->at < r->end)
	{
		(void) take(r, ':');
		if (!take_number(r, 2, &minutes))
			return false;
	}
	if (r->at != r->end || hours > MAX_ZONE_HOURS || minutes > 59)
		return false;
	minutes += hours * 60;
	*usecs += (east ? -minutes : minutes) * USECS_PER_MINUTE;
	return true;
}

bool
spk_time_of_iso8601(const char *text, size_t len, int64_t *result)
{
	Reader r = {text, text + len};

	if (!read_date(&r, result))
		return false;
	if (r.at == r.end)
		return true;
	return (take(&r, 'T') || take(&r, ' ')) && read_clock(&r, result) && read_zone(&r, result);
}
