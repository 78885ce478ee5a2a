/*
 * calendar.c
 *	  Times and days as ISO 8601 text in UTC, exact both ways.
 *
 * Inside, years are astronomical: the year 0 is 1 BC.  The calendar is Gregorian
 * without end in both directions, as PostgreSQL's is.  The computations let years
 * begin in March, so that the day which some years lack is their last one.  Every
 * 400 years, which are called an era, have the same number of days.
 */
#include <string.h>

#include "core/base/calendar.h"
#include "core/base/times.h"

#define DAYS_OF_ERA	  146097 /* 400 years */
#define EPOCH_DAY	  730425 /* from 0000-03-01 to 2000-01-01 */
#define USECS_PER_SEC INT64_C(1000000)

typedef struct Date
{
	int32_t year;
	int32_t month; /* 1 .. 12 */
	int32_t day;   /* 1 .. 31 */
} Date;

/* The divisions take out the leap days: one in 1460 days, but none in 36524, and one in 146096. */
static Date
date_of_day(int32_t day)
{
	int64_t z = (int64_t) day + EPOCH_DAY;
	int32_t era = (int32_t) ((z >= 0 ? z : z - (DAYS_OF_ERA - 1)) / DAYS_OF_ERA);
	int32_t of_era = (int32_t) (z - (int64_t) era * DAYS_OF_ERA);
	int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int32_t month = (5 * of_year + 2) / 153; /* from March */
	Date	date;

	date.day = of_year - (153 * month + 2) / 5 + 1;
	date.month = month < 10 ? month + 3 : month - 9;
	date.year = year + era * 400 + (date.month <= 2);
	return date;
}

