/*
 * dependence.c
 *	  How a model's score depends on one feature (Friedman: Greedy function approximation, 2001).
 */
#include <math.h>

#include "core/judging/dependence.h"

#include "core/base/hash.h"
#include "core/base/merge_sort.h"
#include "core/base/sort.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/rows/values.h"
#include "core/scoring/additive.h"
#include "core/scoring/predict.h"
#include "core/scoring/walk.h"

/* Rows that are scored between two polls of the host. */
#define POLL_SCORES 256

/* ---- The rows that are scored ---- */

/* The hash of a row, and its place. */
typedef struct HashedRow
{
	uint64_t hash;
	uint32_t row;
} HashedRow;

static int
compare_hashed(const void *a, const void *b)
{
	const HashedRow *x = a;
	const HashedRow *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Makes room for as many rows again. */
static SpkStatus
grow(const SpkHost *host, SpkRowPick *pick)
{
	uint32_t  capacity = pick->capacity == 0 ? 64 : 2 * pick->capacity;
	double	 *values = spk_alloc(host, (size_t) capacity * pick->n_values, sizeof(double));
	uint64_t *hashes = spk_alloc(host, capacity, sizeof(uint64_t));

	if (values == NULL || hashes == NULL)
	{
		spk_release(host, values);
		spk_release(host, hashes);
		return SPK_NO_MEMORY;
	}
	if (pick->n > 0)
	{
		memcpy(values, pick->values, (size_t) pick->n * pick->n_values * sizeof(double));
		memcpy(hashes, pick->hashes, pick->n * sizeof(uint64_t));
	}
	spk_release(host, pick->values);
	spk_release(host, pick->hashes);
	pick->values = values;
	pick->hashes = hashes;
	pick->capacity = capacity;
	return SPK_OK;
}

/* Rows with one hash are the same, so that it does not matter which of them stay. */
SpkStatus
spk_row_pick_finish(const SpkHost *host, SpkRowPick *pick)
{
	uint32_t   n = pick->n < pick->most ? pick->n : pick->most;
	size_t	   size = pick->n_values * sizeof(double);
	HashedRow *order = spk_alloc(host, pick->n, sizeof(HashedRow));
	double	  *values = spk_alloc(host, (size_t) n * pick->n_values, sizeof(double));
	SpkStatus  status = order == NULL || values == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t i = 0; i < pick->n && status == SPK_OK; i++)
		order[i] = (HashedRow) {pick->hashes[i], i};
	if (status == SPK_OK)
		status = spk_merge_sort(host, order, pick->n, sizeof(HashedRow), compare_hashed);
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		memcpy(values + (size_t) i * pick->n_values,
			   pick->values + (size_t) order[i].row * pick->n_values, size);
		pick->hashes[i] = order[i].hash;
	}
	if (status == SPK_OK)
	{
		if (n > 0)
			memcpy(pick->values, values, n * size);
		pick->n = n;
	}
	spk_release(host, order);
	spk_release(host, values);
	return status;
}

SpkStatus
spk_row_pick_add(const SpkHost *host, SpkRowPick *pick, const double *values)
{
	uint64_t  hash = spk_hash_bytes(values, pick->n_values * sizeof(double), 0);
	SpkStatus status = SPK_OK;

	/* twice as many as are wanted are kept, so that they are sorted once in as many rows */
	if (pick->n == 2 * pick->most)
		status = spk_row_pick_finish(host, pick);
	else if (pick->n == pick->capacity)
		status = grow(host, pick);
	if (status != SPK_OK)
		return status;
	if (pick->n_values > 0)
		memcpy(pick->values + (size_t) pick->n * pick->n_values, values,
			   pick->n_values * sizeof(double));
	pick->hashes[pick->n++] = hash;
	return SPK_OK;
}

void
spk_row_pick_release(const SpkHost *host, SpkRowPick *pick)
{
	spk_release(host, pick->values);
	spk_release(host, pick->hashes);
	pick->values = NULL;
	pick->hashes = NULL;
}

/* ---- The values that are tried ---- */

SpkStatus
spk_value_counts_new(const SpkHost *host, const SpkFeature *feature, SpkValueCounts *counts)
{
	*counts = (SpkValueCounts) {.n_bins = spk_n_categories(feature)};
	counts->rows = spk_alloc(host, counts->n_bins, sizeof(uint64_t));
	counts->low = spk_alloc(host, counts->n_bins, sizeof(double));
	counts->high = spk_alloc(host, counts->n_bins, sizeof(double));
	if (counts->rows == NULL || counts->low == NULL || counts->high == NULL)
	{
		spk_value_counts_release(host, counts);
		return SPK_NO_MEMORY;
	}
	memset(counts->rows, 0, counts->n_bins * sizeof(uint64_t));
	return SPK_OK;
}

