/*
 * test_binning.c
 *	  Bins, codes and the canonical order of rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/rows/binning.h"
#include "core/rows/cuts.h"
#include "core/rows/order.h"
#include "core/base/rng.h"
#include "core/base/sort.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define ARRAY(...) \
	((const double[]) {__VA_ARGS__}), sizeof((const double[]) {__VA_ARGS__}) / sizeof(double)

static UnitHost state = UNIT_HOST_INIT;

static void
release_feature(const SpkHost *host, SpkFeature *feature)
{
	spk_release(host, (void *) feature->name);
	spk_release(host, feature->edges);
	spk_release(host, feature->categories);
	spk_release(host, feature->counts);
}

/* Bins numbers and checks what holds for every numeric feature. */
static SpkFeature
bin(const double *values, uint32_t n, uint32_t max_bins)
{
	SpkHost	   host = unit_host(&state);
	SpkColumn  column = {.name = "x", .kind = SPK_NUMBER, .numbers = values};
	SpkFeature feature;
	uint32_t   counts[256] = {0};

	assert_int_equal(spk_bin_feature(&host, &column, n, max_bins, &feature), SPK_OK);
	assert_string_equal(feature.name, "x");
	assert_true(feature.n_bins <= max_bins);
	for (uint32_t i = 0; i + 1 < feature.n_bins; i++)
	{
		assert_true(isfinite(feature.edges[i]));
		assert_true(i == 0 || feature.edges[i - 1] < feature.edges[i]);
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint8_t	 code = spk_code_number(&feature, values[i]);
		uint32_t below = 0;

		for (uint32_t e = 0; e + 1 < feature.n_bins; e++)
			below += feature.edges[e] < values[i];
		assert_int_equal(code, isnan(values[i]) ? SPK_MISSING : below);
		counts[code]++;
	}
	for (uint32_t i = 0; i < feature.n_bins; i++)
	{
		assert_int_equal(feature.counts[i], counts[i]);
		assert_true(counts[i] > 0);
	}
	assert_int_equal(feature.counts[feature.n_bins], counts[SPK_MISSING]);
	return feature;
}

static void
check_edges(SpkFeature feature, const double *edges, size_t n_edges)
{
	SpkHost host = unit_host(&state);

	assert_int_equal(feature.n_bins, n_edges + 1);
	for (size_t i = 0; i < n_edges; i++)
		assert_true(feature.edges[i] == edges[i] && signbit(feature.edges[i]) == signbit(edges[i]));
	release_feature(&host, &feature);
}

static void
few_values_get_a_bin_each(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkFeature feature;

	check_edges(bin(ARRAY(3, 1, NAN, 2, 1, 10), 255), ARRAY(1.5, 2.5, 6.5));
	check_edges(bin(ARRAY(0.0, -0.0, -1, 1), 255), ARRAY(-0.5, 0.5));
	check_edges(bin(ARRAY(-1, 1), 255), ARRAY(0.0));
	check_edges(bin(ARRAY(-DBL_MAX, DBL_MAX, DBL_MAX / 2), 255),
				ARRAY(-DBL_MAX / 4, DBL_MAX * 0.75));
	/* no double lies between: the lower one */
	check_edges(bin(ARRAY(1, 1 + DBL_EPSILON), 255), ARRAY(1));
	check_edges(bin(ARRAY(0, 0x1p-1074), 255), ARRAY(0));
	check_edges(bin(ARRAY(-0x1p-1074, 0), 255), ARRAY(-0x1p-1074));

	feature = bin(ARRAY(7, 7, 7), 255);
	assert_int_equal(feature.n_bins, 1);
	assert_int_equal(spk_code_number(&feature, -INFINITY), 0);
	assert_int_equal(spk_code_number(&feature, NAN), SPK_MISSING);
	release_feature(&host, &feature);

	feature = bin(ARRAY(NAN, NAN), 255);
	assert_int_equal(feature.n_bins, 0);
	assert_int_equal(feature.counts[0], 2);
	assert_int_equal(spk_code_number(&feature, 1), SPK_MISSING);
	release_feature(&host, &feature);

	feature = bin(ARRAY(1, 2, 3), 255);
	assert_int_equal(spk_code_number(&feature, -INFINITY), 0);
	assert_int_equal(spk_code_number(&feature, INFINITY), 2);
	assert_int_equal(spk_code_number(&feature, 1.5), 0);
	release_feature(&host, &feature);
	assert_int_equal(state.live, 0);
}

