/*
 * test_blend.c
 *	  The search of "auto", and the blends that come of it: the same for any order of rows,
 *	  exact through bytes, safe from any, with explanations that add up.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/elementary.h"
#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/rows/pick.h"
#include "core/rows/weights.h"
#include "core/scoring/explainer.h"
#include "core/scoring/predict.h"
#include "unit_model.h"
#include "unit_search.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_ROWS 600

static UnitHost		 unit = UNIT_HOST_INIT;
static const SpkHost host = {unit_alloc, unit_release, unit_cancelled, &unit};

/* A table of users with three rows each, two of whom are alike in some codes. */
static UnitTable *
make_table(uint64_t *groups)
{
	UnitTable *t = unit_table_mixed(N_ROWS);

	for (uint32_t r = 0; r < N_ROWS; r++)
	{
		groups[r] = 1 + (r / 3) * 2654435761u;
		if (r % 3 == 1)
			for (int c = 0; c < 3; c++)
			{
				t->numbers[c][r] = t->numbers[c][r - 1];
				t->ids[c][r] = t->ids[c][r - 1];
			}
		t->labels[r] = t->labels[r / 3 * 3];
	}
	t->table.groups = groups;
	return t;
}

/* ---- Rows in both forms ---- */

/* Codes, values, users, folds and labels of a row are those of one row of the table. */
static void
test_paired(void **state)
{
	static uint64_t groups[N_ROWS];
	UnitTable	   *t = make_table(groups);
	UnitSearch	   *u = unit_search_new(&host, t, 4);
	uint32_t		user_of[N_ROWS];
	bool			seen[N_ROWS] = {false};

	memset(user_of, 0xff, sizeof(user_of));
	for (uint32_t r = 0; r < N_ROWS; r++)
	{
		const double  *values = spk_values_row(&u->samples.values, r);
		const uint8_t *codes = spk_matrix_row(&u->samples.matrix, r);
		uint32_t	   origin = u->origins[r];
		uint32_t	  *user = &user_of[origin / 3];

		assert_false(seen[origin]);
		seen[origin] = true;
		for (int c = 0; c < 2; c++)
		{
			assert_true(values[c] == t->numbers[c][origin] ||
						(isnan(values[c]) && isnan(t->numbers[c][origin])));
			assert_int_equal(codes[c], spk_code_number(&u->like.features[c], values[c]));
		}
		assert_int_equal(codes[2], spk_code_value(&u->like.features[2], values[2]));
		assert_int_equal(spk_matrix_label(&u->samples.matrix, r), t->labels[origin]);
		assert_int_equal(spk_values_label(&u->samples.values, r), t->labels[origin]);
		if (*user == UINT32_MAX)
			*user = u->users[r];
		assert_int_equal(*user, u->users[r]);
	}
	assert_int_equal(u->samples.matrix.n_users, N_ROWS / 3);
	unit_search_release(u);
	free(t);
}

/* Swaps rows of the table about, with their groups. */
static void
shuffle(UnitTable *t, uint64_t *groups)
{
	SpkRng rng = spk_rng(3, 3);

	for (uint32_t r = N_ROWS; r > 1; r--)
	{
		uint32_t other = spk_rng_below(&rng, r);
		uint64_t group = groups[r - 1];
		uint8_t	 label = t->labels[r - 1];

		groups[r - 1] = groups[other];
		groups[other] = group;
		t->labels[r - 1] = t->labels[other];
		t->labels[other] = label;
		for (uint32_t c = 0; c < t->table.n_columns; c++)
		{
			double	 number = t->numbers[c][r - 1];
			uint32_t id = t->ids[c][r - 1];

			t->numbers[c][r - 1] = t->numbers[c][other];
			t->numbers[c][other] = number;
			t->ids[c][r - 1] = t->ids[c][other];
			t->ids[c][other] = id;
		}
	}
}

/* ---- The search ---- */

static SpkWriter
bytes_of(const SpkModel *model)
{
	SpkWriter w = spk_writer(&host);

	assert_int_equal(spk_model_encode(model, &w), SPK_OK);
	return w;
}

/* The same rows in another order give the same blend, to the bit. */
static void
test_order(void **state)
{
	static uint64_t groups[N_ROWS];
	SpkWriter		w[2];

	for (int i = 0; i < 2; i++)
	{
		UnitTable  *t = make_table(groups);
		UnitSearch *u;
		SpkModel	model;

		if (i == 1)
			shuffle(t, groups);
		u = unit_search_new(&host, t, 40);
		assert_int_equal(unit_search_run(u, 3), SPK_OK);
		for (uint32_t c = 0; c < u->search.n; c++)
			u->search.tried[c].weight = 1.0 / u->search.n;
		model = unit_search_blend(u);
		w[i] = bytes_of(&model);
		spk_model_release(&host, &model);
		unit_search_release(u);
		free(t);
	}
	assert_int_equal(w[0].len, w[1].len);
	assert_memory_equal(w[0].data, w[1].data, w[0].len);
	spk_release(&host, w[0].data);
	spk_release(&host, w[1].data);
	assert_int_equal(unit.live, 0);
}

