/*
 * survival_scores.c
 *	  How good predicted curves of survival are, where times may be censored.
 */
#include "core/judging/survival_scores.h"

#include <math.h>

#include "core/base/sort.h"
#include "core/judging/score_sort.h"

#define FIRST_CURVES 64

/*
 * A row in one word: the time, then 1 for censored, then the chance to have left, so that
 * words order as pairs want them.  Chances are whole numbers of 2^-45, and closer ones
 * are equal.
 */
#define CHANCE_BITS	  46
#define CHANCE_ONE	  ((double) (UINT64_C(1) << (CHANCE_BITS - 1)))
#define CHANCE_MASK	  ((UINT64_C(1) << CHANCE_BITS) - 1)
#define CENSORED	  (UINT64_C(1) << CHANCE_BITS)
#define TIME_SHIFT	  (CHANCE_BITS + 1)
#define row_time(row) ((uint32_t) ((row) >> TIME_SHIFT))

_Static_assert(SPK_MAX_SURVIVAL_TIME < 1 << (64 - TIME_SHIFT), "a time fits");

/* Squares are whole numbers of 2^-40: a sum of them over all rows fits. */
#define SQUARE_ONE ((double) (UINT64_C(1) << 40))

_Static_assert(SPK_MAX_SURVIVAL_ROWS <= UINT64_C(1) << 22, "sums of squares fit");

static inline uint64_t
square(double x)
{
	return (uint64_t) (x * x * SQUARE_ONE + 0.5);
}

/* The last day of the curves. */
static uint32_t
horizon(const SpkSurvivalScores *scores)
{
	return scores->n_periods * scores->width;
}

bool
spk_survival_scores_fit(uint32_t n_periods, uint32_t width)
{
	return n_periods >= 1 && n_periods <= SPK_MAX_SURVIVAL_PERIODS && width >= 1 &&
		width <= SPK_MAX_SURVIVAL_TIME &&
		((uint64_t) n_periods * width + 1) * n_periods <= SPK_MAX_SURVIVAL_SUMS;
}

size_t
spk_survival_scores_sums(const SpkSurvivalScores *scores)
{
	return ((size_t) horizon(scores) + 1) * scores->n_periods;
}

SpkStatus
spk_survival_scores_init(const SpkHost *host, SpkSurvivalScores *scores, uint32_t n_periods,
						 uint32_t width)
{
	*scores = (SpkSurvivalScores) {.n_periods = n_periods, .width = width};
	scores->left = spk_alloc(host, spk_survival_scores_sums(scores), sizeof(uint64_t));
	scores->stayed = spk_alloc(host, n_periods, sizeof(uint64_t));
	if (scores->left == NULL || scores->stayed == NULL)
	{
		spk_survival_scores_release(host, scores);
		return SPK_NO_MEMORY;
	}
	memset(scores->stayed, 0, n_periods * sizeof(uint64_t));
	if (!spk_clear(host, scores->left, spk_survival_scores_sums(scores) * sizeof(uint64_t)))
		return SPK_CANCELLED;
	return SPK_OK;
}

void
spk_survival_scores_release(const SpkHost *host, SpkSurvivalScores *scores)
{
	spk_survival_release(host, &scores->survival);
	spk_release(host, scores->rows);
	spk_release(host, scores->left);
	spk_release(host, scores->stayed);
	*scores = (SpkSurvivalScores) {0};
}

/* Makes room for more rows. */
static SpkStatus
reserve(const SpkHost *host, SpkSurvivalScores *scores, uint64_t more)
{
	uint64_t  needed = scores->survival.n + more;
	uint64_t  capacity = scores->capacity * 2;
	uint64_t *rows;

	if (needed > SPK_MAX_SURVIVAL_ROWS)
		return SPK_LIMIT;
	if (needed <= scores->capacity)
		return SPK_OK;
	capacity = capacity < FIRST_CURVES ? FIRST_CURVES : capacity;
	capacity = capacity < needed ? needed : capacity;
	rows = spk_alloc(host, (size_t) capacity, sizeof(uint64_t));
	if (rows == NULL)
		return SPK_NO_MEMORY;
	if (!spk_copy(host, rows, scores->rows, (size_t) scores->survival.n * sizeof(uint64_t)))
	{
		spk_release(host, rows);
		return SPK_CANCELLED;
	}
	spk_release(host, scores->rows);
	scores->rows = rows;
	scores->capacity = capacity;
	return SPK_OK;
}

