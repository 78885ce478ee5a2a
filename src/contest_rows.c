/*
 * contest_rows.c
 *	  The rows of a contest: dealt out, binned and laid out for all fits.
 *
 * Rows held out move behind the others, whatever is learned of features is
 * learned from those before, and either part is put into the canonical order
 * that training gives it, with the fold of each row beside it.
 */
#include "compat.h"

#include <math.h>

#include "access/parallel.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/memutils.h"

#include "contest.h"
#include "core/binning.h"
#include "core/calibrate.h"
#include "core/columns.h"
#include "model_type.h"
#include "pg_host.h"
#include "shared_matrix.h"
#include "train.h"
#include "train_additive.h"
#include "train_calibrate.h"
#include "train_memory.h"
#include "train_progress.h"

#define ALIGNMENT		64

/* Room beside the contest for the parallel context. */
#define CONTEXT_SIZE	(1024 * 1024)

/* Codes and values that fits look at, roughly, below which workers cost more than they give. */
#define MIN_PARALLEL_WORK	10000000.0

/* A contest in the making. */
typedef struct Making
{
	SpkHost		host;
	MemoryContext context;
	SpkContestPlan *plan;
	SpkTable	table;
	SpkTable	parts[SPK_N_PARTS];
	uint8	   *folds;			/* of each row of the table */
	uint64	   *groups;			/* likewise, or NULL */
	int			n_deals;
	uint8	  **deals;			/* each: of each row to train on, its fold in calibration */
	double		n_skipped;
	int			n_forms;
	SpkContestForm *forms;
	SpkModel   *models;			/* of each form: has its features */
	bytea	  **features;		/* the same as bytes */
	double	   *costs;			/* of each contender's fit to all folds */
} Making;

/* ---- Dealing rows out ---- */

static void
check_fold(const Making *making, const SpkFoldCount *counts, uint32 fold)
{
	const SpkContestPlan *plan = making->plan;
	uint32		n_rows[2] = {0, 0};

	if (counts[fold].n_rows[0] > 0 && counts[fold].n_rows[1] > 0)
		return;
	for (uint32 i = 0; i <= plan->n_folds; i++)
		for (int class = 0; class < 2; class++)
			n_rows[class] += counts[i].n_rows[class];
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("too few rows of users who %s for %u folds%s", counts[fold].n_rows[1] == 0 ? "churned" : "stayed",
					plan->n_folds, plan->holdout > 0 ? " and a holdout" : ""),
			 plan->group != NULL ?
			 errdetail("There are %u rows of users who churned and %u of users who stayed; those with the same \"%s\" stay together.",
					   n_rows[1], n_rows[0], plan->group) :
			 errdetail("There are %u rows of users who churned and %u of users who stayed.", n_rows[1], n_rows[0]),
			 errhint("Every fold and the holdout need both. Ask for fewer folds, set holdout to 0 or another share, or compare on more rows.")));
}

static void
deal_rows(Making *making, SpkFoldCount *counts)
{
	const SpkContestPlan *plan = making->plan;

	making->folds = MemoryContextAllocHuge(making->context, making->table.n_rows);
	spk_check(spk_deal_folds(&making->host, &making->table, making->groups, plan->holdout, plan->n_folds,
							 plan->seed, making->folds), "training set", NULL);
	spk_check(spk_count_folds(&making->host, &making->table, making->folds, plan->n_folds, counts),
			  "training set", NULL);
	for (uint32 fold = 0; fold < plan->n_folds + (plan->holdout > 0); fold++)
		check_fold(making, counts, fold);
}

/* Swaps things of this size so that those of rows held out come last. */
static void
part_array(void *array, size_t size, const uint8 *folds, uint32 n)
{
	char	   *things = array;
	char		kept[sizeof(double)];
	uint32		low = 0;
	uint32		high = n;

	CHECK_FOR_INTERRUPTS();
	for (;;)
	{
		while (low < high && folds[low] != SPK_HOLDOUT)
			low++;
		while (low < high && folds[high - 1] == SPK_HOLDOUT)
			high--;
		if (low == high)
			return;
		high--;
		memcpy(kept, things + low * size, size);
		memcpy(things + low * size, things + high * size, size);
		memcpy(things + high * size, kept, size);
		low++;
	}
}