/* Candidates are dropped by the folds so far, but never the best one of an algorithm. */
static void
test_halving(void **state)
{
	UnitTable  *t = unit_table_mixed(4000);
	UnitSearch *u = unit_search_new(&host, t, 40);
	SpkSearch  *s = &u->search;
	uint32_t	at_end = 0;
	double		sum = 0;

	assert_int_equal(unit_search_run(u, 8), SPK_OK);
	assert_int_equal(s->n, 8);
	for (uint32_t i = 0; i < s->n; i++)
	{
		const SpkTried *tried = &s->tried[i];
		bool			best = true;

		assert_true(tried->folds >= 1 && tried->folds <= SPK_SEARCH_FOLDS);
		assert_true(s->left[i] == (tried->folds == SPK_SEARCH_FOLDS));
		assert_true(tried->weight == 0 || s->left[i]);
		for (uint32_t other = 0; other < s->n; other++)
			best = best &&
				(s->tried[other].algorithm != tried->algorithm ||
				 s->tried[other].folds <= tried->folds);
		at_end += s->left[i];
		sum += tried->weight;
		/* of each algorithm some candidate came to the end */
		if (best)
			assert_int_equal(tried->folds, SPK_SEARCH_FOLDS);
	}
	assert_true(at_end < s->n);
	assert_true(fabs(sum - 1) < 1e-12);
	assert_true(u->n_fits < (int) (s->n * SPK_SEARCH_FOLDS));
	unit_search_release(u);
	free(t);
}

/* Few rows of a class say little, so that no candidate is dropped by them. */
static void
test_few_rows(void **state)
{
	UnitTable  *t = unit_table_mixed(300);
	UnitSearch *u = unit_search_new(&host, t, 40);

	assert_int_equal(unit_search_run(u, 5), SPK_OK);
	assert_int_equal(u->n_fits, 5 * SPK_SEARCH_FOLDS);
	unit_search_release(u);
	free(t);
}

/* What would be the same as another candidate, as numbers alone have no categories, is not tried. */
static void
test_idle(void **state)
{
	UnitTable  *t = unit_table_mixed(300);
	UnitSearch *u = unit_search_new(&host, t, 40);
	SpkTried	tried[SPK_MAX_TRIED];

	assert_int_equal(spk_search_candidates(&u->like.options, &u->like, tried), 8);
	u->like.n_features = 2; /* without the city */
	assert_int_equal(spk_search_candidates(&u->like.options, &u->like, tried), 7);
	for (int i = 0; i < 7; i++)
		assert_true(tried[i].algorithm != SPK_GRADIENT_BOOSTING ||
					tried[i].options.value[SPK_OPT_CATEGORY_SUBSETS] != 0);
	u->like.n_features = 3;
	unit_search_release(u);
	free(t);
}

/* The margins are those of models that have not seen the fold. */
static void
test_margins(void **state)
{
	UnitTable  *t = unit_table_mixed(300);
	UnitSearch *u = unit_search_new(&host, t, 40);
	SpkSearch  *s = &u->search;

	assert_int_equal(unit_search_run(u, 3), SPK_OK);
	for (uint32_t i = 0; i < s->n; i++)
	{
		SpkModel  model = {.algorithm = s->tried[i].algorithm};
		SpkScored scored[300];
		size_t	  n;
		size_t	  at = 0;

		model.features = malloc(u->like.n_features * sizeof(SpkFeature));
		memcpy(model.features, u->like.features, u->like.n_features * sizeof(SpkFeature));
		unit.live++;
		model.n_features = u->like.n_features;
		spk_search_start(&s->tried[i], &u->like, s->n_rows, u->samples.matrix.n_positives, &model);
		assert_int_equal(spk_samples_fit(&host, &u->samples, 1, &model), SPK_OK);
		assert_int_equal(spk_samples_score(&host, &u->samples, 1, &model, scored, &n), SPK_OK);
		for (uint32_t r = 0; r < s->n_rows; r++)
			if (u->folds[r] == 1)
			{
				double p = spk_scored_score(scored[at++]);
				double margin = spk_learners[model.algorithm].answer == SPK_ANSWER_MEAN ?
					spk_shrunken_log_odds(p) :
					log(p / (1 - p));

				assert_true(fabs(s->margins[i * s->n_rows + r] - margin) < 1e-9);
			}
		assert_int_equal(at, n);
		model.n_features = 0;
		spk_model_release(&host, &model);
	}
	unit_search_release(u);
	free(t);
}

/* ---- Blends ---- */

/* A blend of all three kinds of parts. */
static SpkModel
make_blend(UnitSearch **u, UnitTable **t)
{
	static const double weights[3] = {0.5, 0.3, 0.2};

	*t = unit_table_mixed(300);
	*u = unit_search_new(&host, *t, 40);
	assert_int_equal(unit_search_run(*u, 3), SPK_OK);
	for (int i = 0; i < 3; i++)
		(*u)->search.tried[i].weight = weights[i];
	return unit_search_blend(*u);
}

