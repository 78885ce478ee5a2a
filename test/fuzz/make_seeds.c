/*
 * make_seeds.c
 *	  Writes the seeds of the corpora of models and profiles: a small one of
 *	  every kind.  make_seeds FOLDER, which holds the folders model, profile,
 *	  profile_text, log_profile and log_profile_text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* unit_table.h is for the tests, too, which include these before it */
#include "core/models/terms.h"
#include "core/judging/calibrate.h"
#include "core/profiles/profile.h"
#include "core/base/rng.h"
#include "core/judging/samples.h"
#include "core/judging/score_bins.h"
#include "json/profile_text.h"
#include "make_seeds.h"
#include "../unit/unit_table.h"

#define N_ROWS	 48
#define MAX_BINS 6

static UnitHost	   unit = UNIT_HOST_INIT;
static const char *folder;

void
must(SpkStatus status)
{
	if (status == SPK_OK)
		return;
	fprintf(stderr, "make_seeds: status %d\n", (int) status);
	exit(1);
}

void
put_file(const char *kind, const char *name, const SpkWriter *w)
{
	char  path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, kind, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(w->data, 1, w->len, file) != w->len || fclose(file) != 0)
	{
		perror(path);
		exit(1);
	}
}

/* ---- Models ---- */

/* The table in the forms that learners take, and its features in the model. */
static void
prepare(const SpkHost *host, const UnitTable *t, uint32_t max_bins, SpkModel *model,
		SpkSamples *samples)
{
	static double weights[UNIT_MAX_TABLE_ROWS];
	SpkTable	  table = t->table;
	uint32_t	  n = t->table.n_rows;
	SpkBinning	  binning = spk_training_binning(model->algorithm, &model->options, &t->table);

	for (uint32_t r = 0; r < n; r++)
		weights[r] = (1 + r % 3) / 4.0;
	if (spk_has_weights(&model->options))
		table.weights = weights;

	binning.max_bins = max_bins;
	if (binning.max_ungrouped > max_bins && spk_has_trees(model->algorithm))
		binning.max_ungrouped = max_bins;
	model->features = spk_alloc(host, t->table.n_columns, sizeof(SpkFeature));
	for (; model->n_features < t->table.n_columns; model->n_features++)
		must(spk_bin_column(host, &t->columns[model->n_features], n, binning,
							&model->features[model->n_features]));
	memset(samples, 0, sizeof(*samples));
	must(spk_bin_table(host, &table, model->features,
					   spk_alloc(host, n, spk_table_shape(&table, model->features).stride),
					   &samples->matrix, NULL));
	must(spk_values_new(host, &table, model->features, &samples->values));
}

/* What options with names stand for, where there are as many as in RULED. */
static void
set_rules(SpkModel *model)
{
	static const SpkFeatureRule rules[] = {{1, 1}, {-1, 3}, {0, 2}};

	for (uint32_t f = 0; f < model->n_features && spk_has_monotone(&model->options); f++)
		model->features[f].rule = rules[f];
	if (spk_has_weights(&model->options))
		strcpy(model->weights, "weight");
}

/* By scores of the rows that the model was fitted to, which is good enough here. */
static void
calibrate(const SpkHost *host, const SpkSamples *samples, double method, SpkModel *model)
{
	SpkScored scored[UNIT_MAX_TABLE_ROWS];
	size_t	  n;

	must(spk_samples_score(host, samples, SPK_NO_FOLD, model, scored, &n));
	model->options.value[SPK_OPT_CALIBRATE] = method;
	must(spk_calibrate(host, scored, (uint32_t) n, model));
}

static int
compare_scored(const void *a, const void *b)
{
	double x = spk_scored_score(*(const SpkScored *) a),
		   y = spk_scored_score(*(const SpkScored *) b);

	return (x > y) - (x < y);
}

