/*
 * segments.c
 *	  churn_segments: how good a model is for each part of the users.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "host/args.h"
#include "host/plain_text.h"
#include "host/source.h"
#include "judging/judge_agg.h"
#include "judging/judge_source.h"
#include "judging/metrics_agg.h"

#define MAX_SEGMENTS 1000

/* With fewer rows of either class, or fewer users, a segment tells nothing. */
#define FEW_SEGMENT_ROWS 10
#define FEW_USERS		 20

typedef struct Segment
{
	char		*name; /* NULL: of rows where the column is null */
	SpkJudgement judgement;
} Segment;

typedef struct Segments
{
	MemoryContext context;
	const char	 *by;
	uint64		  n_rows;
	int			  n;
	Segment		 *list; /* room for MAX_SEGMENTS */
} Segments;

/* ---- Reading ---- */

static void
take_segment(TupleTableSlot *slot, void *arg)
{
	Segments	 *s = arg;
	MemoryContext old = MemoryContextSwitchTo(s->context);
	SpkJudgement  judgement;

	slot_getallattrs(slot);
	judgement = spk_judgement_of(slot->tts_values[1]);
	s->n_rows += judgement.n_rows;
	if (judgement.metrics.n > 0)
	{
		if (s->n == MAX_SEGMENTS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("column \"%s\" makes more than %d segments", s->by, MAX_SEGMENTS),
					 errhint("Put its values into groups in the source, as by width_bucket.")));
		s->list[s->n].name = slot->tts_isnull[0] ? NULL : TextDatumGetCString(slot->tts_values[0]);
		s->list[s->n++].judgement = judgement;
	}
	MemoryContextSwitchTo(old);
}

/* Of which it is surest that they are ranked badly come first, those without an AUC last. */
static int
compare_segments(const void *a, const void *b)
{
	const Segment *x = a;
	const Segment *y = b;
	double		   high_x = x->judgement.delong.interval[0].high;
	double		   high_y = y->judgement.delong.interval[0].high;

	high_x = isnan(high_x) ? 2 : high_x;
	high_y = isnan(high_y) ? 2 : high_y;
	if (high_x != high_y)
		return high_x < high_y ? -1 : 1;
	if (x->judgement.metrics.n != y->judgement.metrics.n)
		return x->judgement.metrics.n > y->judgement.metrics.n ? -1 : 1;
	if (x->name == NULL || y->name == NULL)
		return (x->name == NULL) - (y->name == NULL);
	return strcmp(x->name, y->name);
}

/* ---- Telling ---- */

/* What to make of a segment, in a few words. */
static const char *
verdict_of(const SpkJudgement *j)
{
	const SpkInterval *rate = &j->figures[SPK_FIGURE_RATE];
	const char		  *score = j->mean_score > rate->high ? "scores too high" :
			   j->mean_score < rate->low				  ? "scores too low" :
															NULL;
	bool			   chance = !(j->delong.interval[0].low > 0.5);

	if (j->metrics.positives < FEW_SEGMENT_ROWS ||
		j->metrics.n - j->metrics.positives < FEW_SEGMENT_ROWS ||
		(j->n_users > 0 && j->n_users < FEW_USERS))
		return "too few to tell";
	if (chance)
		return score == NULL ? "no better than chance" :
							   psprintf("no better than chance; %s", score);
	return score == NULL ? "good" : score;
}

/* The columns of the result: numbers are put in one after another. */
#define N_SEGMENT_COLUMNS 22

typedef struct Columns
{
	int	  n;
	Datum values[N_SEGMENT_COLUMNS];
	bool  nulls[N_SEGMENT_COLUMNS];
} Columns;

static void
put(Columns *c, Datum value, bool isnull)
{
	if (c->n >= N_SEGMENT_COLUMNS)
		elog(ERROR, "too many columns of a segment");
	c->values[c->n] = value;
	c->nulls[c->n++] = isnull;
}

static void
put_number(Columns *c, double number)
{
	put(c, Float8GetDatum(number), isnan(number));
}

