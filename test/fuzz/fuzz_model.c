/*
 * fuzz_model.c
 *	  The decoder of models, and prediction with whatever it accepts.
 *
 * A model that is accepted encodes to the same bytes, takes memory in
 * proportion to them, predicts the same probabilities tree by tree and in every
 * way of walking, and explanations add up to them.
 */
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/scoring/additive.h"
#include "core/rows/binning.h"
#include "core/models/codec.h"
#include "core/scoring/predict.h"
#include "core/base/rng.h"
#include "core/scoring/explainer.h"
#include "core/scoring/walk.h"
#include "fuzz_model.h"
#include "../unit/unit_model.h"

#define N_ROWS 8

/* Memory for bytes: see MIN_…_BYTES in the decoder; the widest growth is that of categories. */
#define MAX_GROWTH 64
#define FREE_BYTES 1024

/* A row as all forms of prediction take it. */
typedef struct Row
{
	uint8_t codes[SPK_MAX_FEATURES];
	double	numbers[SPK_MAX_FEATURES]; /* values that get the codes; of categories the code */
} Row;

uint64_t fuzz_models[SPK_N_ALGORITHMS];

static void
check_same_bytes(const SpkHost *host, const SpkModel *model, const uint8_t *data, size_t len)
{
	SpkWriter w = spk_writer(host);

	fuzz_check(spk_model_encode(model, &w) == SPK_OK, "a decoded model is encoded");
	fuzz_check(w.len == len && memcmp(w.data, data, len) == 0,
			   "a decoded model has the same bytes");
	spk_release(host, w.data);
}

/* The lowest or the highest number with this code. */
static double
number_of_code(const SpkFeature *feature, uint32_t code, bool highest)
{
	if (highest)
		return code + 1 < feature->n_bins ? feature->edges[code] : INFINITY;
	return code > 0 ? nextafter(feature->edges[code - 1], INFINITY) : -INFINITY;
}

static void
draw_value(SpkRng *rng, const SpkFeature *feature, uint8_t *code, double *number)
{
	uint32_t n = feature->kind == SPK_CATEGORY ? spk_n_categories(feature) : feature->n_bins;
	uint32_t drawn = spk_rng_below(rng, n + 1);

	*code = SPK_MISSING;
	*number = NAN;
	if (drawn == n)
		return;
	if (feature->kind == SPK_CATEGORY)
	{
		const SpkCategory *category = &feature->categories[drawn];

		*number = drawn;
		*code = spk_code_of_place(feature, drawn);
		fuzz_check(spk_category_place(feature, category->name, category->len) == drawn,
				   "a category has its place");
	}
	else
	{
		*code = (uint8_t) drawn;
		*number = number_of_code(feature, *code, spk_rng_below(rng, 2) == 0);
		fuzz_check(spk_code_number(feature, *number) == *code, "a number has its code");
	}
}

static void
draw_rows(const SpkModel *model, Row *rows)
{
	SpkRng rng = spk_rng(model->fingerprint, 0);

	for (int r = 0; r < N_ROWS; r++)
		for (uint32_t f = 0; f < model->n_features; f++)
			draw_value(&rng, &model->features[f], &rows[r].codes[f], &rows[r].numbers[f]);
}

/* Contributions and the base against what they add up to; size is that of the largest numbers among them. */
static void
check_sum(const SpkModel *model, const double *contributions, double base, double expected,
		  double size)
{
	double sum = base;

	for (uint32_t f = 0; f < model->n_features; f++)
		sum += contributions[f];
	fuzz_check(fabs(sum - expected) <= 1e-9 * size, "contributions add up");
}

static void
check_additive(const SpkModel *model, const Row *rows)
{
	for (int r = 0; r < N_ROWS; r++)
	{
		const double *term = model->terms + SPK_INTERCEPT;
		double		  p = spk_additive_predict(model, rows[r].numbers);
		double		  contributions[SPK_MAX_FEATURES];
		double		  margin = model->algorithm == SPK_LOGISTIC_REGRESSION ?
				   model->terms[0] :
				   model->terms[1] - model->terms[0];
		double		  size = 1 + fabs(margin);

		fuzz_check(p >= 0 && p <= 1, "a prediction is a probability");
		for (uint32_t f = 0; f < model->n_features; f++)
		{
			const SpkFeature *feature = &model->features[f];

			double contribution = spk_contribution(model, feature, term, rows[r].numbers[f]);

			fuzz_check(isfinite(contribution), "a contribution is a number");
			term += spk_term_length(model, feature);
			margin += contribution;
			size += fabs(contribution) + fabs(term[-1]);
		}
		spk_additive_explain(model, rows[r].numbers, contributions);
		check_sum(model, contributions, spk_additive_base(model), margin, size);
	}
}

