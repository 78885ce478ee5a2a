/*
 * fingerprints.c
 *	  Trains some models, judges some scores and prints fingerprints;
 *	  check_builds.sh compares what several builds of the core print.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/linear/bayes.h"
#include "core/rows/binning.h"
#include "core/trees/boost.h"
#include "core/judging/calibrate.h"
#include "core/models/codec.h"
#include "core/judging/curves.h"
#include "core/linear/logistic.h"
#include "core/judging/metrics.h"
#include "core/judging/search.h"
#include "core/rows/folds.h"
#include "core/rows/paired.h"
#include "core/judging/oob_finish.h"
#include "core/trees/oob.h"
#include "core/base/rng.h"
#include "core/judging/threshold.h"

#define N_ROWS	  3000
#define N_COLUMNS 9
#define N_NAMES	  40

static void *
host_alloc(void *ctx, size_t size)
{
	(void) ctx;
	return malloc(size);
}

static void
host_release(void *ctx, void *ptr)
{
	(void) ctx;
	free(ptr);
}

static bool
host_cancelled(void *ctx)
{
	(void) ctx;
	return false;
}

static const SpkHost host = {host_alloc, host_release, host_cancelled, NULL};

static void
check(SpkStatus status)
{
	if (status != SPK_OK)
	{
		fprintf(stderr, "status %d\n", (int) status);
		exit(1);
	}
}

/* Numbers of few and of many values, some missing, and two columns of categories. */
static void
make_rows(SpkColumn *columns, uint8_t *labels)
{
	static const char *const names[N_COLUMNS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
	static char				 bytes[N_NAMES][16];
	static SpkCategory		 categories[N_NAMES];
	SpkRng					 rng = spk_rng(1, 2);

	for (int i = 0; i < N_NAMES; i++)
	{
		snprintf(bytes[i], sizeof(bytes[i]), "c%d", i);
		categories[i] = (SpkCategory) {bytes[i], (uint32_t) strlen(bytes[i])};
	}
	for (int c = 0; c < N_COLUMNS; c++)
	{
		double	 *numbers = malloc(N_ROWS * sizeof(double));
		uint32_t *ids = malloc(N_ROWS * sizeof(uint32_t));

		columns[c] = (SpkColumn) {.name = names[c], .kind = c < 2 ? SPK_CATEGORY : SPK_NUMBER};
		for (int r = 0; r < N_ROWS; r++)
		{
			double x = spk_rng_double(&rng) + spk_rng_double(&rng) / 3;
			bool   missing = c % 3 == 0 && spk_rng_below(&rng, 10) == 0;

			if (c == 3)
				x = floor(8 * x);
			numbers[r] = missing ? NAN : x;
			ids[r] = missing ? SPK_NO_ID : spk_rng_below(&rng, c == 0 ? 3 : N_NAMES);
		}
		if (c < 2)
		{
			columns[c].ids = ids;
			columns[c].names = categories;
			columns[c].n_names = N_NAMES;
			free(numbers);
		}
		else
		{
			columns[c].numbers = numbers;
			free(ids);
		}
	}
	for (int r = 0; r < N_ROWS; r++)
	{
		double risk = columns[4].numbers[r] * 0.7 + (columns[1].ids[r] % 3 == 0 ? 0.4 : 0) +
			spk_rng_double(&rng);

		labels[r] = risk > 1.3;
	}
}

/* Grows the trees of a random forest or the decision tree. */
static void
grow_forest(const SpkMatrix *matrix, SpkModel *model)
{
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, matrix);
	SpkGrower	 *grower = spk_grower_new(&host, &plan, matrix, model->features);
	double		 *gains = calloc((size_t) plan.n_trees * model->n_features, sizeof(double));
	uint64_t	 *tally = calloc(spk_oob_words(&plan, matrix) + 1, sizeof(uint64_t));

	model->n_trees = plan.n_trees;
	model->trees = calloc(plan.n_trees, sizeof(SpkTree));
	spk_grower_tally(grower, tally);
	for (uint32_t t = 0; t < plan.n_trees; t++)
	{
		SpkTree *tree = &model->trees[t];

		check(spk_grower_grow(grower, t, tree, gains + (size_t) t * model->n_features));
		tree->nodes = memcpy(malloc(tree->n_nodes * sizeof(SpkNode)), tree->nodes,
							 tree->n_nodes * sizeof(SpkNode));
		tree->sets = memcpy(malloc(tree->n_sets * sizeof(SpkCodeSet) + 1), tree->sets,
							tree->n_sets * sizeof(SpkCodeSet));
	}
	spk_grower_release(grower);
	spk_forest_importance(gains, plan.n_trees, model->features, model->n_features);
	check(spk_oob_finish(&host, &plan, matrix, tally, model));
	free(gains);
	free(tally);
}