static void
test_bytes(void **state)
{
	UnitSearch *u;
	UnitTable  *t;
	SpkModel	model = make_blend(&u, &t);
	SpkWriter	w = bytes_of(&model);
	SpkModel	again;
	SpkWriter	w2;
	const char *why = NULL;

	assert_null(spk_blend_fault(&model));
	assert_null(spk_tried_fault(&model));
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &again, &why), SPK_OK);
	w2 = bytes_of(&again);
	assert_int_equal(w.len, w2.len);
	assert_memory_equal(w.data, w2.data, w.len);
	for (uint32_t r = 0; r < u->search.n_rows; r++)
	{
		const double *values = spk_values_row(&u->samples.values, r);
		uint8_t		  codes[SPK_MAX_FEATURES];
		double		  margin = 0;
		double		  p = spk_blend_predict(&again, values, codes);

		assert_memory_equal(codes, spk_matrix_row(&u->samples.matrix, r), 3);
		for (uint32_t i = 0; i < 3; i++)
			margin += model.parts[i].weight * spk_row_margin(&model.parts[i].model, codes, values);
		assert_true(p == spk_sigmoid(margin));
	}

	/* without memory at any place, and without bytes at the end, nothing is held */
	for (long allocs = 0; allocs < 60; allocs++)
	{
		SpkModel  other;
		SpkStatus status;

		unit.allocs_left = allocs;
		status = spk_model_decode(&host, w.data, w.len, &other, &why);
		unit.allocs_left = -1;
		if (status == SPK_OK)
			spk_model_release(&host, &other);
	}
	for (size_t len = 0; len < w.len; len += 1 + len / 20)
	{
		SpkModel other;
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, w.data, len);
		if (len > SPK_MODEL_HEADER)
			unit_model_sign(copy, len);
		assert_int_equal(spk_model_decode(&host, copy, len, &other, &why), SPK_CORRUPT);
		free(copy);
	}
	spk_release(&host, w.data);
	spk_release(&host, w2.data);
	spk_model_release(&host, &again);
	spk_model_release(&host, &model);
	unit_search_release(u);
	free(t);
	assert_int_equal(unit.live, 0);
}

/* What a change does to the model is refused, for this reason; the model is unchanged afterwards. */
static void
refuse(const SpkModel *model, const char *reason)
{
	SpkWriter	w = bytes_of(model);
	SpkModel	again;
	const char *why = NULL;

	assert_int_equal(spk_model_decode(&host, w.data, w.len, &again, &why), SPK_CORRUPT);
	assert_string_equal(why, reason);
	spk_release(&host, w.data);
}

static void
test_refusals(void **state)
{
	UnitSearch *u;
	UnitTable  *t;
	SpkModel	model = make_blend(&u, &t);
	SpkPart	   *part = &model.parts[1];
	SpkModel	kept = part->model;
	SpkFeature *city = &model.parts[0].model.features[2];
	const char *name = part->model.features[0].name;
	uint8_t		groups[] = {0, 1, 2};
	double		edge;

	part->weight = 0.4;
	refuse(&model, "The weights of the parts do not sum to 1");
	part->weight = NAN;
	refuse(&model, "The weight of a part is not between 0 and 1");
	part->weight = 0.3;

	/* a blend in a blend, whose own parts are none of its business */
	part->model.algorithm = SPK_BLEND;
	part->model.options = spk_options_default(SPK_BLEND);
	part->model.n_parts = 0;
	refuse(&model, "A part of a blend is a blend itself");
	part->model = kept;

	part->model.options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_PLATT;
	part->model.calibration.slope = 1;
	refuse(&model, "A part of a blend is calibrated");
	part->model = kept;

	edge = part->model.features[0].edges[0];
	part->model.features[0].edges[0] = edge - 1;
	refuse(&model, "A part has other features than the blend");
	part->model.features[0].edges[0] = edge;

	/* nor may it have other rows or another name */
	for (uint32_t f = 0; f < part->model.n_features; f++)
		part->model.features[f].counts[part->model.features[f].n_bins]++;
	part->model.facts[SPK_FACT_ROWS]++;
	refuse(&model, "A part has other features than the blend");
	for (uint32_t f = 0; f < part->model.n_features; f++)
		part->model.features[f].counts[part->model.features[f].n_bins]--;
	part->model.facts[SPK_FACT_ROWS]--;
	part->model.features[0].name = "another";
	refuse(&model, "A part has other features than the blend");
	part->model.features[0].name = name;

	/* it may group categories in its own way, but not others, nor other rows */
	city->n_grouped = city->n_bins;
	city->groups = groups;
	assert_null(spk_blend_fault(&model));
	assert_true(spk_has_own_edges(&model, &model.parts[0].model));
	city->categories[0].name = "B";
	city->categories[0].len = 1;
	refuse(&model, "A part has other features than the blend");
	city->categories[0] = model.features[2].categories[0];
	for (uint32_t f = 0; f < 3; f++)
		model.parts[0].model.features[f].counts[0]++;
	model.parts[0].model.facts[SPK_FACT_ROWS]++;
	refuse(&model, "A part has other features than the blend");
	for (uint32_t f = 0; f < 3; f++)
		model.parts[0].model.features[f].counts[0]--;
	model.parts[0].model.facts[SPK_FACT_ROWS]--;
	city->n_grouped = 0;
	city->groups = NULL;

	model.n_parts = 1;
	refuse(&model, "The number of parts is not one that a blend has");
	model.n_parts = 3;

	model.tried[0].weight = 0.6;
	refuse(&model, "The weights of the candidates do not sum to 1");
	model.tried[0].weight = -0.0;
	refuse(&model, "The weight of a candidate is not between 0 and 1");
	model.tried[0].weight = 0.5;
	model.tried[1].auc = 1.5;
	refuse(&model, "A figure of a candidate is not possible");
	model.tried[1].auc = 0.5;
	model.facts[SPK_FACT_CANDIDATES] = 65;
	refuse(&model, "The number of candidates is not that of the facts");
	model.facts[SPK_FACT_CANDIDATES] = 3;

	spk_model_release(&host, &model);
	unit_search_release(u);
	free(t);
}

