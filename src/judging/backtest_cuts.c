/*
 * backtest_cuts.c
 *	  Training on collected rows before dates, and judging by those from there on.
 *
 * Rows are put into the order of their times once.  What a cut trains on is then the
 * rows up to a place, and what it judges by the rows between two, so that each row is
 * made once and held once, however many cuts there are.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "core/base/times.h"
#include "core/judging/samples.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "host/pg_host.h"
#include "host/progress.h"
#include "judging/backtest_cuts.h"
#include "judging/metrics_agg.h"
#include "models/model_type.h"
#include "rows/row_order.h"
#include "training/train.h"
#include "training/train_failure.h"

/* More dates than so many are not all judged because nobody has named some. */
#define MAX_UNNAMED_CUTS 100

static const char *const set_of_scores = "set of scored rows";

/* The rows and what is known of them; places are those of rows. */
typedef struct Judged
{
	SpkBacktest *b;
	SpkRowStore *rows;
	SpkTimeOrder order;
	uint32		 n_times; /* of the order: those whose horizon the log reaches */
	Timestamp	*ends;	  /* of their horizons */
	SpkWarned	 warned;
} Judged;

/* ---- Cuts ---- */

static Timestamp
midnight(DateADT date)
{
	return date * USECS_PER_DAY;
}

static char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

Timestamp
spk_backtest_end(const SpkBacktest *b, Timestamp time)
{
	Timestamp end = DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval,
														  TimestampGetDatum(time),
														  IntervalPGetDatum(b->horizon)));

	if (end <= time)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon must be positive")));
	return end;
}

int
spk_backtest_n_before(const SpkBacktest *b, int cut)
{
	int n = 0;

	while (n < cut && spk_backtest_end(b, midnight(b->cuts[n])) <= midnight(b->cuts[cut]))
		n++;
	return n;
}

static void
refuse_all(DateADT first, DateADT last)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("no date of as_of can be judged"),
			 errdetail("The horizon of the first, %s, has not ended by the last, %s.",
					   date_text(first), date_text(last)),
			 errhint("Add earlier dates to train on, or shorten the horizon.")));
}

int
spk_backtest_first(const SpkBacktest *b)
{
	int first = 0;

	while (first < b->n_cuts && spk_backtest_n_before(b, first) == 0)
		first++;
	if (first == b->n_cuts)
		refuse_all(b->cuts[0], b->cuts[b->n_cuts - 1]);
	return first;
}