/* n rows of the table from this one on. */
static SpkTable
part_table(const Making *making, uint32 from, uint32 n)
{
	const SpkTable *table = &making->table;
	SpkColumn  *columns = MemoryContextAlloc(making->context, table->n_columns * sizeof(SpkColumn));
	SpkTable	part = {n, table->n_columns, table->labels + from, columns};

	for (uint32 i = 0; i < table->n_columns; i++)
	{
		columns[i] = table->columns[i];
		if (columns[i].kind == SPK_CATEGORY)
			columns[i].ids += from;
		else
			columns[i].numbers += from;
	}
	return part;
}

static void
part_rows(Making *making, uint32 n_holdout)
{
	const SpkTable *table = &making->table;
	uint32		n_training = table->n_rows - n_holdout;

	for (uint32 i = 0; i < table->n_columns && n_holdout > 0; i++)
	{
		const SpkColumn *column = &table->columns[i];

		if (column->kind == SPK_CATEGORY)
			part_array((void *) column->ids, sizeof(uint32), making->folds, table->n_rows);
		else
			part_array((void *) column->numbers, sizeof(double), making->folds, table->n_rows);
	}
	if (n_holdout > 0)
	{
		if (making->groups != NULL)
			part_array(making->groups, sizeof(uint64), making->folds, table->n_rows);
		part_array((void *) table->labels, 1, making->folds, table->n_rows);
		part_array(making->folds, 1, making->folds, table->n_rows);
	}
	making->parts[SPK_PART_TRAINING] = part_table(making, 0, n_training);
	making->parts[SPK_PART_HOLDOUT] = part_table(making, n_training, n_holdout);
}

/* Parts the rows to train on for those models that are calibrated, once for each seed. */
static void
deal_for_calibration(Making *making)
{
	SpkContestPlan *plan = making->plan;
	uint64	   *seeds = palloc(plan->n_contenders * sizeof(uint64));

	making->deals = MemoryContextAllocZero(making->context, plan->n_contenders * sizeof(uint8 *));
	for (int i = 0; i < plan->n_contenders; i++)
	{
		SpkContender *contender = &plan->contenders[i];
		int			deal = 0;

		if (!spk_has_calibration(&contender->options))
			continue;
		seeds[making->n_deals] = spk_calibration_seed(contender->algorithm, &contender->options);
		while (seeds[deal] != seeds[making->n_deals])
			deal++;
		contender->deal = (uint32) deal;
		if (deal == making->n_deals)
			making->deals[making->n_deals++] = spk_deal_calibration(&making->host,
																	 &making->parts[SPK_PART_TRAINING],
																	 making->groups, seeds[deal]);
	}
	pfree(seeds);
}

/* ---- Forms ---- */

/* Finds the form of each contender's rows: one for all that bin alike. */
static void
choose_forms(Making *making)
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
bin_features(Making *making, int form, SpkTrainProgress *progress)
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
bin_forms(Making *making)
{
	SpkTrainProgress progress;

	making->models = MemoryContextAllocZero(making->context, making->n_forms * sizeof(SpkModel));
	making->features = MemoryContextAllocZero(making->context, making->n_forms * sizeof(bytea *));
	spk_train_progress_start(&progress);
	for (int form = 0; form < making->n_forms; form++)
		bin_features(making, form, &progress);
}

/* ---- Cost ---- */

/* The contender as a model that is still to be fitted. */
static SpkModel
model_of(const Making *making, int contender)
{
	const SpkContender *c = &making->plan->contenders[contender];
	SpkModel	model = making->models[c->form];

	model.algorithm = c->algorithm;
	model.options = c->options;
	return model;
}

