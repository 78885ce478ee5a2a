/*
 * delong.c
 *	  How sure an AUC is, and whether one is more than another by more than chance.
 *
 * A row's placement is the share of the rows of the other class that it is on the right side
 * of, ties counting half.  The AUC is the mean placement of either class, and its variance
 * is that of the two means.
 */
#include <math.h>

#include "core/judging/delong.h"

#include "core/base/elementary.h"
#include "core/base/merge_sort.h"
#include "core/base/sort.h"

/* The logarithm of 0.025, the chance that a limit is missed at either side. */
#define LN_0025 (-3.6888794541139363)

/* Rows of one score, in the order of another: the place of the row, and what sorts it. */
typedef struct Place
{
	double	 score;
	uint32_t row;
	uint32_t label;
} Place;

/* The sums over the rows of each user, of each class: placement less the AUC. */
typedef struct Sums
{
	double *of[2]; /* n_users each */
} Sums;

typedef struct Classes
{
	uint32_t n_rows[2];	   /* of each class */
	uint32_t n_users[2];   /* who have rows of it */
	uint32_t n_users_both; /* who have rows of any */
} Classes;

double
spk_surely(uint32_t n)
{
	return spk_exp(LN_0025 / n);
}

static int
compare_places(const void *a, const void *b)
{
	const Place *x = a;
	const Place *y = b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* ---- Placements ---- */

/*
 * Sets the placement of each row, of places sorted by score, and returns the AUC.  Pairs are
 * counted in whole numbers, in halves.
 */
static double
place_rows(const Place *places, const Classes *classes, uint32_t n, double *placements)
{
	uint64_t below[2] = {0, 0};
	uint64_t wins = 0;
	uint32_t end;

	for (uint32_t i = 0; i < n; i = end)
	{
		uint64_t tied[2] = {0, 0};

		for (end = i; end < n && places[end].score == places[i].score; end++)
			tied[places[end].label]++;
		for (uint32_t k = i; k < end; k++)
		{
			uint32_t label = places[k].label;
			uint64_t halves = 2 * below[!label] + tied[!label];

			/* somebody who stayed is right below those who left */
			if (label == 0)
				halves = 2 * (uint64_t) classes->n_rows[1] - halves;
			placements[places[k].row] = (double) halves / (2 * (double) classes->n_rows[!label]);
		}
		wins += tied[1] * (2 * below[0] + tied[0]);
		below[0] += tied[0];
		below[1] += tied[1];
	}
	return (double) wins / (2 * (double) classes->n_rows[0] * (double) classes->n_rows[1]);
}

/* Adds up the placements of each user, in the rows' own order. */
static void
sum_by_user(const SpkUserRows *rows, const double *placements, double auc, Sums *sums)
{
	for (int label = 0; label < 2; label++)
		for (uint32_t u = 0; u < rows->n_users; u++)
			sums->of[label][u] = 0;
	for (uint32_t i = 0; i < rows->n; i++)
		sums->of[spk_scored_label(rows->rows[i].row)][rows->rows[i].user] += placements[i] - auc;
}

/* Places the rows by one of the two scores. */
static SpkStatus
place(const SpkHost *host, const SpkUserRows *rows, const Classes *classes, bool other, double *auc,
	  Sums *sums)
{
	Place	 *places = spk_alloc(host, rows->n, sizeof(Place));
	double	 *placements = spk_alloc(host, rows->n, sizeof(double));
	SpkStatus status = places == NULL || placements == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t i = 0; i < rows->n && status == SPK_OK; i++)
	{
		const SpkUserRow *row = &rows->rows[i];

		places[i] = (Place) {other ? row->other : spk_scored_score(row->row), i,
							 (uint32_t) spk_scored_label(row->row)};
	}
	if (status == SPK_OK && other)
		status = spk_merge_sort(host, places, rows->n, sizeof(Place), compare_places);
	if (status == SPK_OK)
	{
		*auc = place_rows(places, classes, rows->n, placements);
		sum_by_user(rows, placements, *auc, sums);
	}
	spk_release(host, places);
	spk_release(host, placements);
	return status;
}

/* ---- Variances ---- */

/* n / (n - 1): what makes a sum of squares that of a sample. */
static double
sample_factor(uint32_t n)
{
	return n / ((double) n - 1);
}