static void
many_values_get_equal_bins(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkRng	   rng = spk_rng(1, 2);
	double	   values[5000];
	SpkFeature feature;

	for (int i = 0; i < 5000; i++)
		values[i] = spk_rng_double(&rng) - 0.5;
	feature = bin(values, 5000, 10);
	assert_int_equal(feature.n_bins, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(feature.counts[i], 500);
	release_feature(&host, &feature);

	/* a value with most of the rows has its own bin and takes no other's */
	for (int i = 0; i < 4000; i++)
		values[i] = 0;
	feature = bin(values, 5000, 11);
	assert_int_equal(feature.n_bins, 11);
	for (int i = 0; i < 11; i++)
		assert_true(feature.counts[i] <= 150 || feature.counts[i] == 4000);
	assert_int_equal(feature.counts[spk_code_number(&feature, 0)], 4000);
	release_feature(&host, &feature);

	/* whatever the ties */
	for (int round = 0; round < 200; round++)
	{
		uint32_t n = 1 + spk_rng_below(&rng, 600);
		uint32_t distinct = 1 + spk_rng_below(&rng, 600);
		double	 power = 1 + spk_rng_below(&rng, 4);

		for (uint32_t i = 0; i < n; i++)
			values[i] = spk_rng_below(&rng, 10) == 0 ?
				NAN :
				floor(distinct * pow(spk_rng_double(&rng), power));
		feature = bin(values, n, 1 + spk_rng_below(&rng, 255));
		release_feature(&host, &feature);
	}
	assert_int_equal(state.live, 0);
}

/* Many at once get the codes that they get one by one. */
/* The rules of spk_bin_feature, followed value by value on sorted keys. */
static SpkCuts
naive_cuts(const uint64_t *keys, uint32_t n, uint32_t max_bins)
{
	SpkCuts	 cuts = {0};
	uint32_t share = n / max_bins;
	uint32_t n_values = 0;
	int64_t	 heavy_left = 0;
	int64_t	 light_left = 0;
	int64_t	 in_bin = 0;
	bool	 heavy = false;

	for (uint32_t at = 0, end; at < n; at = end, n_values++)
	{
		for (end = at; end < n && keys[end] == keys[at];)
			end++;
		heavy_left += end - at > share;
		light_left += end - at > share ? 0 : end - at;
	}
	for (uint32_t at = 0, end; at < n; at = end)
	{
		int64_t bins = max_bins - cuts.n_bins - heavy_left;
		int64_t run;

		for (end = at; end < n && keys[end] == keys[at];)
			end++;
		run = end - at;
		if (at > 0 &&
			(n_values <= max_bins || run > share ||
			 (bins >= 2 && (heavy || (2 * in_bin + run) * bins > 2 * light_left))))
		{
			double low = spk_number_of_key(keys[at - 1]);
			double high = spk_number_of_key(keys[at]);
			double middle = low / 2 + high / 2;

			cuts.edges[cuts.n_bins] = low <= middle && middle < high ? middle : low;
			cuts.counts[cuts.n_bins++] = (uint32_t) in_bin;
			light_left -= heavy ? 0 : in_bin;
			in_bin = 0;
		}
		if (in_bin == 0)
			heavy = run > share;
		heavy_left -= run > share;
		in_bin += run;
	}
	if (n > 0)
		cuts.counts[cuts.n_bins++] = (uint32_t) in_bin;
	return cuts;
}

/* Numbers as they occur: spread evenly or over many orders, whole, with favourites, with outliers. */
static double
any_number(SpkRng *rng, uint32_t kind)
{
	double u = spk_rng_double(rng);

	switch (kind % 9)
	{
		case 0:
			return u;
		case 1:
			return exp(20 * (u - 0.5));
		case 2:
			return floor(u * 1000);
		case 3:
			return u < 0.6 ? 0 : exp(20 * (u - 0.8));
		case 4:
			return spk_rng_below(rng, 3) == 0 ? spk_rng_below(rng, 5) : (u - 0.5) * 1e6;
		case 5:
			return spk_rng_below(rng, 500) == 0 ? 1e300 * (u - 0.5) : 1e15 + floor(u * 1e6);
		case 6:
			return floor(u * 250);
		case 7:
			return 1 + DBL_EPSILON * floor(u * u * 5000);
		default:
			return floor(1 / (u + 1e-4)) - 5000 * (spk_rng_below(rng, 2));
	}
}

static void
cuts_are_those_of_sorted_values(void **unused)
{
	static uint64_t keys[60000], scratch[60000], sorted[60000];
	SpkHost			host = unit_host(&state);
	SpkRng			rng = spk_rng(5, 6);

	for (uint32_t round = 0; round < 400; round++)
	{
		uint32_t n = spk_rng_below(&rng, round % 20 == 0 ? 60000 : round % 3 == 0 ? 300 : 6000);
		uint32_t max_bins = round % 2 == 0 ? SPK_MAX_BINS : 1 + spk_rng_below(&rng, SPK_MAX_BINS);
		SpkCuts	 expected;
		SpkCuts	 cuts;

		for (uint32_t i = 0; i < n; i++)
			sorted[i] = keys[i] = spk_key_of_number(any_number(&rng, round));
		assert_int_equal(spk_sort_u64(&host, sorted, scratch, n, 0), SPK_OK);
		expected = naive_cuts(sorted, n, max_bins);
		assert_int_equal(spk_cut_keys(&host, keys, scratch, n, max_bins, &cuts), SPK_OK);
		assert_int_equal(cuts.n_bins, expected.n_bins);
		assert_memory_equal(cuts.counts, expected.counts, cuts.n_bins * sizeof(uint32_t));
		if (cuts.n_bins > 1)
			assert_memory_equal(cuts.edges, expected.edges, (cuts.n_bins - 1) * sizeof(double));
	}
	assert_int_equal(state.live, 0);
}

static void
numbers_are_coded_together(void **unused)
{
	SpkRng	rng = spk_rng(9, 10);
	double	edges[SPK_MAX_BINS - 1];
	double	values[64];
	uint8_t codes[64 * 3];

	for (uint32_t i = 0; i < SPK_MAX_BINS - 1; i++)
		edges[i] = (double) i / 4 - 20;
	for (uint32_t n_bins = 0; n_bins <= SPK_MAX_BINS; n_bins++)
	{
		SpkFeature feature = {.kind = SPK_NUMBER, .n_bins = n_bins, .edges = edges};
		uint32_t   n = spk_rng_below(&rng, 65);

		for (uint32_t i = 0; i < n; i++)
		{
			static const double special[] = {NAN, INFINITY, -INFINITY, -20, 0};

			values[i] = spk_rng_below(&rng, 6) == 0 ? special[spk_rng_below(&rng, 5)] :
													  spk_rng_below(&rng, 300) / 4.0 - 22;
		}
		memset(codes, 77, sizeof(codes));
		spk_code_numbers(&feature, values, n, codes, 3);
		for (uint32_t i = 0; i < sizeof(codes); i++)
			assert_int_equal(codes[i],
							 i % 3 == 0 && i / 3 < n ? spk_code_number(&feature, values[i / 3]) :
													   77);
	}
}

static void
absurd_arguments(void **unused)
{
	SpkHost	   host = unit_host(&state);
	double	   value = 1;
	SpkColumn  column = {.name = "x", .kind = SPK_NUMBER, .numbers = &value};
	SpkTable   table = {.n_rows = SPK_MAX_ROWS + 1, .n_columns = 1, .columns = &column};
	SpkFeature feature;
	SpkMatrix  matrix;

	assert_int_equal(spk_bin_feature(&host, &column, SPK_MAX_ROWS + 1, 255, &feature), SPK_LIMIT);
	assert_int_equal(spk_bin_feature(&host, &column, 1, 256, &feature), SPK_INVALID);
	assert_int_equal(spk_bin_feature(&host, &column, 1, 0, &feature), SPK_INVALID);
	assert_int_equal(spk_bin_table(&host, &table, &feature, NULL, &matrix, NULL), SPK_LIMIT);
	table.n_rows = 1;
	table.n_columns = SPK_MAX_FEATURES + 1;
	assert_int_equal(spk_bin_table(&host, &table, &feature, NULL, &matrix, NULL), SPK_LIMIT);
	assert_int_equal(state.live, 0);
}

static void
check_category(const SpkFeature *feature, uint32_t code, const char *name, uint32_t count)
{
	assert_int_equal(feature->categories[code].len, strlen(name));
	assert_memory_equal(feature->categories[code].name, name, strlen(name));
	assert_int_equal(feature->counts[code], count);
	assert_int_equal(spk_code_category(feature, name, strlen(name)), code);
}

static void
categories(void **unused)
{
	static const char		 long_name[SPK_MAX_CATEGORY + 1];
	static const SpkCategory names[] = {{"paid", 4}, {"", 0},		{"free", 4},
										{"fre", 3},	 {"unused", 6}, {long_name, sizeof(long_name)}};
	static const uint32_t	 ids[] = {0, 0, 0, 2, 2, 1, 3, SPK_NO_ID, 5, 5, 5, 5};
	SpkHost					 host = unit_host(&state);
	SpkColumn				 column = {.name = "c",
									   .kind = SPK_CATEGORY,
									   .ids = ids,
									   .names = names,
									   .n_names = 6};
	SpkFeature				 feature;

	assert_int_equal(spk_bin_feature(&host, &column, 12, 255, &feature), SPK_OK);
	assert_int_equal(feature.n_bins, 4);
	check_category(&feature, 0, "", 1);
	check_category(&feature, 1, "fre", 1);
	check_category(&feature, 2, "free", 2);
	check_category(&feature, 3, "paid", 3);
	assert_int_equal(feature.counts[4], 5);
	assert_int_equal(spk_code_category(&feature, "unused", 6), SPK_MISSING);
	assert_int_equal(spk_code_category(&feature, "paid ", 5), SPK_MISSING);
	assert_int_equal(spk_code_category(&feature, "p", 1), SPK_MISSING);
	release_feature(&host, &feature);

	/* the most frequent ones; of "" and "fre", equally frequent, the smaller */
	assert_int_equal(spk_bin_feature(&host, &column, 12, 3, &feature), SPK_OK);
	assert_int_equal(feature.n_bins, 3);
	check_category(&feature, 0, "", 1);
	check_category(&feature, 1, "free", 2);
	check_category(&feature, 2, "paid", 3);
	assert_int_equal(feature.counts[3], 6);
	release_feature(&host, &feature);

	/* none at all */
	column.n_names = 0;
	column.names = NULL;
	column.ids = (const uint32_t[]) {SPK_NO_ID};
	assert_int_equal(spk_bin_feature(&host, &column, 1, 3, &feature), SPK_OK);
	assert_int_equal(feature.n_bins, 0);
	assert_int_equal(spk_code_category(&feature, "", 0), SPK_MISSING);
	release_feature(&host, &feature);
	assert_int_equal(state.live, 0);
}

static void
sort_is_stable(void **unused)
{
	SpkHost	 host = unit_host(&state);
	SpkRng	 rng = spk_rng(3, 4);
	uint64_t keys[3000], scratch[3000];

	for (unsigned low_bit = 0; low_bit < 64; low_bit += 9)
		for (uint32_t n = 0; n < 3000; n = 3 * n + 1)
		{
			uint64_t mask = spk_rng_next(&rng) | spk_rng_next(&rng);
			uint64_t low = low_bit == 0 ? 0 : (UINT64_C(1) << low_bit) - 1;

			for (uint32_t i = 0; i < n; i++)
				keys[i] = low_bit == 0 ? spk_rng_next(&rng) & mask :
										 (spk_rng_next(&rng) & mask & ~low) | (i & low);
			assert_int_equal(spk_sort_u64(&host, keys, scratch, n, low_bit), SPK_OK);
			for (uint32_t i = 1; i < n; i++)
				assert_true(keys[i - 1] >> low_bit < keys[i] >> low_bit ||
							(keys[i - 1] >> low_bit == keys[i] >> low_bit &&
							 (low < n || keys[i - 1] <= keys[i])));
		}
	assert_true(spk_key_of_number(-1) < spk_key_of_number(-0.0));
	assert_true(spk_key_of_number(-0.0) == spk_key_of_number(0));
	assert_true(spk_key_of_number(0) < spk_key_of_number(0x1p-1074));
	assert_true(spk_number_of_key(spk_key_of_number(-1.5)) == -1.5);
}

/* A table of numbers and one category, made at random. */
typedef struct Sample
{
	SpkTable	table;
	SpkColumn	columns[3];
	SpkCategory names[4];
	double	   *numbers[2];
	uint32_t   *ids;
	uint8_t	   *labels;
} Sample;

static Sample *
sample_new(uint32_t n)
{
	Sample *s = calloc(1, sizeof(*s));
	SpkRng	rng = spk_rng(5, n);

	for (int c = 0; c < 2; c++)
	{
		s->numbers[c] = malloc(n * sizeof(double));
		s->columns[c] = (SpkColumn) {.name = "n", .kind = SPK_NUMBER, .numbers = s->numbers[c]};
	}
	s->ids = malloc(n * sizeof(uint32_t));
	s->labels = malloc(n);
	for (int i = 0; i < 4; i++)
		s->names[i] = (SpkCategory) {&"abcd"[i], 1};
	s->columns[2] = (SpkColumn) {.name = "c",
								 .kind = SPK_CATEGORY,
								 .ids = s->ids,
								 .names = s->names,
								 .n_names = 4};
	for (uint32_t i = 0; i < n; i++)
	{
		s->numbers[0][i] = spk_rng_below(&rng, 20) == 0 ? NAN : spk_rng_double(&rng);
		s->numbers[1][i] = spk_rng_below(&rng, 250);
		s->ids[i] = spk_rng_below(&rng, 5);
		if (s->ids[i] == 4)
			s->ids[i] = SPK_NO_ID;
		s->labels[i] = (uint8_t) spk_rng_below(&rng, 2);
	}
	s->table = (SpkTable) {.n_rows = n, .n_columns = 3, .labels = s->labels, .columns = s->columns};
	return s;
}

/* Another order of rows, another order of names. */
static void
sample_shuffle(Sample *s, uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 0);

	for (uint32_t i = s->table.n_rows; i-- > 1;)
	{
		uint32_t j = spk_rng_below(&rng, i + 1);

#define SWAP(type, a)    \
	do                   \
	{                    \
		type t = (a)[i]; \
		(a)[i] = (a)[j]; \
		(a)[j] = t;      \
	} while (0)
		SWAP(double, s->numbers[0]);
		SWAP(double, s->numbers[1]);
		SWAP(uint32_t, s->ids);
		SWAP(uint8_t, s->labels);
#undef SWAP
	}
	for (int i = 0; i < 4; i++)
		s->names[i].name = &"dcba"[i];
	for (uint32_t i = 0; i < s->table.n_rows; i++)
		if (s->ids[i] != SPK_NO_ID)
			s->ids[i] = 3 - s->ids[i];
}