/* How many times, from the first on, have a known label at this one? */
static uint32
times_known_at(const Judged *j, Timestamp time)
{
	uint32 low = 0;
	uint32 high = j->n_times;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (j->ends[middle] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The place of the first row that is not before this time. */
static uint32
row_from(const Judged *j, Timestamp time)
{
	uint32 low = 0;
	uint32 high = j->n_times;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if ((Timestamp) j->order.times[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return j->order.starts[low];
}

/* The dates of the rows that there is something to train on before. */
static void
take_dates(Judged *j)
{
	SpkBacktest *b = j->b;

	b->cuts = palloc(Max(j->n_times, 1) * sizeof(DateADT));
	for (uint32 i = 0; i < j->n_times; i++)
	{
		DateADT date = spk_day_of((Timestamp) j->order.times[i]);

		if (times_known_at(j, midnight(date)) > 0 &&
			(b->n_cuts == 0 || b->cuts[b->n_cuts - 1] != date))
			b->cuts[b->n_cuts++] = date;
	}
	if (b->n_cuts > MAX_UNNAMED_CUTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("rows have %d dates to be judged, which is more than %d", b->n_cuts, MAX_UNNAMED_CUTS),
				 errhint("Name the dates at which to part the rows by the argument as_of.")));
	if (b->n_cuts == 0)
		refuse_all(spk_day_of((Timestamp) j->order.times[0]),
				   spk_day_of((Timestamp) j->order.times[j->n_times - 1]));
}

/* ---- The rows ---- */

/* Finds when horizons end, up to the last one that the log reaches; the others are left out. */
static void
find_ends(Judged *j)
{
	const SpkBacktest *b = j->b;
	uint32			   n_left;

	j->ends = MemoryContextAllocHuge(CurrentMemoryContext,
									 Max(j->order.n_times, 1) * sizeof(Timestamp));
	for (uint32 i = 0; i < j->order.n_times; i++)
	{
		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
		j->ends[i] = spk_backtest_end(b, (Timestamp) j->order.times[i]);
		if (b->has_log_end && j->ends[i] > midnight(b->log_end))
			break;
		j->n_times = i + 1;
	}
	n_left = j->order.starts[j->order.n_times] - j->order.starts[j->n_times];
	if (n_left > 0)
		ereport(NOTICE,
				(errmsg_plural("left out %u row whose horizon reaches beyond the end of the log",
							   "left out %u rows whose horizon reaches beyond the end of the log",
							   n_left, n_left),
				 errdetail("The log ends on %s, 00:00 UTC; who leaves later is not known yet.",
						   date_text(b->log_end))));
}

static void
order_rows(Judged *j)
{
	uint32 n_undated;

	spk_store_order(j->rows, &j->order);
	n_undated = j->rows->n_rows - j->order.starts[j->order.n_times];
	if (n_undated > 0)
		ereport(NOTICE,
				(errmsg_plural("left out %u row without a date", "left out %u rows without a date",
							   n_undated, n_undated)));
	find_ends(j);
	if (j->n_times == 0 && !j->b->dates_are_cuts)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no labelled rows to train on")));
}

/* ---- One cut ---- */

/* Scores n rows of the model's features by the model, in the one form that it takes. */
static size_t
score_rows(const SpkHost *host, const SpkTable *table, const SpkModel *model, SpkScored *scored)
{
	SpkSamples samples = {{0}};
	size_t	   n;

	if (spk_learns_codes(model->algorithm))
	{
		uint8 *codes = spk_must_alloc(host, table->n_rows,
									  spk_features_stride(model->features, table->n_columns,
														  table->weights != NULL),
									  set_of_scores);

		spk_check(spk_bin_table(host, table, model->features, codes, &samples.matrix, NULL),
				  set_of_scores, NULL);
	}
	else
		spk_check(spk_values_new(host, table, model->features, &samples.values), set_of_scores,
				  NULL);
	spk_check(spk_samples_score(host, &samples, SPK_NO_FOLD, model, scored, &n), set_of_scores,
			  NULL);
	return n;
}

/* Judges a model, at its own threshold, by the rows from first up to end. */
static void
judge(const Judged *j, uint32 first, uint32 end, Datum model_datum, Datum *metrics)
{
	SpkHost			  host = spk_pg_host(CurrentMemoryContext);
	SpkModel		 *model = spk_model_from_datum(model_datum, CurrentMemoryContext);
	SpkRowStore		 *part = spk_store_part(j->rows, first, end - first);
	SpkTable		  table = spk_store_take(part, CurrentMemoryContext);
	SpkScored		 *scored = spk_must_alloc(&host, end - first, sizeof(SpkScored), set_of_scores);
	Form_pg_attribute column = TupleDescAttr(j->b->rsinfo->setDesc, SPK_BACKTEST_METRICS);
	TupleDesc		  desc = lookup_rowtype_tupdesc(column->atttypid, column->atttypmod);
	SpkMetrics		  figures;
	size_t			  n;

	/* who is judged counts as one */
	table.weights = NULL;
	n = score_rows(&host, &table, model, scored);
	spk_check(spk_metrics(&host, scored, n, model->threshold, &figures), set_of_scores, NULL);
	*metrics = HeapTupleGetDatum(spk_metrics_tuple(desc, &figures));
	ReleaseTupleDesc(desc);
}

/* The rows that train, without what would be looked at as dates where these are all the same cuts. */
static SpkRowStore *
training_part(const Judged *j, uint32 n_rows)
{
	SpkRowStore *part = spk_store_part(j->rows, 0, n_rows);

	part->algorithm = j->b->algorithm;
	part->options = j->b->options;
	if (j->b->dates_are_cuts)
	{
		part->time_name = NULL;
		part->times = NULL;
	}
	return part;
}

/* Puts the row of a cut, which trains on the rows of so many times. */
static void
put_cut(Judged *j, int cut, uint32 n_times, DateADT from, DateADT to)
{
	const SpkBacktest *b = j->b;
	Timestamp		   start = midnight(b->cuts[cut]);
	uint32			   first = row_from(j, start);
	uint32			   end = cut + 1 < b->n_cuts ? row_from(j, midnight(b->cuts[cut + 1])) :
												   j->order.starts[j->n_times];
	SpkTrainingCounts  counts;
	bytea			  *model;
	instr_time		   began;
	instr_time		   ended;
	Datum			   values[SPK_BACKTEST_COLUMNS];
	bool			   nulls[SPK_BACKTEST_COLUMNS] = {false};

	/* the model learns what was known at the cut, and is judged by the rows up to the next one */
	INSTR_TIME_SET_CURRENT(began);
	model = spk_train_rows(training_part(j, j->order.starts[n_times]), &counts, &j->warned);
	values[SPK_BACKTEST_AS_OF] = DateADTGetDatum(b->cuts[cut]);
	values[SPK_BACKTEST_TRAINED_FROM] = DateADTGetDatum(from);
	values[SPK_BACKTEST_TRAINED_TO] = DateADTGetDatum(to);
	values[SPK_BACKTEST_ROWS] = Int64GetDatum(counts.n_rows);
	values[SPK_BACKTEST_POSITIVES] = Int64GetDatum(counts.n_positives);
	values[SPK_BACKTEST_MODEL] = PointerGetDatum(model);
	nulls[SPK_BACKTEST_MODEL] = model == NULL;
	nulls[SPK_BACKTEST_METRICS] = model == NULL || first == end;
	if (!nulls[SPK_BACKTEST_METRICS])
		judge(j, first, end, PointerGetDatum(model), &values[SPK_BACKTEST_METRICS]);
	INSTR_TIME_SET_CURRENT(ended);
	INSTR_TIME_SUBTRACT(ended, began);
	values[SPK_BACKTEST_SECONDS] = Float8GetDatum(INSTR_TIME_GET_DOUBLE(ended));
	tuplestore_putvalues(b->rsinfo->setResult, b->rsinfo->setDesc, values, nulls);
}

/* Works on a cut, unless nothing is there to train on; true when it was judged. */
static bool
judge_cut(Judged *j, int cut)
{
	const SpkBacktest *b = j->b;
	uint32			   n_times = times_known_at(j, midnight(b->cuts[cut]));
	int				   n_before = b->dates_are_cuts ? spk_backtest_n_before(b, cut) : 0;

	/* of dates that are all cuts those count that nobody had a label on, too */
	if (b->dates_are_cuts && n_before > 0)
		put_cut(j, cut, n_times, b->cuts[0], b->cuts[n_before - 1]);
	else if (!b->dates_are_cuts && n_times > 0)
		put_cut(j, cut, n_times, spk_day_of((Timestamp) j->order.times[0]),
				spk_day_of((Timestamp) j->order.times[n_times - 1]));
	else
		return false;
	return true;
}

/* ---- All cuts ---- */

static void
judge_cuts(Judged *j)
{
	const SpkBacktest *b = j->b;
	MemoryContext	   context = AllocSetContextCreate(CurrentMemoryContext, "churn backtest cut",
													   ALLOCSET_DEFAULT_SIZES);
	int				   n_judged = 0;
	SpkTrainProgress   progress;

	/* each cut starts with empty memory, as its models may be large */
	spk_train_progress_start(&progress);
	for (int i = 0; i < b->n_cuts; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		n_judged += judge_cut(j, i);
		MemoryContextSwitchTo(old);
		MemoryContextReset(context);
		spk_train_progress(&progress, "dates judged", i + 1, b->n_cuts);
	}
	if (n_judged == 0)
		refuse_all(spk_day_of((Timestamp) j->order.times[0]), b->cuts[b->n_cuts - 1]);
	MemoryContextDelete(context);
}

/* Nobody had a label on any date, so that there are no rows to train on or to judge by. */
static SpkRowStore *
no_rows(const SpkBacktest *b)
{
	return spk_store_new(CurrentMemoryContext, b->algorithm, &b->options);
}

/* Finds the features that options name among the columns of the rows. */
static void
bind_rules(const Judged *j)
{
	SpkRowStore	   *rows = j->rows;
	SpkNamedColumn *columns = palloc(Max(rows->n_columns, 1) * sizeof(SpkNamedColumn));
	SpkFeatureRule *rules = palloc(Max(rows->n_columns, 1) * sizeof(SpkFeatureRule));

	if (rows->n_columns == 0)
		return;
	for (uint32 i = 0; i < rows->n_columns; i++)
		columns[i] = (SpkNamedColumn) {rows->columns[i].name, rows->columns[i].kind};
	spk_names_bind(&j->b->named, columns, rows->n_columns, rules);
	for (uint32 i = 0; i < rows->n_columns; i++)
		rows->columns[i].rule = rules[i];
}

/* Tells that there is no model of any date because all rows are of one class. */
static void
warn_of_one_class(const Judged *j)
{
	const SpkRowStore *rows = j->rows;

	if (rows->n_rows == 0 || (rows->n_positives > 0 && rows->n_positives < rows->n_rows) ||
		j->b->told_one_class)
		return;
	ereport(WARNING,
			(errmsg("no date has a model, because all " INT64_FORMAT " labelled rows are of users who %s",
					(int64) rows->n_rows, rows->n_positives == 0 ? "stayed" : "churned"),
			 errhint("%s", spk_one_class_hint(rows->n_positives))));
}

void
spk_backtest_rows(SpkRowStore *rows, void *arg)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn backtest",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Judged		  j = {arg};

	j.rows = rows != NULL ? rows : no_rows(j.b);
	j.warned.context = context;
	bind_rules(&j);

	/* what is trained on are parts of the rows that are left */
	spk_tell_of_unweighted(j.rows, &j.warned);
	order_rows(&j);
	warn_of_one_class(&j);
	if (j.b->n_cuts == 0)
		take_dates(&j);
	judge_cuts(&j);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}