SpkStatus
spk_survival_scores_add(const SpkHost *host, SpkSurvivalScores *scores, uint32_t time, bool left,
						const double *curve)
{
	SpkStatus status = reserve(host, scores, 1);
	uint64_t  at = scores->survival.n;
	uint64_t  chance = (uint64_t) ((1 - curve[scores->n_periods - 1]) * CHANCE_ONE + 0.5);
	uint32_t  stayed;

	if (status == SPK_OK)
		status = spk_survival_add(host, &scores->survival, time, left);
	if (status != SPK_OK)
		return status;
	scores->rows[at] = (uint64_t) time << TIME_SHIFT | (left ? 0 : CENSORED) | chance;

	/* periods that are known to have ended with the user still there; then those without */
	stayed = left && time > 0 ? (time - 1) / scores->width : time / scores->width;
	stayed = stayed > scores->n_periods ? scores->n_periods : stayed;
	for (uint32_t k = 0; k < stayed; k++)
		scores->stayed[k] += square(1 - curve[k]);
	for (uint32_t k = stayed; left && k < scores->n_periods; k++)
		scores->left[(size_t) time * scores->n_periods + k] += square(curve[k]);
	return SPK_OK;
}

SpkStatus
spk_survival_scores_merge(const SpkHost *host, SpkSurvivalScores *scores,
						  const SpkSurvivalScores *from)
{
	SpkStatus status = reserve(host, scores, from->survival.n);
	size_t	  n_sums = spk_survival_scores_sums(scores);

	if (status != SPK_OK)
		return status;
	if (from->survival.n > 0 &&
		!spk_copy(host, scores->rows + scores->survival.n, from->rows,
				  (size_t) from->survival.n * sizeof(uint64_t)))
		return SPK_CANCELLED;
	for (size_t i = 0; i < n_sums; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		scores->left[i] += from->left[i];
	}
	for (uint32_t k = 0; k < scores->n_periods; k++)
		scores->stayed[k] += from->stayed[k];
	return spk_survival_merge(host, &scores->survival, &from->survival);
}

/* ---- Concordance ---- */

/* Rows to work on between two polls: each takes steps as a logarithm of all. */
#define POLL_PAIRS 4096

/* How many of the users that were met so far have which chance: a tree of sums (Fenwick, 1994). */
typedef struct Chances
{
	uint64_t *sorted; /* each chance that somebody has, once, in ascending order */
	uint32_t  n;
	uint32_t *sums; /* n + 1 */
	uint64_t  met;
} Chances;

static uint32_t
rank_of(const Chances *chances, uint64_t row)
{
	return spk_place_of_key(chances->sorted, chances->n, row & CHANCE_MASK);
}

static void
meet(Chances *chances, uint64_t row)
{
	for (uint32_t i = rank_of(chances, row) + 1; i <= chances->n; i += i & -i)
		chances->sums[i]++;
	chances->met++;
}

/* How many have one of the n lowest chances. */
static uint64_t
lowest(const Chances *chances, uint32_t n)
{
	uint64_t sum = 0;

	for (uint32_t i = n; i > 0; i -= i & -i)
		sum += chances->sums[i];
	return sum;
}

static SpkStatus
sort_chances(const SpkHost *host, const SpkSurvivalScores *scores, Chances *chances)
{
	SpkStatus status;

	for (uint64_t i = 0; i < scores->survival.n; i++)
		chances->sorted[i] = scores->rows[i] & CHANCE_MASK;
	status = spk_sort_scored(host, chances->sorted, (size_t) scores->survival.n);
	if (status != SPK_OK)
		return status;
	chances->n = spk_unique_keys(chances->sorted, (uint32_t) scores->survival.n);
	memset(chances->sums, 0, ((size_t) chances->n + 1) * sizeof(uint32_t));
	return SPK_OK;
}

/*
 * Walks the sorted rows from the latest time down.  Whoever was met before somebody who
 * left stayed longer, or as long, if censored; those who left at that time are met after
 * all of them have been compared.
 */