static void
sample_free(Sample *s)
{
	free(s->numbers[0]);
	free(s->numbers[1]);
	free(s->ids);
	free(s->labels);
	free(s);
}

/* Bins and codes the sample; what came of it.  *codes is the caller's. */
static SpkStatus
code_sample(const Sample *s, uint8_t **codes, SpkMatrix *matrix)
{
	SpkHost	   host = unit_host(&state);
	SpkFeature features[3];
	SpkStatus  status = SPK_OK;
	uint32_t   n = 0;

	*codes = malloc(s->table.n_rows * (size_t) spk_matrix_stride(3) + 1);
	while (n < 3 && status == SPK_OK)
	{
		status = spk_bin_feature(&host, &s->columns[n], s->table.n_rows, 255, &features[n]);
		n += status == SPK_OK;
	}
	if (status == SPK_OK)
		status = spk_bin_table(&host, &s->table, features, *codes, matrix, NULL);
	while (n-- > 0)
		release_feature(&host, &features[n]);
	assert_int_equal(state.live, 0);
	return status;
}

static int
compare_rows(const void *a, const void *b)
{
	return memcmp(a, b, spk_matrix_stride(3));
}

/* Large enough for rows whose hashes agree in their upper halves. */
static void
order_of_rows_leaves_no_trace(void **unused)
{
	static const uint32_t sizes[] = {1, 2, 500, 200000};

	for (int i = 0; i < 4; i++)
	{
		Sample	 *s = sample_new(sizes[i]);
		size_t	  size = sizes[i] * (size_t) spk_matrix_stride(3);
		uint8_t	 *codes, *again;
		SpkMatrix matrix;
		uint32_t  positives = 0;

		assert_int_equal(code_sample(s, &codes, &matrix), SPK_OK);
		assert_int_equal(matrix.n_rows, sizes[i]);
		assert_int_equal(matrix.n_features, 3);
		assert_int_equal(matrix.stride, 8);
		for (uint32_t r = 0; r < sizes[i]; r++)
		{
			positives += spk_matrix_label(&matrix, r);
			assert_memory_equal(spk_matrix_row(&matrix, r) + 4, "\0\0\0\0", 4);
		}
		assert_int_equal(matrix.n_positives, positives);

		sample_shuffle(s, 77);
		assert_int_equal(code_sample(s, &again, &matrix), SPK_OK);
		assert_memory_equal(codes, again, size);

		/* one row changed is another matrix, with the other rows as they were */
		s->labels[0] = 1 - s->labels[0];
		free(again);
		assert_int_equal(code_sample(s, &again, &matrix), SPK_OK);
		assert_memory_not_equal(codes, again, size);
		qsort(codes, sizes[i], spk_matrix_stride(3), compare_rows);
		qsort(again, sizes[i], spk_matrix_stride(3), compare_rows);
		assert_memory_not_equal(codes, again, size);
		free(again);

		s->labels[0] = 1 - s->labels[0];
		assert_int_equal(code_sample(s, &again, &matrix), SPK_OK);
		qsort(again, sizes[i], spk_matrix_stride(3), compare_rows);
		assert_memory_equal(codes, again, size);
		free(codes);
		free(again);
		sample_free(s);
	}
}

