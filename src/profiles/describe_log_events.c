/*
 * describe_log_events.c
 *	  What churn_describe_log tells of churn and of events: what leaving could be,
 *	  how long users stay away, and each name.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "profiles/describe_log_line.h"
#include "profiles/log_args.h"

/* Events that have rows of their own; a log with more has generated names. */
#define MAX_EVENT_ROWS 200

/* The name of a number, in the encoding of the server. */
static char *
event_name(const SpkLogLook *look, uint32 number)
{
	const SpkDictionary *names = &look->tally.names;

	return spk_text_from_utf8(spk_dictionary_text(names, number), names->names[number].len);
}

/* ---- Churn ---- */

/* What is known of a name. */
static void
set_total(const SpkTelling *t, SpkLine *line, uint32 number)
{
	const SpkNameTotal *total = &t->look->tally.totals[number];

	spk_line_count(line, SPK_LINE_ROWS, total->span.rows);
	spk_line_times(line, &total->span);
	if (total->amounts.rows > 0)
		spk_line_amount(line, total->amounts.gained - total->amounts.refunded);
	/* users of several names that are together would count several times */
	if (number == SPK_NAME_OTHER && t->look->tally.names_dropped)
		return;
	spk_line_count(line, SPK_LINE_USERS, total->users);
	spk_line_count(line, SPK_LINE_ENDED, total->ended);
	spk_line_ratio(line, SPK_LINE_PERCENT, total->ended, total->users, 100);
	spk_line_ratio(line, SPK_LINE_PER_USER, total->span.rows, total->users, 1);
}

static const char *
leaving_note(const SpkLogLook *look, uint32 i)
{
	if (look->leaving == SPK_LEAVING_PERHAPS)
		return "may mean leaving: for most who have it nothing comes after,\nbut not for all";
	return i == 0 ? "looks like leaving: it comes once, and nothing after" :
					"looks like leaving, too";
}

/* The silence at a horizon that is in the list. */
static void
set_silence(SpkLine *line, const SpkLogLook *look, int horizon)
{
	SpkSilence silence = spk_active_days_silence(&look->tally.days, horizon, look->end);

	spk_line_set(line, SPK_LINE_DAYS, Int32GetDatum(spk_horizons[horizon]));
	if (silence.as_of - spk_horizons[horizon] < spk_day_of(look->tally.events.first))
	{
		spk_line_note(line, "the log is too short: it takes twice as many days");
		return;
	}
	spk_line_count(line, SPK_LINE_USERS, silence.at_risk);
	spk_line_count(line, SPK_LINE_ENDED, silence.silent);
	spk_line_ratio(line, SPK_LINE_PERCENT, silence.silent, silence.at_risk, 100);
	spk_line_set(line, SPK_LINE_FIRST_AT,
				 TimestampTzGetDatum((int64) silence.as_of * SPK_USECS_PER_DAY));
	spk_line_set(line, SPK_LINE_LAST_AT,
				 TimestampTzGetDatum((int64) look->end * SPK_USECS_PER_DAY));
}

static void
put_horizon(const SpkTelling *t)
{
	const SpkLogLook	*look = t->look;
	const SpkActiveDays *days = &look->tally.days;
	SpkLine				 line = spk_line("churn", psprintf("inactive for %d days", look->horizon));

	for (int h = 0; h < SPK_N_HORIZONS; h++)
		if (spk_horizons[h] == look->horizon)
			set_silence(&line, look, h);
	spk_line_set(&line, SPK_LINE_DAYS, Int32GetDatum(look->horizon));
	if (days->n_gaps > 0)
		spk_line_note(&line,
					  psprintf("%.0f of 100 returns come within it: who stays away for longer\n"
							   "may have left",
							   100.0 * spk_active_days_within(days, look->horizon) / days->n_gaps));
	else
		spk_line_note(&line, "nobody returned on another day");
	spk_line_put(t, &line);
}

