/*
 * unit_table.h
 *	  Small tables of raw values for the tests of learners that need them.
 */
#ifndef UNIT_TABLE_H
#define UNIT_TABLE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows/binning.h"
#include "core/models/codec.h"
#include "core/base/rng.h"
#include "core/rows/values.h"
#include "unit_host.h"

#define UNIT_MAX_COLUMNS	8
#define UNIT_MAX_TABLE_ROWS 5000

typedef struct UnitTable
{
	SpkTable  table;
	SpkColumn columns[UNIT_MAX_COLUMNS];
	uint8_t	  labels[UNIT_MAX_TABLE_ROWS];
	double	  numbers[UNIT_MAX_COLUMNS][UNIT_MAX_TABLE_ROWS];
	uint32_t  ids[UNIT_MAX_COLUMNS][UNIT_MAX_TABLE_ROWS];
} UnitTable;

static inline UnitTable *
unit_table_new(uint32_t n_rows)
{
	UnitTable *t = calloc(1, sizeof(UnitTable));

	t->table.n_rows = n_rows;
	t->table.labels = t->labels;
	t->table.columns = t->columns;
	return t;
}

/* Adds a column, whose numbers the caller fills. */
static inline double *
unit_table_numbers(UnitTable *t, const char *name)
{
	uint32_t c = t->table.n_columns++;

	t->columns[c] = (SpkColumn) {.name = name, .kind = SPK_NUMBER, .numbers = t->numbers[c]};
	return t->numbers[c];
}

/* Likewise of categories, whose ids the caller fills. */
static inline uint32_t *
unit_table_categories(UnitTable *t, const char *name, const SpkCategory *names, uint32_t n_names)
{
	uint32_t c = t->table.n_columns++;

	t->columns[c] = (SpkColumn) {.name = name,
								 .kind = SPK_CATEGORY,
								 .ids = t->ids[c],
								 .names = names,
								 .n_names = n_names};
	return t->ids[c];
}

/* Two numbers, one with missing values and ties, and a category; the label follows, loosely. */
static inline UnitTable *
unit_table_mixed(uint32_t n_rows)
{
	static const SpkCategory cities[] = {{"Bonn", 4}, {"Aix", 3}, {"Ulm", 3}};
	UnitTable				*t = unit_table_new(n_rows);
	SpkRng					 rng = spk_rng(11, 1);
	double					*x = unit_table_numbers(t, "x");
	double					*y = unit_table_numbers(t, "y");
	uint32_t				*city = unit_table_categories(t, "city", cities, 3);

	for (uint32_t r = 0; r < n_rows; r++)
	{
		x[r] = spk_rng_double(&rng);
		y[r] = spk_rng_below(&rng, 5) == 0 ? NAN : spk_rng_below(&rng, 7);
		city[r] = spk_rng_below(&rng, 4);
		if (city[r] == 3)
			city[r] = SPK_NO_ID;
		t->labels[r] = x[r] + 0.3 * (y[r] > 3) + spk_rng_double(&rng) > 1.2;
	}
	return t;
}

/* Swaps rows about, by a fixed rule. */
static inline void
unit_table_shuffle(UnitTable *t)
{
	for (uint32_t r = t->table.n_rows; r > 1; r--)
	{
		uint32_t other = r * 7919 % r + (r * 104729u) % r;

		other %= r;
		for (uint32_t c = 0; c < UNIT_MAX_COLUMNS; c++)
		{
			double	 number = t->numbers[c][r - 1];
			uint32_t id = t->ids[c][r - 1];

			t->numbers[c][r - 1] = t->numbers[c][other];
			t->numbers[c][other] = number;
			t->ids[c][r - 1] = t->ids[c][other];
			t->ids[c][other] = id;
		}
		{
			uint8_t label = t->labels[r - 1];

			t->labels[r - 1] = t->labels[other];
			t->labels[other] = label;
		}
	}
}

typedef SpkStatus (*UnitFit)(const SpkHost *host, const SpkValues *rows, SpkModel *model);

/* A model of the table, its features binned first; options are the caller's. */
static inline SpkStatus
unit_table_fit(const SpkHost *host, const UnitTable *t, UnitFit fit, SpkAlgorithm algorithm,
			   const SpkOptions *options, SpkModel *model)
{
	SpkValues rows;
	SpkStatus status = SPK_NO_MEMORY;

	memset(model, 0, sizeof(*model));
	model->algorithm = algorithm;
	model->options = *options;
	model->threshold = 0.5;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->features = spk_alloc(host, t->table.n_columns, sizeof(SpkFeature));
	if (model->features != NULL)
		status = SPK_OK;
	while (status == SPK_OK && model->n_features < t->table.n_columns)
	{
		status = spk_bin_feature(host, &t->columns[model->n_features], t->table.n_rows,
								 SPK_MAX_BINS, &model->features[model->n_features]);
		model->n_features += status == SPK_OK;
	}
	if (status == SPK_OK)
		status = spk_values_new(host, &t->table, model->features, &rows);
	if (status == SPK_OK)
	{
		status = fit(host, &rows, model);
		spk_values_release(host, &rows);
	}
	if (status != SPK_OK)
		spk_model_release(host, model);
	return status;
}

/*
 * Fits with ever more memory, then with ever more polls, until it succeeds:
 * each time before that it must fail as it should and hold nothing.
 */
static inline bool
unit_table_fit_fails_well(const UnitTable *t, UnitFit fit, SpkAlgorithm algorithm,
						  const SpkOptions *options)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkModel  model;
	SpkStatus status = SPK_NO_MEMORY;
	long	  n;

	for (n = 0; status == SPK_NO_MEMORY && unit.live == 0; n++)
	{
		unit.allocs_left = n;
		status = unit_table_fit(&host, t, fit, algorithm, options, &model);
	}
	if (status != SPK_OK || n < 5)
		return false;
	spk_model_release(&host, &model);
	unit.allocs_left = -1;
	status = SPK_CANCELLED;
	for (n = 0; status == SPK_CANCELLED && unit.live == 0; n++)
	{
		unit.polls_left = n;
		status = unit_table_fit(&host, t, fit, algorithm, options, &model);
	}
	if (status != SPK_OK || n < 5)
		return false;
	spk_model_release(&host, &model);
	return unit.live == 0;
}

/* The model's bytes are read back as the same model: the caller releases w->data. */
static inline SpkWriter
unit_model_bytes(const SpkHost *host, const SpkModel *model)
{
	SpkWriter w = spk_writer(host);

	if (spk_model_encode(model, &w) != SPK_OK)
		abort();
	return w;
}

#endif /* UNIT_TABLE_H */
