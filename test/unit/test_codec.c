/*
 * test_codec.c
 *	  Models to bytes and back: exact, and safe from any bytes.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/rows/binning.h"
#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/trees/forest.h"
#include "core/base/rng.h"
#include "unit_host.h"
#include "unit_model.h"
#include "unit_rounds.h"

/* ---- A small model with one of everything ---- */

static double	   edges[] = {-1.5, 0, 1e300};
static SpkCategory categories[] = {{"", 0}, {"free", 4}, {"paid", 4}};
static uint32_t	   number_counts[] = {100, 100, 50, 30, 20};
static uint32_t	   category_counts[] = {1, 149, 140, 10};
static uint32_t	   empty_counts[] = {300};

static SpkFeature features[] = {
	{.name = "songs",
	 .kind = SPK_NUMBER,
	 .n_bins = 4,
	 .edges = edges,
	 .counts = number_counts,
	 .importance = 0.75,
	 .permutation = -0.01},
	{.name = "level",
	 .kind = SPK_CATEGORY,
	 .n_bins = 3,
	 .categories = categories,
	 .counts = category_counts,
	 .importance = 0.25,
	 .permutation = 0.02},
	{.name = "never", .kind = SPK_TIME, .counts = empty_counts},
};

static SpkNode nodes[] = {
	{.u.left = 1, .cover = 300, .feature = 0, .split = 1, .flags = SPK_NODE_MISSING_LEFT},
	{.u.left = 3, .cover = 200, .feature = 1, .set = 0, .flags = SPK_NODE_SET},
	{.u.value = 0.25f, .cover = 100, .flags = SPK_NODE_LEAF},
	{.u.value = 0, .cover = 120, .flags = SPK_NODE_LEAF},
	{.u.left = 5, .cover = 80, .feature = 0, .split = 3, .flags = 0},
	{.u.value = 0.1f, .cover = 60, .flags = SPK_NODE_LEAF},
	{.u.value = 1, .cover = 20, .flags = SPK_NODE_LEAF},
};
static SpkCodeSet sets[] = {{{5, 0, 0, UINT64_C(1) << 63}}};
static SpkNode	  stump[] = {{.u.value = 0.5f, .cover = 300, .flags = SPK_NODE_LEAF}};
static SpkTree	  trees[] = {{7, 1, nodes, sets}, {1, 0, stump, NULL}};

static SpkModel
sample(void)
{
	SpkModel model = {
		.algorithm = SPK_RANDOM_FOREST,
		.threshold = 0.5,
		.facts = {300, 70},
		.n_features = 3,
		.n_trees = 2,
		.features = features,
		.trees = trees,
	};

	for (int i = SPK_FACT_SKIPPED; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.options = spk_options_default(SPK_RANDOM_FOREST);
	model.options.value[SPK_OPT_MIN_LEAF] =
		1; /* defaults may change; the bytes of this model not */
	model.options.value[SPK_OPT_TREES] = 2;
	return model;
}

static SpkPoint points[] = {{0, 0.01}, {0.25, 0.1}, {0.5, 0.1}, {1, 0.75}};

/* The sample, calibrated by this method or not. */
static SpkModel
calibrated_sample(double method)
{
	SpkModel model = sample();

	model.options.value[SPK_OPT_CALIBRATE] = method;
	if (method == SPK_CALIBRATE_PLATT)
		model.calibration = (SpkCalibration) {.slope = 0.75, .intercept = -1.5};
	else if (method == SPK_CALIBRATE_ISOTONIC)
		model.calibration = (SpkCalibration) {.n_points = 4, .points = points};
	return model;
}

static SpkWriter
encoded(const SpkHost *host, const SpkModel *model)
{
	SpkWriter w = spk_writer(host);

	assert_int_equal(spk_model_encode(model, &w), SPK_OK);
	return w;
}

/* Decodes: refused with a reason, or the same bytes when encoded again. */
static bool
refused_or_exact(const SpkHost *host, const uint8_t *data, size_t len)
{
	SpkModel	model;
	const char *why = NULL;
	SpkStatus	status = spk_model_decode(host, data, len, &model, &why);
	SpkWriter	again;

	if (status != SPK_OK)
	{
		assert_int_equal(status, SPK_CORRUPT);
		assert_non_null(why);
		return true;
	}
	again = encoded(host, &model);
	assert_int_equal(again.len, len);
	assert_memory_equal(again.data, data, len);
	spk_release(host, again.data);
	spk_model_release(host, &model);
	return false;
}

/* Is the model, encoded, refused for this reason? */
static void
assert_refused(const SpkModel *model, const char *reason)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkWriter	w = encoded(&host, model);
	SpkModel	back;
	const char *why = NULL;

	assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_CORRUPT);
	assert_string_equal(why, reason);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* ---- Tests ---- */