/* Contributions and the base add up to the blend's margin; without the forest they are plain sums. */
static void
test_explained(void **state)
{
	UnitSearch	 *u;
	UnitTable	 *t;
	SpkModel	  model = make_blend(&u, &t);
	SpkExplainer *e = spk_explainer_new(&host, &model, SPK_WALK_PLAIN);
	SpkExplainer *parts[3];

	for (int i = 0; i < 3; i++)
		parts[i] = spk_explainer_new(&host, &model.parts[i].model, SPK_WALK_PLAIN);
	assert_true(spk_explains_codes(&model));
	for (uint32_t r = 0; r < u->search.n_rows; r++)
	{
		const double  *values = spk_values_row(&u->samples.values, r);
		const uint8_t *codes = spk_matrix_row(&u->samples.matrix, r);
		uint8_t		   scratch[SPK_MAX_FEATURES];
		double		   contributions[3];
		double		   expected[3] = {0};
		double		   p = spk_blend_predict(&model, values, scratch);
		double		   sum = spk_explainer_base(e);

		assert_int_equal(spk_explainer_explain(e, codes, values, contributions), SPK_OK);
		for (int f = 0; f < 3; f++)
			sum += contributions[f];
		assert_true(fabs(sum - log(p / (1 - p))) < 1e-9);

		/* the same from the parts: the forest's are stretched, so that they keep their shares */
		for (int i = 0; i < 3; i++)
		{
			double own[3];
			double from = spk_explainer_base(parts[i]);
			double to = from;
			double stretch = 1;

			assert_int_equal(spk_explainer_explain(parts[i], codes, values, own), SPK_OK);
			for (int f = 0; f < 3; f++)
				to += own[f];
			if (model.parts[i].model.algorithm == SPK_RANDOM_FOREST && fabs(to - from) > 1e-6)
				stretch = (spk_shrunken_log_odds(to) - spk_shrunken_log_odds(from)) / (to - from);
			else if (model.parts[i].model.algorithm == SPK_RANDOM_FOREST)
				continue;
			for (int f = 0; f < 3; f++)
				expected[f] += model.parts[i].weight * stretch * own[f];
		}
		for (int f = 0; f < 3; f++)
			assert_true(fabs(contributions[f] - expected[f]) < 1e-6);
	}
	for (int i = 0; i < 3; i++)
		spk_explainer_release(parts[i]);
	spk_explainer_release(e);

	/* an explainer without memory holds nothing */
	for (long allocs = 0; allocs < 40; allocs++)
	{
		unit.allocs_left = allocs;
		e = spk_explainer_new(&host, &model, SPK_WALK_PLAIN);
		unit.allocs_left = -1;
		if (e != NULL)
			spk_explainer_release(e);
	}
	spk_model_release(&host, &model);
	unit_search_release(u);
	free(t);
	assert_int_equal(unit.live, 0);
}

/* Leaves no trace of the rows, as in a model that was imported. */
static void
forget_rows(SpkModel *model)
{
	model->facts[SPK_FACT_ROWS] = NAN;
	for (uint32_t f = 0; f < model->n_features; f++)
		memset(model->features[f].counts, 0,
			   (model->features[f].n_bins + 1) * sizeof(*model->features[f].counts));
}

