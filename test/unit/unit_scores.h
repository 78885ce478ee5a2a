/*
 * unit_scores.h
 *	  Scored rows for the tests that judge them; test/reference/metrics.py has
 *	  the same.
 */
#ifndef UNIT_SCORES_H
#define UNIT_SCORES_H

#include <math.h>
#include <stdlib.h>

#include "core/base/rng.h"
#include "core/judging/scores.h"
#include "unit_host.h"

#define N_FORMULA 500
#define N_RANDOM  400

static inline void
formula_rows(SpkScored *rows)
{
	for (int i = 0; i < N_FORMULA; i++)
	{
		double score = (7 * i * i + 3 * i) % 101 / 100.0;

		rows[i] = spk_scored(score, (37 * i + 11) % 89 < 50 * score * score + 10);
	}
}

static inline double
reference_draw(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double) (*state >> 11) * 0x1p-53;
}

static inline void
random_rows(SpkScored *rows)
{
	uint64_t state = 1;

	for (int i = 0; i < N_RANDOM; i++)
	{
		double a = reference_draw(&state);
		double b = reference_draw(&state);
		double score = i % 3 == 0 ? (int) (a * 20) / 20.0 : a * a;

		rows[i] = spk_scored(score, b < 0.8 * score + 0.05);
	}
}

/* n rows of few or many scores, by the stream: 0 and 1, ties, both classes or one. */
static inline void
any_rows(SpkRng *rng, SpkScored *rows, size_t n)
{
	uint32_t levels = spk_rng_below(rng, 2) ? 1 + spk_rng_below(rng, 20) :
											  1 + spk_rng_below(rng, 2000000000);
	double	 slope = spk_rng_below(rng, 4) / 2.0;
	double	 base = spk_rng_below(rng, 3) / 2.0;

	for (size_t i = 0; i < n; i++)
	{
		double score = spk_rng_below(rng, levels + 1) / (double) levels;

		rows[i] = spk_scored(score, spk_rng_double(rng) < base + slope * (score - 0.5));
	}
}

static inline void
shuffle_rows(SpkRng *rng, SpkScored *rows, uint32_t n)
{
	for (uint32_t i = n; i-- > 1;)
	{
		uint32_t  j = spk_rng_below(rng, i + 1);
		SpkScored row = rows[i];

		rows[i] = rows[j];
		rows[j] = row;
	}
}

/* The set of these rows; they are sorted, and stay the caller's. */
static inline SpkScores
set_of(const SpkHost *host, SpkScored *rows, size_t n, double threshold)
{
	SpkScores scores;

	assert_int_equal(spk_scores_of_rows(host, rows, n, threshold, &scores), SPK_OK);
	return scores;
}

static inline void
assert_near(double actual, double expected)
{
	if (!(actual == expected || fabs(actual - expected) <= 1e-12))
		fail_msg("%.17g is not %.17g", actual, expected);
}

#endif /* UNIT_SCORES_H */
