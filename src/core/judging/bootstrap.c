/*
 * bootstrap.c
 *	  How far chance moves the figures of churn_metrics: users drawn again and again.
 *
 * What is a sum over rows is added up for each user once, so that a resample is a weighted sum
 * over users.  Only what depends on the ranking takes a walk down the rows.
 */
#include <math.h>

#include "core/judging/bootstrap.h"

#include "core/base/rng.h"
#include "core/base/sort.h"
#include "core/judging/curves.h"

/* About the most rows that all resamples may look at: less than a second. */
#define ROWS_LOOKED_AT 3e7

/* One of few users in so many resamples is too little to go by. */
#define LEAST_SHARE_KNOWN 0.5

/* The sums over the rows of a user, or over those of a resample. */
typedef struct Sums
{
	double n;
	double positives;
	double tp;
	double fp;
	double log_loss;
	double brier;
} Sums;

#define N_SUMS (sizeof(Sums) / sizeof(double))

/*
 * So many resamples are walked through at once, because a row, and the weights of its user,
 * then come from memory once for all of them, and sums are of vectors.  Each has the same bits as alone.
 */
#define LANES 8

/* How often a user was drawn.  That 65,536 draws of more users would all hit one does not happen. */
typedef uint16_t Weight;

typedef struct Bootstrap
{
	const SpkHost	  *host;
	const SpkUserRows *rows;
	double			   threshold;
	Sums			  *users;
	Weight			  *weights;	  /* of each user, one for each lane */
	double			  *resamples; /* SPK_N_FIGURES times n_resamples, figure by figure */
	uint32_t		   n_resamples;
} Bootstrap;

/* ---- The figures of a resample ---- */

static void
sum_users(Bootstrap *b)
{
	for (uint32_t u = 0; u < b->rows->n_users; u++)
		b->users[u] = (Sums) {0};
	for (uint32_t i = 0; i < b->rows->n; i++)
	{
		const SpkUserRow *row = &b->rows->rows[i];
		double			  score = spk_scored_score(row->row);
		int				  label = spk_scored_label(row->row);
		Sums			 *user = &b->users[row->user];

		user->n++;
		user->positives += label;
		if (score >= b->threshold)
		{
			user->tp += label;
			user->fp += !label;
		}
		user->log_loss += spk_row_log_loss(score, label);
		user->brier += (score - label) * (score - label);
	}
}

static void
sum_resamples(const Bootstrap *b, Sums *sums)
{
	double totals[N_SUMS][LANES] = {{0}};

	for (uint32_t u = 0; u < b->rows->n_users; u++)
	{
		double user[N_SUMS];

		memcpy(user, &b->users[u], sizeof(Sums));
		for (size_t f = 0; f < N_SUMS; f++)
			for (int k = 0; k < LANES; k++)
				totals[f][k] += b->weights[(size_t) u * LANES + (size_t) k] * user[f];
	}
	for (int k = 0; k < LANES; k++)
	{
		double resample[N_SUMS];

		for (size_t f = 0; f < N_SUMS; f++)
			resample[f] = totals[f][k];
		memcpy(&sums[k], resample, sizeof(Sums));
	}
}

/* What follows from the sums. */
static void
judge_sums(const Sums *sums, double threshold, double *figures)
{
	SpkMetrics m = {.n = (uint64_t) sums->n, .positives = (uint64_t) sums->positives};

	spk_metrics_flag(&m, threshold, (uint64_t) sums->tp, (uint64_t) sums->fp);
	figures[SPK_FIGURE_RATE] = sums->positives / sums->n;
	figures[SPK_FIGURE_ACCURACY] = m.accuracy;
	figures[SPK_FIGURE_PRECISION] = m.precision;
	figures[SPK_FIGURE_RECALL] = m.recall;
	figures[SPK_FIGURE_F1] = m.f1;
	figures[SPK_FIGURE_WEIGHTED_F1] = m.weighted_f1;
	figures[SPK_FIGURE_MACRO_F1] = m.macro_f1;
	figures[SPK_FIGURE_LOG_LOSS] = sums->log_loss / sums->n;
	figures[SPK_FIGURE_BRIER] = sums->brier / sums->n;
}

