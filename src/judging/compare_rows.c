/*
 * compare_rows.c
 *	  The rows of a contest: dealt out, binned and laid out for all fits.
 *
 * Rows held out move behind the others, whatever is learned of features is
 * learned from those before, and either part is put into the canonical order
 * that training gives it, with the fold of each row beside it.
 */
#include "compat.h"

#include <math.h>

#include "utils/memutils.h"

#include "judging/compare_plan.h"
#include "core/rows/binning.h"
#include "models/model_type.h"
#include "host/pg_host.h"
#include "training/shared_matrix.h"
#include "training/train_warnings.h"
#include "training/train_additive.h"
#include "host/progress.h"

/* Room beside the contest for the parallel context. */
#define COMPARE_CONTEXT	(1024 * 1024)

/* ---- Forms ---- */

/* Finds the form of each contender's rows: one for all that bin alike. */
static void
choose_forms(SpkMaking *making)
{
	SpkContestPlan *plan = making->plan;

	making->forms = MemoryContextAllocZero(making->context, plan->n_contenders * sizeof(SpkContestForm));
	for (int i = 0; i < plan->n_contenders; i++)
	{
		SpkContender *contender = &plan->contenders[i];
		uint32		bins = spk_training_bins(contender->algorithm, &contender->options);
		int			form = 0;

		while (form < making->n_forms && making->forms[form].bins != bins)
			form++;
		making->forms[form].bins = bins;
		if (spk_algorithm_is_forest(contender->algorithm))
			making->forms[form].has_codes = true;
		else
			making->forms[form].has_values = true;
		making->n_forms = Max(making->n_forms, form + 1);
		contender->form = (uint32) form;
	}
}

/* A model with the form's features: a tree of one leaf, for workers to read. */
static void
bin_features(SpkMaking *making, int form, SpkTrainProgress *progress)
{
	const SpkTable *table = &making->parts[SPK_PART_TRAINING];
	SpkModel   *model = &making->models[form];
	SpkNode		leaf = {{0.5}, table->n_rows, 0, 0, 0, SPK_NODE_LEAF};
	SpkTree		tree = {1, 0, &leaf, NULL};

	*model = (SpkModel) {SPK_DECISION_TREE, spk_options_default(SPK_DECISION_TREE), 0.5};
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->features = MemoryContextAllocZero(making->context, table->n_columns * sizeof(SpkFeature));
	for (uint32 i = 0; i < table->n_columns; i++)
	{
		spk_check(spk_bin_column(&making->host, &table->columns[i], table->n_rows, making->forms[form].bins,
								 &model->features[i]), "training set", NULL);
		model->n_features++;
		spk_train_progress(progress, "columns binned", form * table->n_columns + i + 1,
						   making->n_forms * table->n_columns);
	}
	model->n_trees = 1;
	model->trees = &tree;
	making->features[form] = spk_model_to_bytes(model);
	model->n_trees = 0;
	model->trees = NULL;
}

static void
bin_forms(SpkMaking *making)
{
	SpkTrainProgress progress;

	making->models = MemoryContextAllocZero(making->context, making->n_forms * sizeof(SpkModel));
	making->features = MemoryContextAllocZero(making->context, making->n_forms * sizeof(bytea *));
	spk_train_progress_start(&progress);
	for (int form = 0; form < making->n_forms; form++)
		bin_features(making, form, &progress);
}

/* ---- The block ---- */

static Size
take(Size *at, uint64 n, uint64 size)
{
	Size		taken = *at;

	*at += TYPEALIGN(SPK_ALIGNMENT, n * size);
	return taken;
}

