/*
 * drift.c
 *	  How far values have moved from what they were: two histograms compared.
 */
#include <math.h>

#include "core/judging/drift.h"

#include "core/base/elementary.h"
#include "core/base/merge_sort.h"

/* A category and the rows that had it. */
typedef struct Frequency
{
	uint64_t n;
	uint32_t bin;
} Frequency;

/* Rows of each group then and now: those of values, of missing ones, and of unseen ones. */
typedef struct Groups
{
	double	 rows[SPK_DRIFT_GROUPS + 2][2];
	bool	 used[SPK_DRIFT_GROUPS + 2];
	uint32_t n_used;
	double	 total[2];
} Groups;

static void
put(Groups *groups, uint32_t group, uint64_t then, uint64_t now)
{
	groups->n_used += !groups->used[group];
	groups->used[group] = true;
	groups->rows[group][0] += (double) then;
	groups->rows[group][1] += (double) now;
	groups->total[0] += (double) then;
	groups->total[1] += (double) now;
}

static uint64_t
sum(const uint64_t *counts, uint32_t n)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < n; i++)
		all += counts[i];
	return all;
}

/* Each bin goes to the tenth that its middle is in. */
static void
put_ranges(const SpkHistograms *h, Groups *groups)
{
	uint64_t all = sum(h->then, h->n_bins);
	uint64_t below = 0;

	for (uint32_t i = 0; i < h->n_bins; i++)
	{
		double	 middle = (double) below + (double) h->then[i] / 2;
		uint32_t group = all == 0 ? 0 : (uint32_t) (middle / (double) all * SPK_DRIFT_GROUPS);

		below += h->then[i];
		if (group >= SPK_DRIFT_GROUPS)
			group = SPK_DRIFT_GROUPS - 1;
		put(groups, group, h->then[i], h->now[i]);
	}
}

/* The most frequent first. */
static int
compare_frequencies(const void *a, const void *b)
{
	const Frequency *x = a;
	const Frequency *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->bin < y->bin ? -1 : x->bin > y->bin;
}

static SpkStatus
put_categories(const SpkHost *host, const SpkHistograms *h, Groups *groups)
{
	Frequency *frequencies = spk_alloc(host, h->n_bins, sizeof(Frequency));
	SpkStatus  status = frequencies == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t i = 0; i < h->n_bins && status == SPK_OK; i++)
		frequencies[i] = (Frequency) {h->then[i], i};
	if (status == SPK_OK)
		status = spk_merge_sort(host, frequencies, h->n_bins, sizeof(Frequency),
								compare_frequencies);
	for (uint32_t i = 0; i < h->n_bins && status == SPK_OK; i++)
		put(groups, i < SPK_DRIFT_GROUPS ? i : SPK_DRIFT_GROUPS - 1, frequencies[i].n,
			h->now[frequencies[i].bin]);
	spk_release(host, frequencies);
	return status;
}

/*
 * The number that a chi square with so many degrees of freedom stays below in 95 of 100 cases
 * (Wilson, Hilferty 1931), within a hundredth of it.
 */
static double
chi_square_95(uint32_t degrees)
{
	double v = 2.0 / (9.0 * degrees);
	double root = 1 - v + 1.6448536269514722 * sqrt(v);

	return degrees * root * root * root;
}

static void
set_psi(const Groups *groups, SpkDrift *drift)
{
	double all[2];

	if (groups->total[0] == 0 || groups->total[1] == 0)
		return;
	for (int i = 0; i < 2; i++)
		all[i] = groups->total[i] + 0.5 * groups->n_used;
	drift->psi = 0;
	for (uint32_t g = 0; g < SPK_DRIFT_GROUPS + 2; g++)
	{
		double p = (groups->rows[g][0] + 0.5) / all[0];
		double q = (groups->rows[g][1] + 0.5) / all[1];

		if (groups->used[g])
			drift->psi += (q - p) * spk_log(q / p);
	}
	drift->psi_chance = groups->n_used < 2 ?
		0 :
		(1 / groups->total[0] + 1 / groups->total[1]) * chi_square_95(groups->n_used - 1);
}

static void
set_ks(const SpkHistograms *h, SpkDrift *drift)
{
	double n = (double) sum(h->then, h->n_bins);
	double m = (double) sum(h->now, h->n_bins);
	double below[2] = {0, 0};

	if (n == 0 || m == 0)
		return;
	drift->ks = 0;
	for (uint32_t i = 0; i < h->n_bins; i++)
	{
		below[0] += (double) h->then[i];
		below[1] += (double) h->now[i];
		drift->ks = fmax(drift->ks, fabs(below[0] / n - below[1] / m));
	}
	/* sqrt(-ln(0.05 / 2) / 2) */
	drift->ks_chance = 1.3581015157406195 * sqrt(1 / n + 1 / m);
}

SpkStatus
spk_drift(const SpkHost *host, const SpkHistograms *h, SpkDrift *drift)
{
	Groups	  groups = {0};
	SpkStatus status = SPK_OK;

	*drift = (SpkDrift) {NAN, NAN, NAN, NAN};
	if (h->ordered)
		put_ranges(h, &groups);
	else
		status = put_categories(host, h, &groups);
	if (status != SPK_OK)
		return status;
	if (h->missing[0] + h->missing[1] > 0)
		put(&groups, SPK_DRIFT_GROUPS, h->missing[0], h->missing[1]);
	if (h->unseen > 0)
		put(&groups, SPK_DRIFT_GROUPS + 1, 0, h->unseen);
	set_psi(&groups, drift);
	if (h->ordered)
		set_ks(h, drift);
	return SPK_OK;
}

SpkDriftVerdict
spk_drift_verdict(const SpkDrift *drift)
{
	if (isnan(drift->psi))
		return SPK_DRIFT_UNKNOWN;
	if (drift->psi < SPK_DRIFT_SOME)
		return SPK_DRIFT_STABLE;
	if (drift->psi <= drift->psi_chance)
		return SPK_DRIFT_CHANCE;
	return drift->psi < SPK_DRIFT_STRONG ? SPK_DRIFT_DRIFT : SPK_DRIFT_FAR;
}