/* Numbers of a part may then have other edges than the blend's: the part's trees go by its own. */
static void
test_own_edges(void **state)
{
	UnitSearch	 *u;
	UnitTable	 *t;
	SpkModel	  model = make_blend(&u, &t);
	SpkModel	  blend;
	SpkExplainer *e;
	const char	 *why;
	SpkWriter	  w;
	uint32_t	  moved = 0;

	/* the forest's edges of the first number move halfway to the next ones */
	for (uint32_t i = 0; i < model.n_parts; i++)
	{
		SpkFeature *number = &model.parts[i].model.features[0];

		forget_rows(&model.parts[i].model);
		for (uint32_t k = 0;
			 model.parts[i].model.algorithm == SPK_RANDOM_FOREST && k + 2 < number->n_bins; k++)
			number->edges[k] = (number->edges[k] + number->edges[k + 1]) / 2;
	}
	forget_rows(&model);
	w = bytes_of(&model);
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &blend, &why), SPK_OK);
	for (uint32_t i = 0; i < blend.n_parts; i++)
		assert_int_equal(blend.parts[i].own_edges,
						 blend.parts[i].model.algorithm == SPK_RANDOM_FOREST);
	e = spk_explainer_new(&host, &blend, SPK_WALK_PLAIN);
	for (uint32_t r = 0; r < u->search.n_rows; r++)
	{
		const double *values = spk_values_row(&u->samples.values, r);
		uint8_t		  codes[SPK_MAX_FEATURES];
		double		  contributions[3];
		double		  margin = 0;
		double		  sum = spk_explainer_base(e);
		double		  p = spk_blend_predict(&blend, values, codes);

		for (uint32_t i = 0; i < blend.n_parts; i++)
		{
			const SpkModel *part = &blend.parts[i].model;

			for (uint32_t f = 0; f < part->n_features; f++)
				codes[f] = spk_code_value(&part->features[f], values[f]);
			margin += blend.parts[i].weight * spk_row_margin(part, codes, values);
		}
		assert_true(p == spk_blend_answer(&blend, margin));
		moved += p != spk_blend_predict(&model, values, codes);

		/* the explainer is given the codes of the blend's edges */
		for (uint32_t f = 0; f < blend.n_features; f++)
			codes[f] = spk_code_value(&blend.features[f], values[f]);
		assert_int_equal(spk_explainer_explain(e, codes, values, contributions), SPK_OK);
		for (int f = 0; f < 3; f++)
			sum += contributions[f];
		assert_true(fabs(sum - log(p / (1 - p))) < 1e-9);
	}
	assert_true(moved > 0);
	spk_explainer_release(e);
	spk_release(&host, w.data);
	spk_model_release(&host, &blend);
	spk_model_release(&host, &model);
	unit_search_release(u);
	free(t);
	assert_int_equal(unit.live, 0);
}

/* A part that is alone is scored on its own scale, out of fold. */
static void
test_alone(void **state)
{
	UnitTable  *t = unit_table_mixed(300);
	UnitSearch *u = unit_search_new(&host, t, 40);
	SpkScored	scored[300];
	size_t		n;

	assert_int_equal(unit_search_run(u, 3), SPK_OK);
	for (uint32_t i = 0; i < 3; i++)
		u->search.tried[i].weight = i == 2;
	assert_int_equal(u->search.tried[2].algorithm, SPK_RANDOM_FOREST);
	assert_int_equal(spk_search_n_parts(&u->search), 1);
	spk_search_score(&u->search, scored, NULL, &n);
	assert_int_equal(n, 300);
	for (uint32_t r = 0; r < 300; r++)
	{
		double p = spk_scored_score(scored[r]);

		assert_true(fabs(spk_shrunken_log_odds(p) - u->search.margins[2 * 300 + r]) < 1e-9);
		/* it is a mean of twelve trees */
		assert_true(p >= 0 && p <= 1);
	}
	unit_search_release(u);
	free(t);
}

/* ---- Weights and constraints ---- */

/* Candidates that draw nothing, so that the number of rows leaves no trace. */
static void
set_still_candidates(SpkSearch *s)
{
	static const SpkAlgorithm algorithms[] = {SPK_GRADIENT_BOOSTING, SPK_LOGISTIC_REGRESSION,
											  SPK_RANDOM_FOREST};

	for (s->n = 0; s->n < 3; s->n++)
	{
		SpkTried *tried = &s->tried[s->n];
		double	 *value = tried->options.value;

		tried->algorithm = algorithms[s->n];
		tried->options = spk_options_default(tried->algorithm);
		if (tried->algorithm == SPK_LOGISTIC_REGRESSION)
			continue;
		value[SPK_OPT_TREES] = tried->algorithm == SPK_RANDOM_FOREST ? 1 : 20;
		value[SPK_OPT_MAX_DEPTH] =
			2; /* few enough that min_leaf, which counts rows, asks nothing */
		value[SPK_OPT_MIN_LEAF] = 1;
		value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
		value[SPK_OPT_BOOTSTRAP] = 0;
		value[SPK_OPT_SUBSAMPLE] = 1;
		value[SPK_OPT_EARLY_STOPPING] = 0;
		value[SPK_OPT_L2] = 3;
	}
}

#define N_WEIGHED 400