/* The inverse of date_of_day.  A day that its month does not have counts on into the next month. */
static int64_t
day_of_date(const Date *date)
{
	int64_t year = (int64_t) date->year - (date->month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int32_t month = date->month > 2 ? date->month - 3 : date->month + 9;
	int32_t of_year = (153 * month + 2) / 5 + date->day - 1;

	return era * DAYS_OF_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAY;
}

/* Writes a number, with leading zeros if it has fewer digits than width; returns the end. */
static char *
put_digits(char *at, uint32_t number, int width)
{
	char digits[10];
	int	 n = 0;

	do
		digits[n++] = (char) ('0' + number % 10);
	while ((number /= 10) > 0);
	for (int i = n; i < width; i++)
		*at++ = '0';
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

/* Writes a date without its era; returns the end. */
static char *
put_date(char *at, const Date *date)
{
	at = put_digits(at, (uint32_t) (date->year > 0 ? date->year : 1 - date->year), 4);
	*at++ = '-';
	at = put_digits(at, (uint32_t) date->month, 2);
	*at++ = '-';
	return put_digits(at, (uint32_t) date->day, 2);
}

/* Ends the text of a date or a time, with BC where it belongs; returns the text's length. */
static size_t
put_end(char *buf, char *at, const Date *date)
{
	if (date->year <= 0)
	{
		memcpy(at, " BC", 3);
		at += 3;
	}
	*at = '\0';
	return (size_t) (at - buf);
}

size_t
spk_day_text(int32_t day, char *buf)
{
	Date date = date_of_day(day);

	return put_end(buf, put_date(buf, &date), &date);
}

/* Writes the point and the digits behind it, without zeros at their end; returns the end. */
static char *
put_fraction(char *at, uint32_t us)
{
	int width = 6;

	if (us == 0)
		return at;
	for (; us % 10 == 0; us /= 10)
		width--;
	*at++ = '.';
	return put_digits(at, us, width);
}

size_t
spk_time_text(int64_t us, char *buf)
{
	int32_t	 day = spk_day_of(us);
	int64_t	 of_day = us - day * SPK_USECS_PER_DAY;
	uint32_t seconds = (uint32_t) (of_day / USECS_PER_SEC);
	Date	 date = date_of_day(day);
	char	*at = put_date(buf, &date);

	*at++ = 'T';
	at = put_digits(at, seconds / 3600, 2);
	*at++ = ':';
	at = put_digits(at, seconds / 60 % 60, 2);
	*at++ = ':';
	at = put_digits(at, seconds % 60, 2);
	at = put_fraction(at, (uint32_t) (of_day % USECS_PER_SEC));
	memcpy(at, "+00:00", 6);
	return put_end(buf, at + 6, &date);
}

/* ---- Reading ---- */

/* Text that is being read at at.  bad is set when it is not what was wanted. */
typedef struct Scan
{
	const char *at;
	const char *end;
	bool		bad;
} Scan;

/* Moves over this text; false when something else stands there. */
static bool
take(Scan *s, const char *wanted)
{
	size_t len = strlen(wanted);

	if ((size_t) (s->end - s->at) < len || memcmp(s->at, wanted, len) != 0)
		return false;
	s->at += len;
	return true;
}

/* Likewise, but something else makes the text bad. */
static void
must_take(Scan *s, const char *wanted)
{
	if (!take(s, wanted))
		s->bad = true;
}

/* Reads a number of min to max digits, 9 at most; sets *n to their count unless n is NULL. */
static int32_t
take_number(Scan *s, int min, int max, int *n)
{
	int32_t number = 0;
	int		digits = 0;

	for (; digits < max && s->at < s->end && *s->at >= '0' && *s->at <= '9'; digits++)
		number = number * 10 + (*s->at++ - '0');
	if (digits < min)
		s->bad = true;
	if (n != NULL)
		*n = digits;
	return number;
}

static Date
take_date(Scan *s)
{
	Date date;

	date.year = take_number(s, 4, 6, NULL);
	must_take(s, "-");
	date.month = take_number(s, 2, 2, NULL);
	must_take(s, "-");
	date.day = take_number(s, 2, 2, NULL);
	return date;
}

/*
 * Reads the end of the text, and sets *day to the day of the date that was read
 * before.  Returns false unless the whole text was good.
 */
static bool
take_end(Scan *s, Date *date, int32_t *day)
{
	int64_t number;
	Date	real;

	/* 1 BC is followed by the year 1: no text has a year 0 */
	if (date->year == 0)
		s->bad = true;
	if (take(s, " BC"))
		date->year = 1 - date->year;
	if (s->bad || s->at != s->end || date->month < 1 || date->month > 12)
		return false;
	number = day_of_date(date);
	if (number < spk_day_of(SPK_MIN_TIME) || number > spk_day_of(SPK_MAX_TIME))
		return false;
	*day = (int32_t) number;
	/* a day that the month does not have is a day of the next one */
	real = date_of_day(*day);
	return real.day == date->day && real.month == date->month;
}

bool
spk_day_of_text(const char *text, size_t len, int32_t *day)
{
	Scan s = {text, text + len, false};
	Date date = take_date(&s);

	return take_end(&s, &date, day);
}

/* Reads the digits behind the point, as microseconds. */
static int32_t
take_fraction(Scan *s)
{
	int		n;
	int32_t us = take_number(s, 1, 6, &n);

	for (; n < 6; n++)
		us *= 10;
	return us;
}

bool
spk_time_of_text(const char *text, size_t len, int64_t *us)
{
	Scan	s = {text, text + len, false};
	Date	date = take_date(&s);
	int32_t hour;
	int32_t minute;
	int32_t second = 0;
	int32_t fraction = 0;
	int32_t day;

	must_take(&s, "T");
	hour = take_number(&s, 2, 2, NULL);
	must_take(&s, ":");
	minute = take_number(&s, 2, 2, NULL);
	if (take(&s, ":"))
	{
		second = take_number(&s, 2, 2, NULL);
		if (take(&s, "."))
			fraction = take_fraction(&s);
	}

	/* the shortest comes last, because the others begin like it */
	if (!take(&s, "Z") && !take(&s, "+00:00") && !take(&s, "+0000"))
		must_take(&s, "+00");
	if (hour > 23 || minute > 59 || second > 59 || !take_end(&s, &date, &day))
		return false;
	*us = day * SPK_USECS_PER_DAY + ((hour * 60 + minute) * 60 + second) * USECS_PER_SEC + fraction;
	return true;
}

int32_t
spk_month_of_day(int32_t day)
{
	Date date = date_of_day(day);

	return (date.year - 2000) * 12 + date.month - 1;
}

int32_t
spk_first_day_of_month(int32_t month)
{
	int32_t year = month >= 0 ? month / 12 : -((11 - month) / 12);
	Date	date = {2000 + year, month - 12 * year + 1, 1};

	return (int32_t) day_of_date(&date);
}
