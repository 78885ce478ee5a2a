/*
 * search_block.c
 *	  Puts the rows of a search into the block that its fits read, and sizes it.
 *
 * The rows lie there in both forms and one order, with room for what the fits leave:
 * margins of rows, in places of their own.
 */
#include "compat.h"

#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/paired.h"
#include "host/memory_limit.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/search_block.h"

/* When fits look at fewer codes and values than this, workers cost more than they give. */
#define MIN_SEARCH_WORK 10000000.0

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

/* ---- The block ---- */

static SpkSearchBlock
lay_out(const SpkTable *table, const SpkModel *like, const SpkSearch *search, bool folds,
		Size features_size)
{
	Size		   at = TYPEALIGN(SPK_ALIGNMENT, sizeof(SpkSearchBlock));
	uint64		   n = table->n_rows;
	SpkSearchBlock block = {.n = search->n, .features_size = features_size, .asked = like->options};
	bool		   weighted = table->weights != NULL;

	strlcpy(block.weights_of, like->weights, sizeof(block.weights_of));
	block.features = spk_block_part(&at, features_size);
	block.value_rows = spk_block_part(&at, spk_table_values_size(table));
	block.codes =
		spk_block_part(&at, n * spk_features_stride(like->features, table->n_columns, weighted));
	block.users = spk_block_part(&at, table->groups != NULL ? n * sizeof(uint32) : 0);
	block.folds = spk_block_part(&at, n);
	block.labels = spk_block_part(&at, n);
	block.multiples = spk_block_part(&at, weighted ? n * sizeof(uint32) : 0);
	block.margins = spk_block_part(&at, folds ? n * search->n * sizeof(double) : 0);
	block.tried = spk_block_part(&at, search->n * sizeof(SpkTried));
	block.fits = spk_block_part(&at, search->n * SPK_SEARCH_FOLDS * sizeof(SpkListedFit));
	block.size = at;
	return block;
}

static void
fill(SpkSearchBlock *block, const SpkHost *host, const SpkTable *table, const SpkModel *like,
	 const void *features, const uint8 *folds, const SpkSearch *search)
{
	uint32 *origins = spk_must_alloc(host, table->n_rows, sizeof(uint32), "training set");
	uint8  *ordered = spk_search_at(block, block->folds);
	uint8  *labels = spk_search_at(block, block->labels);
	uint32 *multiples = spk_search_at(block, block->multiples);

	memcpy(spk_search_at(block, block->features), features, block->features_size);
	memcpy(spk_search_at(block, block->tried), search->tried, search->n * sizeof(SpkTried));
	check(spk_paired_fill(host, table, like->features, spk_search_at(block, block->value_rows),
						  spk_search_at(block, block->codes), spk_search_at(block, block->users),
						  &block->values, &block->matrix, origins));
	block->has_users = block->matrix.users != NULL;
	for (uint32 row = 0; row < table->n_rows; row++)
	{
		ordered[row] = folds == NULL ? 0 : folds[origins[row]];
		labels[row] = table->labels[origins[row]];
		if (block->matrix.weighted)
			multiples[row] = spk_row_weight((const uint8 *) spk_search_at(block, block->codes) +
												(Size) row * block->matrix.stride,
											block->matrix.n_features);
	}
	spk_release(host, origins);
}

SpkModel
spk_search_block_model(const SpkTried *tried, const SpkModel *like, uint32 n_rows,
					   uint32 n_positives)
{
	SpkModel model = {.n_features = 0};

	/* without features, of which the rules would change */
	spk_search_start(tried, like, n_rows, n_positives, &model);
	model.features = like->features;
	model.n_features = like->n_features;
	return model;
}

/*
 * Sets roughly how many codes and values a fit of each candidate looks at, and returns the
 * sum of those that will be made.
 */
static double
set_costs(SpkSearchFits *fits, const SpkTable *table, const SpkModel *like, const SpkSearch *search,
		  bool folds)
{
	double sum = 0;

	for (uint32 i = 0; i < search->n; i++)
	{
		SpkModel model = spk_search_block_model(&search->tried[i], like, table->n_rows, 0);

		fits->costs[i] = spk_learners[model.algorithm].cost(&model, table->n_rows);
		if (folds || search->tried[i].weight > 0)
			sum += fits->costs[i];
	}
	return sum;
}

/* The most bytes that one fit takes besides the block. */
static uint64
fit_size(const SpkTable *table, const SpkModel *like, const SpkSearch *search, bool folds)
{
	uint64 most = 0;

	for (uint32 i = 0; i < search->n; i++)
		if (folds || search->tried[i].weight > 0)
		{
			SpkModel model = spk_search_block_model(&search->tried[i], like, table->n_rows, 0);

			most = Max(most, spk_samples_fit_size(&model, table->n_rows));
		}
	if (table->groups != NULL)
		most += 2 * (uint64) table->n_rows * sizeof(uint32);
	return most;
}

void
spk_search_fits_new(SpkSearchFits *fits, const SpkHost *host, const SpkTable *table,
					const SpkModel *like, const uint8 *folds, uint64 caller, SpkSearch *search)
{
	SpkWriter		features = spk_writer(host);
	uint64			n = table->n_rows;
	uint64			fit = fit_size(table, like, search, folds != NULL);
	uint64			ordering = spk_paired_work_size(table->n_rows) + n * sizeof(uint32);
	uint64			held;
	SpkSearchBlock	layout;
	SpkSearchBlock *block;

	check(spk_features_encode(like->features, like->n_features, &features));
	layout = lay_out(table, like, search, folds != NULL, features.len);
	held = spk_table_size(table) + caller + layout.size;
	spk_memory_check_training(held + Max(ordering, fit), table->n_rows, table->n_columns);

	/* a fit for each process, if there is work and memory for more than one */
	fits->host = host;
	fits->n_workers = spk_wanted_workers(set_costs(fits, table, like, search, folds != NULL),
										 MIN_SEARCH_WORK, (int64) search->n - 1);
	fits->n_workers = (int) Min((uint64) fits->n_workers, (spk_memory_limit() - held - fit) / fit);
	if (fits->n_workers == 0 || !spk_block_share(&fits->block, layout.size, SPK_CONTEXT_SIZE))
	{
		fits->n_workers = 0;
		spk_block_alloc(&fits->block, host, layout.size, "training set");
	}
	block = fits->block.memory;
	*block = layout;
	fill(block, host, table, like, features.data, folds, search);
	spk_release(host, features.data);
	search->margins = spk_search_at(block, block->margins);
	search->folds = spk_search_at(block, block->folds);
	search->labels = spk_search_at(block, block->labels);
	search->multiples = block->matrix.weighted ? spk_search_at(block, block->multiples) : NULL;
	search->unit = block->matrix.unit;
	search->asked = &block->asked;
}

void
spk_search_fits_release(SpkSearchFits *fits)
{
	spk_block_release(&fits->block);
}

SpkSamples
spk_search_block_samples(const SpkSearchBlock *block)
{
	SpkSamples samples = {block->matrix, spk_search_at(block, block->folds), block->values,
						  spk_search_at(block, block->folds)};

	samples.matrix.codes = spk_search_at(block, block->codes);
	samples.matrix.users = block->has_users ? spk_search_at(block, block->users) : NULL;
	samples.values.values = spk_search_at(block, block->value_rows);
	return samples;
}