static void
test_round_trip(void **state)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkModel	model = sample();
	SpkWriter	w = encoded(&host, &model);
	SpkModel	back;
	const char *why;

	(void) state;
	assert_false(refused_or_exact(&host, w.data, w.len));
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_OK);
	assert_int_equal(back.fingerprint, spk_model_fingerprint(w.data, w.len));
	assert_int_not_equal(back.fingerprint, 0);
	assert_int_equal(back.n_features, 3);
	assert_string_equal(back.features[1].name, "level");
	assert_memory_equal(back.features[1].categories[2].name, "paid", 4);
	assert_memory_equal(back.features[0].edges, edges, sizeof(edges));
	assert_memory_equal(back.features[0].counts, number_counts, sizeof(number_counts));
	assert_memory_equal(back.options.value, model.options.value, sizeof(model.options.value));
	assert_true(back.facts[SPK_FACT_POSITIVES] == 70 && isnan(back.facts[SPK_FACT_SKIPPED]));
	assert_int_equal(back.trees[0].n_sets, 1);
	for (int i = 0; i < 7; i++)
		assert_memory_equal(&back.trees[0].nodes[i], &nodes[i], sizeof(SpkNode));
	spk_model_release(&host, &back);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* What came later is stored only where it is used: models of before are read and written as ever. */
static void
test_later_options(void **state)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkModel	model = sample();
	SpkWriter	before = encoded(&host, &model);
	SpkWriter	w;
	SpkModel	back;
	const char *why;

	(void) state;
	model.options.value[SPK_OPT_MIN_GAIN] = 0.5;
	model.options.value[SPK_OPT_IMPORTANCE] = SPK_IMPORTANCE_PERMUTATION;
	model.facts[SPK_FACT_OOB_AUC] = 0.75;
	w = encoded(&host, &model);
	assert_true(w.len > before.len);
	assert_false(refused_or_exact(&host, w.data, w.len));
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_OK);
	assert_memory_equal(back.options.value, model.options.value, sizeof(model.options.value));
	assert_true(back.facts[SPK_FACT_OOB_AUC] == 0.75 && isnan(back.facts[SPK_FACT_OOB_F1]));
	assert_true(back.features[0].permutation == -0.01 && back.features[1].permutation == 0.02);
	spk_model_release(&host, &back);

	/* a default need not be stored, so it must not be */
	for (size_t i = 0; i + 9 < w.len; i++)
		if (memcmp(w.data + i, "\10min_gain", 9) == 0)
			memset(w.data + i + 9, 0, 8);
	unit_model_sign(w.data, w.len);
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_CORRUPT);
	assert_string_equal(why, "An option is stored that need not be");
	spk_release(&host, w.data);
	spk_release(&host, before.data);
	assert_int_equal(unit.live, 0);
}