/* Roughly what a fit looks at, to give out the dearest first. */
static double
cost_of(const Making *making, int contender)
{
	SpkModel	model = model_of(making, contender);
	double		n = making->parts[SPK_PART_TRAINING].n_rows;
	double		columns;

	/* fitted to four of five parts for each of them, too */
	if (spk_has_calibration(&model.options))
		n *= SPK_CALIBRATION_FOLDS;
	switch (model.algorithm)
	{
		case SPK_RANDOM_FOREST:
		case SPK_DECISION_TREE:
			{
				SpkMatrix	shape = {(uint32) n, 0, model.n_features};
				SpkForestPlan plan = spk_forest_plan(&model.options, model.algorithm, &shape);
				double		depth = Min(plan.max_depth, log2(1 + n / Max(plan.min_leaf, 1)));

				return n * plan.n_trees * plan.features_per_split * (1 + depth);
			}
		case SPK_GRADIENT_BOOSTING:
			return n * model.options.value[SPK_OPT_TREES] * model.n_features *
				Min(model.options.value[SPK_OPT_MAX_DEPTH], log2(1 + n)) / 2;
		case SPK_LOGISTIC_REGRESSION:
			columns = spk_count_columns(&model);
			return 10 * n * columns * (1 + columns / 4);
		default:
			return 10 * n * model.n_features;
	}
}

/* How many workers are worth asking for? */
static int
wanted_workers(Making *making)
{
	const SpkContestPlan *plan = making->plan;
	double		cost = 0;

	making->costs = MemoryContextAlloc(making->context, plan->n_contenders * sizeof(double));
	for (int i = 0; i < plan->n_contenders; i++)
	{
		making->costs[i] = cost_of(making, i);
		cost += making->costs[i] * plan->n_folds;
	}
	if (IsParallelWorker() || !IsUnderPostmaster || cost < MIN_PARALLEL_WORK)
		return 0;
	return Min(Min(max_parallel_maintenance_workers, max_parallel_workers),
			   plan->n_contenders * (int) (plan->n_folds + 1) - 1);
}

/*
 * How many of these workers there is memory for.  An error when there is not
 * enough for the leader alone.
 */
static int
affordable_workers(const Making *making, uint64 contest, int n_workers)
{
	uint64		limit = spk_max_training_memory();
	uint64		n_rows = making->table.n_rows;
	uint32		n_training = making->parts[SPK_PART_TRAINING].n_rows;
	uint64		collected = spk_table_size(&making->table) + n_rows;
	uint64		models = 0;
	uint64		fit = 0;

	for (int i = 0; i < making->plan->n_contenders; i++)
	{
		SpkModel	model = model_of(making, i);

		models += spk_fitted_size(&model, n_training);
		fit = Max(fit, spk_fit_size(&model, n_training));
	}
	fit += n_training * sizeof(SpkScored);
	/* a copy of the rows, parted, and their scores */
	if (making->n_deals > 0)
		fit += (uint64) n_training * (spk_matrix_stride(making->table.n_columns) + sizeof(uint32) + 1 + sizeof(SpkScored));
	spk_check_training_memory(collected + Max(spk_deal_folds_size((uint32) n_rows),
											  contest + n_rows * (2 * sizeof(uint64) + sizeof(uint32))),
							  n_rows, making->table.n_columns);
	spk_check_training_memory(contest + models + fit, n_rows, making->table.n_columns);
	return (int) Min((uint64) n_workers, (limit - contest - models - fit) / fit);
}

/* ---- The block ---- */

static Size
take(Size *at, uint64 n, uint64 size)
{
	Size		taken = *at;

	*at += TYPEALIGN(ALIGNMENT, n * size);
	return taken;
}

/* Finds the places of all parts. */
static SpkContest
lay_out(Making *making)
{
	const SpkContestPlan *plan = making->plan;
	SpkContest	c = {0};
	Size		at = TYPEALIGN(ALIGNMENT, sizeof(SpkContest));

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
			form->codes[part] = take(&at, form->has_codes ? c.n_rows[part] : 0, spk_matrix_stride(c.n_features));
			form->values[part] = take(&at, form->has_values ? spk_values_size(c.n_rows[part], c.n_features) : 0, 1);
		}
	}
	c.size = at;
	return c;
}

