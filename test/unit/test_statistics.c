/*
 * test_statistics.c
 *	  Target statistics of categories, also of more than there are codes, by rules
 *	  followed row by row; what learners make of them; and their models as bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/judging/samples.h"
#include "core/models/learner.h"
#include "core/models/model_check.h"
#include "core/rows/users.h"
#include "core/trees/boost.h"
#include "core/trees/forest_grow.h"
#include "core/trees/statistics.h"
#include "unit_table.h"

#define MOST 4000

static UnitHost unit = UNIT_HOST_INIT;

/* Names in an order of their own, whose bytes do not ascend with their ids. */
typedef struct Names
{
	char		text[MOST][12];
	SpkCategory names[MOST];
} Names;

static Names *
names_new(void)
{
	Names *n = calloc(1, sizeof(Names));

	for (uint32_t i = 0; i < MOST; i++)
	{
		uint32_t len = (uint32_t) snprintf(n->text[i], sizeof(n->text[i]), "v%u",
										   i * 7919u % 10007u);

		n->names[i] = (SpkCategory) {n->text[i], len};
	}
	return n;
}

/* A table of a number and of categories with so many values, of which each has a share of its own. */
static UnitTable *
table_of(SpkRng *rng, const Names *names, uint32_t n_rows, uint32_t n_values)
{
	UnitTable *t = unit_table_new(n_rows);
	double	  *x = unit_table_numbers(t, "x");
	uint32_t  *many = unit_table_categories(t, "many", names->names, n_values);
	uint32_t  *few = unit_table_categories(t, "few", names->names, 3);

	for (uint32_t r = 0; r < n_rows; r++)
	{
		x[r] = spk_rng_double(rng);
		many[r] = spk_rng_below(rng, 20) == 0 ? SPK_NO_ID : spk_rng_below(rng, n_values);
		few[r] = spk_rng_below(rng, 3);
		t->labels[r] = many[r] != SPK_NO_ID && spk_rng_below(rng, 4) > 0 ? many[r] % 3 == 0 :
																		   spk_rng_below(rng, 2);
	}
	return t;
}

/* The table's features and rows as this algorithm takes them, in memory of the host. */
static void
prepare(const SpkHost *host, const UnitTable *t, SpkModel *model, SpkSamples *samples)
{
	SpkBinning binning = spk_training_binning(model->algorithm, &model->options, &t->table);

	memset(samples, 0, sizeof(*samples));
	model->threshold = 0.5;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->features = spk_alloc(host, t->table.n_columns, sizeof(SpkFeature));
	for (uint32_t c = 0; c < t->table.n_columns; c++)
	{
		assert_int_equal(spk_bin_column(host, &t->columns[c], t->table.n_rows, binning,
										&model->features[c]),
						 SPK_OK);
		model->n_features++;
	}
	if (spk_learns_codes(model->algorithm))
		assert_int_equal(spk_bin_table(host, &t->table, model->features,
									   spk_alloc(host, t->table.n_rows,
												 spk_table_shape(&t->table, model->features)
													 .stride),
									   &samples->matrix, NULL),
						 SPK_OK);
	else
		assert_int_equal(spk_values_new(host, &t->table, model->features, &samples->values),
						 SPK_OK);
}

static void
release(const SpkHost *host, SpkModel *model, SpkSamples *samples)
{
	spk_release(host, samples->matrix.codes);
	spk_values_release(host, &samples->values);
	spk_model_release(host, model);
}

/* ---- The statistics ---- */

typedef struct LeftOut
{
	const bool *rows;
} LeftOut;

static bool
is_left_out(const void *ctx, uint32_t row)
{
	return ((const LeftOut *) ctx)->rows[row];
}

/* Of so many rows the category has, with usual ones added to them. */
static double
naive_share(const SpkMatrix *m, const uint32_t *rows, uint32_t n, int64_t place, double more,
			double usual)
{
	double in = more;
	double churn = more * usual;

	for (uint32_t i = 0; i < n; i++)
		if (place < 0 || spk_matrix_place(m, rows[i], 0) == place)
		{
			in++;
			churn += spk_matrix_label(m, rows[i]);
		}
	return in > 0 ? churn / in : usual;
}