/* What a walk down the rows has met, in each lane. */
typedef struct Walk
{
	double positives[LANES];
	double negatives[LANES];
	double tied[LANES]; /* positives of the score at hand */
	double precision[LANES];
	double best[LANES];	   /* true positives of the best threshold */
	double best_of[LANES]; /* and the flagged and the positives, of which they are a share */
	double errors[LANES];
	double bin_scores[LANES];
	double bin_positives[LANES];
	bool   is_tied; /* has the score at hand positives, drawn or not? */
	int	   bin;		/* the rows are above this many of the bins' ends */
} Walk;

static inline void
end_tie(Walk *w, const double *all_positives)
{
	for (int k = 0; k < LANES; k++)
	{
		double flagged = w->positives[k] + w->negatives[k];
		double of = flagged + all_positives[k];

		/* the larger share without a division: all are counts */
		if (w->positives[k] * w->best_of[k] > w->best[k] * of)
		{
			w->best[k] = w->positives[k];
			w->best_of[k] = of;
		}
		if (w->tied[k] > 0)
			w->precision[k] += w->tied[k] * w->positives[k] / flagged;
		w->tied[k] = 0;
	}
	w->is_tied = false;
}

/* Adds up the bin that the walk leaves. */
static inline void
end_bin(Walk *w)
{
	for (int k = 0; k < LANES; k++)
	{
		w->errors[k] += fabs(w->bin_scores[k] - w->bin_positives[k]);
		w->bin_scores[k] = w->bin_positives[k] = 0;
	}
}

/* Goes down to the bin of a score, as spk_calibration has them: above its low end, up to its high one. */
static inline void
go_to_bin(Walk *w, double score)
{
	if (w->bin == 0 || score > (double) w->bin / SPK_CALIBRATION_BINS)
		return;
	end_bin(w);
	while (w->bin > 0 && score <= (double) w->bin / SPK_CALIBRATION_BINS)
		w->bin--;
}

/* Takes a row with so many copies in each lane. */
static inline void
take_row(Walk *w, const Weight *weights, double score, int label)
{
	double weight[LANES];

	for (int k = 0; k < LANES; k++)
		weight[k] = weights[k];
	for (int k = 0; k < LANES; k++)
		w->bin_scores[k] += weight[k] * score;
	if (!label)
	{
		for (int k = 0; k < LANES; k++)
			w->negatives[k] += weight[k];
		return;
	}
	for (int k = 0; k < LANES; k++)
	{
		w->bin_positives[k] += weight[k];
		w->positives[k] += weight[k];
		w->tied[k] += weight[k];
	}
	w->is_tied = true;
}

/* What takes the rows in their order, the highest scores first. */
static SpkStatus
judge_ranks(const Bootstrap *b, const Sums *sums, double (*figures)[SPK_N_FIGURES])
{
	Walk   w = {.bin = SPK_CALIBRATION_BINS};
	double all_positives[LANES];

	for (int k = 0; k < LANES; k++)
	{
		all_positives[k] = sums[k].positives;
		w.best_of[k] = 1;
	}
	for (uint32_t i = b->rows->n; i-- > 0;)
	{
		const SpkUserRow *row = &b->rows->rows[i];
		double			  score = spk_scored_score(row->row);

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(b->host))
			return SPK_CANCELLED;
		go_to_bin(&w, score);
		take_row(&w, &b->weights[(size_t) row->user * LANES], score, spk_scored_label(row->row));
		/* where a score has no positives, neither figure can have grown */
		if (w.is_tied && (i == 0 || row[-1].row >> 1 != row->row >> 1))
			end_tie(&w, all_positives);
	}
	end_bin(&w);
	for (int k = 0; k < LANES; k++)
	{
		bool some = sums[k].positives > 0;

		figures[k][SPK_FIGURE_PR_AUC] = some ? w.precision[k] / sums[k].positives : NAN;
		figures[k][SPK_FIGURE_BEST_F1] = some ? 2 * (w.best[k] / w.best_of[k]) : NAN;
		figures[k][SPK_FIGURE_ECE] = w.errors[k] / sums[k].n;
	}
	return SPK_OK;
}

