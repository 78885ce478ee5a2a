/*
 * test_sizes.c
 *	  Sizes beyond what 32 bits, or one value of PostgreSQL's, can hold.
 *
 * Against the same sums in floating point, which wraps nowhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "core/trees/boost.h"
#include "core/trees/boost_grow.h"
#include "core/trees/tree_grow.h"
#include "core/linear/logistic.h"
#include "core/trees/oob.h"
#include "core/rows/values.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Rows and features whose codes end below, at and beyond 1 GB, 4 GB and all there can be. */
static const struct
{
	uint32_t n_rows;
	uint32_t n_features;
} shapes[] = {{1, 1},
			  {22278, 20},
			  {44739242, 23},
			  {44739243, 23},
			  {134217727, 31},
			  {134217728, 31},
			  {178956971, 23},
			  {2684355, 1599},
			  {SPK_MAX_ROWS, 1},
			  {SPK_MAX_ROWS, 7},
			  {SPK_MAX_ROWS, SPK_MAX_FEATURES}};
#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static SpkMatrix
shape(size_t i)
{
	return (SpkMatrix) {.n_rows = shapes[i].n_rows,
						.n_positives = shapes[i].n_rows / 2,
						.n_features = shapes[i].n_features,
						.stride = spk_matrix_stride(shapes[i].n_features)};
}

static double
codes_of(const SpkMatrix *matrix)
{
	return ceil((matrix->n_features + 1.0) / 8) * 8 * matrix->n_rows;
}

static void
assert_near(double size, double expected, double tolerance)
{
	assert_true(size >= expected && size <= expected * (1 + tolerance) + 65536);
}

static void
strides(void **unused)
{
	for (uint32_t n = 1; n <= SPK_MAX_FEATURES; n++)
		assert_true(spk_matrix_stride(n) % 8 == 0 && spk_matrix_stride(n) > n &&
					spk_matrix_stride(n) <= n + 8);
}

/* A row's place, at the far end of a matrix that is not there. */
static void
far_rows(void **unused)
{
	for (size_t i = 0; i < N_SHAPES; i++)
	{
		SpkMatrix matrix = shape(i);

		matrix.codes = (uint8_t *) (uintptr_t) 4096;
		assert_true((double) ((uintptr_t) spk_matrix_row(&matrix, matrix.n_rows - 1) - 4096) ==
					codes_of(&matrix) - matrix.stride);
	}
}

static void
growers(void **unused)
{
	for (size_t i = 0; i < N_SHAPES; i++)
	{
		SpkMatrix	  matrix = shape(i);
		SpkOptions	  options = spk_options_default(SPK_RANDOM_FOREST);
		SpkForestPlan plan;
		double		  rows = codes_of(&matrix);
		double		  leaves;

		/* shallow trees: two copies of the rows and little more */
		options.value[SPK_OPT_MAX_DEPTH] = 6;
		plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
		assert_near((double) spk_grower_size(&plan, &matrix), 2 * rows, 0.001);

		/* as deep as can be: nodes, and sets for as many splits */
		options.value[SPK_OPT_MAX_DEPTH] = SPK_MAX_DEPTH;
		options.value[SPK_OPT_MIN_LEAF] = 1;
		plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
		leaves = matrix.n_rows;
		assert_true(spk_forest_most_leaves(&plan, matrix.n_rows) == matrix.n_rows);
		assert_near((double) spk_grower_size(&plan, &matrix),
					fmax(rows, (2 * leaves - 1) * sizeof(SpkNode)) +
						fmax(rows, fmax((leaves - 1) * sizeof(SpkCodeSet), (2 * leaves - 1) * 8)) +
						(2 * leaves - 1) * sizeof(SpkNode) + (leaves - 1) * sizeof(SpkCodeSet),
					0.001);

		/* with a bound on leaves each of them waits with its split */
		options.value[SPK_OPT_MAX_LEAVES] = leaves = ceil(matrix.n_rows / 2.0);
		plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
		assert_true(
			(double) spk_grower_size(&plan, &matrix) >= 2 * rows +
				(2 * leaves - 1) *
					(sizeof(SpkNode) + (leaves < matrix.n_rows ? sizeof(SpkCandidate) : 0)));

		/* words out of bag: of at most 131072 rows, whatever there are */
		assert_true(spk_oob_words(&plan, &matrix) <= 131072 + 2 + 2 * SPK_MAX_FEATURES);
	}
}