/* What is behind the trees comes back; without it the bytes are those of before. */
static void
test_calibration(void **state)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkModel  plain = sample();
	SpkWriter before = encoded(&host, &plain);

	(void) state;
	for (double method = SPK_CALIBRATE_PLATT; method <= SPK_CALIBRATE_ISOTONIC; method++)
	{
		SpkModel	model = calibrated_sample(method);
		SpkWriter	w = encoded(&host, &model);
		SpkModel	back;
		const char *why;

		assert_true(w.len > before.len);
		assert_int_not_equal(spk_model_fingerprint(w.data, w.len),
							 spk_model_fingerprint(before.data, before.len));
		assert_false(refused_or_exact(&host, w.data, w.len));
		assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_OK);
		assert_true(back.options.value[SPK_OPT_CALIBRATE] == method);
		assert_true(back.calibration.slope == model.calibration.slope);
		assert_true(back.calibration.intercept == model.calibration.intercept);
		assert_int_equal(back.calibration.n_points, model.calibration.n_points);
		if (method == SPK_CALIBRATE_ISOTONIC)
			assert_memory_equal(back.calibration.points, points, sizeof(points));
		spk_model_release(&host, &back);
		spk_release(&host, w.data);
	}
	spk_release(&host, before.data);
	assert_int_equal(unit.live, 0);
}

/* Encoding appends: what is in the writer stays, and the bytes are the same. */
static void
test_append(void **state)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkModel  model = sample();
	SpkWriter w = encoded(&host, &model);
	SpkWriter behind = spk_writer(&host);

	(void) state;
	spk_write_u32(&behind, 7);
	assert_int_equal(spk_model_encode(&model, &behind), SPK_OK);
	assert_int_equal(behind.len, w.len + 4);
	assert_memory_equal(behind.data + 4, w.data, w.len);
	spk_release(&host, w.data);
	spk_release(&host, behind.data);
	assert_int_equal(unit.live, 0);
}

/* The format is for ever: these bytes must stay readable, and be written alike. */
static void
test_stable(void **state)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkModel  model = sample();
	SpkWriter w = encoded(&host, &model);

	(void) state;
	assert_memory_equal(w.data, "SPKM\1\0\0\0", 8);
	assert_int_equal(w.len, 392);
	assert_int_equal(spk_model_fingerprint(w.data, w.len), UINT64_C(0x3be65aa97a42b16d));
	spk_release(&host, w.data);
}

static void
truncate_model(SpkModel model)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkWriter w = encoded(&host, &model);

	for (size_t len = 0; len < w.len; len++)
	{
		uint8_t *copy = malloc(len + 1); /* its own, so that ASan sees a byte too far */

		memcpy(copy, w.data, len);
		assert_true(refused_or_exact(&host, copy, len));
		if (len >= SPK_MODEL_HEADER)
			unit_model_sign(copy, len);
		assert_true(refused_or_exact(&host, copy, len));
		free(copy);
	}
	spk_write_u8(&w, 0);
	unit_model_sign(w.data, w.len);
	assert_true(refused_or_exact(&host, w.data, w.len));
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

static void
test_truncation(void **state)
{
	(void) state;
	for (double method = SPK_CALIBRATE_NONE; method <= SPK_CALIBRATE_ISOTONIC; method++)
		truncate_model(calibrated_sample(method));
}

/* Every byte to every value, or some, with the fingerprint left alone and made right. */
static void
change_bytes(SpkModel model)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkWriter w = encoded(&host, &model);
	size_t	  accepted = 0;

	for (size_t at = 0; at < w.len; at++)
	{
		uint8_t was = w.data[at];

		for (int flip = 1; flip < 256; flip += FEWER)
		{
			uint8_t header[SPK_MODEL_HEADER];

			memcpy(header, w.data, sizeof(header));
			w.data[at] = was ^ (uint8_t) flip;
			assert_true(refused_or_exact(&host, w.data, w.len));
			if (at >= SPK_MODEL_HEADER)
			{
				unit_model_sign(w.data, w.len);
				accepted += !refused_or_exact(&host, w.data, w.len);
			}
			memcpy(w.data, header, sizeof(header));
			w.data[at] = was;
		}
	}
	assert_true(accepted > 0);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

static void
test_changed_bytes(void **state)
{
	(void) state;
	for (double method = SPK_CALIBRATE_NONE; method <= SPK_CALIBRATE_ISOTONIC; method++)
		change_bytes(calibrated_sample(method));
}