/* How many of the edges are below. */
static uint8_t
naive_bin(const SpkRanks *ranks, double value)
{
	uint8_t n = 0;

	for (uint32_t i = 0; i < ranks->n_edges; i++)
		n += ranks->edges[i] < value;
	return n;
}

/*
 * The bins of one feature: of each row, what the rows of users before its own say; of those
 * left out, and of the categories themselves, what all others do.
 */
static void
rows_have_bins_of_rows_before(void **state)
{
	SpkHost host = unit_host(&unit);
	Names  *names = names_new();
	SpkRng	rng = spk_rng(3, 1);

	(void) state;
	for (int round = 0; round < 12; round++)
	{
		uint32_t   n = 300 + spk_rng_below(&rng, 900);
		uint32_t   n_values = round % 3 == 0 ? 40 : 256 + spk_rng_below(&rng, 600);
		uint32_t   max_bins = round % 2 == 0 ? 255 : 7;
		double	   more = spk_rng_below(&rng, 5);
		UnitTable *t = table_of(&rng, names, n, n_values);
		SpkModel   model = {.algorithm = SPK_RANDOM_FOREST,
							.options = spk_options_default(SPK_RANDOM_FOREST)};
		SpkSamples samples;
		SpkMatrix *m = &samples.matrix;
		bool	  *out = calloc(n, sizeof(bool));
		uint32_t  *users = calloc(n, sizeof(uint32_t));
		uint32_t  *order = calloc(n, sizeof(uint32_t));
		uint32_t  *places = calloc(n, sizeof(uint32_t));
		uint32_t  *known = calloc(n, sizeof(uint32_t));
		uint32_t   n_known = 0;
		uint32_t   n_users = round < 4 ? n : 1 + n / 3;
		LeftOut	   ctx = {out};
		double	   usual;
		uint8_t	  *codes;

		prepare(&host, t, &model, &samples);
		assert_int_equal(m->n_grouped, 1);
		for (uint32_t r = 0; r < n; r++)
			users[r] = r < n_users ? r : spk_rng_below(&rng, n_users);
		for (uint32_t r = 0; r < n; r++)
			out[r] = round % 4 > 1 && users[r] % 5 == 0;
		if (n_users < n)
		{
			m->users = users;
			m->n_users = n_users;
		}
		assert_int_equal(spk_order_users(&host, m, spk_rng(round, 9), order, places), SPK_OK);
		codes = malloc((size_t) n * m->stride);
		memcpy(codes, m->codes, (size_t) n * m->stride);

		{
			SpkStatistics s = {.host = &host, .matrix = m, .more = more, .ctx = &ctx};
			uint32_t	  n_grouped = model.features[1].n_grouped;

			if (round % 4 > 1)
				s.left_out = is_left_out;
			assert_int_equal(spk_statistics_new(&s, model.features, 1), SPK_OK);
			assert_int_equal(spk_statistics_count(&s, n_grouped, max_bins), SPK_OK);
			assert_int_equal(spk_statistics_set_rows(&s, order, codes), SPK_OK);
			assert_true(s.ranks.n_edges < max_bins);
			for (uint32_t i = 1; i < s.ranks.n_edges; i++)
				assert_true(s.ranks.edges[i - 1] < s.ranks.edges[i]);

			for (uint32_t r = 0; r < n; r++)
				if (!out[r])
					known[n_known++] = r;
			usual = naive_share(m, known, n_known, -1, 0, 0);
			for (uint32_t id = 0; id <= n_grouped; id++)
				assert_int_equal(s.bins[id],
								 naive_bin(&s.ranks,
										   naive_share(m, known, n_known,
													   id < n_grouped ? id : SPK_NO_PLACE, more,
													   usual)));
			n_known = 0;
			for (uint32_t i = 0; i < n; i++)
			{
				uint32_t row = order[i];
				uint32_t place = spk_matrix_place(m, row, 0);
				uint32_t n_before = n_known;

				while (n_before > 0 && users[known[n_before - 1]] == users[row])
					n_before--;
				assert_int_equal(codes[(size_t) row * m->stride + 1],
								 out[row] ? s.bins[place == SPK_NO_PLACE ? n_grouped : place] :
											naive_bin(&s.ranks,
													  naive_share(m, known, n_before, place, more,
																  usual)));
				if (!out[row])
					known[n_known++] = row;
			}
			spk_statistics_release(&s);
		}
		m->users = NULL;
		release(&host, &model, &samples);
		free(t);
		free(out);
		free(users);
		free(order);
		free(places);
		free(known);
		free(codes);
	}
	free(names);
	assert_int_equal(unit.live, 0);
}

