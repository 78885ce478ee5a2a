/*
 * compare_rows.c
 *	  The rows of a comparison: parted, binned and laid out for all fits.
 *
 * Rows held out move behind the others, and bins and categories are learned from the
 * others alone.  Each part is put into the canonical order that training gives it, with
 * the fold of each row beside it.
 */
#include "compat.h"

#include <math.h>

#include "utils/memutils.h"

#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/paired.h"
#include "core/rows/users.h"
#include "host/pg_host.h"
#include "host/progress.h"
#include "judging/compare_setup.h"
#include "training/auto.h"
#include "training/bin_columns.h"
#include "training/learn.h"
#include "training/train_warnings.h"

/* ---- Forms ---- */

/*
 * Finds the form that each model learns from: one for all whose columns are binned alike,
 * and one of its own for a search, whose candidates need both forms in one order.
 */
static void
choose_forms(SpkCompareSetup *setup)
{
	SpkComparePlan *plan = setup->plan;

	setup->forms = MemoryContextAllocZero(setup->context, plan->n_specs * sizeof(SpkBinnedForm));
	for (int i = 0; i < plan->n_specs; i++)
	{
		SpkModelSpec *spec = &plan->specs[i];
		SpkBinning binning = spk_training_binning(spec->algorithm, &spec->options, &setup->table);
		bool	   paired = spk_has_parts(spec->algorithm);
		int		   form = 0;

		while (form < setup->n_forms &&
			   (!spk_bins_alike(&setup->table, setup->forms[form].binning, binning) ||
				setup->forms[form].paired != paired))
			form++;
		if (form == setup->n_forms)
			setup->forms[form].binning = binning;
		setup->forms[form].paired = paired;
		if (paired || spk_learns_codes(spec->algorithm))
			setup->forms[form].has_codes = true;
		if (paired || !spk_learns_codes(spec->algorithm))
			setup->forms[form].has_values = true;
		setup->n_forms = Max(setup->n_forms, form + 1);
		spec->form = (uint32) form;
	}
}

/* Makes the features of the form, and encodes them for workers. */
static void
bin_features(SpkCompareSetup *setup, int form, SpkTrainProgress *progress, SpkWarned *warned)
{
	const SpkTable *table = &setup->parts[SPK_PART_TRAINING];
	SpkModel	   *model = &setup->models[form];

	model->features = MemoryContextAllocZero(setup->context, table->n_columns * sizeof(SpkFeature));
	spk_bin_columns(&setup->host, table, setup->forms[form].binning, model->features, progress,
					form * table->n_columns, setup->n_forms * table->n_columns);
	model->n_features = table->n_columns;
	spk_tell_of_rare(table, model->features, warned);
	setup->features[form] = spk_writer(&setup->host);
	spk_check(spk_features_encode(model->features, model->n_features, &setup->features[form]),
			  "training set", NULL);
}

static void
bin_forms(SpkCompareSetup *setup)
{
	SpkTrainProgress progress;
	SpkWarned		 warned = {.context = setup->context};

	setup->models = MemoryContextAllocZero(setup->context, setup->n_forms * sizeof(SpkModel));
	setup->features = MemoryContextAllocZero(setup->context, setup->n_forms * sizeof(SpkWriter));
	spk_train_progress_start(&progress);
	for (int form = 0; form < setup->n_forms; form++)
		bin_features(setup, form, &progress, &warned);
}

/* ---- The block ---- */

/*
 * Finds the places of all that belongs to a form, in the block and in that of the values,
 * whose parts end at *at and *values_at so far.  What the form does not have takes no room.
 */
static void
lay_out_form(const SpkComparison *c, bool users, SpkBinnedForm *form, Size *at, Size *values_at)
{
	uint64 n_codes = form->has_codes ? c->n_rows[SPK_PART_TRAINING] : 0;
	uint64 n_values = form->has_values ? c->n_rows[SPK_PART_TRAINING] : 0;

	form->features = spk_block_part(at, form->features_size);
	form->users = spk_block_part(at, users ? n_codes * sizeof(uint32) : 0);
	form->code_folds = spk_block_part(at, n_codes);
	form->value_folds = spk_block_part(at, n_values);
	form->code_fold_sets = spk_block_part(at, n_codes * c->n_fold_sets);
	form->value_fold_sets = spk_block_part(at, n_values * c->n_fold_sets);
	for (int part = 0; part < SPK_N_PARTS; part++)
	{
		uint32 n = c->n_rows[part];
		bool   weighted = part == SPK_PART_TRAINING && spk_compare_weighted(c);
		uint64 codes = form->has_codes ? n * (uint64) form->stride[part] : 0;
		uint64 values = form->has_values ? spk_weighted_values_size(n, c->n_features, weighted) : 0;

		form->codes[part] = spk_block_part(at, codes);
		form->values[part] = spk_block_part(values_at, values);
	}
}