/* A count that claims much is refused before memory is asked for. */
static void
test_huge_counts(void **state)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkModel model = sample();

	(void) state;
	for (int what = 0; what < 2; what++)
	{
		SpkWriter	w;
		SpkModel	back;
		const char *why;

		model.n_features = what == 0 ? 0 : 3;
		model.n_trees = 0;
		w = encoded(&host, &model);
		w.len--;			/* the count of trees, */
		w.len -= what == 0; /* or of features */
		spk_write_varint(&w, what == 0 ? SPK_MAX_FEATURES : 1);
		if (what == 1)
			spk_write_varint(&w, UINT32_C(0x7fffffff));
		unit_model_sign(w.data, w.len);
		assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_CORRUPT);
		assert_string_equal(why, "The data end early or hold a malformed number");
		spk_release(&host, w.data);
	}
	assert_int_equal(unit.live, 0);
}

static void
test_no_memory(void **state)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkModel	model = sample();
	SpkWriter	w = encoded(&host, &model);
	SpkStatus	status = SPK_NO_MEMORY;
	SpkModel	back;
	const char *why;

	(void) state;
	for (long allocs = 0; status != SPK_OK; allocs++)
	{
		assert_true(allocs < 100);
		unit.allocs_left = allocs;
		status = spk_model_decode(&host, w.data, w.len, &back, &why);
		assert_true(status == SPK_OK || status == SPK_NO_MEMORY);
		if (status != SPK_OK)
			assert_int_equal(unit.live, 1); /* the bytes themselves */
	}
	unit.allocs_left = -1;
	spk_model_release(&host, &back);
	spk_release(&host, w.data);

	w = spk_writer(&host);
	unit.allocs_left = 1;
	assert_int_equal(spk_model_encode(&model, &w), SPK_NO_MEMORY);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

static void
test_cancelled(void **state)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkModel	model = sample();
	SpkWriter	w = encoded(&host, &model);
	SpkModel	back;
	const char *why;

	(void) state;
	unit.polls_left = 1;
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_CANCELLED);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* Sets one thing of the sample for a while and expects the refusal. */
#define REFUSED_WITH(place, wrong, reason) \
	do                                     \
	{                                      \
		__typeof__(place) was = (place);   \
		(place) = (wrong);                 \
		assert_refused(&model, (reason));  \
		(place) = was;                     \
	} while (0)

/* The counts of scores are stored with the fact that counts their rows, and only then. */
static void
test_scores(void **state)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkModel	model = sample();
	SpkWriter	without = encoded(&host, &model);
	const char *edges = "The edges of scores do not ascend from 0 to 1";
	const char *bins = "There are no bins of scores, or too many";
	const char *rows = "The scores count other rows than the facts";
	SpkWriter	w;
	SpkModel	back;
	const char *why;

	(void) state;
	model.scores = (SpkScoreCounts) {3, {0, 0.5f}, {200, 0, 50}};
	model.facts[SPK_FACT_SCORED_ROWS] = 250;
	w = encoded(&host, &model);
	assert_int_equal(w.len - without.len, 1 + 11 + 8 + 1 + 2 * 4 + 2 + 1 + 1);
	assert_false(refused_or_exact(&host, w.data, w.len));
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_OK);
	assert_memory_equal(&back.scores, &model.scores, sizeof(back.scores));
	spk_model_release(&host, &back);
	for (size_t len = without.len; len < w.len; len++)
		assert_true(refused_or_exact(&host, w.data, len));
	spk_release(&host, w.data);
	spk_release(&host, without.data);

	REFUSED_WITH(model.scores.edges[1], 0, edges);
	REFUSED_WITH(model.scores.edges[1], 1, edges);
	REFUSED_WITH(model.scores.edges[1], NAN, edges);
	REFUSED_WITH(model.scores.edges[0], -0.0f, edges);
	REFUSED_WITH(model.scores.edges[0], -0.25f, edges);
	REFUSED_WITH(model.scores.edges[0], 0.75f, edges);
	REFUSED_WITH(model.scores.counts[1], 1, rows);
	REFUSED_WITH(model.facts[SPK_FACT_SCORED_ROWS], 250.5, rows);
	REFUSED_WITH(model.scores.n_bins, 0, bins);
	assert_int_equal(unit.live, 0);
}