/*
 * Groups follow the statistics, each has a category, they are as many as may be, and count
 * the rows of their categories.  Where there are fewer bins, these have about equally many
 * rows: none has more than its share and what its last statistic has.
 */
static void
groups_follow_statistics(void **state)
{
	SpkHost host = unit_host(&unit);
	Names  *names = names_new();
	SpkRng	rng = spk_rng(4, 1);

	(void) state;
	for (int round = 0; round < 8; round++)
	{
		uint32_t	n = 2000 + spk_rng_below(&rng, 3000);
		uint32_t	max_bins = round % 2 == 0 ? 255 : 10;
		UnitTable  *t = table_of(&rng, names, n, 256 + spk_rng_below(&rng, MOST - 256));
		SpkModel	model = {.algorithm = SPK_GRADIENT_BOOSTING,
							 .options = spk_options_default(SPK_GRADIENT_BOOSTING)};
		SpkSamples	samples;
		SpkMatrix  *m = &samples.matrix;
		SpkFeature *f;
		uint32_t   *all = calloc(n, sizeof(uint32_t));
		double	   *shares;
		uint32_t	counts[SPK_CODES] = {0};
		uint32_t   *rows = calloc(MOST, sizeof(uint32_t));
		uint32_t	distinct = 0;
		uint32_t	heaviest = 0; /* rows of categories with the same statistic */
		double		usual;

		prepare(&host, t, &model, &samples);
		f = &model.features[1];
		for (uint32_t r = 0; r < n; r++)
			all[r] = r;
		assert_int_equal(spk_group_categories(&host, m, 20, max_bins, model.features), SPK_OK);
		usual = naive_share(m, all, n, -1, 0, 0);
		shares = calloc(f->n_grouped, sizeof(double));
		for (uint32_t i = 0; i < f->n_grouped; i++)
			shares[i] = naive_share(m, all, n, i, 20, usual);
		for (uint32_t r = 0; r < n; r++)
			if (spk_matrix_place(m, r, 0) != SPK_NO_PLACE)
				rows[spk_matrix_place(m, r, 0)]++;
		for (uint32_t i = 0; i < f->n_grouped; i++)
		{
			bool	 is_new = true;
			uint32_t alike = 0;

			assert_true(f->groups[i] < f->n_bins);
			for (uint32_t j = 0; j < f->n_grouped; j++)
			{
				alike += shares[j] == shares[i] ? rows[j] : 0;
				if (shares[j] < shares[i])
					assert_true(f->groups[j] <= f->groups[i]);
				if (shares[j] == shares[i])
					assert_int_equal(f->groups[j], f->groups[i]);
				is_new &= j >= i || shares[j] != shares[i];
			}
			distinct += is_new;
			heaviest = alike > heaviest ? alike : heaviest;
		}
		assert_int_equal(f->n_bins, distinct < max_bins ? distinct : max_bins);
		for (uint32_t r = 0; r < n; r++)
		{
			uint32_t place = spk_matrix_place(m, r, 0);

			counts[place == SPK_NO_PLACE ? f->n_bins : f->groups[place]]++;
		}
		assert_memory_equal(f->counts, counts, (f->n_bins + 1) * sizeof(uint32_t));
		for (uint32_t code = 0; code < f->n_bins; code++)
			assert_true(counts[code] > 0);
		for (uint32_t code = 0; code < f->n_bins; code++)
			assert_true(counts[code] <= n / max_bins + heaviest);
		release(&host, &model, &samples);
		free(shares);
		free(rows);
		free(all);
		free(t);
	}
	free(names);
	assert_int_equal(unit.live, 0);
}