/* Finds the places of all parts. */
static SpkComparison
lay_out(SpkCompareSetup *setup)
{
	const SpkComparePlan *plan = setup->plan;
	SpkComparison		  c = {0};
	Size				  at = TYPEALIGN(SPK_ALIGNMENT, sizeof(SpkComparison));
	Size				  values_at = 0;

	c.n_specs = (uint32) plan->n_specs;
	c.n_folds = plan->n_folds;
	c.n_forms = (uint32) setup->n_forms;
	c.n_fold_sets = (uint32) setup->n_fold_sets;
	c.n_features = setup->table.n_columns;
	for (int part = 0; part < SPK_N_PARTS; part++)
		c.n_rows[part] = setup->parts[part].n_rows;
	c.n_skipped = setup->n_skipped;
	c.n_unweighted = setup->n_unweighted;
	if (plan->weights != NULL)
		strlcpy(c.weights, plan->weights, sizeof(c.weights));
	c.metric = plan->metric;
	c.seed = plan->seed;

	/* memory is asked for once, so that all places must be known before */
	c.specs = spk_block_part(&at, (uint64) c.n_specs * sizeof(SpkModelSpec));
	c.forms = spk_block_part(&at, (uint64) c.n_forms * sizeof(SpkBinnedForm));
	c.order = spk_block_part(&at, (uint64) spk_compare_n_fits(&c) * sizeof(uint32));
	c.fits = spk_block_part(&at, (uint64) spk_compare_n_fits(&c) * sizeof(SpkCompareFit));
	for (int i = 0; i < plan->n_specs; i++)
		c.has_rules |= spk_names_rule(&plan->specs[i].named);
	c.rules = spk_block_part(&at,
							 c.has_rules ?
								 (uint64) c.n_specs * c.n_features * sizeof(SpkFeatureRule) :
								 0);
	for (int i = 0; i < setup->n_forms; i++)
	{
		setup->forms[i].features_size = setup->features[i].len;
		setup->forms[i].n_grouped = spk_count_grouped(setup->models[i].features, c.n_features);
		for (int part = 0; part < SPK_N_PARTS; part++)
			setup->forms[i].stride[part] = spk_features_stride(setup->models[i].features,
															   c.n_features,
															   part == SPK_PART_TRAINING &&
																   spk_compare_weighted(&c));
		lay_out_form(&c, setup->groups != NULL, &setup->forms[i], &at, &values_at);
	}
	c.size = at;
	c.values_size = values_at;
	return c;
}

/*
 * Puts in the folds of the rows to train on, and their folds in each set.  The rows are in
 * another order now: row r was at place origins[r] before.
 */
static void
put_folds(const SpkCompareSetup *setup, const uint32 *origins, uint8 *folds, uint8 *fold_sets)
{
	uint32 n = setup->parts[SPK_PART_TRAINING].n_rows;

	for (uint32 r = 0; r < n; r++)
		folds[r] = setup->folds[origins[r]];
	for (int fold_set = 0; fold_set < setup->n_fold_sets; fold_set++)
		for (uint32 r = 0; r < n; r++)
			*fold_sets++ = setup->fold_sets[fold_set][origins[r]];
}

/* Puts in the users of the rows to train on, which come first in the table. */
static void
put_users(const SpkCompareSetup *setup, const SpkComparison *comparison, SpkBinnedForm *form,
		  uint32 *origins, SpkMatrix *matrix)
{
	if (setup->groups == NULL)
		return;
	spk_check(spk_number_users(&setup->host, setup->groups, origins,
							   spk_compare_at(comparison, form->users), matrix),
			  "training set", NULL);
	form->has_users = matrix->users != NULL;
	form->n_users = matrix->n_users;
}