/* How its scores were spread, by the same rows. */
static void
keep_scores(const SpkHost *host, const SpkSamples *samples, SpkModel *model)
{
	SpkScored	   scored[UNIT_MAX_TABLE_ROWS];
	SpkScoreCounts counts;
	size_t		   n;

	must(spk_samples_score(host, samples, SPK_NO_FOLD, model, scored, &n));
	qsort(scored, n, sizeof(SpkScored), compare_scored);
	counts = spk_score_bins(scored, n);
	spk_keep_scores(model, &counts);
}

/* Options, as many as are set: pairs of an option and its value; SPK_N_OPTIONS ends them. */
static void
make_model(const char *name, const UnitTable *t, uint32_t max_bins, SpkAlgorithm algorithm, ...)
{
	SpkHost	   host = unit_host(&unit);
	SpkModel   model = {.algorithm = algorithm,
						.threshold = 0.5,
						.options = spk_options_default(algorithm)};
	SpkWriter  w = spk_writer(&host);
	SpkSamples samples;
	double	   method;
	va_list	   args;
	int		   option;

	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	va_start(args, algorithm);
	while ((option = va_arg(args, int)) != SPK_N_OPTIONS)
		model.options.value[option] = va_arg(args, double);
	va_end(args);
	method = model.options.value[SPK_OPT_CALIBRATE];

	prepare(&host, t, max_bins, &model, &samples);
	set_rules(&model);
	must(spk_samples_fit(&host, &samples, SPK_NO_FOLD, &model));
	if (method != SPK_CALIBRATE_NONE)
		calibrate(&host, &samples, method, &model);
	if (strstr(name, "scored") != NULL)
		keep_scores(&host, &samples, &model);
	must(spk_model_encode(&model, &w));
	put_file("model", name, &w);
	spk_release(&host, w.data);
	spk_release(&host, samples.matrix.codes);
	spk_values_release(&host, &samples.values);
	spk_model_release(&host, &model);
}

/* So many stumps, each of which asks for another set of a category: more than a walker asks in advance. */
static void
make_many_sets(const char *name, uint32_t n_trees)
{
	SpkHost		host = unit_host(&unit);
	SpkModel	model = {.algorithm = SPK_GRADIENT_BOOSTING,
						 .threshold = 0.5,
						 .n_trees = n_trees,
						 .n_features = 1,
						 .options = spk_options_default(SPK_GRADIENT_BOOSTING)};
	SpkCategory categories[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1},
								{"e", 1}, {"f", 1}, {"g", 1}, {"h", 1}};
	uint32_t	counts[] = {1, 1, 1, 1, 1, 1, 1, 1, 2};
	SpkFeature	feature = {.name = "c",
						   .kind = SPK_CATEGORY,
						   .n_bins = 8,
						   .categories = categories,
						   .counts = counts,
						   .importance = 1};
	SpkNode		nodes[256][3];
	SpkCodeSet	sets[256];
	SpkTree		trees[256];
	SpkWriter	w = spk_writer(&host);

	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.features = &feature;
	model.trees = trees;
	for (uint32_t t = 0; t < n_trees; t++)
	{
		sets[t] = (SpkCodeSet) {{t, 0, 0, t % 3 == 0 ? UINT64_C(1) << 63 : 0}};
		nodes[t][0] = (SpkNode) {.u.left = 1, .cover = 10, .flags = SPK_NODE_SET};
		nodes[t][1] = (SpkNode) {.u.value = (float) t, .cover = 4, .flags = SPK_NODE_LEAF};
		nodes[t][2] = (SpkNode) {.u.value = -1, .cover = 6, .flags = SPK_NODE_LEAF};
		trees[t] = (SpkTree) {3, 1, nodes[t], &sets[t]};
	}
	must(spk_model_encode(&model, &w));
	put_file("model", name, &w);
	spk_release(&host, w.data);
}