/* Finds the places of all parts. */
static SpkContest
lay_out(SpkMaking *making)
{
	const SpkContestPlan *plan = making->plan;
	SpkContest	c = {0};
	Size		at = TYPEALIGN(SPK_ALIGNMENT, sizeof(SpkContest));
	Size		values_at = 0;

	c.n_contenders = (uint32) plan->n_contenders;
	c.n_folds = plan->n_folds;
	c.n_forms = (uint32) making->n_forms;
	c.n_deals = (uint32) making->n_deals;
	c.n_features = making->table.n_columns;
	for (int part = 0; part < SPK_N_PARTS; part++)
		c.n_rows[part] = making->parts[part].n_rows;
	c.n_skipped = making->n_skipped;
	c.metric = plan->metric;
	c.seed = plan->seed;
	c.contenders = take(&at, c.n_contenders, sizeof(SpkContender));
	c.forms = take(&at, c.n_forms, sizeof(SpkContestForm));
	c.tickets = take(&at, spk_contest_n_fits(&c), sizeof(uint32));
	c.fits = take(&at, spk_contest_n_fits(&c), sizeof(SpkContestFit));
	for (int i = 0; i < making->n_forms; i++)
	{
		SpkContestForm *form = &making->forms[i];

		form->features_size = VARSIZE_ANY_EXHDR(making->features[i]);
		form->features = take(&at, form->features_size, 1);
		form->code_folds = take(&at, form->has_codes ? c.n_rows[SPK_PART_TRAINING] : 0, 1);
		form->value_folds = take(&at, form->has_values ? c.n_rows[SPK_PART_TRAINING] : 0, 1);
		form->code_deals = take(&at, form->has_codes ? c.n_rows[SPK_PART_TRAINING] : 0, c.n_deals);
		form->value_deals = take(&at, form->has_values ? c.n_rows[SPK_PART_TRAINING] : 0, c.n_deals);
		for (int part = 0; part < SPK_N_PARTS; part++)
		{
			uint32		n = c.n_rows[part];

			form->codes[part] = take(&at, form->has_codes ? n : 0, spk_matrix_stride(c.n_features));
			form->values[part] = take(&values_at, form->has_values ? spk_values_size(n, c.n_features) : 0, 1);
		}
	}
	c.size = at;
	c.values_size = values_at;
	return c;
}

/* The folds of rows to train on that were at these places before; then those of each deal. */
static void
put_folds(const SpkMaking *making, const uint32 *origins, uint8 *folds, uint8 *deals)
{
	uint32		n = making->parts[SPK_PART_TRAINING].n_rows;

	for (uint32 r = 0; r < n; r++)
		folds[r] = making->folds[origins[r]];
	for (int deal = 0; deal < making->n_deals; deal++)
		for (uint32 r = 0; r < n; r++)
			*deals++ = making->deals[deal][origins[r]];
}

static void
fill_form(const SpkMaking *making, SpkArena *arena, int number, int part, uint32 *origins)
{
	SpkContest *contest = arena->contest;
	SpkContestForm *form = spk_contest_form(contest, (uint32) number);
	const SpkFeature *features = making->models[number].features;
	const SpkTable *table = &making->parts[part];
	SpkMatrix	matrix;
	SpkValues	values;

	if (form->has_codes)
	{
		spk_check(spk_bin_table(&making->host, table, features, spk_contest_at(contest, form->codes[part]),
								&matrix, origins), "training set", NULL);
		form->n_positives[part] = matrix.n_positives;
		if (part == SPK_PART_TRAINING)
			put_folds(making, origins, spk_contest_at(contest, form->code_folds),
					  spk_contest_at(contest, form->code_deals));
	}
	if (form->has_values)
	{
		double	   *to = (double *) (arena->values + form->values[part]);

		spk_check(spk_values_fill(&making->host, table, features, to, &values, origins),
				  "training set", NULL);
		form->n_positives[part] = values.n_positives;
		if (part == SPK_PART_TRAINING)
			put_folds(making, origins, spk_contest_at(contest, form->value_folds),
					  spk_contest_at(contest, form->value_deals));
	}
}

/* A fit and its cost. */
typedef struct Ticket
{
	bool		trees;
	double		cost;
	uint32		fit;
} Ticket;

static int
compare_tickets(const void *a, const void *b)
{
	const Ticket *x = a;
	const Ticket *y = b;

	if (x->trees != y->trees)
		return x->trees ? 1 : -1;
	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	return x->fit < y->fit ? -1 : x->fit > y->fit;
}