static void
boosters(void **unused)
{
	static SpkFeature features[SPK_MAX_FEATURES];

	for (size_t i = 0; i < N_SHAPES; i++)
	{
		SpkMatrix  matrix = shape(i);
		SpkOptions options = spk_options_default(SPK_GRADIENT_BOOSTING);

		for (int deep = 0; deep < 3; deep++)
		{
			SpkBoostPlan plan;
			double		 histogram = 256.0 * sizeof(SpkSums) * matrix.n_features;
			double		 row = 10;
			double		 leaves;
			double		 own;
			double		 alone;
			double		 more;

			if (deep > 0)
				options.value[SPK_OPT_MAX_DEPTH] = SPK_MAX_DEPTH;
			if (deep > 1)
				options.value[SPK_OPT_MAX_LEAVES] = SPK_BOOST_MAX_LEAVES;
			plan = spk_boost_plan(&options, &matrix, features);
			/* those of drawn features alone, except best first */
			if (deep < 2 &&
				(plan.features_per_split * plan.max_depth <= matrix.n_features ||
				 (2 * plan.features_per_split <= matrix.n_features && matrix.n_rows <= 8192)))
				histogram = 256.0 * sizeof(SpkSums) * plan.features_per_split;
			/* whether it is held out, and its margin after the best tree, of each depth */
			if (plan.patience > 0)
				row += plan.deeper > 0 ? 9 : 5;
			alone = (double) spk_boost_shared_size(&plan, &matrix, 1);
			more = (double) spk_boost_shared_size(&plan, &matrix, 1000) - alone;
			/*
			 * A gradient, a margin and its place in a list of each row; what is open at one time
			 * takes at most 256 MB, the nodes of a tree of most leaves some 20, and what a
			 * block, which is of no fewer rows unless these are 32768, has of its leaves.
			 */
			assert_true(alone >= row * matrix.n_rows + 2 * histogram);
			leaves = spk_boost_most_leaves(&plan);
			row += 4 * leaves / fmax(1024, fmin(leaves, 32768));
			assert_true(alone <= row * matrix.n_rows + fmax(0x1p28, 2 * histogram) + 0x1p25);
			assert_true(more >= 999 * histogram &&
						more <= 999 * (fmax(0x1p28, 2 * histogram) + 0x1p20));
			/* codes by column, in fewer blocks */
			plan.columns = true;
			more = (double) spk_boost_shared_size(&plan, &matrix, 1) - alone -
				(double) matrix.n_rows * matrix.n_features;
			assert_true(more <= 64 && more >= -(row - 10) * matrix.n_rows - 0x1p20);
			plan.columns = false;
			/* and what is kept of rows held out */
			own = (double) spk_boost_own_size(&plan, &matrix);
			if (plan.patience > 0)
				own -= 8.0 * matrix.n_rows;
			assert_true(own > 0 && own <= fmax(0x1p28, 2 * histogram) + 0x1p20);

			/* with statistics: the rows' codes once more, and their order */
			features[0] = (SpkFeature) {.kind = SPK_CATEGORY, .n_bins = 255};
			plan = spk_boost_plan(&options, &matrix, features);
			assert_near((double) spk_boost_shared_size(&plan, &matrix, 1) - alone,
						codes_of(&matrix) + 8.0 * matrix.n_rows + 256.0 * matrix.n_features, 0);
			features[0].n_bins = 2;
		}
	}
}

static void
values(void **unused)
{
	for (size_t i = 0; i < N_SHAPES; i++)
		assert_true((double) spk_values_size(shapes[i].n_rows, shapes[i].n_features) ==
					8.0 * shapes[i].n_rows * (shapes[i].n_features + 1));
	assert_true((double) spk_logistic_size(SPK_MAX_COLUMNS) >=
				8.0 * SPK_MAX_COLUMNS * SPK_MAX_COLUMNS / 2);
}

static void
capacities(void **unused)
{
	const uint64_t limit = UINT64_C(1) << 50;
	uint32_t	   capacity = 0;
	int			   steps = 0;

	/* doubles up to the last row there may be */
	while (capacity < SPK_MAX_ROWS)
	{
		uint32_t next = spk_rows_capacity(capacity, capacity + 1, 161, limit);

		assert_true(next ==
					(capacity == 0					  ? 16 :
						 capacity < UINT32_C(1) << 30 ? 2 * capacity :
														SPK_MAX_ROWS));
		capacity = next;
		assert_true(++steps <= 28);
	}
	/* many at once */
	assert_int_equal(spk_rows_capacity(16, 17, 161, limit), 32);
	assert_int_equal(spk_rows_capacity(16, 1000000, 161, limit), 1 << 20);
	assert_int_equal(spk_rows_capacity(0, SPK_MAX_ROWS, 161, limit), SPK_MAX_ROWS);
	/* no more than the bytes hold, but what is needed */
	assert_int_equal(spk_rows_capacity(1 << 25, (1 << 25) + 1, 161, UINT64_C(6) << 30),
					 (UINT64_C(6) << 30) / 161);
	assert_int_equal(spk_rows_capacity(1 << 25, (1 << 25) + 1, 161, 1024), (1 << 25) + 1);
	assert_int_equal(spk_rows_capacity(1 << 30, (1 << 30) + 1, 12801, UINT64_MAX), SPK_MAX_ROWS);
}

/* What no machine has is refused, not asked for in part. */
static void
overflowing(void **unused)
{
	UnitHost state = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&state);

	state.allocs_left = 0;
	assert_null(spk_alloc(&host, SIZE_MAX / 2, 3));
	assert_null(spk_alloc(&host, SIZE_MAX, SIZE_MAX));
	assert_null(spk_alloc(&host, SIZE_MAX, 1));
	state.allocs_left = -1;
	assert_null(spk_alloc(&host, SIZE_MAX / 2 + 1, 2));
	assert_null(spk_alloc(&host, SIZE_MAX / 16 + 2, 16));
	assert_int_equal(state.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strides),	   cmocka_unit_test(far_rows), cmocka_unit_test(growers),
		cmocka_unit_test(boosters),	   cmocka_unit_test(values),   cmocka_unit_test(capacities),
		cmocka_unit_test(overflowing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