static void
boost(const SpkMatrix *matrix, SpkModel *model)
{
	SpkBoostPlan plan = spk_boost_plan(&model->options, matrix, model->features);
	SpkTeam		 alone = {.n = 1};
	void *shared = aligned_alloc(64, (spk_boost_shared_size(&plan, matrix, 1) + 63) / 64 * 64);

	model->threshold = 0.5;
	model->trees = calloc(spk_boost_most_trees(&plan), sizeof(SpkTree));
	check(spk_boost(&host, &alone, &plan, matrix, model->features, shared, model));
	free(shared);
}

static void
bin_columns(const SpkTable *table, SpkModel *model)
{
	uint32_t bins = (uint32_t) model->options.value[SPK_OPT_BINS];

	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->features = calloc(table->n_columns, sizeof(SpkFeature));
	for (uint32_t c = 0; c < table->n_columns; c++)
		check(spk_bin_feature(&host, &table->columns[c], table->n_rows,
							  bins > 0 ? bins : SPK_MAX_BINS, &model->features[c]));
	if (table->weights == NULL)
		return;

	/* weights are decimals that fit no unit, and some features have rules */
	strcpy(model->weights, "weight");
	model->options.value[SPK_OPT_WEIGHTS] = 1;
	if (!spk_option_applies(SPK_OPT_MONOTONE, model->algorithm))
		return;
	model->options.value[SPK_OPT_MONOTONE] = 1;
	model->options.value[SPK_OPT_INTERACTIONS] = 2;
	for (uint32_t c = 0; c < table->n_columns; c++)
		model->features[c].rule.groups = 1 + c % 3;
	model->features[4].rule.monotone = 1;
}

/* The model's; it is released. */
static uint64_t
fingerprint_of(SpkModel *model)
{
	SpkWriter w = spk_writer(&host);
	uint64_t  fingerprint;

	check(spk_model_encode(model, &w));
	fingerprint = spk_model_fingerprint(w.data, w.len);
	spk_release(&host, w.data);
	spk_model_release(&host, model);
	return fingerprint;
}

/* The fingerprint of the model without trees that these options make. */
static uint64_t
fit(const SpkTable *table, SpkAlgorithm algorithm, const SpkOptions *options)
{
	SpkModel  model = {algorithm, *options, .threshold = 0.5, .n_features = table->n_columns};
	SpkValues rows;

	bin_columns(table, &model);
	check(spk_values_new(&host, table, model.features, &rows));
	if (algorithm == SPK_LOGISTIC_REGRESSION)
		check(spk_logistic_fit(&host, &rows, &model));
	else
		check(spk_bayes_fit(&host, &rows, &model));
	spk_values_release(&host, &rows);
	return fingerprint_of(&model);
}

/* The fingerprint of the trees that these options make. */
static uint64_t
train(const SpkTable *table, SpkAlgorithm algorithm, const SpkOptions *options)
{
	SpkModel  model = {algorithm, *options, .n_features = table->n_columns};
	SpkMatrix matrix;
	uint8_t	 *codes;

	bin_columns(table, &model);
	codes = malloc((size_t) table->n_rows * spk_table_shape(table, model.features).stride);
	check(spk_bin_table(&host, table, model.features, codes, &matrix, NULL));
	if (algorithm == SPK_GRADIENT_BOOSTING)
		boost(&matrix, &model);
	else
		grow_forest(&matrix, &model);
	free(codes);
	return fingerprint_of(&model);
}

static uint64_t
mix_number(uint64_t hash, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return spk_hash_combine(hash, bits);
}

