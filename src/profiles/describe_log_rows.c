/*
 * describe_log_rows.c
 *	  What churn_describe_log tells of the log as a whole: its rows, what is wrong
 *	  with them, and until when they are complete.
 */
#include "compat.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "core/base/calendar.h"
#include "profiles/describe_log_line.h"

/* A user with this share of all events, and so many times the mean, is most likely nobody. */
#define LARGE_SHARE 0.01
#define LARGE_TIMES 50

/* Of a user's id so much is shown. */
#define SHOWN_BYTES 60

/* Rows of a kind, and what to say when there are any. */
static void
put_kind(const SpkTelling *t, const char *name, uint64 rows, const char *note)
{
	SpkLine line = spk_line("log", name);

	spk_line_count(&line, SPK_LINE_ROWS, rows);
	spk_line_ratio(&line, SPK_LINE_PERCENT, rows, t->look->tally.rows, 100);
	if (rows > 0)
		spk_line_note(&line, note);
	spk_line_put(t, &line);
}

static void
put_odd_times(const SpkTelling *t, const char *name, const SpkSpan *span, uint64 users,
			  const char *note)
{
	SpkLine line = spk_line("log", name);

	spk_line_count(&line, SPK_LINE_ROWS, span->rows);
	spk_line_count(&line, SPK_LINE_USERS, users);
	spk_line_ratio(&line, SPK_LINE_PERCENT, span->rows, t->look->tally.rows, 100);
	spk_line_times(&line, span);
	if (span->rows > 0)
		spk_line_note(&line, note);
	spk_line_put(t, &line);
}

static void
put_events_together(const SpkTelling *t)
{
	const SpkLogTally *tally = &t->look->tally;
	SpkLine			   line = spk_line("log", "events");

	spk_line_count(&line, SPK_LINE_ROWS, tally->events.rows);
	spk_line_count(&line, SPK_LINE_USERS, tally->users);
	spk_line_ratio(&line, SPK_LINE_PERCENT, tally->events.rows, tally->rows, 100);
	spk_line_ratio(&line, SPK_LINE_PER_USER, tally->events.rows, tally->users, 1);
	spk_line_set(&line, SPK_LINE_DAYS, Int32GetDatum(spk_active_days_count(&tally->days)));
	spk_line_times(&line, &tally->events);
	spk_line_note(&line,
				  tally->events.rows == 0 ? "nothing to look at" :
											"what is left: all that follows is of these");
	spk_line_put(t, &line);
}

static void
put_repeats(const SpkTelling *t)
{
	const SpkLogTally *tally = &t->look->tally;
	SpkLine			   line = spk_line("log", "repeats");

	spk_line_count(&line, SPK_LINE_ROWS, tally->repeats);
	spk_line_count(&line, SPK_LINE_USERS, tally->repeating_users);
	spk_line_ratio(&line, SPK_LINE_PERCENT, tally->repeats, tally->events.rows, 100);
	if (tally->repeats > 0 || tally->sample_bits > 0)
		spk_line_note(&line,
					  psprintf("%s%s%s", tally->sample_bits > 0 ? "estimated from a sample: " : "",
							   tally->repeats > 0 ?
								   "the same as another row in all\ncolumns that are named" :
								   "none was found",
							   tally->repeats > 0 ? "; the SQL below takes them once" : ""));
	spk_line_put(t, &line);
}

static void
put_largest_user(const SpkTelling *t)
{
	const SpkLogTally *tally = &t->look->tally;
	SpkLine			   line = spk_line("log", "largest user");
	double			   share;

	if (t->look->max_user == NULL)
		return;
	share = (double) tally->max_rows / (double) tally->events.rows;
	spk_line_count(&line, SPK_LINE_ROWS, tally->max_rows);
	spk_line_count(&line, SPK_LINE_USERS, 1);
	spk_line_ratio(&line, SPK_LINE_PERCENT, tally->max_rows, tally->events.rows, 100);
	spk_line_note(&line,
				  psprintf("user %.*s%s",
						   pg_mbcliplen(t->look->max_user, strlen(t->look->max_user), SHOWN_BYTES),
						   t->look->max_user,
						   share >= LARGE_SHARE && share * (double) tally->users >= LARGE_TIMES ?
							   ":\nso many that it may be nobody, as all who are not logged in" :
							   ""));
	spk_line_put(t, &line);
}

static void
put_names(const SpkTelling *t)
{
	const SpkLogLook  *look = t->look;
	const SpkLogTally *tally = &look->tally;
	SpkLine			   line = spk_line("log", psprintf("users of over %d names", SPK_MANY_NAMES));
	char			  *note = psprintf("%s%u different names; of one user at most %s%u",
						   tally->names_dropped ? "over " : "", look->n_names,
						   tally->max_names > SPK_LOG_NAMES ? "over " : "",
									   Min(tally->max_names, SPK_LOG_NAMES));

	spk_line_count(&line, SPK_LINE_USERS, tally->many_names_users);
	spk_line_ratio(&line, SPK_LINE_PERCENT, tally->many_names_users, tally->users, 100);
	if (tally->many_names_users > 0)
		note = psprintf("%s:\na program makes them; %s", note,
						look->steps == 0 ?
							"group them by what they have in common before you go on" :
							psprintf("\n%s makes %u of them, as below",
									 spk_log_look_grouped(look,
														  quote_identifier(look->columns.event)),
									 look->n_groups));
	spk_line_note(&line, note);
	spk_line_put(t, &line);
}

static void
put_end(const SpkTelling *t)
{
	const SpkLogLook *look = t->look;
	SpkLine			  line = spk_line("log", "complete until");
	char			  day[SPK_TIME_TEXT];

	if (!look->has_end)
		return;
	/* by its date, which is of UTC: the time below is shown in the zone of the session */
	spk_day_text(look->end, day);
	spk_line_set(&line, SPK_LINE_LAST_AT,
				 TimestampTzGetDatum((int64) look->end * SPK_USECS_PER_DAY));
	spk_line_note(&line,
				  psprintf("log_end => '%s': here begins the last day\nwith a tenth of the median "
						   "day's users (" UINT64_FORMAT ")",
						   day, look->median));
	spk_line_put(t, &line);
}

void
spk_log_look_tell_log(const SpkLogLook *look, ReturnSetInfo *rsinfo)
{
	const SpkTelling   telling = {look, rsinfo};
	const SpkTelling  *t = &telling;
	const SpkLogTally *tally = &look->tally;
	char			   end_of_time[SPK_TIME_TEXT];
	SpkLine			   line = spk_line("log", "rows");

	spk_day_text(spk_day_of(t->look->end_of_time), end_of_time);
	spk_line_count(&line, SPK_LINE_ROWS, tally->rows);
	spk_line_put(t, &line);
	/* first what is left out, and why */
	put_kind(t, "without user", tally->no_user, "null or empty: nobody's, and left out");
	put_kind(t, "without time", tally->no_time, "left out");
	put_kind(t, "without event", tally->no_event, "left out");
	put_odd_times(
		t, "before 1971", &tally->early, tally->early_users,
		"left out: seconds that were read as milliseconds, or a\ndate that stands for none");
	put_odd_times(t, "in the future", &tally->late, tally->late_users,
				  psprintf("left out: from %s on; milliseconds that were read\n"
						   "as seconds, or wrong clocks",
						   end_of_time));
	put_events_together(t);
	put_repeats(t);
	put_largest_user(t);
	put_names(t);
	put_end(t);
}