static void
test_rules_of_the_model(void **state)
{
	SpkModel	model = sample();
	const char *limit = "A length or a count is over its limit";

	(void) state;
	REFUSED_WITH(model.threshold, 0, "The threshold is not between 0 and 1");
	REFUSED_WITH(model.threshold, 1, "The threshold is not between 0 and 1");
	REFUSED_WITH(model.threshold, NAN, "The threshold is not between 0 and 1");
	REFUSED_WITH(model.options.value[SPK_OPT_BINS], 256, "An option has an impossible value");
	REFUSED_WITH(model.options.value[SPK_OPT_SEED], NAN, "An option has an impossible value");
	REFUSED_WITH(model.options.value[SPK_OPT_SEED], -0.0, "An option has an impossible value");
	REFUSED_WITH(model.options.value[SPK_OPT_MIN_GAIN], 2e9, "An option has an impossible value");
	REFUSED_WITH(model.options.value[SPK_OPT_MAX_LEAVES], 2.5, "An option has an impossible value");
	REFUSED_WITH(model.facts[SPK_FACT_POSITIVES], -1, "A fact is not a number from 0 on");
	REFUSED_WITH(model.facts[SPK_FACT_POSITIVES], INFINITY, "A fact is not a number from 0 on");
	REFUSED_WITH(model.facts[SPK_FACT_ROWS], 301, "The features count other rows than the facts");
	REFUSED_WITH(model.n_features, 0, "There is no feature");
	REFUSED_WITH(model.n_trees, 0, "The number of trees is not one that the algorithm makes");

	model.options.value[SPK_OPT_IMPORTANCE] = SPK_IMPORTANCE_PERMUTATION;
	REFUSED_WITH(features[1].permutation, NAN,
				 "The permutation importance of a feature is not a number");
	model.algorithm = SPK_DECISION_TREE;
	model.options = spk_options_default(SPK_DECISION_TREE);
	assert_refused(&model, "The number of trees is not one that the algorithm makes");

	model = sample();
	REFUSED_WITH(features[0].name, "", "A feature's name is empty or holds a zero byte");
	REFUSED_WITH(features[0].name, "level", "Two features have the same name");
	REFUSED_WITH(features[0].name,
				 "a23456789b123456789c123456789d123456789e123456789f123456789g1234", limit);
}

static void
test_rules_of_features(void **state)
{
	SpkModel	model = sample();
	const char *ascending = "The edges of a feature are not finite and ascending";
	const char *sorted = "The categories of a feature are not ascending";

	(void) state;
	REFUSED_WITH(features[2].kind, SPK_N_FEATURE_KINDS, "The kind of a feature is not known");
	REFUSED_WITH(edges[2], INFINITY, ascending);
	REFUSED_WITH(edges[0], NAN, ascending);
	REFUSED_WITH(edges[0], -0.0, ascending);
	REFUSED_WITH(categories[0], ((SpkCategory) {"free", 4}), sorted);
	REFUSED_WITH(categories[2], ((SpkCategory) {"fre", 3}), sorted);
	REFUSED_WITH(categories[2], ((SpkCategory) {"p\0", 2}), "A category holds a zero byte");
	REFUSED_WITH(number_counts[0], 99, "The features count different numbers of rows");
	REFUSED_WITH(features[0].importance, -1,
				 "The importance of a feature is not a number from 0 on");
	REFUSED_WITH(features[0].importance, NAN,
				 "The importance of a feature is not a number from 0 on");
}