static void
check_trees_explained(const SpkModel *model, const Row *rows)
{
	FuzzHost fuzz = FUZZ_HOST_INIT;
	SpkHost	 host = fuzz_host(&fuzz);
	SpkShap *shap = spk_shap_new(&host, model, SPK_WALK_PLAIN);
	SpkShap *best = spk_shap_new(&host, model, spk_walk_best());
	double	 largest = 1;

	for (uint32_t t = 0; t < model->n_trees; t++)
		for (uint32_t i = 0; i < model->trees[t].n_nodes; i++)
			if (model->trees[t].nodes[i].flags & SPK_NODE_LEAF)
				largest = fmax(largest, fabs((double) model->trees[t].nodes[i].u.value));
	for (int r = 0; r < N_ROWS; r++)
	{
		double contributions[SPK_MAX_FEATURES];
		double again[SPK_MAX_FEATURES];
		double sum = 0;

		for (uint32_t t = 0; t < model->n_trees; t++)
			sum += model->trees[t].nodes[spk_tree_leaf(&model->trees[t], rows[r].codes)].u.value;
		if (model->algorithm != SPK_GRADIENT_BOOSTING)
			sum /= model->n_trees;
		fuzz_check(spk_shap_explain(shap, rows[r].codes, contributions) == SPK_OK,
				   "trees are explained");
		check_sum(model, contributions, spk_shap_base(shap), sum, largest * model->n_trees);
		fuzz_check(spk_shap_explain(best, rows[r].codes, again) == SPK_OK &&
					   memcmp(contributions, again, model->n_features * sizeof(double)) == 0,
				   "every way explains the same");
	}
	spk_shap_release(best);
	spk_shap_release(shap);
	fuzz_check(fuzz.unit.live == 0, "an explanation gives its memory back");
}

/* Puts the codes one by one, or those of numbers as the walker makes them. */
static void
put_row(const SpkWalker *walker, const SpkModel *model, const Row *row, bool numbers,
		uint8_t *codes)
{
	for (uint32_t f = 0; f < model->n_features; f++)
		if (!numbers || model->features[f].kind == SPK_CATEGORY)
			spk_walk_put_code(walker, f, row->codes[f], codes);
	if (numbers)
		spk_walk_put_numbers(walker, row->numbers, codes);
}

static void
check_walks(const SpkModel *model, const Row *rows, SpkWalkWay way)
{
	FuzzHost   fuzz = FUZZ_HOST_INIT;
	SpkHost	   host = fuzz_host(&fuzz);
	SpkWalker *walker = spk_walker_new(&host, model, way);
	uint64_t   n_nodes = 0;
	uint8_t	  *codes = calloc(1, spk_walker_codes(walker));

	for (uint32_t t = 0; t < model->n_trees; t++)
		n_nodes += model->trees[t].n_nodes;
	fuzz_check(fuzz.allocated <= spk_walker_size(model->n_trees, n_nodes, model->n_features),
			   "a walker takes the memory that it says");
	for (int r = 0; r < N_ROWS; r++)
	{
		double p = spk_predict(model, rows[r].codes);

		put_row(walker, model, &rows[r], r % 2 == 1, codes);
		fuzz_check(p >= 0 && p <= 1, "a prediction is a probability");
		fuzz_check(spk_answer(model, spk_walk(walker, codes)) == p,
				   "a walk ends where the trees do");
	}
	free(codes);
	spk_walker_release(walker);
	fuzz_check(fuzz.unit.live == 0, "a walker gives its memory back");
}

/* The largest number that a model's margin is made of. */
static double
size_of(const SpkModel *model)
{
	double size = 1;

	for (uint32_t t = 0; t < model->n_trees; t++)
		for (uint32_t i = 0; i < model->trees[t].n_nodes; i++)
			if (model->trees[t].nodes[i].flags & SPK_NODE_LEAF)
				size = fmax(size, fabs((double) model->trees[t].nodes[i].u.value) * model->n_trees);
	return size;
}