/* Searches among the first candidates, with small trees' worth of rows, and blends. */
static uint64_t
search(const SpkTable *table)
{
	static uint8_t folds[N_ROWS];
	static uint8_t ordered[N_ROWS];
	uint32_t	  *origins = calloc(N_ROWS, sizeof(uint32_t));
	SpkModel	   model = {.algorithm = SPK_BLEND, .options = spk_options_default(SPK_BLEND)};
	SpkWriter	   w = spk_writer(&host);
	SpkSamples	   samples = {0};
	double		  *values = calloc(N_ROWS * (N_COLUMNS + 1), sizeof(double));
	uint8_t		  *codes = calloc(N_ROWS, spk_matrix_stride(N_COLUMNS));
	uint64_t	   fingerprint;

	model.options.value[SPK_OPT_CANDIDATES] = 3;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.features = calloc(N_COLUMNS, sizeof(SpkFeature));
	for (; model.n_features < N_COLUMNS; model.n_features++)
		check(spk_bin_feature(&host, &table->columns[model.n_features], N_ROWS, 60,
							  &model.features[model.n_features]));
	check(spk_paired_fill(&host, table, model.features, values, codes, NULL, &samples.values,
						  &samples.matrix, origins));
	check(spk_folds_part(&host, table, NULL, 0, SPK_SEARCH_FOLDS, 42, folds));
	for (int r = 0; r < N_ROWS; r++)
		ordered[r] = folds[origins[r]];
	samples.matrix_folds = samples.values_folds = ordered;
	check(spk_search_model(&host, &samples, SPK_NO_FOLD, &samples, &model));
	check(spk_model_encode(&model, &w));
	fingerprint = spk_model_fingerprint(w.data, w.len);
	spk_release(&host, w.data);
	spk_model_release(&host, &model);
	free(origins);
	free(values);
	free(codes);
	return fingerprint;
}

/* A hash of the maps that calibrate these rows, whose order is lost. */
static uint64_t
calibrate(SpkScored *rows)
{
	uint64_t hash = 0;

	for (double method = SPK_CALIBRATE_PLATT; method <= SPK_CALIBRATE_ISOTONIC; method++)
	{
		SpkModel model = {.options.value[SPK_OPT_CALIBRATE] = method};

		check(spk_calibrate(&host, rows, N_ROWS, &model));
		for (int i = 0; i <= 100; i++)
			hash = mix_number(hash, spk_calibrated(&model, i / 100.0));
		spk_release(&host, model.calibration.points);
	}
	return hash;
}

/* A hash of what is said of scores that many rows, or few, share. */
static uint64_t
judge(uint32_t levels)
{
	static SpkScored  rows[N_ROWS];
	SpkRng			  rng = spk_rng(3, levels);
	SpkScores		  scores;
	SpkMetrics		  m;
	SpkDecile		  deciles[SPK_DECILES];
	SpkCalibrationBin bins[SPK_CALIBRATION_BINS];
	double			  threshold;
	int				  n;
	uint64_t		  hash = 0;

	for (int i = 0; i < N_ROWS; i++)
	{
		double score = spk_rng_below(&rng, levels) / (double) levels;

		rows[i] = spk_scored(score, spk_rng_double(&rng) < score);
	}
	hash = calibrate(rows);
	check(spk_scores_of_rows(&host, rows, N_ROWS, 0.5, &scores));
	check(spk_metrics_of(&host, &scores, &m));
	for (const double *figure = &m.accuracy; figure <= &m.ece; figure++)
		hash = mix_number(hash, *figure);
	check(spk_lift(&host, &scores, deciles, &n));
	for (int i = 0; i < n; i++)
		hash = mix_number(mix_number(hash, deciles[i].churned), deciles[i].cumulative_lift);
	check(spk_calibration(&host, &scores, SPK_CALIBRATION_BINS, bins, &n));
	for (int i = 0; i < n; i++)
		hash = mix_number(mix_number(hash, bins[i].mean_score), bins[i].rate);
	check(spk_threshold_cost(&host, &scores, 0.1, 0.7, &threshold));
	return mix_number(hash, threshold);
}

/* Options of the random forest in all its ways, by number. */
static SpkOptions
forest_options(int i)
{
	SpkOptions options = spk_options_default(SPK_RANDOM_FOREST);

	options.value[SPK_OPT_TREES] = 10;
	if (i & 1)
		options.value[SPK_OPT_CRITERION] = SPK_CRITERION_ENTROPY;
	if (i & 2)
		options.value[SPK_OPT_CLASS_WEIGHT] = i == 2 ? SPK_WEIGHT_BALANCED : 2.7;
	if (i & 4)
		options.value[SPK_OPT_MAX_LEAVES] = 20;
	if (i == 3)
		options.value[SPK_OPT_MIN_GAIN] = 0.001;
	if (i < 7)
		options.value[SPK_OPT_IMPORTANCE] = SPK_IMPORTANCE_PERMUTATION;
	else
		options.value[SPK_OPT_BOOTSTRAP] = 0;
	return options;
}