static void
test_rules_of_trees(void **state)
{
	SpkModel	model = sample();
	const char *fit = "A split does not fit its feature";

	(void) state;
	REFUSED_WITH(nodes[2].u.value, 1.5f, "A leaf is outside 0 to 1");
	REFUSED_WITH(nodes[2].u.value, NAN, "A leaf is outside 0 to 1");
	REFUSED_WITH(nodes[2].cover, 0, "No rows have reached a node");
	REFUSED_WITH(nodes[2].cover, 99, "The rows of a split are not those of its children");
	REFUSED_WITH(nodes[0].split, 3, fit);
	REFUSED_WITH(nodes[4].split, 4, fit);
	REFUSED_WITH(nodes[4].feature, 1, fit);
	REFUSED_WITH(nodes[4].feature, 2, fit);
	REFUSED_WITH(nodes[1].feature, 0, fit);
	REFUSED_WITH(nodes[4].feature, 3, "A split names a feature that the model does not have");
	REFUSED_WITH(nodes[2].flags, SPK_NODE_LEAF | SPK_NODE_MISSING_LEFT,
				 "The flags of a node are not known");
	REFUSED_WITH(nodes[1].flags, SPK_NODE_SET | SPK_NODE_MISSING_LEFT,
				 "The flags of a node are not known");
	REFUSED_WITH(sets[0].bits[0], 8, "A split names a category that its feature does not have");
	REFUSED_WITH(trees[0].n_nodes, 5, "A split lacks its children");
	REFUSED_WITH(trees[0].n_nodes, 6, "A tree has an even number of nodes");
	REFUSED_WITH(nodes[0].flags, SPK_NODE_LEAF, "A node belongs to no split");
	REFUSED_WITH(nodes[4].flags, SPK_NODE_LEAF, "A node belongs to no split");
}

static void
test_rules_of_calibration(void **state)
{
	SpkModel	model = calibrated_sample(SPK_CALIBRATE_PLATT);
	const char *slope = "The slope of the calibration is not a number from 0 on";
	const char *intercept = "The intercept of the calibration is not a number";
	const char *outside = "A point of the calibration is outside 0 to 1";
	const char *ascend = "The points of the calibration do not ascend";

	(void) state;
	REFUSED_WITH(model.options.value[SPK_OPT_CALIBRATE], 3, "An option has an impossible value");
	REFUSED_WITH(model.options.value[SPK_OPT_CALIBRATE], 1.5, "An option has an impossible value");
	REFUSED_WITH(model.calibration.slope, -1, slope);
	REFUSED_WITH(model.calibration.slope, -0.0, slope);
	REFUSED_WITH(model.calibration.slope, NAN, slope);
	REFUSED_WITH(model.calibration.slope, INFINITY, slope);
	REFUSED_WITH(model.calibration.intercept, NAN, intercept);
	REFUSED_WITH(model.calibration.intercept, -INFINITY, intercept);

	model = calibrated_sample(SPK_CALIBRATE_ISOTONIC);
	REFUSED_WITH(model.calibration.n_points, 0, "The calibration has no points, or too many");
	REFUSED_WITH(points[0].score, -0.5, outside);
	REFUSED_WITH(points[3].score, 1.5, outside);
	REFUSED_WITH(points[3].score, NAN, outside);
	REFUSED_WITH(points[0].probability, -0.5, outside);
	REFUSED_WITH(points[3].probability, 1.5, outside);
	REFUSED_WITH(points[2].probability, NAN, outside);
	REFUSED_WITH(points[1].score, 0, ascend);
	REFUSED_WITH(points[2].score, 0.125, ascend);
	REFUSED_WITH(points[2].probability, 0.0625, ascend);
	{
		SpkPoint many[SPK_MAX_POINTS + 1];

		for (int i = 0; i <= SPK_MAX_POINTS; i++)
			many[i] = (SpkPoint) {i / 2000.0, i / 2000.0};
		model.calibration = (SpkCalibration) {.n_points = SPK_MAX_POINTS + 1, .points = many};
		assert_refused(&model, "A length or a count is over its limit");
	}
}