/* ---- Binning ---- */

/* The most frequent ones are kept, of equally frequent ones those with smaller bytes. */
static void
most_frequent_are_kept(void **state)
{
	SpkHost host = unit_host(&unit);
	Names  *names = names_new();
	SpkRng	rng = spk_rng(5, 1);

	(void) state;
	for (int round = 0; round < 30; round++)
	{
		uint32_t   n = 1 + spk_rng_below(&rng, 3000);
		uint32_t   n_values = 1 + spk_rng_below(&rng, 400);
		uint32_t   most = 1 + spk_rng_below(&rng, 255);
		UnitTable *t = table_of(&rng, names, n, n_values);
		uint32_t   frequency[400] = {0};
		SpkFeature feature;
		uint32_t   n_kept = 0;

		for (uint32_t r = 0; r < n; r++)
			if (t->ids[1][r] != SPK_NO_ID)
				frequency[t->ids[1][r]]++;
		assert_int_equal(spk_bin_feature(&host, &t->columns[1], n, most, &feature), SPK_OK);
		for (uint32_t a = 0; a < n_values; a++)
		{
			const SpkCategory *name = &names->names[a];
			uint32_t		   before = 0;

			for (uint32_t b = 0; b < n_values; b++)
				before += frequency[b] > frequency[a] ||
					(frequency[b] == frequency[a] && strcmp(names->text[b], names->text[a]) < 0);
			assert_int_equal(spk_category_place(&feature, name->name, name->len) != SPK_NO_PLACE,
							 frequency[a] > 0 && before < most);
			n_kept += frequency[a] > 0 && before < most;
		}
		assert_int_equal(feature.n_bins, n_kept);
		assert_int_equal(feature.n_grouped, 0);
		spk_feature_release(&host, &feature);
		free(t);
	}
	free(names);
	assert_int_equal(unit.live, 0);
}

/* Names that are too long together are left out, the rarest first. */
static void
long_names_are_bounded(void **state)
{
	enum
	{
		N = 1500
	};
	SpkHost host = unit_host(&unit);
	char(*text)[SPK_MAX_CATEGORY] = calloc(N, sizeof(*text));
	SpkCategory *names = calloc(N, sizeof(SpkCategory));
	UnitTable	*t = unit_table_new(N + 100);
	uint32_t	*ids = unit_table_categories(t, "long", names, N);
	uint32_t	 kept = SPK_MAX_CATEGORY_BYTES / SPK_MAX_CATEGORY;
	SpkFeature	 feature;

	(void) state;
	for (uint32_t i = 0; i < N; i++)
	{
		memset(text[i], 'x', SPK_MAX_CATEGORY);
		snprintf(text[i], SPK_MAX_CATEGORY, "%04u", i);
		text[i][4] = 'x';
		names[i] = (SpkCategory) {text[i], SPK_MAX_CATEGORY};
		ids[i] = i;
	}
	/* the last hundred have two rows */
	for (uint32_t i = 0; i < 100; i++)
		ids[N + i] = N - 1 - i;
	assert_int_equal(spk_bin_column(&host, &t->columns[0], N + 100,
									(SpkBinning) {255, SPK_MAX_CATEGORIES, 255}, &feature),
					 SPK_OK);
	assert_int_equal(feature.n_grouped, kept);
	assert_int_equal(feature.counts[0], kept + 100);
	assert_int_equal(feature.counts[1], N - kept);
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(spk_category_place(&feature, names[i].name, names[i].len) != SPK_NO_PLACE,
						 i < kept - 100 || i >= N - 100);
	spk_feature_release(&host, &feature);
	free(t);
	free(names);
	free(text);
	assert_int_equal(unit.live, 0);
}