/* A row's first word is its hash, and the second what it is. */
static uint64_t
first_word(const void *row, size_t size)
{
	uint64_t word;

	assert_true(size >= sizeof(word));
	memcpy(&word, row, sizeof(word));
	return word << 32;
}

/* Every row ends where its hash puts it: as they are, turned round, in one long cycle, in short ones, anyhow. */
static void
rows_are_moved_to_their_places(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(7, 8);

	for (uint32_t round = 0; round < 300; round++)
	{
		uint32_t  n = spk_rng_below(&rng, round % 10 == 0 ? 9000 : 40);
		size_t	  words = 2 + spk_rng_below(&rng, 20);
		uint64_t *rows = malloc((n * words + 1) * sizeof(uint64_t));
		uint32_t *place = malloc((n + 1) * sizeof(uint32_t));
		uint32_t *origins = malloc((n + 1) * sizeof(uint32_t));

		for (uint32_t i = 0; i < n; i++)
			place[i] = round % 5 == 0 ? i :
				round % 5 == 1		  ? n - 1 - i :
				round % 5 == 2		  ? (i + 1) % n :
				round % 5 == 3		  ? (i ^ 1) < n ? i ^ 1 : i :
										i;
		for (uint32_t i = n; round % 5 == 4 && i > 1; i--)
		{
			uint32_t with = spk_rng_below(&rng, i);
			uint32_t swap = place[with];

			place[with] = place[i - 1];
			place[i - 1] = swap;
		}
		for (uint32_t i = 0; i < n; i++)
			for (size_t w = 0; w < words; w++)
				rows[i * words + w] = w == 0 ? place[i] : i * 1000 + w;
		assert_int_equal(spk_order_rows(&host, rows, n, words * sizeof(uint64_t), first_word,
										memcmp, origins),
						 SPK_OK);
		for (uint32_t i = 0; i < n; i++)
		{
			assert_int_equal(rows[i * words], i);
			assert_int_equal(place[origins[i]], i);
			for (size_t w = 1; w < words; w++)
				assert_int_equal(rows[i * words + w], origins[i] * 1000 + w);
		}
		free(rows);
		free(place);
		free(origins);
	}
	assert_int_equal(state.live, 0);
}

