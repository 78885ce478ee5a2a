/*
 * test_audit.c
 *	  The audit of columns against counting pairs one by one, and twins.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/judging/audit.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_NAMES 40

static SpkCategory names[N_NAMES];
static char		   letters[N_NAMES];

/* Random numbers below n. */
static uint32_t
below(uint64_t *state, uint32_t n)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((*state >> 33) % n);
}

static void
assert_near(double got, double expected)
{
	if (!(fabs(got - expected) <= 1e-12 || (isnan(got) && isnan(expected))))
		fail_msg("got %.17g, not %.17g", got, expected);
}

static SpkAudit
audited(const UnitTable *t, uint32_t column)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkAudit audit;

	assert_int_equal(spk_audit_feature(&host, &t->table, column, NULL, &audit), SPK_OK);
	assert_int_equal(unit.live, 0);
	return audit;
}

/* A table of one column of each kind, some values missing; seed 0 .. */
static UnitTable *
random_table(uint32_t seed)
{
	uint64_t   state = seed + 1;
	uint32_t   n = 2 + below(&state, 60);
	uint32_t   n_values = 1 + below(&state, 1 + n);
	uint32_t   n_names = 1 + below(&state, N_NAMES);
	uint32_t   churn = 1 + below(&state, 9);
	uint32_t   missing = below(&state, 5);
	UnitTable *t = unit_table_new(n);
	double	  *numbers = unit_table_numbers(t, "number");
	uint32_t  *ids = unit_table_categories(t, "category", names, n_names);

	for (uint32_t i = 0; i < n; i++)
	{
		t->labels[i] = below(&state, 10) < churn;
		numbers[i] = below(&state, 10) < missing ? NAN : below(&state, n_values) - n_values / 2.0;
		ids[i] = below(&state, 10) < missing ? SPK_NO_ID : below(&state, n_names);
	}
	return t;
}

/* Pair by pair; higher says whether row i stands above j (1), below (0) or level (0.5). */
static double
pairs(const UnitTable *t, uint32_t column,
	  double (*higher)(const UnitTable *, uint32_t, uint32_t, uint32_t))
{
	double wins = 0;
	double n = 0;

	for (uint32_t i = 0; i < t->table.n_rows; i++)
		for (uint32_t j = 0; j < t->table.n_rows; j++)
		{
			double w = t->labels[i] == 1 && t->labels[j] == 0 ? higher(t, column, i, j) : NAN;

			if (isnan(w))
				continue;
			wins += w;
			n++;
		}
	return n == 0 ? NAN : wins / n;
}

static double
at_least_half(double auc)
{
	return auc < 0.5 ? 0.5 : auc;
}

static double
order(double a, double b)
{
	return a > b ? 1 : a < b ? 0 : 0.5;
}

static double
higher_number(const UnitTable *t, uint32_t column, uint32_t i, uint32_t j)
{
	double a = t->numbers[column][i];
	double b = t->numbers[column][j];

	return isnan(a) || isnan(b) ? NAN : order(a, b);
}

static double
higher_missing(const UnitTable *t, uint32_t column, uint32_t i, uint32_t j)
{
	return order(isnan(t->numbers[column][i]), isnan(t->numbers[column][j]));
}

/* The share of positives in the row's category, or in all, without rows i and j. */
static double
share(const UnitTable *t, uint32_t column, uint32_t row, uint32_t i, uint32_t j)
{
	uint32_t rows[2] = {0, 0};
	uint32_t positives[2] = {0, 0};

	for (uint32_t k = 0; k < t->table.n_rows; k++)
		for (int all = 0; all <= 1 && k != i && k != j && t->ids[column][k] != SPK_NO_ID; all++)
			if (all || t->ids[column][k] == t->ids[column][row])
			{
				rows[all]++;
				positives[all] += t->labels[k];
			}
	for (int all = 0; all <= 1; all++)
		if (rows[all] > 0)
			return (double) positives[all] / rows[all];
	return 0;
}

static double
higher_share(const UnitTable *t, uint32_t column, uint32_t i, uint32_t j)
{
	const uint32_t *ids = t->ids[column];

	if (ids[i] == SPK_NO_ID || ids[j] == SPK_NO_ID)
		return NAN;
	if (ids[i] == ids[j])
		return 0.5;
	return order(share(t, column, i, i, j), share(t, column, j, i, j));
}

