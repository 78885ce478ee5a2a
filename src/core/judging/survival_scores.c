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

/*
 * Pairs are counted while users are sorted by chance, starting from the order of time: when
 * two neighbouring stretches are merged, all users of the second one come later than those
 * of the first.  A key is a chance, then 1 for a user who left.
 */
typedef struct PairCount
{
	const SpkHost *host;
	uint64_t	  *keys;
	uint64_t	  *scratch;
	uint64_t	   n;
	uint64_t	   halves; /* pairs in the right order count twice, equal chances once */
} PairCount;

static inline uint64_t
chance_of(uint64_t key)
{
	return key >> 1;
}

/* Merges keys[from .. middle - 1] and keys[middle .. to - 1], sorted both, into scratch. */
static bool
merge_stretches(PairCount *count, uint64_t from, uint64_t middle, uint64_t to)
{
	const uint64_t *keys = count->keys;
	uint64_t		lower = middle; /* the keys of the second one before this are lower */
	uint64_t		equal = middle; /* from there to before this they are equal */
	uint64_t		at = from;

	for (uint64_t i = from; i < middle; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(count->host))
			return false;
		while (lower < to && chance_of(keys[lower]) < chance_of(keys[i]))
			count->scratch[at++] = keys[lower++];
		if (keys[i] & 1)
		{
			equal = equal < lower ? lower : equal;
			while (equal < to && chance_of(keys[equal]) == chance_of(keys[i]))
				equal++;
			count->halves += 2 * (lower - middle) + (equal - lower);
		}
		count->scratch[at++] = keys[i];
	}
	memcpy(count->scratch + at, keys + lower, (size_t) (to - lower) * sizeof(uint64_t));
	return true;
}

/* Sorts the keys by chance; false when the host wants to stop. */
static bool
sort_by_chance(PairCount *count)
{
	for (uint64_t width = 1; width < count->n; width *= 2)
	{
		uint64_t *swap = count->keys;

		for (uint64_t from = 0; from < count->n; from += 2 * width)
		{
			uint64_t middle = from + width < count->n ? from + width : count->n;
			uint64_t to = middle + width < count->n ? middle + width : count->n;

			if (!merge_stretches(count, from, middle, to))
				return false;
		}
		count->keys = count->scratch;
		count->scratch = swap;
	}
	return true;
}

/*
 * Makes keys of the sorted rows, and counts the pairs of which it is known who left first:
 * whoever left with all who come after the last one who left at the same time.  Pairs of
 * two who left then are not known, but stretches will count them; their chances ascend,
 * so that they count once for each equal pair, which is taken off beforehand.
 */
static uint64_t
make_keys(const SpkSurvivalScores *scores, PairCount *count)
{
	uint64_t pairs = 0;
	uint64_t together = 0; /* left at the same time so far, this one included */
	uint64_t alike = 0;	   /* of these, with the same chance */

	for (uint64_t i = 0; i < count->n; i++)
	{
		uint64_t row = scores->rows[i];
		bool	 left = (row & CENSORED) == 0;
		bool goes_on = left && i > 0 && row >> CHANCE_BITS == scores->rows[i - 1] >> CHANCE_BITS;

		count->keys[i] = (row & CHANCE_MASK) << 1 | left;
		together = goes_on ? together + 1 : 1;
		alike = goes_on && row == scores->rows[i - 1] ? alike + 1 : 1;
		if (!left)
			continue;
		pairs += count->n - 1 - i - (together - 1);
		count->halves -= alike - 1;
	}
	return pairs;
}

static SpkStatus
concordance(const SpkHost *host, SpkSurvivalScores *scores, double *c)
{
	size_t	  n = (size_t) scores->survival.n;
	uint64_t *memory = spk_alloc(host, n, 2 * sizeof(uint64_t));
	PairCount count = {host, memory, memory + n, n, 0};
	SpkStatus status;

	if (memory == NULL)
		return SPK_NO_MEMORY;
	status = spk_sort_scored(host, scores->rows, n);
	if (status == SPK_OK)
	{
		/* halves may pass through a number below 0, as whole numbers without a sign can */
		uint64_t pairs = make_keys(scores, &count);

		if (!sort_by_chance(&count))
			status = SPK_CANCELLED;
		*c = pairs == 0 ? NAN : (double) count.halves / 2 / (double) pairs;
	}
	spk_release(host, memory);
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