static void
put_between(Columns *c, double number, const SpkInterval *limits)
{
	put_number(c, number);
	put_number(c, limits->low);
	put_number(c, limits->high);
}

static void
put_segment(ReturnSetInfo *rsinfo, TupleDesc metrics, const Segment *segment)
{
	const SpkJudgement *j = &segment->judgement;
	const SpkMetrics   *m = &j->metrics;
	Columns				c = {0};

	put(&c, segment->name == NULL ? 0 : CStringGetTextDatum(segment->name), segment->name == NULL);
	put(&c, CStringGetTextDatum(verdict_of(j)), false);
	put(&c, Int64GetDatum((int64) m->n), false);
	put(&c, Int64GetDatum((int64) j->n_users), j->n_users == 0);
	put(&c, Int64GetDatum((int64) m->positives), false);
	put_number(&c, j->mean_score);
	put_between(&c, (double) m->positives / (double) m->n, &j->figures[SPK_FIGURE_RATE]);
	put_between(&c, m->auc, &j->delong.interval[0]);
	put_between(&c, m->precision, &j->figures[SPK_FIGURE_PRECISION]);
	put_between(&c, m->recall, &j->figures[SPK_FIGURE_RECALL]);
	put_between(&c, m->f1, &j->figures[SPK_FIGURE_F1]);
	put(&c, HeapTupleGetDatum(spk_metrics_tuple(metrics, m)), false);
	if (c.n != rsinfo->setDesc->natts)
		elog(ERROR, "segments have %d columns instead of %d", rsinfo->setDesc->natts, c.n);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, c.values, c.nulls);
}

/* Judges the rows of each value of the column, in one scan of the source. */
static void
judge(Segments *s, FunctionCallInfo fcinfo)
{
	SpkJudgedSource judged = spk_judged_source(fcinfo->flinfo->fn_oid, PG_GETARG_DATUM(0),
											   text_to_cstring(PG_GETARG_TEXT_PP(1)),
											   text_to_cstring(PG_GETARG_TEXT_PP(2)),
											   PG_ARGISNULL(4) ?
												   NULL :
												   text_to_cstring(PG_GETARG_TEXT_PP(4)));
	const Datum		params[] = {PG_GETARG_DATUM(0), Float8GetDatum(judged.model->threshold),
								PG_GETARG_DATUM(5)};
	const Oid		types[] = {judged.model_type, FLOAT8OID, INT8OID};
	const char	   *by =
		spk_plain_text_sql(judged.schema, psprintf("q.%s", quote_identifier(s->by)),
						   spk_source_require_column(judged.columns, s->by, "segment")->atttypid);

	spk_judge_run(psprintf("SELECT %s, %s FROM %s GROUP BY %s", by, spk_judge_call(&judged, NULL),
						   judged.from, by),
				  lengthof(params), types, params, 2, (const Oid[]) {TEXTOID, BYTEAOID},
				  take_segment, s);
	if (s->n == 0)
		spk_refuse_unlabelled(s->n_rows);
}

/* churn_segments(model, source, label, by, id text, seed bigint) */
PG_FUNCTION_INFO_V1(churn_segments);
Datum
churn_segments(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "label", "by", NULL, "seed"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Segments				 s = {CurrentMemoryContext};
	TupleDesc				 metrics;

	spk_require_args(fcinfo, names, lengthof(names));
	spk_materialized_srf(fcinfo);
	s.by = text_to_cstring(PG_GETARG_TEXT_PP(3));
	s.list = palloc(MAX_SEGMENTS * sizeof(Segment));
	judge(&s, fcinfo);
	qsort(s.list, s.n, sizeof(Segment), compare_segments);
	metrics = lookup_rowtype_tupdesc_copy(TupleDescAttr(rsinfo->setDesc, rsinfo->setDesc->natts - 1)
											  ->atttypid,
										  -1);
	for (int i = 0; i < s.n; i++)
		put_segment(rsinfo, metrics, &s.list[i]);
	PG_RETURN_NULL();
}