void
spk_value_counts_add(const SpkFeature *feature, SpkValueCounts *counts, double value)
{
	uint32_t bin;

	if (isnan(value) || counts->n_bins == 0)
	{
		counts->missing++;
		return;
	}
	bin = feature->kind == SPK_CATEGORY ? (uint32_t) value : spk_code_number(feature, value);
	if (counts->rows[bin] == 0)
		counts->low[bin] = counts->high[bin] = value;
	counts->low[bin] = fmin(counts->low[bin], value);
	counts->high[bin] = fmax(counts->high[bin], value);
	counts->rows[bin]++;
}

void
spk_value_counts_release(const SpkHost *host, SpkValueCounts *counts)
{
	spk_release(host, counts->rows);
	spk_release(host, counts->low);
	spk_release(host, counts->high);
}

/* A bin that has rows. */
typedef struct Bin
{
	uint64_t rows;
	uint32_t bin;
} Bin;

static int
compare_bins(const void *a, const void *b)
{
	const Bin *x = a;
	const Bin *y = b;

	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	return x->bin < y->bin ? -1 : x->bin > y->bin;
}

/* Puts the most frequent categories in front, and keeps at most max of them. */
static SpkStatus
choose_categories(const SpkHost *host, Bin *bins, uint32_t n, uint32_t max,
				  SpkDependencePoint *points, uint32_t *n_points)
{
	SpkStatus status = spk_merge_sort(host, bins, n, sizeof(Bin), compare_bins);

	*n_points = n < max ? n : max;
	for (uint32_t i = 0; i < *n_points && status == SPK_OK; i++)
		points[i] = (SpkDependencePoint) {.value = bins[i].bin, .rows = bins[i].rows};
	return status;
}

/* Chooses bins at even steps through the rows, the first and the last among them. */
static uint32_t
choose_bins(const Bin *bins, uint32_t n, uint32_t max, uint32_t *chosen)
{
	uint64_t all = 0;
	uint64_t below = 0;
	uint32_t n_chosen = 0;

	for (uint32_t i = 0; i < n; i++)
		all += bins[i].rows;
	for (uint32_t i = 0; i < n && n_chosen < max; i++)
	{
		/* the next step is that of the bin that has it; the last one is kept for the last bin */
		double step = (double) n_chosen / (max - 1) * (double) all;

		below += bins[i].rows;
		if (n <= max || i == n - 1 || ((double) below > step && n_chosen < max - 1))
			chosen[n_chosen++] = i;
	}
	return n_chosen;
}

static uint32_t
distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

/* Each bin's rows go to the chosen bin that is next to it; n_chosen is 1 or more. */
static void
choose_numbers(const SpkValueCounts *counts, const Bin *bins, uint32_t n, const uint32_t *chosen,
			   uint32_t n_chosen, SpkDependencePoint *points)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < n_chosen; i++)
	{
		uint32_t bin = bins[chosen[i]].bin;

		/* the points reach from the least number to the largest */
		points[i] = (SpkDependencePoint) {.value = i > 0 && i == n_chosen - 1 ? counts->high[bin] :
																				counts->low[bin]};
	}
	for (uint32_t i = 0; i < n; i++)
	{
		while (at + 1 < n_chosen && distance(chosen[at + 1], i) < distance(chosen[at], i))
			at++;
		points[at].rows += bins[i].rows;
	}
}

uint32_t
spk_dependence_grid(const SpkHost *host, const SpkFeature *feature, const SpkValueCounts *counts,
					uint32_t max, SpkDependencePoint *points, SpkStatus *status)
{
	Bin		 *bins = spk_alloc(host, counts->n_bins, sizeof(Bin));
	uint32_t *chosen = spk_alloc(host, max, sizeof(uint32_t));
	uint32_t  n = 0;
	uint32_t  n_points = 0;

	*status = bins == NULL || chosen == NULL ? SPK_NO_MEMORY : SPK_OK;
	for (uint32_t i = 0; i < counts->n_bins && *status == SPK_OK; i++)
		if (counts->rows[i] > 0)
			bins[n++] = (Bin) {counts->rows[i], i};
	if (*status == SPK_OK && feature->kind == SPK_CATEGORY)
		*status = choose_categories(host, bins, n, max, points, &n_points);
	else if (*status == SPK_OK && n > 0)
	{
		n_points = choose_bins(bins, n, max, chosen);
		choose_numbers(counts, bins, n, chosen, n_points, points);
	}
	if (counts->missing > 0)
		points[n_points++] = (SpkDependencePoint) {.value = NAN, .rows = counts->missing};
	spk_release(host, bins);
	spk_release(host, chosen);
	return n_points;
}

/* ---- Scoring ---- */

typedef struct Scorer
{
	const SpkHost	 *host;
	const SpkModel	 *model;
	const SpkRowPick *rows;
	uint32_t		  feature;
	bool			  blend;
	SpkWalker		 *walker; /* of the model's trees; NULL when it has none, as a blend */
	uint8_t			 *codes;  /* of a row, for the walker or the blend's parts */
	double			 *row;	  /* its values */
	double			 *scores; /* of all rows with the first point, then with the next one */
} Scorer;