/* The leaves of boosted trees are margins. */
static void
test_margins(void **state)
{
	SpkModel  model = sample();
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	float	  was = nodes[2].u.value;
	SpkWriter w;

	(void) state;
	model.algorithm = SPK_GRADIENT_BOOSTING;
	model.options = spk_options_default(SPK_GRADIENT_BOOSTING);
	REFUSED_WITH(nodes[2].u.value, NAN, "A leaf is not a finite number");
	REFUSED_WITH(nodes[2].u.value, -INFINITY, "A leaf is not a finite number");
	nodes[2].u.value = -1e30f;
	w = encoded(&host, &model);
	assert_false(refused_or_exact(&host, w.data, w.len));
	w.data[6] = SPK_N_ALGORITHMS;
	unit_model_sign(w.data, w.len);
	assert_true(refused_or_exact(&host, w.data, w.len));
	nodes[2].u.value = was;
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* The k-th split at the left end of level k: as deep as allowed, and one more. */
static void
test_depth(void **state)
{
	SpkNode	 chain[2 * (SPK_MAX_DEPTH + 1) + 1];
	SpkTree	 tree = {0, 0, chain, NULL};
	SpkModel model = sample();
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	(void) state;
	memset(chain, 0, sizeof(chain));
	model.trees = &tree;
	model.n_trees = 1;
	for (uint32_t depth = SPK_MAX_DEPTH; depth <= SPK_MAX_DEPTH + 1; depth++)
	{
		tree.n_nodes = 2 * depth + 1;
		for (uint32_t i = 0; i < tree.n_nodes; i++)
		{
			bool split = i == 0 || (i % 2 == 1 && i + 2 < tree.n_nodes);

			chain[i].flags = split ? 0 : SPK_NODE_LEAF;
			chain[i].cover = split ? depth - i / 2 - (i > 0) + 1 : 1;
			chain[i].u.value = 0;
		}
		if (depth <= SPK_MAX_DEPTH)
		{
			SpkWriter w = encoded(&host, &model);

			assert_false(refused_or_exact(&host, w.data, w.len));
			spk_release(&host, w.data);
		}
		else
			assert_refused(&model, "A tree is too deep");
	}
	assert_int_equal(unit.live, 0);
}

/* Bins rows of two numbers and a category, with missing values, into features and a matrix. */
static void
bin_rows(const SpkHost *host, uint32_t n_rows, SpkFeature *binned, SpkMatrix *matrix)
{
	static const SpkCategory words[] = {{"paid", 4}, {"free", 4}, {"", 0}, {"fre", 3}};
	double					*numbers = malloc(n_rows * sizeof(double));
	uint32_t				*ids = malloc(n_rows * sizeof(uint32_t));
	uint8_t					*labels = malloc(n_rows);
	SpkColumn				 columns[] = {
					   {.name = "a", .kind = SPK_NUMBER, .numbers = numbers},
					   {.name = "b", .kind = SPK_CATEGORY, .ids = ids, .names = words, .n_names = 4},
					   {.name = "c", .kind = SPK_TIME, .numbers = numbers},
	   };
	SpkTable table = {.n_rows = n_rows, .n_columns = 3, .labels = labels, .columns = columns};
	SpkRng	 rng = spk_rng(1, 2);

	for (uint32_t i = 0; i < n_rows; i++)
	{
		numbers[i] = spk_rng_below(&rng, 10) == 0 ? NAN : spk_rng_double(&rng) - 0.5;
		ids[i] = spk_rng_below(&rng, 10) == 0 ? SPK_NO_ID : spk_rng_below(&rng, 4);
		labels[i] = spk_rng_below(&rng, 3) == 0 ? spk_rng_below(&rng, 2) :
												  numbers[i] > 0 || ids[i] == 1;
	}
	for (int f = 0; f < 3; f++)
		assert_int_equal(spk_bin_feature(host, &columns[f], n_rows, 20, &binned[f]), SPK_OK);
	assert_int_equal(spk_bin_table(host, &table, binned, matrix->codes, matrix, NULL), SPK_OK);
	free(numbers);
	free(ids);
	free(labels);
}

/* The features alone: read back as they were, refused when cut, given back when memory ends. */
static void
test_features_alone(void **state)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkModel	model = sample();
	SpkWriter	w = spk_writer(&host);
	SpkWriter	again = spk_writer(&host);
	SpkFeature *features;
	uint32_t	n;
	const char *why = NULL;

	(void) state;
	assert_int_equal(spk_features_encode(model.features, model.n_features, &w), SPK_OK);
	assert_int_equal(spk_features_decode(&host, w.data, w.len, &features, &n, &why), SPK_OK);
	assert_int_equal(n, model.n_features);
	assert_int_equal(spk_features_encode(features, n, &again), SPK_OK);
	assert_int_equal(again.len, w.len);
	assert_memory_equal(again.data, w.data, w.len);
	spk_features_release(&host, features, n);

	for (size_t len = 0; len < w.len; len++)
	{
		assert_int_equal(spk_features_decode(&host, w.data, len, &features, &n, &why), SPK_CORRUPT);
		assert_non_null(why);
	}
	spk_write_u8(&again, 0);
	assert_int_equal(spk_features_decode(&host, again.data, again.len, &features, &n, &why),
					 SPK_CORRUPT);
	assert_string_equal(why, "Data are left over behind the features");
	for (int allocs = 0;; allocs++)
	{
		SpkStatus status;

		unit.allocs_left = allocs;
		status = spk_features_decode(&host, w.data, w.len, &features, &n, &why);
		if (status == SPK_OK)
			break;
		assert_int_equal(status, SPK_NO_MEMORY);
	}
	spk_features_release(&host, features, n);
	spk_release(&host, w.data);
	spk_release(&host, again.data);
	assert_int_equal(unit.live, 0);
}

