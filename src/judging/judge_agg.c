/*
 * judge_agg.c
 *	  sparkify_judge: scores judged, with what chance there is in each figure.
 *
 * It is for the use of functions that judge a model on a source.  Rows go into a set for the
 * figures (core/judging/scores.h) and, with their users, into evidence for the limits; both depend
 * on the rows alone, so that workers leave no trace.
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"

#include "judging/judge_agg.h"
#include "host/args.h"
#include "host/label.h"
#include "host/pg_host.h"
#include "rows/group_key.h"

#define JUDGED_WHAT "set of judged rows"

PG_FUNCTION_INFO_V1(sparkify_judge_transfn);
PG_FUNCTION_INFO_V1(sparkify_judge_combinefn);
PG_FUNCTION_INFO_V1(sparkify_judge_serialfn);
PG_FUNCTION_INFO_V1(sparkify_judge_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_judge_finalfn);

/* The numbers of the transition function's arguments.  The last two may be left out. */
enum
{
	ARG_LABEL = 1,
	ARG_SCORE,
	ARG_THRESHOLD,
	ARG_SEED,
	ARG_ID,
	ARG_OTHER
};

typedef struct JudgeState
{
	SpkScores	scores; /* with the threshold, which is the same in all rows */
	int64		seed;
	bool		has_users;
	bool		paired;
	uint64		n_rows;
	SpkEvidence evidence; /* of rows with users */
} JudgeState;

/* What a place in a query keeps: how labels and ids are read. */
typedef struct Reading
{
	SpkLabelKind label;
	SpkGroupKey	 user;
} Reading;

/* Of what judges a source in this process; NULL: nothing does. */
static SpkReadProgress *watched;

SpkReadProgress *
spk_judge_watch(SpkReadProgress *progress)
{
	SpkReadProgress *before = watched;

	watched = progress;
	return before;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "rows judged in non-aggregate context");
	return context;
}

static Reading *
reading_of(FunctionCallInfo fcinfo)
{
	Reading *reading = fcinfo->flinfo->fn_extra;

	if (reading != NULL)
		return reading;
	reading = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Reading));
	reading->label = spk_label_kind(spk_arg_type(fcinfo, ARG_LABEL));
	if (PG_NARGS() > ARG_ID)
		spk_group_key_type(&reading->user, spk_arg_type(fcinfo, ARG_ID), PG_GET_COLLATION(),
						   fcinfo->flinfo->fn_mcxt);
	fcinfo->flinfo->fn_extra = reading;
	return reading;
}

static JudgeState *
new_state(FunctionCallInfo fcinfo, MemoryContext context)
{
	JudgeState *state = MemoryContextAllocZero(context, sizeof(JudgeState));

	if (PG_ARGISNULL(ARG_THRESHOLD) || PG_ARGISNULL(ARG_SEED))
		elog(ERROR, "threshold and seed must not be null");
	spk_scores_init(&state->scores, PG_GETARG_FLOAT8(ARG_THRESHOLD));
	state->seed = PG_GETARG_INT64(ARG_SEED);
	state->has_users = PG_NARGS() > ARG_ID;
	state->paired = PG_NARGS() > ARG_OTHER;
	state->evidence.max = state->paired ? SPK_MAX_PAIRS : SPK_MAX_EVIDENCE;
	return state;
}

static double
score_arg(FunctionCallInfo fcinfo, int n)
{
	double score = PG_GETARG_FLOAT8(n);

	if (!(score >= 0 && score <= 1))
		elog(ERROR, "score %g is not between 0 and 1", score);
	return score;
}