/* Makes row the next one to be scored. */
static void
take_row(Scorer *s, uint32_t i)
{
	memcpy(s->row, s->rows->values + (size_t) i * s->rows->n_values,
		   s->rows->n_values * sizeof(double));
	if (s->walker == NULL)
		return;
	spk_walk_put_numbers(s->walker, s->row, s->codes);
	for (uint32_t f = 0; f < s->model->n_features; f++)
		if (s->model->features[f].kind == SPK_CATEGORY && spk_walk_uses(s->walker, f))
			spk_walk_put_code(s->walker, f, spk_code_value(&s->model->features[f], s->row[f]),
							  s->codes);
}

/* The score of the row with another value of the feature. */
static double
score_with(Scorer *s, double value)
{
	const SpkFeature *feature = &s->model->features[s->feature];

	s->row[s->feature] = value;
	if (s->blend)
		return spk_blend_predict(s->model, s->row, s->codes);
	if (s->walker == NULL)
		return spk_additive_predict(s->model, s->row);
	if (spk_walk_uses(s->walker, s->feature))
		spk_walk_put_code(s->walker, s->feature, spk_code_value(feature, value), s->codes);
	return spk_answer(s->model, spk_walk(s->walker, s->codes));
}

static SpkStatus
score_all(Scorer *s, const SpkDependencePoint *points, uint32_t n_points)
{
	uint32_t n = s->rows->n;

	for (uint32_t i = 0; i < n; i++)
	{
		take_row(s, i);
		for (uint32_t k = 0; k < n_points; k++)
		{
			if ((i * n_points + k) % POLL_SCORES == 0 && spk_cancelled(s->host))
				return SPK_CANCELLED;
			s->scores[(size_t) k * n + i] = score_with(s, points[k].value);
		}
	}
	return SPK_OK;
}

/* Sets mean and spread of n scores, which are sorted afterwards; scratch has room for 2 n. */
static SpkStatus
summarize(const SpkHost *host, double *scores, uint32_t n, uint64_t *scratch,
		  SpkDependencePoint *point)
{
	static const double quantiles[SPK_SPREAD_QUANTILES] = {0.1, 0.25, 0.5, 0.75, 0.9};
	double				sum = 0;
	SpkStatus			status;

	for (uint32_t i = 0; i < n; i++)
	{
		sum += scores[i];
		scratch[i] = spk_key_of_number(scores[i]);
	}
	point->mean = n == 0 ? NAN : sum / n;
	status = spk_sort_u64(host, scratch, scratch + n, n, 0);

	/* between the two next to it, as percentile_cont has it */
	for (int q = 0; q < SPK_SPREAD_QUANTILES && status == SPK_OK; q++)
	{
		double	 at = n == 0 ? 0 : quantiles[q] * (n - 1);
		uint32_t below = (uint32_t) at;
		double	 low = n == 0 ? NAN : spk_number_of_key(scratch[below]);

		point->spread[q] = below + 1 < n ?
			low + (at - below) * (spk_number_of_key(scratch[below + 1]) - low) :
			low;
	}
	return status;
}

static SpkStatus
score_points(Scorer *s, SpkDependencePoint *points, uint32_t n_points)
{
	uint32_t  n = s->rows->n;
	uint64_t *scratch = spk_alloc(s->host, n, 2 * sizeof(uint64_t));
	SpkStatus status = scratch == NULL ? SPK_NO_MEMORY : score_all(s, points, n_points);

	for (uint32_t k = 0; k < n_points && status == SPK_OK; k++)
		status = summarize(s->host, s->scores + (size_t) k * n, n, scratch, &points[k]);
	spk_release(s->host, scratch);
	return status;
}

SpkStatus
spk_dependence(const SpkHost *host, const SpkModel *model, const SpkRowPick *rows, uint32_t feature,
			   SpkDependencePoint *points, uint32_t n_points)
{
	Scorer	  s = {.host = host,
				   .model = model,
				   .rows = rows,
				   .feature = feature,
				   .blend = spk_has_parts(model->algorithm)};
	bool	  trees = spk_has_trees(model->algorithm);
	SpkStatus status = SPK_NO_MEMORY;

	if (trees)
		s.walker = spk_walker_new(host, model, spk_walk_best());
	if (s.walker != NULL)
		s.codes = spk_alloc(host, spk_walker_codes(s.walker), 1);
	else if (s.blend)
		s.codes = spk_alloc(host, model->n_features, 1);
	s.row = spk_alloc(host, rows->n_values, sizeof(double));
	s.scores = spk_alloc(host, (size_t) rows->n * n_points, sizeof(double));
	if (s.row != NULL && s.scores != NULL && ((!trees && !s.blend) || s.codes != NULL))
	{
		if (trees)
			memset(s.codes, 0, spk_walker_codes(s.walker));
		status = score_points(&s, points, n_points);
	}
	if (s.walker != NULL)
		spk_walker_release(s.walker);
	spk_release(host, s.codes);
	spk_release(host, s.row);
	spk_release(host, s.scores);
	return status;
}