/* The covariance of two AUCs, or the variance of one; NaN with fewer than two users of a class. */
static double
covariance(const Sums *a, const Sums *b, const Classes *c, uint32_t n_users)
{
	double own[2] = {0, 0};
	double across = 0;

	if (c->n_users[0] < 2 || c->n_users[1] < 2)
		return NAN;
	for (uint32_t u = 0; u < n_users; u++)
	{
		own[0] += a->of[0][u] * b->of[0][u];
		own[1] += a->of[1][u] * b->of[1][u];
		across += a->of[0][u] * b->of[1][u] + a->of[1][u] * b->of[0][u];
	}
	for (int label = 0; label < 2; label++)
		own[label] *= sample_factor(c->n_users[label]) /
			((double) c->n_rows[label] * (double) c->n_rows[label]);
	across *= sample_factor(c->n_users_both) / ((double) c->n_rows[0] * (double) c->n_rows[1]);
	return own[0] + own[1] + across;
}

static SpkInterval
limits(double value, double variance, double least, double most)
{
	double		width = SPK_NORMAL_975 * sqrt(variance);
	SpkInterval i = {fmax(value - width, least), fmin(value + width, most)};

	return isnan(width) ? (SpkInterval) {NAN, NAN} : i;
}

/* Of users with rows of one class and others with rows of the other so many pairs can be made. */
static uint32_t
disjoint_pairs(const Classes *c)
{
	uint32_t pairs = c->n_users[0] < c->n_users[1] ? c->n_users[0] : c->n_users[1];

	return pairs < c->n_users_both / 2 ? pairs : c->n_users_both / 2;
}

static SpkInterval
auc_limits(double auc, double variance, const Classes *c)
{
	uint32_t pairs = disjoint_pairs(c);

	if (auc != 0 && auc != 1)
		return limits(auc, variance, 0, 1);
	if (pairs == 0)
		return (SpkInterval) {NAN, NAN};
	return auc == 1 ? (SpkInterval) {spk_surely(pairs), 1} :
					  (SpkInterval) {0, 1 - spk_surely(pairs)};
}

/* ---- All together ---- */

/* Counts rows and users of each class; marks has room for all users. */
static Classes
count_classes(const SpkUserRows *rows, uint8_t *marks)
{
	Classes c = {{0, 0}, {0, 0}, rows->n_users};

	memset(marks, 0, rows->n_users);
	for (uint32_t i = 0; i < rows->n; i++)
	{
		int		 label = spk_scored_label(rows->rows[i].row);
		uint8_t *mark = &marks[rows->rows[i].user];

		c.n_rows[label]++;
		c.n_users[label] += !(*mark & (1 << label));
		*mark |= (uint8_t) (1 << label);
	}
	return c;
}

static void
judge_difference(SpkDelong *d, double variance)
{
	double difference = d->auc[0] - d->auc[1];

	d->difference = limits(difference, variance, -1, 1);
	if (difference == 0)
		d->p = 1;
	else if (variance > 0)
		d->p = spk_erfc(fabs(difference) / sqrt(2 * variance));
}

static SpkStatus
judge(const SpkHost *host, const SpkUserRows *rows, const Classes *c, bool paired, Sums *sums,
	  SpkDelong *d)
{
	/* a part of the rows varies more than the whole does, of which the AUC is known */
	double	  share = paired ? 1 : (double) rows->n / (double) rows->n_all;
	double	  variance[2] = {NAN, NAN};
	SpkStatus status = SPK_OK;

	for (int which = 0; which < 1 + paired && status == SPK_OK; which++)
	{
		status = place(host, rows, c, which == 1, &d->auc[which], &sums[which]);
		if (status != SPK_OK)
			return status;
		variance[which] = share * covariance(&sums[which], &sums[which], c, rows->n_users);
		d->interval[which] = auc_limits(d->auc[which], variance[which], c);
	}
	if (paired)
		judge_difference(d,
						 variance[0] + variance[1] -
							 2 * share * covariance(&sums[0], &sums[1], c, rows->n_users));
	return status;
}

SpkStatus
spk_delong(const SpkHost *host, const SpkUserRows *rows, bool paired, SpkDelong *d)
{
	uint8_t	 *marks = spk_alloc(host, rows->n_users, 1);
	double	 *memory = spk_alloc(host, rows->n_users, 4 * sizeof(double));
	SpkStatus status = marks == NULL || memory == NULL ? SPK_NO_MEMORY : SPK_OK;
	Sums	  sums[2];
	Classes	  classes;

	*d = (SpkDelong) {{NAN, NAN}, {{NAN, NAN}, {NAN, NAN}}, {NAN, NAN}, NAN};
	if (status == SPK_OK)
	{
		classes = count_classes(rows, marks);
		for (int i = 0; i < 4; i++)
			sums[i / 2].of[i % 2] = memory + (size_t) i * rows->n_users;
		if (classes.n_rows[0] > 0 && classes.n_rows[1] > 0)
			status = judge(host, rows, &classes, paired, sums, d);
	}
	spk_release(host, marks);
	spk_release(host, memory);
	return status;
}