/* A table of few distinct values, with weights of 1 to 3 units. */
static UnitTable *
make_weighed(double *weights, double unit_of_weight)
{
	UnitTable *t = unit_table_mixed(N_WEIGHED);

	for (uint32_t r = 0; r < N_WEIGHED; r++)
	{
		t->numbers[0][r] = floor(t->numbers[0][r] * 40);
		weights[r] = unit_of_weight * (1 + r % 7 % 3);
	}
	t->table.weights = weights;
	return t;
}

/* The same with each row as often as its weight says; from has the row that each is of. */
static UnitTable *
make_repeated(const UnitTable *t, uint32_t *from)
{
	UnitTable *twice = unit_table_mixed(1);
	uint32_t   n = 0;

	for (uint32_t r = 0; r < N_WEIGHED; r++)
		for (int i = 0; i < t->table.weights[r]; i++, n++)
		{
			for (int c = 0; c < 3; c++)
			{
				twice->numbers[c][n] = t->numbers[c][r];
				twice->ids[c][n] = t->ids[c][r];
			}
			twice->labels[n] = t->labels[r];
			from[n] = r;
		}
	twice->table.n_rows = n;
	return twice;
}

static bool
are_near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(a));
}

/* What two searches have found, and learned for a calibrated model, is the same. */
static void
assert_same_search(const UnitSearch *a, const UnitSearch *b)
{
	SpkModel	   model = {.algorithm = SPK_BLEND, .options = a->like.options};
	SpkModel	   other = {.algorithm = SPK_BLEND, .options = b->like.options};
	SpkCrossFitted fitted;

	for (uint32_t i = 0; i < a->search.n; i++)
	{
		const SpkTried *x = &a->search.tried[i];
		const SpkTried *y = &b->search.tried[i];

		assert_true(are_near(x->log_loss, y->log_loss) && are_near(x->auc, y->auc));
		assert_true(are_near(x->weight, y->weight) && x->folds == y->folds);
	}
	assert_true(are_near(a->search.test.blend, b->search.test.blend));
	assert_true(are_near(a->search.test.alone, b->search.test.alone));
	model.options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_PLATT;
	other.options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_PLATT;
	assert_int_equal(spk_search_learn(&host, &a->search, &model, &fitted), SPK_OK);
	assert_int_equal(spk_search_learn(&host, &b->search, &other, &fitted), SPK_OK);
	assert_true(fabs(model.calibration.slope - other.calibration.slope) < 1e-6);
	assert_true(fabs(model.calibration.intercept - other.calibration.intercept) < 1e-6);
}

/* A row of weight 2 is a row twice: to the search, to the blend's weights, to the model. */
static void
test_weighed(void **state)
{
	static double	weights[N_WEIGHED];
	static uint32_t from[3 * N_WEIGHED];
	UnitTable	   *t = make_weighed(weights, 1);
	UnitTable	   *twice = make_repeated(t, from);

	for (int balanced = 0; balanced < 2; balanced++)
	{
		UnitSearch *a = unit_search_new(&host, t, 255);
		UnitSearch *b = unit_search_new(&host, twice, 255);
		uint8_t		folds[N_WEIGHED];
		SpkModel	models[2];

		/* in the same folds */
		for (uint32_t r = 0; r < N_WEIGHED; r++)
			folds[a->origins[r]] = a->folds[r];
		for (uint32_t r = 0; r < twice->table.n_rows; r++)
			b->folds[r] = folds[from[b->origins[r]]];
		a->like.options.value[SPK_OPT_CLASS_WEIGHT] = balanced ? SPK_WEIGHT_BALANCED : 0;
		b->like.options.value[SPK_OPT_CLASS_WEIGHT] = balanced ? SPK_WEIGHT_BALANCED : 0;
		set_still_candidates(&a->search);
		set_still_candidates(&b->search);
		assert_int_equal(unit_search_tried(a), SPK_OK);
		assert_int_equal(unit_search_tried(b), SPK_OK);
		assert_same_search(a, b);

		/* whatever the test said, all three are in the blend */
		for (uint32_t i = 0; i < 3; i++)
			a->search.tried[i].weight = b->search.tried[i].weight = (i + 1) / 6.0;
		models[0] = unit_search_blend(a);
		models[1] = unit_search_blend(b);
		assert_true(models[0].facts[SPK_FACT_WEIGHT] == twice->table.n_rows);
		assert_true(models[0].facts[SPK_FACT_WEIGHT_UNIT] == 1);
		assert_true(isnan(models[1].facts[SPK_FACT_WEIGHT]));
		for (uint32_t r = 0; r < N_WEIGHED; r++)
		{
			uint8_t		  codes[SPK_MAX_FEATURES];
			const double *row = spk_values_row(&a->samples.values, r);

			assert_true(fabs(spk_blend_predict(&models[0], row, codes) -
							 spk_blend_predict(&models[1], row, codes)) < 1e-6);
		}
		spk_model_release(&host, &models[0]);
		spk_model_release(&host, &models[1]);
		unit_search_release(a);
		unit_search_release(b);
	}
	free(t);
	free(twice);
	assert_int_equal(unit.live, 0);
}

