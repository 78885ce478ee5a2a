/*
 * describe_log_judge.c
 *	  What a look at a log leads to: until when it is complete, which horizon to
 *	  label by, which event looks like leaving, how to group generated names.
 */
#include "compat.h"

#include "host/pg_host.h"
#include "core/profiles/name_groups.h"
#include "profiles/describe_log.h"

/* A return within this share of all gaps between active days is usual. */
#define USUAL_GAPS 0.9

/* With fewer users than this, chance makes events look like leaving. */
#define MIN_LEAVERS 5

/* What leaving looks like: of so many users nothing comes after, and it comes so often to one. */
#define LIKELY_ENDED   0.95
#define LIKELY_ROWS	   1.1
#define POSSIBLE_ENDED 0.7
#define POSSIBLE_ROWS  1.5

/* ---- Which event ---- */

static double
share_ended(const SpkNameTotal *total)
{
	return (double) total->ended / (double) total->users;
}

static double
rows_per_user(const SpkNameTotal *total)
{
	return (double) total->span.rows / (double) total->users;
}

/* Whoever did nothing but this may have come and gone: a signing up, not a leaving. */
static SpkLeaving
leaving_of(const SpkNameTotal *total)
{
	if (total->users < MIN_LEAVERS || total->ended_later * 2 < total->users)
		return SPK_LEAVING_NONE;
	if (share_ended(total) >= LIKELY_ENDED && rows_per_user(total) <= LIKELY_ROWS)
		return SPK_LEAVING_LIKELY;
	if (share_ended(total) >= POSSIBLE_ENDED && rows_per_user(total) <= POSSIBLE_ROWS)
		return SPK_LEAVING_PERHAPS;
	return SPK_LEAVING_NONE;
}

/* Does the first tell more of leaving?  Of the same share the one that more users have; at last by name. */
static bool
tells_more(const SpkLogTally *tally, uint32 a, uint32 b)
{
	const SpkNameTotal *x = &tally->totals[a];
	const SpkNameTotal *y = &tally->totals[b];

	if (share_ended(x) != share_ended(y))
		return share_ended(x) > share_ended(y);
	if (rows_per_user(x) != rows_per_user(y))
		return rows_per_user(x) < rows_per_user(y);
	if (x->users != y->users)
		return x->users > y->users;
	/* a confirmation is named at greater length than what it confirms */
	if (tally->names.names[a].len != tally->names.names[b].len)
		return tally->names.names[a].len > tally->names.names[b].len;
	return spk_dictionary_compare(&tally->names, a, b) < 0;
}

/* The events that look most like leaving, of those that are told apart. */
static void
find_leavers(SpkLogLook *look)
{
	const SpkLogTally *tally = &look->tally;

	look->leavers = palloc((tally->names.n + 1) * sizeof(uint32));
	for (uint32 i = 1; i < tally->names.n; i++)
		look->leaving = Max(look->leaving, leaving_of(&tally->totals[i]));
	for (uint32 i = 1; i < tally->names.n && look->leaving != SPK_LEAVING_NONE; i++)
	{
		uint32 at = look->n_leavers;

		if (leaving_of(&tally->totals[i]) != look->leaving)
			continue;
		for (; at > 0 && tells_more(tally, i, look->leavers[at - 1]); at--)
			look->leavers[at] = look->leavers[at - 1];
		look->leavers[at] = i;
		look->n_leavers++;
	}
}

/* ---- Names ---- */

/* The order of two names: those of most users first, then of most rows, then by bytes. */
static int
compare_names(const void *a, const void *b, void *arg)
{
	const SpkLogTally  *tally = arg;
	uint32				i = *(const uint32 *) a;
	uint32				j = *(const uint32 *) b;
	const SpkNameTotal *x = &tally->totals[i];
	const SpkNameTotal *y = &tally->totals[j];

	if (x->users != y->users)
		return x->users > y->users ? -1 : 1;
	if (x->span.rows != y->span.rows)
		return x->span.rows > y->span.rows ? -1 : 1;
	return spk_dictionary_compare(&tally->names, i, j);
}

static void
order_names(SpkLogLook *look)
{
	SpkLogTally *tally = &look->tally;

	look->order = palloc((tally->names.n + 1) * sizeof(uint32));
	for (uint32 i = 1; i < tally->names.n; i++)
		if (tally->totals[i].span.rows > 0)
			look->order[look->n_order++] = i;
	qsort_arg(look->order, look->n_order, sizeof(uint32), compare_names, tally);
	look->n_names = look->n_order;
	if (tally->totals[SPK_NAME_OTHER].span.rows > 0)
		look->order[look->n_order++] = SPK_NAME_OTHER;
}

/* ---- The horizon ---- */

/*
 * The one that is nearest to the usual gap, by their ratio, if the log has room for
 * it: as many days before the last date to label at as behind it.
 */
static void
choose_horizon(SpkLogLook *look)
{
	int64 gap = look->gap;
	int32 room = 0;
	int	  h = 0;

	if (look->has_end)
		room = (look->end - spk_day_of(look->tally.events.first)) / 2;
	while (h + 1 < SPK_N_HORIZONS && (int64) spk_horizons[h] * spk_horizons[h + 1] < gap * gap)
		h++;
	while (h > 0 && spk_horizons[h] > room)
		h--;
	look->horizon = Min(spk_horizons[h], room);
}

void
spk_log_look_judge(SpkLogLook *look)
{
	SpkLogTally *tally = &look->tally;
	SpkStatus	 status;

	look->has_end = spk_active_days_end(&tally->days, &look->end, &look->median, &status);
	spk_check(status, SPK_LOG_LOOK_WHAT, NULL);
	look->gap = spk_active_days_gap(&tally->days, USUAL_GAPS);
	choose_horizon(look);
	order_names(look);
	find_leavers(look);
	if (tally->many_names_users > 0)
		spk_check(spk_name_groups_find(&tally->names, SPK_MANY_NAMES, &look->steps,
									   &look->n_groups),
				  SPK_LOG_LOOK_WHAT, NULL);
}