/* The fits without trees, then the others, by what they cost; that to all folds costs most. */
static void
order_tickets(const SpkMaking *making, SpkContest *contest)
{
	uint32	   *tickets = spk_contest_at(contest, contest->tickets);
	uint32		n_fits = contest->n_folds + 1;
	uint32		n = spk_contest_n_fits(contest);
	Ticket	   *order = palloc(n * sizeof(Ticket));

	for (uint32 i = 0; i < n; i++)
	{
		order[i].fit = i;
		order[i].trees = spk_algorithm_is_forest(making->plan->contenders[i / n_fits].algorithm);
		order[i].cost = making->costs[i / n_fits];
		if (i % n_fits != contest->n_folds)
			order[i].cost *= 1 - 1.0 / contest->n_folds;
	}
	qsort(order, n, sizeof(Ticket), compare_tickets);
	for (uint32 i = 0; i < n; i++)
		tickets[i] = order[i].fit;
	pfree(order);
}

static void
fill_contest(const SpkMaking *making, SpkArena *arena)
{
	SpkContest *contest = arena->contest;
	const SpkContestPlan *plan = making->plan;
	uint32	   *origins = MemoryContextAllocHuge(making->context,
											   (Size) making->table.n_rows * sizeof(uint32));

	pg_atomic_init_u32(&contest->next_ticket, 0);
	pg_atomic_init_u32(&contest->n_done, 0);
	memcpy(spk_contender(contest, 0), plan->contenders, contest->n_contenders * sizeof(SpkContender));
	memcpy(spk_contest_form(contest, 0), making->forms, contest->n_forms * sizeof(SpkContestForm));
	memset(spk_contest_fit(contest, 0, 0), 0, spk_contest_n_fits(contest) * sizeof(SpkContestFit));
	for (int form = 0; form < making->n_forms; form++)
	{
		memcpy(spk_contest_at(contest, making->forms[form].features), VARDATA_ANY(making->features[form]),
			   making->forms[form].features_size);
		for (int part = 0; part < SPK_N_PARTS; part++)
			fill_form(making, arena, form, part, origins);
	}
	order_tickets(making, contest);
}

/* Memory for the contest and the values: shared if there are to be workers and there is room. */
static void
alloc_arena(const SpkContest *layout, MemoryContext context, SpkArena *arena, int *n_workers)
{
	*arena = (SpkArena) {NULL};
	if (*n_workers > 0)
		arena->segment = spk_shared_segment(layout->size, layout->values_size + COMPARE_CONTEXT);
	if (arena->segment != NULL && layout->values_size > 0)
	{
		arena->values_segment = spk_shared_segment(layout->values_size, COMPARE_CONTEXT);
		if (arena->values_segment == NULL)
		{
			dsm_detach(arena->segment);
			arena->segment = NULL;
		}
	}
	if (arena->segment == NULL)
		*n_workers = 0;
	arena->contest = arena->segment != NULL ? dsm_segment_address(arena->segment) :
		MemoryContextAllocHuge(context, layout->size);
	if (layout->values_size > 0)
		arena->values = arena->values_segment != NULL ? dsm_segment_address(arena->values_segment) :
			MemoryContextAllocHuge(context, layout->values_size);
}

void
spk_contest_new(SpkContestPlan *plan, SpkRowStore *rows, MemoryContext context, SpkFoldCount *counts,
				SpkArena *arena, int *n_workers)
{
	MemoryContext making_context = AllocSetContextCreate(context, "churn comparison in the making",
														 ALLOCSET_DEFAULT_SIZES);
	SpkMaking		making = {spk_pg_host(making_context), making_context, plan};
	SpkContest	layout;

	making.n_skipped = (double) rows->n_skipped;
	making.table = spk_store_take(rows, making_context);
	making.groups = rows->groups;
	spk_warn_of_rows(rows, &making.table, NULL);
	spk_making_deal(&making, counts);
	if (rows->groups != NULL)
		pfree(rows->groups);
	rows->groups = NULL;
	if (rows->times != NULL)
		pfree(rows->times);
	rows->times = NULL;
	choose_forms(&making);
	bin_forms(&making);
	for (int i = 0; i < plan->n_contenders; i++)
	{
		SpkModel	model = spk_making_model(&making, i);

		spk_check_columns(&model);
	}
	layout = lay_out(&making);
	*n_workers = spk_making_workers(&making, &layout);
	alloc_arena(&layout, context, arena, n_workers);
	memcpy(arena->contest, &layout, sizeof(layout));
	fill_contest(&making, arena);
	spk_table_release(&making.table);
	MemoryContextDelete(making_context);
}