/* What the binning and the grower make is sound to the decoder. */
static void
test_grown(void **state)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	enum
	{
		ROWS = 500,
		TREES = 5
	};
	SpkFeature	  binned[3];
	SpkTree		  grown[TREES];
	SpkMatrix	  matrix = {.codes = malloc(ROWS * spk_matrix_stride(3))};
	SpkModel	  model = sample();
	SpkForestPlan plan;
	SpkGrower	 *grower;
	SpkWriter	  w;

	(void) state;
	bin_rows(&host, ROWS, binned, &matrix);
	plan = spk_forest_plan(&model.options, SPK_RANDOM_FOREST, &matrix);
	grower = spk_grower_new(&host, &plan, &matrix, binned);
	model.features = binned;
	model.facts[SPK_FACT_ROWS] = ROWS;
	model.trees = grown;
	model.n_trees = TREES;
	for (uint32_t t = 0; t < TREES; t++)
	{
		double	gains[3];
		SpkTree tree;

		assert_int_equal(spk_grower_grow(grower, t, &tree, gains), SPK_OK);
		assert_true(tree.n_nodes > 1);
		grown[t] = tree;
		grown[t].nodes = memcpy(malloc(tree.n_nodes * sizeof(SpkNode)), tree.nodes,
								tree.n_nodes * sizeof(SpkNode));
		grown[t].sets = malloc((tree.n_sets + 1) * sizeof(SpkCodeSet));
		memcpy(grown[t].sets, tree.sets, tree.n_sets * sizeof(SpkCodeSet));
	}
	w = encoded(&host, &model);
	assert_false(refused_or_exact(&host, w.data, w.len));

	spk_release(&host, w.data);
	spk_grower_release(grower);
	for (uint32_t t = 0; t < TREES; t++)
	{
		free(grown[t].nodes);
		free(grown[t].sets);
	}
	free(matrix.codes);
	model.n_trees = 0;
	model.trees = NULL;
	model.features = spk_alloc(&host, 3, sizeof(SpkFeature));
	memcpy(model.features, binned, sizeof(binned));
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_later_options),
		cmocka_unit_test(test_calibration),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_huge_counts),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_rules_of_the_model),
		cmocka_unit_test(test_rules_of_features),
		cmocka_unit_test(test_rules_of_trees),
		cmocka_unit_test(test_rules_of_calibration),
		cmocka_unit_test(test_margins),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_features_alone),
		cmocka_unit_test(test_grown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