/* Puts one part of the rows into a form that has codes and values in one order. */
static void
fill_paired(const SpkCompareSetup *setup, SpkCompareMemory *memory, int number, int part,
			uint32 *origins)
{
	SpkComparison *comparison = memory->comparison;
	SpkBinnedForm *form = spk_compare_form(comparison, (uint32) number);
	SpkTable	   table = setup->parts[part];
	SpkMatrix	   matrix;
	SpkValues	   values;

	/* the users of rows to train on come first in the table */
	table.groups = part == SPK_PART_TRAINING ? setup->groups : NULL;
	spk_check(spk_paired_fill(&setup->host, &table, setup->models[number].features,
							  (double *) ((char *) memory->values.memory + form->values[part]),
							  spk_compare_at(comparison, form->codes[part]),
							  spk_compare_at(comparison, form->users), &values, &matrix, origins),
			  "training set", NULL);
	form->n_positives[part] = matrix.n_positives;
	if (part != SPK_PART_TRAINING)
		return;
	form->has_users = matrix.users != NULL;
	form->n_users = matrix.n_users;
	form->unit = matrix.unit;
	memcpy(form->multiples, matrix.weights, sizeof(form->multiples));
	put_folds(setup, origins, spk_compare_at(comparison, form->code_folds),
			  spk_compare_at(comparison, form->code_fold_sets));
	put_folds(setup, origins, spk_compare_at(comparison, form->value_folds),
			  spk_compare_at(comparison, form->value_fold_sets));
}

/* Puts one part of the rows into the form.  origins has room for a place of each row. */
static void
fill_form(const SpkCompareSetup *setup, SpkCompareMemory *memory, int number, int part,
		  uint32 *origins)
{
	SpkComparison	 *comparison = memory->comparison;
	SpkBinnedForm	 *form = spk_compare_form(comparison, (uint32) number);
	const SpkFeature *features = setup->models[number].features;
	const SpkTable	 *table = &setup->parts[part];
	SpkMatrix		  matrix;
	SpkValues		  values;

	/* nothing is learned from the holdout, so that only rows to train on have folds */
	if (form->has_codes)
	{
		spk_check(spk_bin_table(&setup->host, table, features,
								spk_compare_at(comparison, form->codes[part]), &matrix, origins),
				  "training set", NULL);
		form->n_positives[part] = matrix.n_positives;
		if (part == SPK_PART_TRAINING)
		{
			form->unit = matrix.unit;
			memcpy(form->multiples, matrix.weights, sizeof(form->multiples));
			put_users(setup, comparison, form, origins, &matrix);
			put_folds(setup, origins, spk_compare_at(comparison, form->code_folds),
					  spk_compare_at(comparison, form->code_fold_sets));
		}
	}
	if (form->has_values)
	{
		double *to = (double *) ((char *) memory->values.memory + form->values[part]);

		spk_check(spk_values_fill(&setup->host, table, features, to, &values, origins),
				  "training set", NULL);
		form->n_positives[part] = values.n_positives;
		if (part == SPK_PART_TRAINING)
		{
			form->unit = values.unit;
			put_folds(setup, origins, spk_compare_at(comparison, form->value_folds),
					  spk_compare_at(comparison, form->value_fold_sets));
		}
	}
}

/* A fit and its cost. */
typedef struct Fit
{
	bool   codes; /* does it learn from codes? */
	double cost;
	uint32 number;
} Fit;