/* A small forest, boosting and regression of the table, blended; with what a search may have tried. */
static void
make_blend(const char *name, const UnitTable *t, uint32_t max_bins, double method)
{
	static const SpkAlgorithm algorithms[] = {SPK_RANDOM_FOREST, SPK_GRADIENT_BOOSTING,
											  SPK_LOGISTIC_REGRESSION};
	SpkHost					  host = unit_host(&unit);
	SpkModel				  model = {.algorithm = SPK_BLEND,
									   .threshold = 0.5,
									   .options = spk_options_default(SPK_BLEND)};
	SpkPart					  parts[3];
	SpkTried				  tried[3];
	SpkWriter				  w = spk_writer(&host);
	SpkSamples				  samples;

	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.facts[SPK_FACT_CANDIDATES] = 3;
	model.n_parts = model.n_tried = 3;
	model.parts = parts;
	model.tried = tried;
	prepare(&host, t, max_bins, &model, &samples);
	for (int i = 0; i < 3; i++)
	{
		SpkModel part = {.algorithm = algorithms[i], .options = spk_options_default(algorithms[i])};
		SpkSamples own;

		for (int f = 0; f < SPK_N_FACTS; f++)
			part.facts[f] = NAN;
		if (spk_option_applies(SPK_OPT_TREES, part.algorithm))
		{
			part.options.value[SPK_OPT_TREES] = 2;
			part.options.value[SPK_OPT_MAX_DEPTH] = 2;
		}
		prepare(&host, t, max_bins, &part, &own);
		must(spk_samples_fit(&host, &own, SPK_NO_FOLD, &part));
		spk_release(&host, own.matrix.codes);
		spk_values_release(&host, &own.values);
		parts[i] = (SpkPart) {.weight = i == 0 ? 0.5 : 0.25, .model = part};
		tried[i] = (SpkTried) {part.algorithm, part.options, 5, 0.5, 0.75, parts[i].weight};
	}
	model.options.value[SPK_OPT_CALIBRATE] = method;
	if (method == SPK_CALIBRATE_PLATT)
		model.calibration = (SpkCalibration) {.slope = 0.75, .intercept = -0.5};
	must(spk_model_encode(&model, &w));
	put_file("model", name, &w);
	spk_release(&host, w.data);
	spk_release(&host, samples.matrix.codes);
	spk_values_release(&host, &samples.values);
	for (int i = 0; i < 3; i++)
		spk_model_release(&host, &parts[i].model);
	model.n_parts = 0;
	model.parts = NULL;
	model.tried = NULL;
	spk_model_release(&host, &model);
}

#define NONE		SPK_OPT_CALIBRATE, SPK_CALIBRATE_NONE
#define PLATT		SPK_OPT_CALIBRATE, SPK_CALIBRATE_PLATT
#define ISOTONIC	SPK_OPT_CALIBRATE, SPK_CALIBRATE_ISOTONIC
#define MULTINOMIAL SPK_OPT_DISTRIBUTION, SPK_DISTRIBUTION_MULTINOMIAL
#define PERMUTATION SPK_OPT_IMPORTANCE, SPK_IMPORTANCE_PERMUTATION
#define SMALL		SPK_OPT_TREES, 3.0, SPK_OPT_MAX_DEPTH, 3.0
#define PLAIN		SPK_OPT_TRANSFORM, SPK_TRANSFORM_NONE
#define LOG			SPK_OPT_TRANSFORM, SPK_TRANSFORM_LOG
#define YEO_JOHNSON SPK_OPT_TRANSFORM, SPK_TRANSFORM_YEO_JOHNSON
#define WEIGHTED	SPK_OPT_WEIGHTS, 1.0
#define RULED		SPK_OPT_MONOTONE, 2.0, SPK_OPT_INTERACTIONS, 2.0
#define END			SPK_N_OPTIONS