static void
put_churn(const SpkTelling *t)
{
	const SpkLogLook *look = t->look;

	for (uint32 i = 0; i < look->n_leavers; i++)
	{
		SpkLine line = spk_line("churn", event_name(look, look->leavers[i]));

		set_total(t, &line, look->leavers[i]);
		spk_line_note(&line, leaving_note(look, i));
		spk_line_put(t, &line);
	}
	if (look->horizon > 0)
		put_horizon(t);
	else if (look->n_leavers == 0 && look->n_order > 0)
	{
		SpkLine line = spk_line("churn", "inactive");

		spk_line_note(&line, "the log is too short to tell who stays away");
		spk_line_put(t, &line);
	}
}

/* ---- Gaps ---- */

static void
put_gaps(const SpkTelling *t)
{
	static const unsigned shares[] = {50, 90, 99};
	const SpkActiveDays	 *days = &t->look->tally.days;

	for (int i = 0; i < lengthof(shares); i++)
	{
		SpkLine line = spk_line("gap", psprintf("%u %% of gaps", shares[i]));

		if (days->n_gaps == 0)
			break;
		spk_line_count(&line, SPK_LINE_ROWS, days->n_gaps);
		spk_line_ratio(&line, SPK_LINE_PERCENT, shares[i], 100, 100);
		spk_line_set(&line, SPK_LINE_DAYS,
					 Int32GetDatum(spk_active_days_gap(days, shares[i] / 100.0)));
		if (i == 0)
			spk_line_note(&line, "days from a user's active day to the next one: at most so many");
		spk_line_put(t, &line);
	}
}

static void
put_silence(const SpkTelling *t)
{
	bool is_first = true;

	for (int h = 0; h < SPK_N_HORIZONS; h++)
	{
		int32	days = spk_horizons[h];
		SpkLine line = spk_line("inactive", psprintf("for %d days", days));

		if (!t->look->has_end || days < 14 || (days > 90 && days != t->look->horizon))
			continue;
		set_silence(&line, t->look, h);
		if (is_first && !line.nulls[SPK_LINE_USERS])
			spk_line_note(
				&line,
				"ended: of those active in as many days before first_at,\nwithout an event until last_at");
		is_first = false;
		spk_line_put(t, &line);
	}
}

/* ---- Events ---- */

static const char *
amounts_note(const SpkAmountTally *amounts)
{
	if (amounts->rows == 0)
		return NULL;
	if (amounts->refunded == 0)
		return psprintf("amounts in " UINT64_FORMAT " rows", amounts->rows);
	return psprintf("amounts in " UINT64_FORMAT " rows; refunds of %.2f in it", amounts->rows,
					(double) amounts->refunded / SPK_AMOUNT_ONE);
}

static void
put_events(const SpkTelling *t)
{
	const SpkLogLook *look = t->look;
	SpkSpan			  rest = {0};
	uint32			  n_rest = 0;

	for (uint32 i = 0; i < look->n_order; i++)
	{
		uint32				number = look->order[i];
		const SpkNameTotal *total = &look->tally.totals[number];
		SpkLine				line;

		if (number == SPK_NAME_OTHER)
			line = spk_line("event", "(others, or longer than 255 bytes)");
		else if (i < MAX_EVENT_ROWS)
			line = spk_line("event", event_name(look, number));
		else
		{
			/* together in one row, behind the others */
			spk_span_add(&rest, &total->span);
			n_rest++;
			continue;
		}
		set_total(t, &line, number);
		spk_line_note(&line, amounts_note(&total->amounts));
		spk_line_put(t, &line);
	}
	if (n_rest > 0)
	{
		SpkLine line = spk_line("event", psprintf("(%u more names)", n_rest));

		spk_line_count(&line, SPK_LINE_ROWS, rest.rows);
		spk_line_times(&line, &rest);
		spk_line_put(t, &line);
	}
}

void
spk_log_look_tell_events(const SpkLogLook *look, ReturnSetInfo *rsinfo)
{
	const SpkTelling t = {look, rsinfo};

	put_churn(&t);
	put_gaps(&t);
	put_silence(&t);
	put_events(&t);
}