/* The folds of rows to train on that were at these places before; then those of each deal. */
static void
put_folds(const Making *making, const uint32 *origins, uint8 *folds, uint8 *deals)
{
	uint32		n = making->parts[SPK_PART_TRAINING].n_rows;

	for (uint32 r = 0; r < n; r++)
		folds[r] = making->folds[origins[r]];
	for (int deal = 0; deal < making->n_deals; deal++)
		for (uint32 r = 0; r < n; r++)
			*deals++ = making->deals[deal][origins[r]];
}

static void
fill_form(const Making *making, SpkContest *contest, int number, int part, uint32 *origins)
{
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
		spk_check(spk_values_fill(&making->host, table, features, spk_contest_at(contest, form->values[part]),
								  &values, origins), "training set", NULL);
		form->n_positives[part] = values.n_positives;
		if (part == SPK_PART_TRAINING)
			put_folds(making, origins, spk_contest_at(contest, form->value_folds),
					  spk_contest_at(contest, form->value_deals));
	}
}

/* A fit and its cost. */
typedef struct Ticket
{
	double		cost;
	uint32		fit;
} Ticket;

static int
compare_tickets(const void *a, const void *b)
{
	const Ticket *x = a;
	const Ticket *y = b;

	if (x->cost != y->cost)
		return x->cost > y->cost ? -1 : 1;
	return x->fit < y->fit ? -1 : x->fit > y->fit;
}

/* The fits by what they cost; that to all folds costs most. */
static void
order_tickets(const Making *making, SpkContest *contest)
{
	uint32	   *tickets = spk_contest_at(contest, contest->tickets);
	uint32		n_fits = contest->n_folds + 1;
	uint32		n = spk_contest_n_fits(contest);
	Ticket	   *order = palloc(n * sizeof(Ticket));

	for (uint32 i = 0; i < n; i++)
	{
		order[i].fit = i;
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
fill_contest(const Making *making, SpkContest *contest)
{
	const SpkContestPlan *plan = making->plan;
	uint32	   *origins = MemoryContextAllocHuge(making->context, (Size) making->table.n_rows * sizeof(uint32));

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
			fill_form(making, contest, form, part, origins);
	}
	order_tickets(making, contest);
}

SpkContest *
spk_contest_new(SpkContestPlan *plan, SpkRowStore *rows, MemoryContext context, SpkFoldCount *counts,
				int *n_workers, dsm_segment **segment)
{
	MemoryContext making_context = AllocSetContextCreate(context, "churn comparison in the making",
														 ALLOCSET_DEFAULT_SIZES);
	Making		making = {spk_pg_host(making_context), making_context, plan};
	SpkContest	layout;
	SpkContest *contest;

	making.n_skipped = (double) rows->n_skipped;
	making.table = spk_store_take(rows, making_context);
	making.groups = rows->groups;
	spk_warn_of_leaks(&making.table);
	deal_rows(&making, counts);
	part_rows(&making, counts[plan->n_folds].n_rows[0] + counts[plan->n_folds].n_rows[1]);
	deal_for_calibration(&making);
	if (rows->groups != NULL)
		pfree(rows->groups);
	rows->groups = NULL;
	choose_forms(&making);
	bin_forms(&making);
	for (int i = 0; i < plan->n_contenders; i++)
	{
		SpkModel	model = model_of(&making, i);

		spk_check_columns(&model);
	}
	layout = lay_out(&making);
	*n_workers = affordable_workers(&making, layout.size, wanted_workers(&making));
	*segment = *n_workers > 0 ? spk_shared_segment(layout.size, CONTEXT_SIZE) : NULL;
	if (*segment == NULL)
		*n_workers = 0;
	contest = *segment != NULL ? dsm_segment_address(*segment) : MemoryContextAllocHuge(context, layout.size);
	memcpy(contest, &layout, sizeof(layout));
	fill_contest(&making, contest);
	spk_table_release(&making.table);
	MemoryContextDelete(making_context);
	return contest;
}