static SpkStatus
judge_resamples(const Bootstrap *b, double (*figures)[SPK_N_FIGURES])
{
	Sums sums[LANES];

	sum_resamples(b, sums);
	for (int k = 0; k < LANES; k++)
		judge_sums(&sums[k], b->threshold, figures[k]);
	return judge_ranks(b, sums, figures);
}

/* Draws as many users as there are, in one lane. */
static void
draw_users(Bootstrap *b, uint64_t seed, uint32_t resample, int lane)
{
	uint32_t n = b->rows->n_users;
	SpkRng	 rng = spk_rng(seed, resample);

	for (uint32_t i = 0; i < n; i++)
		b->weights[(size_t) spk_rng_below(&rng, n) * LANES + lane]++;
}

static SpkStatus
draw_resamples(Bootstrap *b, uint64_t seed)
{
	double	  figures[LANES][SPK_N_FIGURES];
	SpkStatus status = SPK_OK;

	for (uint32_t i = 0; i < b->n_resamples && status == SPK_OK; i += LANES)
	{
		int lanes = b->n_resamples - i < LANES ? (int) (b->n_resamples - i) : LANES;

		memset(b->weights, 0, (size_t) b->rows->n_users * LANES * sizeof(Weight));
		for (int k = 0; k < lanes; k++)
		{
			if (spk_cancelled(b->host))
				return SPK_CANCELLED;
			draw_users(b, seed, i + (uint32_t) k, k);
		}
		status = judge_resamples(b, figures);
		for (int f = 0; f < SPK_N_FIGURES && status == SPK_OK; f++)
			for (int k = 0; k < lanes; k++)
				b->resamples[(size_t) f * b->n_resamples + i + (uint32_t) k] = figures[k][f];
	}
	return status;
}

/* ---- From resamples to limits ---- */

/* Puts the known ones of n numbers in front, ascending, and returns how many there are. */
static SpkStatus
sort_known(const SpkHost *host, double *numbers, uint32_t n, uint32_t *n_known)
{
	uint64_t *keys = spk_alloc(host, n, 2 * sizeof(uint64_t));
	SpkStatus status;

	*n_known = 0;
	if (keys == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n; i++)
		if (!isnan(numbers[i]))
			keys[(*n_known)++] = spk_key_of_number(numbers[i]);
	status = spk_sort_u64(host, keys, keys + n, *n_known, 0);
	for (uint32_t i = 0; i < *n_known && status == SPK_OK; i++)
		numbers[i] = spk_number_of_key(keys[i]);
	spk_release(host, keys);
	return status;
}