static void
print(const char *name, int i, uint64_t fingerprint)
{
	printf("%s %d %016llx\n", name, i, (unsigned long long) fingerprint);
}

/* Fingerprints of models of rows with weights, whose trees have rules to keep. */
static void
print_weighted(SpkTable table)
{
	static double weights[N_ROWS];
	SpkRng		  rng = spk_rng(5, 5);
	SpkOptions	  options;

	for (int r = 0; r < N_ROWS; r++)
		weights[r] = 0.1 + spk_rng_double(&rng);
	table.weights = weights;
	for (int i = 0; i < 2; i++)
	{
		options = forest_options(4 * i);
		print("random_forest, weighted", i, train(&table, SPK_RANDOM_FOREST, &options));
		options = spk_options_default(SPK_GRADIENT_BOOSTING);
		options.value[SPK_OPT_TREES] = 10;
		options.value[SPK_OPT_EARLY_STOPPING] = 5 * i;
		print("gradient_boosting, weighted", i, train(&table, SPK_GRADIENT_BOOSTING, &options));
	}
	options = spk_options_default(SPK_LOGISTIC_REGRESSION);
	print("logistic_regression, weighted", 0, fit(&table, SPK_LOGISTIC_REGRESSION, &options));
	options = spk_options_default(SPK_NAIVE_BAYES);
	print("naive_bayes, weighted", 0, fit(&table, SPK_NAIVE_BAYES, &options));
}

int
main(void)
{
	SpkColumn  columns[N_COLUMNS];
	uint8_t	   labels[N_ROWS];
	SpkTable   table = {.n_rows = N_ROWS,
						.n_columns = N_COLUMNS,
						.labels = labels,
						.columns = columns};
	SpkOptions options;

	make_rows(columns, labels);
	for (int i = 0; i < 8; i++)
	{
		options = forest_options(i);
		print("random_forest", i, train(&table, SPK_RANDOM_FOREST, &options));
	}
	options = spk_options_default(SPK_DECISION_TREE);
	print("decision_tree", 0, train(&table, SPK_DECISION_TREE, &options));
	for (int i = 0; i < 2; i++)
	{
		options = spk_options_default(SPK_GRADIENT_BOOSTING);
		options.value[SPK_OPT_TREES] = 10;
		options.value[SPK_OPT_EARLY_STOPPING] = 5 * i;
		options.value[SPK_OPT_SUBSAMPLE] = i == 0 ? 1 : 0.7;
		print("gradient_boosting", i, train(&table, SPK_GRADIENT_BOOSTING, &options));
	}
	for (int i = 0; i < 2; i++)
	{
		options = spk_options_default(SPK_LOGISTIC_REGRESSION);
		options.value[SPK_OPT_L2] = i;
		print("logistic_regression", i, fit(&table, SPK_LOGISTIC_REGRESSION, &options));
		options = spk_options_default(SPK_NAIVE_BAYES);
		options.value[SPK_OPT_DISTRIBUTION] = i;
		print("naive_bayes", i, fit(&table, SPK_NAIVE_BAYES, &options));
		options.value[SPK_OPT_TRANSFORM] = i == 0 ? SPK_TRANSFORM_YEO_JOHNSON : SPK_TRANSFORM_LOG;
		print("naive_bayes, transformed", i, fit(&table, SPK_NAIVE_BAYES, &options));
		options = spk_options_default(SPK_LOGISTIC_REGRESSION);
		options.value[SPK_OPT_TRANSFORM] = i == 0 ? SPK_TRANSFORM_YEO_JOHNSON : SPK_TRANSFORM_LOG;
		print("logistic_regression, transformed", i,
			  fit(&table, SPK_LOGISTIC_REGRESSION, &options));
		print("metrics", i, judge(i == 0 ? 50 : 1000000000));
	}
	print("auto", 0, search(&table));
	print_weighted(table);
	return 0;
}