/* A regression keeps what makes few enough columns, and never fewer than there are codes. */
static void
regression_keeps_what_it_can(void **state)
{
	Names	  *names = names_new();
	SpkOptions options = spk_options_default(SPK_LOGISTIC_REGRESSION);

	(void) state;
	for (uint32_t columns = 1; columns <= 6; columns++)
	{
		UnitTable *t = unit_table_new(1);
		SpkBinning binning;
		uint32_t   expected[] = {0, 1000, 500, 333, 255, 255, 255};

		for (uint32_t c = 0; c < columns; c++)
			(void) unit_table_categories(t, "many", names->names, 2000);
		binning = spk_training_binning(SPK_LOGISTIC_REGRESSION, &options, &t->table);
		assert_int_equal(binning.max_categories, expected[columns]);
		binning = spk_training_binning(SPK_NAIVE_BAYES, &options, &t->table);
		assert_int_equal(binning.max_categories, SPK_MAX_CATEGORIES);
		free(t);
	}
	free(names);
}

/* ---- Learners ---- */

static const SpkAlgorithm algorithms[] = {SPK_RANDOM_FOREST, SPK_DECISION_TREE,
										  SPK_GRADIENT_BOOSTING, SPK_LOGISTIC_REGRESSION,
										  SPK_NAIVE_BAYES};

static SpkModel
model_of(SpkAlgorithm algorithm)
{
	SpkModel model = {.algorithm = algorithm, .options = spk_options_default(algorithm)};

	if (spk_option_applies(SPK_OPT_TREES, algorithm))
		model.options.value[SPK_OPT_TREES] = 8;
	if (spk_option_applies(SPK_OPT_MAX_DEPTH, algorithm))
		model.options.value[SPK_OPT_MAX_DEPTH] = 4;
	return model;
}

/*
 * Each algorithm learns from all categories: it tells rows apart that differ in nothing
 * else.  Its model has the same bytes when it is read back, and the rows' scores are those
 * of its groups.
 */
static void
learners_keep_all(void **state)
{
	SpkHost host = unit_host(&unit);
	Names  *names = names_new();

	(void) state;
	for (size_t a = 0; a < sizeof(algorithms) / sizeof(algorithms[0]); a++)
	{
		SpkRng		rng = spk_rng(6, a);
		UnitTable  *t = table_of(&rng, names, 5000, 600);
		SpkModel	model = model_of(algorithms[a]);
		SpkModel	again;
		SpkWriter	w = spk_writer(&host);
		SpkWriter	w2 = spk_writer(&host);
		SpkScored  *scored = calloc(5000, sizeof(SpkScored));
		SpkSamples	samples;
		double		sums[2] = {0, 0};
		double		counts[2] = {0, 0};
		const char *why = NULL;
		size_t		n;

		prepare(&host, t, &model, &samples);
		assert_int_equal(spk_n_categories(&model.features[1]), 600);
		assert_int_equal(spk_samples_fit(&host, &samples, SPK_NO_FOLD, &model), SPK_OK);
		spk_model_check(&model);
		assert_int_equal(spk_n_categories(&model.features[1]), 600);
		assert_int_equal(spk_samples_score(&host, &samples, SPK_NO_FOLD, &model, scored, &n),
						 SPK_OK);
		for (size_t i = 0; i < n; i++)
		{
			sums[spk_scored_label(scored[i])] += spk_scored_score(scored[i]);
			counts[spk_scored_label(scored[i])]++;
		}
		assert_true(sums[1] / counts[1] > sums[0] / counts[0] + 0.05);

		assert_int_equal(spk_model_encode(&model, &w), SPK_OK);
		assert_int_equal(spk_model_decode(&host, w.data, w.len, &again, &why), SPK_OK);
		assert_int_equal(spk_model_encode(&again, &w2), SPK_OK);
		assert_int_equal(w.len, w2.len);
		assert_memory_equal(w.data, w2.data, w.len);
		spk_release(&host, w.data);
		spk_release(&host, w2.data);
		spk_model_release(&host, &again);
		release(&host, &model, &samples);
		free(scored);
		free(t);
	}
	free(names);
	assert_int_equal(unit.live, 0);
}