/* Both forms have the weights of the table, though users may put rows of other weights in order. */
static void
test_paired_weights(void **state)
{
	static uint64_t groups[N_ROWS];
	static double	weights[N_ROWS];
	UnitTable	   *t = make_table(groups);
	UnitSearch	   *u;
	double			sums[2] = {0, 0};
	uint64_t		units[2] = {0, 0};

	/* as many units of about a fifth, so that rows of the same codes change places */
	for (uint32_t r = 0; r < N_ROWS; r++)
		weights[r] = (r == 0 ? 9e8 : 1) + (r % 5) * 0.01;
	t->table.weights = weights;
	u = unit_search_new(&host, t, 4);
	assert_true(u->samples.matrix.weighted && u->samples.values.weighted);
	for (uint32_t r = 0; r < N_ROWS; r++)
	{
		double weight = weights[u->origins[r]];

		assert_true(spk_values_weight(&u->samples.values, r) == weight);
		assert_int_equal(spk_matrix_weight(&u->samples.matrix, r),
						 spk_weight_multiple(weight, u->samples.matrix.unit));
		sums[u->labels[r]] += weight;
		units[u->labels[r]] += spk_matrix_weight(&u->samples.matrix, r);
	}
	for (int label = 0; label < 2; label++)
	{
		assert_true(u->samples.values.weights[label] == sums[label]);
		assert_true(u->samples.matrix.weights[label] == units[label]);
	}
	unit_search_release(u);
	free(t);
}

/* The weights of some rows are multiples of the unit of all. */
static void
test_picked_unit(void **state)
{
	static double weights[N_WEIGHED];
	UnitTable	 *t = make_weighed(weights, sqrt(2));
	uint8_t		  chosen[N_WEIGHED];
	SpkTable	  picked;
	SpkWeightUnit all;
	SpkWeightUnit some;

	weights[0] = 1000;
	for (uint32_t r = 0; r < N_WEIGHED; r++)
		chosen[r] = r % 2 == 1;
	assert_int_equal(spk_table_unit(&host, &t->table, &all), SPK_OK);
	assert_int_equal(spk_table_pick(&host, &t->table, chosen, &picked), SPK_OK);
	assert_int_equal(spk_table_unit(&host, &picked, &some), SPK_OK);
	assert_true(some.unit == all.unit && !all.exact);
	assert_true(picked.weights[3] == weights[7]);
	spk_table_unpick(&host, &picked);
	free(t);
	assert_int_equal(unit.live, 0);
}

/* What is monotone has no regression in it, and a regression keeps no rule that it has no option for. */
static void
test_constrained(void **state)
{
	UnitTable  *t = unit_table_mixed(N_WEIGHED);
	UnitSearch *u = unit_search_new(&host, t, 40);
	double	   *asked = u->like.options.value;
	SpkModel	model;

	u->like.features[0].rule.monotone = -1; /* against what the rows say */
	asked[SPK_OPT_MONOTONE] = 1;
	assert_int_equal(unit_search_run(u, 8), SPK_OK);
	for (uint32_t i = 0; i < u->search.n; i++)
		assert_true(spk_has_trees(u->search.tried[i].algorithm));
	assert_true(spk_search_leaves_out(&u->like.options, SPK_LOGISTIC_REGRESSION));
	assert_false(spk_search_leaves_out(&u->like.options, SPK_RANDOM_FOREST));
	asked[SPK_OPT_CANDIDATES] = 1;
	assert_false(spk_search_leaves_out(&u->like.options, SPK_LOGISTIC_REGRESSION));
	for (uint32_t i = 0; i < u->search.n; i++)
		u->search.tried[i].weight = 1.0 / u->search.n;
	model = unit_search_blend(u);
	for (uint32_t r = 0; r < N_WEIGHED; r++)
	{
		double	row[4];
		uint8_t codes[SPK_MAX_FEATURES];
		double	before = 1;

		memcpy(row, spk_values_row(&u->samples.values, r), sizeof(row));
		for (int x = 0; x <= 20; x++)
		{
			double p;

			row[0] = x / 20.0;
			p = spk_blend_predict(&model, row, codes);
			assert_true(p <= before);
			before = p;
		}
	}
	spk_model_release(&host, &model);
	spk_release(&host, u->search.margins);

	/* features of a regression never meet, so that it may stay where there are groups of them */
	u->like.features[0].rule.monotone = 0;
	u->like.features[0].rule.groups = u->like.features[1].rule.groups = 1;
	asked[SPK_OPT_MONOTONE] = 0;
	asked[SPK_OPT_INTERACTIONS] = 1;
	assert_int_equal(unit_search_run(u, 3), SPK_OK);
	assert_false(spk_search_leaves_out(&u->like.options, SPK_LOGISTIC_REGRESSION));
	for (uint32_t i = 0; i < 3; i++)
		u->search.tried[i].weight = 1.0 / 3;
	model = unit_search_blend(u);
	assert_null(spk_rules_fault(&model));
	for (uint32_t i = 0; i < model.n_parts; i++)
	{
		const SpkModel *part = &model.parts[i].model;

		assert_null(spk_rules_fault(part));
		assert_true(spk_has_interactions(&part->options) == spk_has_trees(part->algorithm));
	}
	assert_null(spk_blend_fault(&model));

	/* a part with other rules is refused, and so is a regression that should be monotone */
	model.parts[0].model.features[0].rule.groups = 2;
	assert_string_equal(spk_blend_fault(&model),
						"A part does not keep to the constraints of the blend");
	model.parts[0].model.features[0].rule.groups = 1;
	for (uint32_t i = 0; i < model.n_parts; i++)
		if (spk_has_trees(model.parts[i].model.algorithm))
			model.parts[i].model.features[0].rule.monotone = 1;
	assert_null(spk_blend_fault(&model));
	model.features[0].rule.monotone = 1;
	assert_string_equal(spk_blend_fault(&model),
						"A part does not keep to the constraints of the blend");
	spk_model_release(&host, &model);
	unit_search_release(u);
	free(t);
	assert_int_equal(unit.live, 0);
}