/* sparkify_judge_transfn(internal, label, score, threshold, seed [, id "any" [, other float8]]) */
Datum
sparkify_judge_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	Reading		 *reading = reading_of(fcinfo);
	SpkHost		  host = spk_pg_host(context);
	JudgeState	 *state = PG_ARGISNULL(0) ? new_state(fcinfo, context) :
											(JudgeState *) PG_GETARG_POINTER(0);
	double		  score;
	int			  label;

	state->n_rows++;
	if (watched != NULL)
		spk_read_progress(watched);
	if (PG_ARGISNULL(ARG_LABEL) || PG_ARGISNULL(ARG_SCORE) ||
		(state->paired && PG_ARGISNULL(ARG_OTHER)))
		PG_RETURN_POINTER(state);
	label = spk_label_value(PG_GETARG_DATUM(ARG_LABEL), reading->label);
	score = score_arg(fcinfo, ARG_SCORE);
	spk_check(spk_scores_add(&host, &state->scores, score, label), JUDGED_WHAT, NULL);
	if (state->has_users)
	{
		uint64 user = PG_ARGISNULL(ARG_ID) ?
			0 :
			spk_group_key_of(&reading->user, PG_GETARG_DATUM(ARG_ID));
		double other = state->paired ? score_arg(fcinfo, ARG_OTHER) : 0;

		spk_check(spk_evidence_add(&host, &state->evidence, user, spk_scored(score, label), other),
				  JUDGED_WHAT, NULL);
	}
	PG_RETURN_POINTER(state);
}