/* Without memory, or when the host wants to stop, fits say so and hold nothing. */
static void
fits_fail_well(void **state)
{
	SpkHost host = unit_host(&unit);
	Names  *names = names_new();

	(void) state;
	for (size_t a = 0; a < 3; a++)
	{
		SpkRng	   rng = spk_rng(7, a);
		UnitTable *t = table_of(&rng, names, 700, 400);
		long	   live;

		for (int what = 0; what < 2; what++)
			for (long left = 0;; left += 1 + left / 8)
			{
				SpkModel   model = model_of(algorithms[a]);
				SpkSamples samples;
				SpkStatus  status;

				prepare(&host, t, &model, &samples);
				*(what == 0 ? &unit.allocs_left : &unit.polls_left) = left;
				status = spk_samples_fit(&host, &samples, SPK_NO_FOLD, &model);
				unit.allocs_left = unit.polls_left = -1;
				release(&host, &model, &samples);
				live = unit.live;
				assert_int_equal(live, 0);
				if (status == SPK_OK)
					break;
				assert_int_equal(status, what == 0 ? SPK_NO_MEMORY : SPK_CANCELLED);
			}
		free(t);
	}
	free(names);
}

/* ---- Bytes ---- */

/* The features of a grouped category, spoiled in one way each, are refused with its reason. */
static void
spoiled_groups_are_refused(void **state)
{
	static const char *const reasons[] = {
		"A category is in a group that its feature does not have",
		"A group of a feature has no category",
		"A feature has more groups than categories",
		"A feature has more groups than categories",
		"The kind of a feature is not known",
	};
	SpkHost		host = unit_host(&unit);
	SpkCategory names[3] = {{"a", 1}, {"b", 1}, {"c", 1}};

	(void) state;
	for (int spoiled = -1; spoiled < 5; spoiled++)
	{
		uint8_t		groups[3] = {1, 0, 1};
		uint32_t	counts[5] = {4, 7, 1};
		double		edges[1] = {0};
		SpkFeature	feature = {.name = "f",
							   .kind = SPK_CATEGORY,
							   .n_bins = 2,
							   .categories = names,
							   .counts = counts,
							   .edges = edges,
							   .n_grouped = 3,
							   .groups = groups};
		SpkWriter	w = spk_writer(&host);
		SpkFeature *features;
		uint32_t	n;
		const char *why = NULL;

		if (spoiled == 0)
			groups[0] = 2;
		else if (spoiled == 1)
			groups[1] = 1;
		else if (spoiled == 2)
			feature.n_bins = 4;
		else if (spoiled == 3)
			feature.n_bins = 0;
		assert_int_equal(spk_features_encode(&feature, 1, &w), SPK_OK);
		/* the number of features, the length of the name, the name, the kind */
		assert_int_equal(w.data[3], SPK_CATEGORY | SPK_GROUPED);
		if (spoiled == 4)
			w.data[3] = SPK_NUMBER | SPK_GROUPED;
		assert_int_equal(spk_features_decode(&host, w.data, w.len, &features, &n, &why),
						 spoiled < 0 ? SPK_OK : SPK_CORRUPT);
		if (spoiled >= 0)
			assert_string_equal(why, reasons[spoiled]);
		else
		{
			assert_int_equal(features[0].n_grouped, 3);
			assert_memory_equal(features[0].groups, groups, 3);
			spk_features_release(&host, features, n);
			for (size_t len = 0; len < w.len; len++)
				assert_int_equal(spk_features_decode(&host, w.data, len, &features, &n, &why),
								 SPK_CORRUPT);
		}
		spk_release(&host, w.data);
	}
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_bins_of_rows_before),
		cmocka_unit_test(groups_follow_statistics),
		cmocka_unit_test(most_frequent_are_kept),
		cmocka_unit_test(long_names_are_bounded),
		cmocka_unit_test(regression_keeps_what_it_can),
		cmocka_unit_test(learners_keep_all),
		cmocka_unit_test(fits_fail_well),
		cmocka_unit_test(spoiled_groups_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