/* The quantile of n sorted numbers, between the two that are next to it. */
static double
quantile(const double *sorted, uint32_t n, double share)
{
	double	 at = share * (n + 1) - 1;
	uint32_t below;

	if (at <= 0 || at >= n - 1)
		return at <= 0 ? sorted[0] : sorted[n - 1];
	below = (uint32_t) at;
	return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

/* Users who have rows that a share is of: those flagged, those who churned, or all. */
static uint32_t
users_of(const Bootstrap *b, SpkFigure figure)
{
	uint32_t n = 0;

	for (uint32_t u = 0; u < b->rows->n_users; u++)
	{
		const Sums *user = &b->users[u];

		n += figure == SPK_FIGURE_PRECISION ? user->tp + user->fp > 0 :
			figure == SPK_FIGURE_RECALL		? user->positives > 0 :
											  true;
	}
	return n;
}

static bool
is_share(SpkFigure figure)
{
	return figure == SPK_FIGURE_RATE || figure == SPK_FIGURE_ACCURACY ||
		figure == SPK_FIGURE_PRECISION || figure == SPK_FIGURE_RECALL;
}

/* The limits of a figure that is value in all rows and drawn in those here. */
static SpkStatus
set_limits(const Bootstrap *b, SpkFigure figure, double value, double drawn, SpkInterval *limits)
{
	double	 *resamples = &b->resamples[(size_t) figure * b->n_resamples];
	double	  narrow = sqrt((double) b->rows->n / (double) b->rows->n_all);
	uint32_t  n;
	double	  low;
	double	  high;
	SpkStatus status;

	*limits = (SpkInterval) {NAN, NAN};
	if (is_share(figure) && (value == 0 || value == 1))
	{
		uint32_t users = users_of(b, figure);

		if (users > 0)
			*limits = value == 1 ? (SpkInterval) {spk_surely(users), 1} :
								   (SpkInterval) {0, 1 - spk_surely(users)};
		return SPK_OK;
	}
	status = sort_known(b->host, resamples, b->n_resamples, &n);
	if (status != SPK_OK || isnan(value) || isnan(drawn) || n < LEAST_SHARE_KNOWN * b->n_resamples)
		return status;

	/* as distances from the figure of the rows that were drawn from */
	low = quantile(resamples, n, 0.025) - drawn;
	high = quantile(resamples, n, 0.975) - drawn;
	if (low == high)
		return SPK_OK;
	if (figure == SPK_FIGURE_ECE || figure == SPK_FIGURE_BEST_F1)
	{
		double mirrored = -high;

		high = fmax(-low, 0);
		low = fmin(mirrored, 0);
	}
	limits->low = fmax(value + narrow * low, 0);
	limits->high = value + narrow * high;
	if (figure != SPK_FIGURE_LOG_LOSS)
		limits->high = fmin(limits->high, 1);
	return SPK_OK;
}

static SpkStatus
set_all_limits(const Bootstrap *b, const SpkMetrics *m, const double *drawn, SpkInterval *limits)
{
	const double values[SPK_N_FIGURES] = {
		[SPK_FIGURE_RATE] = (double) m->positives / (double) m->n,
		[SPK_FIGURE_ACCURACY] = m->accuracy,
		[SPK_FIGURE_PRECISION] = m->precision,
		[SPK_FIGURE_RECALL] = m->recall,
		[SPK_FIGURE_F1] = m->f1,
		[SPK_FIGURE_WEIGHTED_F1] = m->weighted_f1,
		[SPK_FIGURE_MACRO_F1] = m->macro_f1,
		[SPK_FIGURE_PR_AUC] = m->pr_auc,
		[SPK_FIGURE_LOG_LOSS] = m->log_loss,
		[SPK_FIGURE_BRIER] = m->brier,
		[SPK_FIGURE_ECE] = m->ece,
		[SPK_FIGURE_BEST_F1] = m->best_f1,
	};
	SpkStatus status = SPK_OK;

	for (int f = 0; f < SPK_N_FIGURES && status == SPK_OK; f++)
		status = set_limits(b, (SpkFigure) f, values[f], drawn[f], &limits[f]);
	return status;
}

SpkStatus
spk_bootstrap(const SpkHost *host, const SpkUserRows *rows, double threshold,
			  const SpkMetrics *metrics, uint64_t seed, SpkInterval *intervals)
{
	double	  n = ROWS_LOOKED_AT / rows->n;
	Bootstrap b = {.host = host, .rows = rows, .threshold = threshold};
	double	  drawn[LANES][SPK_N_FIGURES];
	SpkStatus status = SPK_NO_MEMORY;

	b.n_resamples = n > SPK_MOST_RESAMPLES ? SPK_MOST_RESAMPLES :
		n < SPK_LEAST_RESAMPLES			   ? SPK_LEAST_RESAMPLES :
											 (uint32_t) n;
	b.users = spk_alloc(host, rows->n_users, sizeof(Sums));
	b.weights = spk_alloc(host, rows->n_users, LANES * sizeof(Weight));
	b.resamples = spk_alloc(host, b.n_resamples, SPK_N_FIGURES * sizeof(double));
	if (b.users != NULL && b.weights != NULL && b.resamples != NULL)
	{
		/* everybody once: the figures of the rows themselves */
		sum_users(&b);
		for (size_t u = 0; u < (size_t) rows->n_users * LANES; u++)
			b.weights[u] = 1;
		status = judge_resamples(&b, drawn);
		if (status == SPK_OK)
			status = draw_resamples(&b, seed);
		if (status == SPK_OK)
			status = set_all_limits(&b, metrics, drawn[0], intervals);
	}
	spk_release(host, b.users);
	spk_release(host, b.weights);
	spk_release(host, b.resamples);
	return status;
}