/* Do two rows of different labels share a value, missing being one? */
static bool
is_pure(const UnitTable *t, uint32_t column)
{
	bool category = t->columns[column].kind == SPK_CATEGORY;

	for (uint32_t i = 0; i < t->table.n_rows; i++)
		for (uint32_t j = 0; j < i; j++)
		{
			double a = t->numbers[column][i];
			double b = t->numbers[column][j];
			bool   same = category ? t->ids[column][i] == t->ids[column][j] :
									 a == b || (isnan(a) && isnan(b));

			if (same && t->labels[i] != t->labels[j])
				return false;
		}
	return true;
}

static void
test_pairs(void **state)
{
	for (uint32_t seed = 0; seed < 400; seed++)
	{
		UnitTable *t = random_table(seed);
		SpkAudit   number = audited(t, 0);
		SpkAudit   category = audited(t, 1);
		SpkAudit   again;

		assert_near(number.auc, pairs(t, 0, higher_number));
		assert_near(number.missing_auc, pairs(t, 0, higher_missing));
		assert_near(category.auc, at_least_half(pairs(t, 1, higher_share)));
		assert_int_equal(number.pure, is_pure(t, 0));
		assert_int_equal(category.pure, is_pure(t, 1));

		/* whatever the order of the rows */
		unit_table_shuffle(t);
		again = audited(t, 0);
		assert_memory_equal(&again, &number, sizeof(again));
		again = audited(t, 1);
		assert_memory_equal(&again, &category, sizeof(again));
		free(t);
	}
}

/* Of a column that has nothing to do with the label z is about normal: mean 0, variance 1. */
static void
test_chance(void **state)
{
	uint64_t  rng = 7;
	double	  sum = 0;
	double	  squares = 0;
	double	  category_sum = 0;
	const int rounds = 2000;

	for (int round = 0; round < rounds; round++)
	{
		UnitTable *t = unit_table_new(100);
		double	  *numbers = unit_table_numbers(t, "number");
		uint32_t  *ids = unit_table_categories(t, "category", names, N_NAMES);
		SpkAudit   audit;

		for (uint32_t i = 0; i < 100; i++)
		{
			t->labels[i] = i % 4 == 0;
			numbers[i] = below(&rng, 5);
			ids[i] = below(&rng, N_NAMES);
		}
		audit = audited(t, 0);
		sum += audit.z;
		squares += audit.z * audit.z;
		category_sum += audited(t, 1).auc;
		free(t);
	}
	assert_true(fabs(sum / rounds) < 0.1);
	assert_true(fabs(squares / rounds - 1) < 0.15);

	/* neither do many categories look telling */
	assert_true(category_sum / rounds < 0.54);
}

static void
test_facts(void **state)
{
	UnitTable *t = unit_table_new(6);
	double	  *label = unit_table_numbers(t, "label");
	double	  *opposite = unit_table_numbers(t, "opposite");
	double	  *constant = unit_table_numbers(t, "constant");
	double	  *never = unit_table_numbers(t, "never");
	double	  *only_left = unit_table_numbers(t, "only those who left");
	uint32_t  *ids = unit_table_categories(t, "id", names, 6);
	SpkAudit   audit;

	for (uint32_t i = 0; i < 6; i++)
	{
		t->labels[i] = i >= 4;
		label[i] = i >= 4;
		opposite[i] = i < 4;
		constant[i] = -0.5;
		never[i] = NAN;
		only_left[i] = i >= 4 ? 1e300 : NAN;
		ids[i] = i;
	}
	audit = audited(t, 0);
	assert_true(audit.equals_label && audit.pure && audit.whole && audit.auc == 1 &&
				audit.n_distinct == 2);
	audit = audited(t, 1);
	assert_true(!audit.equals_label && audit.pure && audit.auc == 0);
	audit = audited(t, 2);
	assert_true(!audit.pure && !audit.whole && audit.auc == 0.5 && audit.z == 0 &&
				audit.n_distinct == 1);
	audit = audited(t, 3);
	assert_true(!audit.pure && isnan(audit.auc) && audit.n_known == 0 && audit.missing_auc == 0.5);
	audit = audited(t, 4);
	assert_true(audit.pure && isnan(audit.auc) && audit.n_known == 2 && audit.missing_auc == 0);
	audit = audited(t, 5);
	assert_true(audit.pure && audit.auc == 0.5 && audit.n_distinct == 6);
	free(t);
}