static int
compare_fits(const void *a, const void *b)
{
	const Fit *x = a;
	const Fit *y = b;

	if (x->codes != y->codes)
		return x->codes ? 1 : -1;
	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/*
 * Orders the fits that need the values, and then the others, by what they cost: with the
 * cheapest ones last, nobody waits long for the last to finish.
 */
static void
order_fits(const SpkCompareSetup *setup, SpkComparison *comparison)
{
	uint32 *order = spk_compare_at(comparison, comparison->order);
	uint32	n_fits = comparison->n_folds + 1;
	uint32	n = spk_compare_n_fits(comparison);
	Fit	   *fits = palloc(n * sizeof(Fit));

	for (uint32 i = 0; i < n; i++)
	{
		fits[i].number = i;
		fits[i].codes = spk_learns_codes(setup->plan->specs[i / n_fits].algorithm);
		fits[i].cost = setup->costs[2 * (i / n_fits) + (i % n_fits == comparison->n_folds)];
	}
	qsort(fits, n, sizeof(Fit), compare_fits);
	for (uint32 i = 0; i < n; i++)
		order[i] = fits[i].number;
	pfree(fits);
}

/* Puts in what the options of each model say of the features. */
static void
fill_rules(const SpkCompareSetup *setup, SpkComparison *comparison)
{
	const SpkTable *table = &setup->table;
	SpkFeatureRule *rules = spk_compare_at(comparison, comparison->rules);
	SpkNamedColumn *columns = palloc(table->n_columns * sizeof(SpkNamedColumn));

	for (uint32 i = 0; i < table->n_columns; i++)
		columns[i] = (SpkNamedColumn) {table->columns[i].name, table->columns[i].kind};
	for (uint32 i = 0; i < comparison->n_specs; i++)
		spk_names_bind(&setup->plan->specs[i].named, columns, table->n_columns,
					   rules + (Size) i * table->n_columns);
	pfree(columns);
}

static void
fill_comparison(const SpkCompareSetup *setup, SpkCompareMemory *memory)
{
	SpkComparison		 *comparison = memory->comparison;
	const SpkComparePlan *plan = setup->plan;
	uint32				 *origins = MemoryContextAllocHuge(setup->context,
														   (Size) setup->table.n_rows * sizeof(uint32));

	spk_tickets_init(&comparison->tickets, spk_compare_n_fits(comparison));
	memcpy(spk_compare_spec(comparison, 0), plan->specs,
		   comparison->n_specs * sizeof(SpkModelSpec));
	memcpy(spk_compare_form(comparison, 0), setup->forms,
		   comparison->n_forms * sizeof(SpkBinnedForm));
	memset(spk_compare_fit(comparison, 0, 0), 0,
		   spk_compare_n_fits(comparison) * sizeof(SpkCompareFit));
	for (int form = 0; form < setup->n_forms; form++)
	{
		memcpy(spk_compare_at(comparison, setup->forms[form].features), setup->features[form].data,
			   setup->forms[form].features_size);
		for (int part = 0; part < SPK_N_PARTS; part++)
			if (setup->forms[form].paired)
				fill_paired(setup, memory, form, part, origins);
			else
				fill_form(setup, memory, form, part, origins);
	}
	if (comparison->has_rules)
		fill_rules(setup, comparison);
	order_fits(setup, comparison);
}

/*
 * Makes the block of the comparison and that of the values.  They are shared when there
 * are to be workers and shared memory has room for both; otherwise *n_workers becomes 0.
 */
static void
alloc_memory(const SpkComparison *layout, MemoryContext context, SpkCompareMemory *memory,
			 int *n_workers)
{
	SpkHost host = spk_pg_host(context);

	*memory = (SpkCompareMemory) {NULL};
	if (*n_workers > 0 &&
		!spk_block_share(&memory->block, layout->size, layout->values_size + SPK_CONTEXT_SIZE))
		*n_workers = 0;

	/* workers need both blocks */
	if (*n_workers > 0 && layout->values_size > 0 &&
		!spk_block_share(&memory->values, layout->values_size, SPK_CONTEXT_SIZE))
	{
		spk_block_release(&memory->block);
		*n_workers = 0;
	}
	if (*n_workers == 0)
	{
		spk_block_alloc(&memory->block, &host, layout->size, "training set");
		if (layout->values_size > 0)
			spk_block_alloc(&memory->values, &host, layout->values_size, "training set");
	}
	memory->comparison = memory->block.memory;
}

/* Gives back what the setup has read of the rows and needs no more. */
static void
release_array(void *array)
{
	if (array != NULL)
		pfree(array);
}

void
spk_compare_new(SpkComparePlan *plan, SpkRowStore *rows, MemoryContext context,
				SpkFoldCount *counts, SpkCompareMemory *memory, int *n_workers)
{
	MemoryContext	setup_context = AllocSetContextCreate(context, "churn comparison setup",
														  ALLOCSET_DEFAULT_SIZES);
	SpkCompareSetup setup = {spk_pg_host(setup_context), setup_context, plan};
	SpkWarned		warned = {.context = setup_context};
	SpkComparison	layout;

	setup.n_skipped = (double) rows->n_skipped;
	setup.table = spk_store_take(rows, setup_context);
	setup.groups = rows->groups;
	setup.n_unweighted = (double) rows->n_unweighted;
	setup.weights = rows->weights;
	spk_warn_of_rows(rows, &setup.table, NULL);
	spk_compare_part_rows(&setup, counts);
	release_array(rows->times);
	rows->times = NULL;

	/* bins tell how many columns a regression has, and how long the encoded features are */
	choose_forms(&setup);
	bin_forms(&setup);
	for (int i = 0; i < plan->n_specs; i++)
	{
		SpkModel model = spk_compare_model(&setup, i);

		spk_learn_check_columns(&model);
		if (spk_has_parts(model.algorithm))
			spk_auto_tell_left_out(&model.options, &warned);
	}

	/* memory is refused before it is taken, and values are copied before they are given back */
	layout = lay_out(&setup);
	*n_workers = spk_compare_affordable(&setup, &layout);
	alloc_memory(&layout, context, memory, n_workers);
	memcpy(memory->comparison, &layout, sizeof(layout));
	fill_comparison(&setup, memory);
	release_array(rows->groups);
	setup.groups = rows->groups = NULL;
	release_array(rows->weights);
	setup.weights = rows->weights = NULL;
	spk_compare_check(memory, counts);
	spk_table_release(&setup.table);
	MemoryContextDelete(setup_context);
}