static SpkStatus
count_pairs(const SpkHost *host, const SpkSurvivalScores *scores, Chances *chances, double *c)
{
	uint64_t pairs = 0;
	uint64_t halves = 0; /* concordant pairs count twice, equal ones once */
	uint64_t unmet = scores->survival.n;

	for (uint64_t i = scores->survival.n; i-- > 0;)
	{
		uint64_t row = scores->rows[i];

		if (i % POLL_PAIRS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (row & CENSORED)
		{
			meet(chances, row);
			unmet = i;
			continue;
		}
		pairs += chances->met;
		halves += lowest(chances, rank_of(chances, row)) +
			lowest(chances, rank_of(chances, row) + 1);
		if (i > 0 && row_time(scores->rows[i - 1]) == row_time(row) &&
			(scores->rows[i - 1] & CENSORED) == 0)
			continue;
		while (unmet > i)
		{
			if (unmet % POLL_PAIRS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			meet(chances, scores->rows[--unmet]);
		}
	}
	*c = pairs == 0 ? NAN : (double) halves / 2 / (double) pairs;
	return SPK_OK;
}

static SpkStatus
concordance(const SpkHost *host, SpkSurvivalScores *scores, double *c)
{
	size_t	  n = (size_t) scores->survival.n;
	Chances	  chances = {spk_alloc(host, n, sizeof(uint64_t)), 0,
						 spk_alloc(host, n + 1, sizeof(uint32_t)), 0};
	SpkStatus status = SPK_NO_MEMORY;

	if (chances.sorted != NULL && chances.sums != NULL)
		status = spk_sort_scored(host, scores->rows, n);
	if (status == SPK_OK)
		status = sort_chances(host, scores, &chances);
	if (status == SPK_OK)
		status = count_pairs(host, scores, &chances, c);
	spk_release(host, chances.sorted);
	spk_release(host, chances.sums);
	return status;
}

/* ---- Brier ---- */

/*
 * Sets followed[t], for each day up to the horizon, to the probability not to be censored
 * before that day, and *stays[k] to the share that stays through period k.
 */
static void
find_weights(const SpkSurvivalScores *scores, double *followed, double *stays)
{
	SpkSurvivalCurve curve = SPK_SURVIVAL_START(&scores->survival);
	SpkSurvivalPoint point;
	bool			 more = spk_survival_next(&curve, &point);
	double			 share = 1;
	double			 survival = 1;

	for (uint32_t t = 0; t <= horizon(scores); t++)
	{
		followed[t] = share;
		if (more && point.time == t)
		{
			uint64_t stayed = point.at_risk - point.events;

			survival = point.survival;
			if (stayed > 0)
				share *= (double) (stayed - point.censored) / (double) stayed;
			more = spk_survival_next(&curve, &point);
		}
		if (t > 0 && t % scores->width == 0)
			stays[t / scores->width - 1] = survival;
	}
}

/* The mean over time of values at the ends of n periods. */
static double
integrate(const double *values, uint32_t n)
{
	double sum = 0;

	if (n < 2)
		return n == 0 ? NAN : values[0];
	for (uint32_t k = 1; k < n; k++)
		sum += (values[k - 1] + values[k]) / 2;
	return sum / (n - 1);
}

/*
 * The Brier score at the end of period k, and in *baseline that of the share that stays.
 * Both are NaN when nobody was followed so long.
 */
static double
brier_at(const SpkSurvivalScores *scores, uint32_t k, const double *followed, double stays,
		 double *baseline)
{
	const SpkSurvival *survival = &scores->survival;
	uint32_t		   end = (k + 1) * scores->width;
	double			   n = (double) survival->n;
	double			   sum = 0;
	double			   of_all = 0;
	uint64_t		   stayed = survival->n;

	*baseline = NAN;
	if (followed[end] == 0)
		return NAN;
	for (uint32_t t = 0; t <= end && t < survival->n_times; t++)
	{
		const SpkSurvivalCount *count = &survival->counts[t];

		stayed -= count->events + (t < end ? count->censored : 0);
		if (count->events == 0)
			continue;
		sum += (double) scores->left[(size_t) t * scores->n_periods + k] / followed[t];
		of_all += (double) count->events / followed[t];
	}
	*baseline = (of_all * stays * stays +
				 (double) stayed / followed[end] * (1 - stays) * (1 - stays)) /
		n;
	return (sum + (double) scores->stayed[k] / followed[end]) / SQUARE_ONE / n;
}

static SpkStatus
brier_scores(const SpkHost *host, const SpkSurvivalScores *scores, SpkSurvivalMetrics *metrics,
			 double *brier)
{
	uint32_t n = scores->n_periods;
	double	*followed = spk_alloc(host, (size_t) horizon(scores) + 1 + 2 * n, sizeof(double));
	double	*stays;
	double	*baseline;
	bool	 cancelled = false;

	if (followed == NULL)
		return SPK_NO_MEMORY;
	stays = followed + horizon(scores) + 1;
	baseline = stays + n;
	find_weights(scores, followed, stays);
	metrics->n_periods = 0;
	for (uint32_t k = 0; k < n && !cancelled; k++)
	{
		cancelled = spk_cancelled(host);
		brier[k] = brier_at(scores, k, followed, stays[k], &baseline[k]);
		metrics->n_periods += !isnan(brier[k]);
	}

	/* the periods that nobody was followed through are the last ones */
	metrics->integrated_brier = integrate(brier, metrics->n_periods);
	metrics->baseline_brier = integrate(baseline, metrics->n_periods);
	spk_release(host, followed);
	return cancelled ? SPK_CANCELLED : SPK_OK;
}

SpkStatus
spk_survival_scores_judge(const SpkHost *host, SpkSurvivalScores *scores,
						  SpkSurvivalMetrics *metrics, double *brier)
{
	SpkStatus status;

	*metrics = (SpkSurvivalMetrics) {.n = scores->survival.n,
									 .n_events = scores->survival.n_events};
	status = concordance(host, scores, &metrics->concordance);
	if (status != SPK_OK)
		return status;
	return brier_scores(host, scores, metrics, brier);
}