Datum
sparkify_judge_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	SpkHost		  host = spk_pg_host(context);
	JudgeState	 *state = PG_ARGISNULL(0) ? NULL : (JudgeState *) PG_GETARG_POINTER(0);
	JudgeState	 *other = PG_ARGISNULL(1) ? NULL : (JudgeState *) PG_GETARG_POINTER(1);

	if (other != NULL && state == NULL)
	{
		state = MemoryContextAllocZero(context, sizeof(JudgeState));
		spk_scores_init(&state->scores, other->scores.threshold);
		state->seed = other->seed;
		state->has_users = other->has_users;
		state->paired = other->paired;
		state->evidence.max = other->evidence.max;
	}
	if (other != NULL)
	{
		state->n_rows += other->n_rows;
		spk_check(spk_scores_merge(&host, &state->scores, &other->scores), JUDGED_WHAT, NULL);
		spk_check(spk_evidence_merge(&host, &state->evidence, &other->evidence), JUDGED_WHAT, NULL);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* ---- From process to process ---- */

static size_t
scores_size(const SpkScores *scores)
{
	return scores->cells != NULL ? SPK_SCORE_CELLS * sizeof(SpkScoreCell) :
								   (size_t) scores->n * sizeof(SpkScored);
}

/* The state as it lies in memory, then its scores, then its evidence. */
Datum
sparkify_judge_serialfn(PG_FUNCTION_ARGS)
{
	JudgeState *state = (JudgeState *) PG_GETARG_POINTER(0);
	size_t		scores = scores_size(&state->scores);
	size_t		evidence = state->evidence.n * sizeof(SpkWitness);
	size_t		size = VARHDRSZ + sizeof(JudgeState) + scores + evidence;
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	bytea	   *result;
	char	   *to;

	aggregate_context(fcinfo);
	result = palloc(size);
	SET_VARSIZE(result, size);
	to = VARDATA(result);
	memcpy(to, state, sizeof(JudgeState));
	to += sizeof(JudgeState);
	(void) spk_copy(&host, to,
					state->scores.cells != NULL ? (void *) state->scores.cells :
												  (void *) state->scores.rows,
					scores);
	(void) spk_copy(&host, to + scores, state->evidence.rows, evidence);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_judge_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	size_t		size = VARSIZE_ANY_EXHDR(bytes);
	const char *from = VARDATA_ANY(bytes);
	JudgeState *state = palloc(sizeof(JudgeState));
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	size_t		scores;
	void	   *content;

	aggregate_context(fcinfo);
	if (size < sizeof(JudgeState))
		elog(ERROR, "invalid state of judged rows");
	memcpy(state, from, sizeof(JudgeState));
	scores = scores_size(&state->scores);
	if (size != sizeof(JudgeState) + scores + state->evidence.n * sizeof(SpkWitness))
		elog(ERROR, "invalid state of judged rows");

	/* the state lives until it is combined, in the memory of this call */
	size -= sizeof(JudgeState);
	content = palloc(Max(size, 1));
	(void) spk_copy(&host, content, from + sizeof(JudgeState), size);
	if (state->scores.cells != NULL)
		state->scores.cells = content;
	else
		state->scores.rows = scores == 0 ? NULL : content;
	state->scores.capacity = state->scores.cells != NULL ? 0 : state->scores.n;
	state->evidence.rows = (SpkWitness *) ((char *) content + scores);
	state->evidence.capacity = state->evidence.n;
	PG_RETURN_POINTER(state);
}

/* ---- The judgement ---- */

static void
add_scores(void *ctx, const SpkTie *tie)
{
	*(double *) ctx += ((double) tie->positives + (double) tie->negatives) * tie->score;
}

/* No limits, for when there are no users to draw. */
static void
set_unknown(SpkJudgement *j)
{
	const SpkInterval unknown = {NAN, NAN};

	j->delong = (SpkDelong) {{NAN, NAN}, {unknown, unknown}, unknown, NAN};
	for (int i = 0; i < SPK_N_FIGURES; i++)
		j->figures[i] = unknown;
}

/* Moves the limits from the AUC of the rows that were drawn to that of all. */
static void
centre_auc(SpkJudgement *j)
{
	SpkInterval *limits = &j->delong.interval[0];
	double		 distance = j->metrics.auc - j->delong.auc[0];

	j->delong.auc[0] = j->metrics.auc;
	if (isnan(distance) || distance == 0)
		return;
	limits->low = fmax(limits->low + distance, 0);
	limits->high = fmin(limits->high + distance, 1);
}

static SpkStatus
judge(const SpkHost *host, JudgeState *state, SpkJudgement *j)
{
	SpkUserRows rows;
	SpkStatus	status = spk_metrics_of(host, &state->scores, &j->metrics);

	if (status == SPK_OK)
		status = spk_scores_walk(host, &state->scores, add_scores, &j->mean_score);
	j->mean_score /= (double) j->metrics.n;
	set_unknown(j);
	j->n_users = state->has_users ? 1 : 0;

	/* users with more rows than can be kept may all have been left out */
	if (status != SPK_OK || (state->has_users && state->evidence.n == 0))
		return status;
	status = state->has_users ? spk_user_rows_of(host, &state->evidence, &rows) :
								spk_user_rows_of_scores(host, &state->scores, &rows);
	if (status != SPK_OK)
		return status;
	j->n_drawn = rows.n;
	for (uint32 i = 0; i < rows.n; i++)
		j->n_drawn_positives += spk_scored_label(rows.rows[i].row);
	j->n_users = state->has_users ? rows.n_users : 0;
	status = spk_delong(host, &rows, state->paired, &j->delong);
	if (!state->paired)
		centre_auc(j);
	if (status == SPK_OK && !state->paired)
		status = spk_bootstrap(host, &rows, state->scores.threshold, &j->metrics,
							   (uint64) state->seed, j->figures);
	spk_user_rows_release(host, &rows);
	return status;
}

Datum
sparkify_judge_finalfn(PG_FUNCTION_ARGS)
{
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	JudgeState	*state = PG_ARGISNULL(0) ? NULL : (JudgeState *) PG_GETARG_POINTER(0);
	SpkJudgement j = {0};
	bytea		*result;

	aggregate_context(fcinfo);
	if (state == NULL)
		PG_RETURN_NULL();
	j.n_rows = state->n_rows;
	if (state->scores.n > 0)
		spk_check(judge(&host, state, &j), JUDGED_WHAT, NULL);
	result = palloc(VARHDRSZ + sizeof(j));
	SET_VARSIZE(result, VARHDRSZ + sizeof(j));
	memcpy(VARDATA(result), &j, sizeof(j));
	PG_RETURN_BYTEA_P(result);
}

SpkJudgement
spk_judgement_of(Datum datum)
{
	bytea		*bytes = DatumGetByteaPP(datum);
	SpkJudgement j;

	if (VARSIZE_ANY_EXHDR(bytes) != sizeof(j))
		elog(ERROR, "invalid judgement");
	memcpy(&j, VARDATA_ANY(bytes), sizeof(j));
	return j;
}