static void
make_models(void)
{
	UnitTable *t = unit_table_mixed(N_ROWS);
	UnitTable *large = unit_table_mixed(500);

	make_model("forest", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, NONE, END);
	make_model("forest_platt", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, PLATT, END);
	make_model("forest_isotonic", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, ISOTONIC, END);
	make_model("forest_permutation", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, PERMUTATION, END);
	make_model("forest_groups", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, SPK_OPT_CATEGORY_SUBSETS,
			   0.0, END);
	make_model("forest_scored", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, NONE, END);
	make_model("tree", t, MAX_BINS, SPK_DECISION_TREE, SPK_OPT_MAX_DEPTH, 4.0, END);
	make_model("tree_isotonic", t, MAX_BINS, SPK_DECISION_TREE, SPK_OPT_MAX_LEAVES, 4.0, ISOTONIC,
			   END);
	make_model("tree_deep", large, 40, SPK_DECISION_TREE, SPK_OPT_MIN_LEAF, 1.0, END);
	make_model("boosting", t, MAX_BINS, SPK_GRADIENT_BOOSTING, SMALL, SPK_OPT_MIN_LEAF, 2.0, END);
	make_model("boosting_platt", t, MAX_BINS, SPK_GRADIENT_BOOSTING, SMALL, PLATT, END);
	make_model("boosting_leaves", t, MAX_BINS, SPK_GRADIENT_BOOSTING, SPK_OPT_TREES, 5.0,
			   SPK_OPT_MAX_LEAVES, 3.0, SPK_OPT_MIN_GAIN, 0.01, END);
	make_model("logistic", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, PLAIN, END);
	make_model("logistic_platt", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, PLAIN, PLATT, END);
	make_model("logistic_isotonic", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, PLAIN, ISOTONIC, END);
	make_model("logistic_scored", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, PLAIN, PLATT, END);
	make_model("logistic_auto", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, END);
	make_model("logistic_log", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, LOG, END);
	make_model("logistic_power", t, MAX_BINS, SPK_LOGISTIC_REGRESSION, YEO_JOHNSON, PLATT, END);
	make_model("bayes", t, MAX_BINS, SPK_NAIVE_BAYES, PLAIN, END);
	make_model("bayes_platt", t, MAX_BINS, SPK_NAIVE_BAYES, PLAIN, PLATT, END);
	make_model("bayes_multinomial", t, MAX_BINS, SPK_NAIVE_BAYES, PLAIN, MULTINOMIAL, ISOTONIC,
			   END);
	make_model("bayes_power", t, MAX_BINS, SPK_NAIVE_BAYES, YEO_JOHNSON, END);
	make_model("bayes_multinomial_log", t, MAX_BINS, SPK_NAIVE_BAYES, LOG, MULTINOMIAL, END);
	make_model("forest_ruled", t, MAX_BINS, SPK_RANDOM_FOREST, SMALL, RULED, WEIGHTED, END);
	make_model("boosting_ruled", t, MAX_BINS, SPK_GRADIENT_BOOSTING, SMALL, RULED, PLATT, END);
	make_model("bayes_weighted", t, MAX_BINS, SPK_NAIVE_BAYES, WEIGHTED, END);
	make_many_sets("boosting_many_sets", 132);
	make_blend("blend", t, MAX_BINS, SPK_CALIBRATE_NONE);
	make_blend("blend_platt", t, MAX_BINS, SPK_CALIBRATE_PLATT);
	make_blend("blend_coarse", t, 3, SPK_CALIBRATE_NONE);
	free(t);
	free(large);
}

/* ---- Profiles ---- */

static void
put_profile(const char *name, SpkProfileState *state)
{
	SpkHost		host = unit_host(&unit);
	SpkWriter	w = spk_writer(&host);
	SpkWriter	text = spk_writer(&host);
	const char *why;

	must(spk_profile_encode(state, &w));
	put_file("profile", name, &w);
	must(spk_profile_write_text(&host, w.data, w.len, &text, &why));
	put_file("profile_text", name, &text);
	spk_release(&host, text.data);
	spk_release(&host, w.data);
	spk_release(&host, state->closed.data);
}