static void
failures_leave_nothing(void **unused)
{
	Sample	 *s = sample_new(3000);
	SpkMatrix matrix;
	uint8_t	 *codes;
	SpkStatus status = SPK_NO_MEMORY;

	for (long allocs = 0; status != SPK_OK; allocs++)
	{
		assert_int_equal(status, SPK_NO_MEMORY);
		state.allocs_left = allocs;
		status = code_sample(s, &codes, &matrix);
		free(codes);
	}
	state.allocs_left = -1;
	status = SPK_CANCELLED;
	for (long polls = 0; status != SPK_OK; polls++)
	{
		assert_int_equal(status, SPK_CANCELLED);
		state.polls_left = polls;
		status = code_sample(s, &codes, &matrix);
		free(codes);
	}
	state.polls_left = -1;
	sample_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_values_get_a_bin_each),
		cmocka_unit_test(many_values_get_equal_bins),
		cmocka_unit_test(cuts_are_those_of_sorted_values),
		cmocka_unit_test(numbers_are_coded_together),
		cmocka_unit_test(absurd_arguments),
		cmocka_unit_test(categories),
		cmocka_unit_test(sort_is_stable),
		cmocka_unit_test(order_of_rows_leaves_no_trace),
		cmocka_unit_test(rows_are_moved_to_their_places),
		cmocka_unit_test(failures_leave_nothing),
	};

	return cmocka_run_group_tests_name("binning", tests, NULL, NULL);
}