static void
test_twins(void **state)
{
	static const SpkTwin hows[] = {
		[1] = SPK_TWIN_VALUES, [2] = SPK_TWIN_ORDER, [3] = SPK_TWIN_REVERSE, [6] = SPK_TWIN_VALUES};
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = unit_table_new(300);
	double	  *x = unit_table_numbers(t, "x");
	double	  *copy = unit_table_numbers(t, "copy");
	double	  *cube = unit_table_numbers(t, "cube");
	double	  *minus = unit_table_numbers(t, "minus");
	double	  *nearly = unit_table_numbers(t, "nearly");
	uint32_t  *ids = unit_table_categories(t, "ids", names, 7);
	uint32_t  *renamed = unit_table_categories(t, "renamed", names, 9);
	uint32_t  *merged = unit_table_categories(t, "merged", names, 7);
	SpkAudit   audits[UNIT_MAX_COLUMNS];
	uint64_t   rng = 3;

	for (uint32_t i = 0; i < 300; i++)
	{
		t->labels[i] = below(&rng, 4) == 0;
		x[i] = i % 10 == 3 ? NAN : (double) below(&rng, 100) - 50;
		copy[i] = x[i];
		cube[i] = x[i] * x[i] * x[i];
		minus[i] = 7 - x[i];
		nearly[i] = x[i];
		ids[i] = i % 9 == 0 ? SPK_NO_ID : below(&rng, 7);
		renamed[i] = ids[i] == SPK_NO_ID ? SPK_NO_ID : 8 - ids[i];
		merged[i] = ids[i] == 3 ? 2 : ids[i];
	}
	/* two values that change places, in rows of one class */
	for (uint32_t i = 1; i < 300; i++)
		if (t->labels[i] == t->labels[0] && !isnan(x[i]) && x[i] != x[0])
		{
			nearly[0] = x[i];
			nearly[i] = x[0];
			break;
		}
	for (uint32_t c = 0; c < 8; c++)
		audits[c] = audited(t, c);
	assert_true(audits[4].wins == audits[0].wins);
	assert_int_equal(spk_audit_twins(&host, &t->table, audits), SPK_OK);
	for (uint32_t c = 0; c < 8; c++)
	{
		assert_int_equal(audits[c].twin, c >= 1 && c <= 3 ? 0 : c == 6 ? 5 : SPK_NO_TWIN);
		if (audits[c].twin != SPK_NO_TWIN)
			assert_int_equal(audits[c].how, hows[c]);
	}
	free(t);
}

/* With ever more memory, then with ever more polls, until it succeeds. */
static void
test_failures(void **state)
{
	UnitTable *t = random_table(5);
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	SpkAudit   audits[4];
	SpkStatus  status;
	long	   n;

	memcpy(unit_table_numbers(t, "twice"), t->numbers[0], sizeof(t->numbers[0]));
	t->numbers[2][0] = 1e6;
	t->numbers[0][0] = 1e5;
	for (int cancel = 0; cancel <= 1; cancel++)
	{
		status = SPK_NO_MEMORY;
		for (n = 0; status != SPK_OK; n++)
		{
			*(cancel ? &unit.polls_left : &unit.allocs_left) = n;
			status = SPK_OK;
			for (uint32_t c = 0; c < 3 && status == SPK_OK; c++)
				status = spk_audit_feature(&host, &t->table, c, NULL, &audits[c]);
			if (status == SPK_OK)
				status = spk_audit_twins(&host, &t->table, audits);
			assert_true(status == SPK_OK || status == (cancel ? SPK_CANCELLED : SPK_NO_MEMORY));
			assert_int_equal(unit.live, 0);
		}
		assert_true(n > 5);
		assert_int_equal(audits[2].twin, 0);
		unit.allocs_left = -1;
	}
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs), cmocka_unit_test(test_chance),   cmocka_unit_test(test_facts),
		cmocka_unit_test(test_twins), cmocka_unit_test(test_failures),
	};

	for (int i = 0; i < N_NAMES; i++)
	{
		letters[i] = (char) ('A' + i);
		names[i] = (SpkCategory) {&letters[i], 1};
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