/*
 * The whole search in one call: rows that have no part in it, or are in the fold, leave no
 * trace but that the model is fitted to the former; what stops it leaves nothing held.
 */
static void
test_whole(void **state)
{
	UnitTable  *t = unit_table_mixed(600);
	UnitSearch *u = unit_search_new(&host, t, 40);
	SpkSamples	parted = u->samples;
	uint8_t		outer[600];
	uint8_t		inner[600];
	SpkWriter	w[2];
	uint32_t	left = 0;

	/* every fourth row is in the outer fold, and every third of the others is not searched by */
	for (uint32_t r = 0; r < 600; r++)
	{
		outer[r] = r % 4 == 0;
		inner[r] = r % 3 == 0 ? SPK_HOLDOUT : u->folds[r];
		left += !outer[r] && r % 3 != 0;
	}
	u->samples.matrix_folds = u->samples.values_folds = outer;
	parted.matrix_folds = parted.values_folds = inner;
	for (int i = 0; i < 2; i++)
	{
		SpkModel	model = {.algorithm = SPK_BLEND, .options = spk_options_default(SPK_BLEND)};
		SpkWriter	features = spk_writer(&host);
		const char *why;
		long		live;

		/* which part of the search the rows in the fold would have does not matter */
		for (uint32_t r = 0; r < 600 && i == 1; r += 4)
			inner[r] = (uint8_t) (r % 5);
		model.options.value[SPK_OPT_CANDIDATES] = 3;
		for (int f = 0; f < SPK_N_FACTS; f++)
			model.facts[f] = NAN;
		assert_int_equal(spk_features_encode(u->like.features, u->like.n_features, &features),
						 SPK_OK);
		assert_int_equal(spk_features_decode(&host, features.data, features.len, &model.features,
											 &model.n_features, &why),
						 SPK_OK);
		live = unit.live;
		unit.polls_left = i == 0 ? 200 : -1;
		if (i == 0)
			assert_int_equal(spk_search_model(&host, &u->samples, 1, &parted, &model),
							 SPK_CANCELLED);
		unit.polls_left = -1;
		unit.allocs_left = i == 0 ? 300 : -1;
		if (i == 0)
			assert_int_equal(spk_search_model(&host, &u->samples, 1, &parted, &model),
							 SPK_NO_MEMORY);
		unit.allocs_left = -1;
		assert_int_equal(unit.live, live);

		assert_int_equal(spk_search_model(&host, &u->samples, 1, &parted, &model), SPK_OK);
		assert_true(model.facts[SPK_FACT_SEARCHED_ROWS] == left);
		assert_true(model.facts[SPK_FACT_ROWS] == 450);
		assert_true(model.facts[SPK_FACT_CV_ROWS] == left);
		w[i] = bytes_of(&model);
		spk_release(&host, features.data);
		spk_model_release(&host, &model);
	}
	assert_int_equal(w[0].len, w[1].len);
	assert_memory_equal(w[0].data, w[1].data, w[0].len);
	spk_release(&host, w[0].data);
	spk_release(&host, w[1].data);
	unit_search_release(u);
	free(t);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paired),		   cmocka_unit_test(test_order),
		cmocka_unit_test(test_halving),		   cmocka_unit_test(test_few_rows),
		cmocka_unit_test(test_margins),		   cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_refusals),	   cmocka_unit_test(test_explained),
		cmocka_unit_test(test_own_edges),	   cmocka_unit_test(test_alone),
		cmocka_unit_test(test_idle),		   cmocka_unit_test(test_whole),
		cmocka_unit_test(test_weighed),		   cmocka_unit_test(test_constrained),
		cmocka_unit_test(test_paired_weights), cmocka_unit_test(test_picked_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