/* n events of this page at start and every step after it, each third in a new session. */
static void
make_even(const char *name, SpkPage page, int n, int64_t start, int64_t step, int64_t session)
{
	SpkHost			host = unit_host(&unit);
	SpkProfileState state;

	spk_profile_init(&state, &host);
	for (int i = 0; i < n; i++)
	{
		SpkEvent e = {.ts = start + i * step,
					  .session = session + i / 3,
					  .registration = SPK_NO_TIME,
					  .length_us = 200000001,
					  .page = page,
					  .level = SPK_LEVEL_PAID,
					  .gender = SPK_GENDER_FEMALE};

		must(spk_profile_add(&state, &e));
	}
	put_profile(name, &state);
}

/* n events of everything, in some sessions over so many days. */
static void
make_mixed(const char *name, int n, uint32_t n_days, uint32_t n_sessions)
{
	SpkHost			host = unit_host(&unit);
	SpkRng			rng = spk_rng(5, n);
	SpkProfileState state;

	spk_profile_init(&state, &host);
	for (int i = 0; i < n; i++)
	{
		SpkEvent e = {.ts = (int64_t) spk_rng_below(&rng, n_days * 1440) * 60000000 +
						  spk_rng_below(&rng, 2)};

		e.session = (int64_t) spk_rng_below(&rng, n_sessions) - 2;
		e.page = (SpkPage) spk_rng_below(&rng, SPK_N_PAGES);
		e.level = (SpkLevel) spk_rng_below(&rng, 3);
		e.gender = (SpkGender) spk_rng_below(&rng, 3);
		e.length_us = spk_rng_below(&rng, 1000000000);
		e.registration = spk_rng_below(&rng, 3) == 0 ? e.ts - 5000 : SPK_NO_TIME;
		must(spk_profile_add(&state, &e));
	}
	put_profile(name, &state);
}

/* A slice whose counts and sums stick at their maxima. */
static void
make_full(const char *name)
{
	SpkHost			host = unit_host(&unit);
	SpkSlice		slice;
	SpkProfileState state;

	spk_slice_init(&slice, 1, 2);
	slice.first_ts = slice.last_ts = slice.level_ts = slice.first_downgrade = 2 * SPK_USECS_PER_DAY;
	slice.level = SPK_LEVEL_PAID;
	slice.listened_us = slice.play_hours = INT64_MAX;
	slice.paid = UINT32_MAX;
	for (int p = 0; p < SPK_N_PAGES; p++)
		slice.pages[p] = spk_page_is_cancel((SpkPage) p) ? 0 : UINT32_MAX;
	spk_profile_init(&state, &host);
	must(spk_profile_add_slice(&state, &slice));
	put_profile(name, &state);
}

static void
make_profiles(void)
{
	const int64_t day = SPK_USECS_PER_DAY;

	make_even("one", SPK_PAGE_HOME, 1, 6850 * day, 0, 29);
	make_even("songs", SPK_PAGE_NEXT_SONG, 12, 6850 * day, day / 2, 29);
	make_even("cancelled", SPK_PAGE_CANCELLATION, 1, 6850 * day + 7, 0, 29);
	make_even("downgrades", SPK_PAGE_SUBMIT_DOWNGRADE, 6, 6850 * day + 1, day / 3 - 1, 29);
	make_even("first_times", SPK_PAGE_NEXT_SONG, 4, SPK_MIN_TIME, day, INT64_MIN);
	make_even("last_times", SPK_PAGE_NEXT_SONG, 4, SPK_MAX_TIME - 3 * day - 5, day, INT64_MAX - 1);
	make_even("backwards", SPK_PAGE_HELP, 9, 0, -day / 4, -3);
	make_mixed("mixed_day", 12, 1, 1);
	make_mixed("mixed_sessions", 20, 3, 4);
	make_mixed("mixed_days", 40, 40, 10);
	make_full("full");
}

int
main(int argc, char **argv)
{
	if (argc != 2)
	{
		fprintf(stderr, "usage: make_seeds FOLDER\n");
		return 1;
	}
	folder = argv[1];
	make_models();
	make_profiles();
	make_log_profiles(&unit);
	return unit.live == 0 ? 0 : 1;
}