static void
check_blend(const SpkModel *model, const Row *rows)
{
	FuzzHost	  fuzz = FUZZ_HOST_INIT;
	SpkHost		  host = fuzz_host(&fuzz);
	SpkExplainer *explainer = spk_explainer_new(&host, model, SPK_WALK_PLAIN);

	for (int r = 0; r < N_ROWS; r++)
	{
		uint8_t codes[SPK_MAX_FEATURES];
		double	contributions[SPK_MAX_FEATURES];
		double	margin = 0;
		double	size = 1000;
		double	p = spk_blend_predict(model, rows[r].numbers, codes);

		fuzz_check(p >= 0 && p <= 1, "a prediction is a probability");
		fuzz_check(memcmp(codes, rows[r].codes, model->n_features) == 0,
				   "values have the codes of all parts");
		for (uint32_t i = 0; i < model->n_parts; i++)
		{
			const SpkModel *part = &model->parts[i].model;
			double			own = spk_row_margin(part, codes, rows[r].numbers);

			margin += model->parts[i].weight * own;
			size += fabs(own) + size_of(part);
			for (uint32_t f = 0; f < model->n_features && part->terms != NULL; f++)
			{
				spk_additive_explain(part, rows[r].numbers, contributions);
				size += fabs(contributions[f]);
			}
		}
		fuzz_check(spk_explainer_explain(explainer, codes, rows[r].numbers, contributions) ==
					   SPK_OK,
				   "a blend is explained");
		check_sum(model, contributions, spk_explainer_base(explainer), margin, size);
	}
	spk_explainer_release(explainer);
	fuzz_check(fuzz.unit.live == 0, "an explanation gives its memory back");
}

static void
check_predictions(const SpkModel *model)
{
	Row rows[N_ROWS];

	draw_rows(model, rows);
	if (spk_has_parts(model->algorithm))
	{
		for (uint32_t i = 0; i < model->n_parts; i++)
			check_predictions(&model->parts[i].model);
		check_blend(model, rows);
	}
	else if (!spk_has_trees(model->algorithm))
		check_additive(model, rows);
	else
	{
		check_trees_explained(model, rows);
		for (uint32_t way = 0; way <= spk_walk_best(); way++)
			check_walks(model, rows, (SpkWalkWay) way);
	}
}

/* Decodes once more, and runs out of memory on the way, perhaps. */
static void
check_without_memory(const uint8_t *data, size_t len, uint64_t fingerprint)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	SpkModel	model;
	const char *why;
	SpkStatus	status;

	fuzz.unit.allocs_left = (long) (fingerprint % 32);
	status = spk_model_decode(&host, data, len, &model, &why);
	fuzz_check(status == SPK_OK || status == SPK_NO_MEMORY, "what fails is memory");
	if (status == SPK_OK)
		spk_model_release(&host, &model);
	fuzz_check(fuzz.unit.live == 0, "a decoder without memory holds nothing");
}

static void
check_model(const uint8_t *data, size_t len)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	SpkModel	model;
	const char *why = NULL;
	SpkStatus	status = spk_model_decode(&host, data, len, &model, &why);

	fuzz_check(status == SPK_OK || (status == SPK_CORRUPT && why != NULL),
			   "there is a reason to refuse");
	fuzz_check(fuzz.allocated <= MAX_GROWTH * len + FREE_BYTES,
			   "a decoder takes memory in proportion");
	if (status == SPK_OK)
	{
		fuzz_models[model.algorithm]++;
		check_same_bytes(&host, &model, data, len);
		check_predictions(&model);
		check_without_memory(data, len, model.fingerprint);
		spk_model_release(&host, &model);
	}
	fuzz_check(fuzz.unit.live == 0, "a decoder gives its memory back");
}

/*
 * Makes the fingerprints of parts right, so that the checks behind them are reached.  A
 * part is where a length comes before the magic, and so many bytes follow.
 */
static void
sign_parts(uint8_t *data, size_t size)
{
	for (size_t at = SPK_MODEL_HEADER; at + SPK_MODEL_HEADER <= size; at++)
		for (size_t n = 1; n <= 4 && memcmp(data + at, SPK_MODEL_MAGIC, 4) == 0; n++)
		{
			SpkReader r = spk_reader(data + at - n, n);
			uint64_t  len = spk_read_varint(&r);

			if (!r.bad && spk_unread(&r) == 0 && len >= SPK_MODEL_HEADER && len <= size - at)
				unit_model_sign(data + at, (size_t) len);
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	check_model(data, size);
	if (size < SPK_MODEL_HEADER)
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	sign_parts(copy, size);
	unit_model_sign(copy, size);
	if (memcmp(copy, data, size) != 0)
		check_model(copy, size);
	free(copy);
	return 0;
}
