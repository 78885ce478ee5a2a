/*
 * unit_search.h
 *	  A search on a small table, in one process, for the tests of it and of blends.
 */
#ifndef UNIT_SEARCH_H
#define UNIT_SEARCH_H

#include "core/judging/search.h"
#include "core/rows/folds.h"
#include "core/rows/paired.h"
#include "unit_table.h"

/* The rows of a table in both forms, the folds, and the search among them. */
typedef struct UnitSearch
{
	SpkModel	   like; /* has the features and the options */
	SpkSamples	   samples;
	uint8_t		   folds[UNIT_MAX_TABLE_ROWS]; /* in the order of the samples */
	uint8_t		   labels[UNIT_MAX_TABLE_ROWS];
	uint32_t	   users[UNIT_MAX_TABLE_ROWS];
	uint32_t	   origins[UNIT_MAX_TABLE_ROWS];
	uint32_t	   multiples[UNIT_MAX_TABLE_ROWS]; /* of the rows' weights */
	SpkSearch	   search;
	const SpkHost *host;
	int			   n_fits; /* that were made */
} UnitSearch;

/* Puts the rows of the table, whose groups may be set, in order. */
static inline UnitSearch *
unit_search_new(const SpkHost *host, const UnitTable *t, uint32_t max_bins)
{
	UnitSearch *u = calloc(1, sizeof(UnitSearch));
	uint32_t	n = t->table.n_rows;
	uint8_t		folds[UNIT_MAX_TABLE_ROWS];

	u->host = host;
	u->like.options = spk_options_default(SPK_BLEND);
	u->like.options.value[SPK_OPT_WEIGHTS] = t->table.weights != NULL;
	strcpy(u->like.weights, t->table.weights != NULL ? "weight" : "");
	u->like.features = spk_alloc(host, t->table.n_columns, sizeof(SpkFeature));
	for (; u->like.n_features < t->table.n_columns; u->like.n_features++)
		if (spk_bin_feature(host, &t->columns[u->like.n_features], n, max_bins,
							&u->like.features[u->like.n_features]) != SPK_OK)
			abort();
	if (spk_paired_fill(host, &t->table, u->like.features,
						spk_alloc(host, spk_table_values_size(&t->table), 1),
						spk_alloc(host, n,
								  spk_features_stride(u->like.features, t->table.n_columns,
													  t->table.weights != NULL)),
						u->users, &u->samples.values, &u->samples.matrix, u->origins) != SPK_OK ||
		spk_folds_part(host, &t->table, t->table.groups, 0, SPK_SEARCH_FOLDS, 42, folds) != SPK_OK)
		abort();
	for (uint32_t r = 0; r < n; r++)
	{
		u->folds[r] = folds[u->origins[r]];
		u->labels[r] = t->labels[u->origins[r]];
		u->multiples[r] = spk_matrix_weight(&u->samples.matrix, r);
	}
	u->samples.matrix_folds = u->samples.values_folds = u->folds;
	return u;
}

static inline SpkStatus
unit_search_round(void *ctx, SpkSearch *search)
{
	UnitSearch *u = ctx;

	for (uint32_t i = 0; i < search->n_fits; i++)
	{
		SpkSearchFit fit = search->fits[i];
		SpkStatus	 status = spk_search_fit(u->host, &u->samples, (int) fit.fold,
											 &search->tried[fit.candidate], &u->like,
											 search->margins +
												 (size_t) fit.candidate * search->n_rows);

		u->n_fits++;
		if (status != SPK_OK)
			return status;
	}
	return SPK_OK;
}

/* Searches among the candidates that are set. */
static inline SpkStatus
unit_search_tried(UnitSearch *u)
{
	SpkSearch *s = &u->search;

	s->n_rows = u->samples.matrix.n_rows;
	s->labels = u->labels;
	s->folds = u->folds;
	s->multiples = u->samples.matrix.weighted ? u->multiples : NULL;
	s->unit = u->samples.matrix.unit;
	s->asked = &u->like.options;
	s->margins = spk_alloc(u->host, (size_t) s->n * s->n_rows, sizeof(double));
	return s->margins == NULL ? SPK_NO_MEMORY : spk_search(u->host, s, unit_search_round, u);
}

/* Searches among so many candidates, whose models are kept small. */
static inline SpkStatus
unit_search_run(UnitSearch *u, double n_candidates)
{
	SpkSearch *s = &u->search;

	u->like.options.value[SPK_OPT_CANDIDATES] = n_candidates;
	s->n = spk_search_candidates(&u->like.options, &u->like, s->tried);
	for (uint32_t i = 0; i < s->n; i++)
		if (spk_option_applies(SPK_OPT_TREES, s->tried[i].algorithm))
			s->tried[i].options.value[SPK_OPT_TREES] = 12;
	return unit_search_tried(u);
}

/* A blend of all candidates that have a weight, fitted to all rows. */
static inline SpkModel
unit_search_blend(UnitSearch *u)
{
	const SpkHost *host = u->host;
	SpkModel	   model = {.algorithm = SPK_BLEND, .threshold = 0.5, .options = u->like.options};
	SpkModel	   parts[SPK_MAX_TRIED] = {{0}};
	uint32_t	   n = 0;
	SpkWriter	   w = spk_writer(host);
	SpkCrossFitted fitted = {.metrics = {.threshold = 0.5}};
	const char	  *why;

	if (spk_features_encode(u->like.features, u->like.n_features, &w) != SPK_OK ||
		spk_features_decode(host, w.data, w.len, &model.features, &model.n_features, &why) !=
			SPK_OK)
		abort();
	strcpy(model.weights, u->like.weights);
	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.facts[SPK_FACT_ROWS] = u->search.n_rows;
	for (uint32_t i = 0; i < u->search.n; i++)
	{
		const SpkTried *tried = &u->search.tried[i];
		SpkModel	   *part = &parts[n];

		if (tried->weight == 0)
			continue;
		if (spk_features_decode(host, w.data, w.len, &part->features, &part->n_features, &why) !=
			SPK_OK)
			abort();
		spk_search_start(tried, &u->like, u->search.n_rows, 0, part);
		if (spk_samples_fit(host, &u->samples, SPK_NO_FOLD, part) != SPK_OK)
			abort();
		n++;
	}
	spk_release(host, w.data);
	if (spk_search_make(host, &u->search, &fitted, parts, &model) != SPK_OK)
		abort();
	return model;
}

static inline void
unit_search_release(UnitSearch *u)
{
	spk_features_release(u->host, u->like.features, u->like.n_features);
	spk_release(u->host, u->samples.values.values);
	spk_release(u->host, u->samples.matrix.codes);
	spk_release(u->host, u->search.margins);
	free(u);
}

#endif /* UNIT_SEARCH_H */
