/*
 * drift.c
 *	  churn_drift: how far the features of a source, and their scores, have moved from what the
 *	  model was trained on.
 *
 * What was then is in the model: how many training rows had a value in each bin, and how many rows
 * that it had not seen had a score in each bin.  Or it is in another source, whose rows are counted
 * in the same way, but their scores in finer bins.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "core/judging/drift.h"
#include "core/models/score_counts.h"
#include "core/rows/binning.h"
#include "host/args.h"
#include "host/pg_host.h"
#include "judging/feature_rows.h"
#include "judging/new_names.h"
#include "models/model_type.h"

/* Bins of scores that are known one by one on either side, of equal width. */
#define SCORE_BINS 1000

/* So many new categories are shown. */
#define NAMES_SHOWN 10

/* How many rows have which value. */
typedef struct Counts
{
	uint64 *bins;
	uint64	missing;
	uint64	unseen;
} Counts;

/* The rows of one side. */
typedef struct Side
{
	const SpkModel *model;
	bool			scored;
	bool			fine; /* are scores counted in SCORE_BINS?  else in the model's own bins */
	uint64			n_rows;
	Counts		   *features;
	SpkNewNames	  **names; /* of each feature that is a category */
	uint64			scores[SCORE_BINS];
} Side;

/* A line of the result. */
typedef struct Line
{
	const char *feature;
	SpkDrift	drift;
	double		missing[2];
	Datum		names; /* text[]; 0 when the feature is no category */
} Line;

/* ---- Counting ---- */

static Side *
new_side(const SpkModel *model, bool scored, bool fine)
{
	Side *side = palloc0(sizeof(Side));

	side->model = model;
	side->scored = scored;
	side->fine = fine;
	side->features = palloc0(Max(model->n_features, 1) * sizeof(Counts));
	side->names = palloc0(Max(model->n_features, 1) * sizeof(SpkNewNames *));
	for (uint32 i = 0; i < model->n_features; i++)
	{
		side->features[i].bins = palloc0(Max(model->features[i].n_bins, 1) * sizeof(uint64));
		if (model->features[i].kind == SPK_CATEGORY)
			side->names[i] = spk_new_names();
	}
	return side;
}

static void
count_category(Side *side, const SpkFeatureBinding *binding, uint32 i)
{
	Counts			 *counts = &side->features[i];
	SpkCategory		  category = spk_row_category(binding->row, &binding->columns[i]);
	const SpkFeature *feature = &side->model->features[i];
	uint32			  place;

	if (category.name == NULL)
	{
		counts->missing++;
		return;
	}
	place = spk_category_place(feature, category.name, category.len);
	if (place != SPK_NO_PLACE)
		counts->bins[feature->n_grouped > 0 ? feature->groups[place] : place]++;
	else
	{
		counts->unseen++;
		spk_new_names_add(side->names[i], category);
	}
}

static void
count_number(Side *side, uint32 i, double value)
{
	Counts *counts = &side->features[i];

	if (isnan(value))
		counts->missing++;
	else if (side->model->features[i].n_bins == 0)
		counts->unseen++;
	else
		counts->bins[spk_code_number(&side->model->features[i], value)]++;
}

static void
count_row(const SpkFeatureBinding *binding, const double *values, double score, void *arg)
{
	Side *side = arg;

	side->n_rows++;
	for (uint32 i = 0; i < side->model->n_features; i++)
	{
		if (side->names[i] != NULL)
			count_category(side, binding, i);
		else
			count_number(side, i, values[i]);
	}
	if (side->scored)
		side->scores[side->fine ? Min((int) (score * SCORE_BINS), SCORE_BINS - 1) :
								  (int) spk_score_bin(&side->model->scores, score)]++;
}

static Side *
count_source(FunctionCallInfo fcinfo, const SpkModel *model, int argno, bool fine)
{
	const char		*source = text_to_cstring(PG_GETARG_TEXT_PP(argno));
	SpkFeatureSource s = spk_feature_source(fcinfo->flinfo->fn_oid, PG_GETARG_DATUM(0), model,
											source);
	bool			 scored = fine || spk_has_scores(model);
	Side			*side = new_side(model, scored, fine);

	spk_read_features(&s, scored, count_row, side);
	if (side->n_rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has no rows", argno == 1 ? "source" : "reference")));
	return side;
}

/* A model of another program does not say what its training rows were like. */
static void
require_histograms(const SpkModel *model)
{
	if (!spk_has_histograms(model))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("imported model does not know the rows that it was trained on"),
				 errhint(
					 "Give them, or rows of that time, as the third argument: churn_drift(model, source, reference).")));
}

/* What the model knows of its training rows. */
static Side *
training_side(const SpkModel *model)
{
	Side *side = new_side(model, spk_has_scores(model), false);

	for (uint32 k = 0; side->scored && k < model->scores.n_bins; k++)
		side->scores[k] = model->scores.counts[k];
	for (uint32 i = 0; i < model->n_features; i++)
	{
		const SpkFeature *feature = &model->features[i];

		for (uint32 k = 0; k < feature->n_bins; k++)
			side->features[i].bins[k] = feature->counts[k];
		side->features[i].missing = feature->counts[feature->n_bins];
	}
	return side;
}

/* ---- Comparing ---- */

static void
compare(const SpkHistograms *h, SpkDrift *drift)
{
	SpkHost host = spk_pg_host(CurrentMemoryContext);

	CHECK_FOR_INTERRUPTS();
	spk_check(spk_drift(&host, h, drift), "churn drift", NULL);
}

static double
missing_share(const Counts *counts, uint32 n_bins)
{
	uint64 n = counts->missing + counts->unseen;

	for (uint32 i = 0; i < n_bins; i++)
		n += counts->bins[i];
	return n == 0 ? NAN : (double) counts->missing / (double) n;
}

static Line
feature_line(const Side *then, const Side *now, uint32 i)
{
	const SpkFeature *feature = &now->model->features[i];
	const Counts	 *a = &then->features[i];
	const Counts	 *b = &now->features[i];
	SpkHistograms	  h = {feature->n_bins, feature->kind != SPK_CATEGORY, a->bins,
						   b->bins,			{a->missing, b->missing},	   b->unseen};
	Line			  line = {feature->name};

	/* categories of the reference that the model did not know are as missing there */
	h.missing[0] += a->unseen;
	compare(&h, &line.drift);
	line.missing[0] = missing_share(a, feature->n_bins);
	line.missing[1] = missing_share(b, feature->n_bins);
	if (now->names[i] != NULL)
		line.names = spk_new_names_array(now->names[i], NAMES_SHOWN);
	return line;
}

static Line
score_line(const Side *then, const Side *now)
{
	uint32		  n_bins = then->fine ? SCORE_BINS : then->model->scores.n_bins;
	SpkHistograms h = {n_bins, true, then->scores, now->scores, {0, 0}, 0};
	Line		  line = {"(score)", {NAN, NAN, NAN, NAN}, {NAN, NAN}, 0};

	if (then->scored)
		compare(&h, &line.drift);
	else
		ereport(NOTICE,
				(errmsg("how scores have moved is not known, because the model holds none"),
				 errdetail("Models hold counts of scores that were made out of bag or by cross-fitting, but not of a tree alone or of boosted ones that stop early."),
				 errhint("Name a source of rows that stand for what was then as reference, such as the one that the model was trained on.")));
	return line;
}

/* What has moved most comes first. */
static int
compare_lines(const void *a, const void *b)
{
	double x = ((const Line *) a)->drift.psi;
	double y = ((const Line *) b)->drift.psi;

	x = isnan(x) ? -1 : x;
	y = isnan(y) ? -1 : y;
	if (x != y)
		return x > y ? -1 : 1;
	return strcmp(((const Line *) a)->feature, ((const Line *) b)->feature);
}

static void
put_line(ReturnSetInfo *rsinfo, const Line *line)
{
	static const char *const verdicts[] = {[SPK_DRIFT_UNKNOWN] = "unknown",
										   [SPK_DRIFT_STABLE] = "stable",
										   [SPK_DRIFT_CHANCE] = "chance",
										   [SPK_DRIFT_DRIFT] = "drift",
										   [SPK_DRIFT_FAR] = "strong drift"};
	const double numbers[] = {line->drift.psi,		 line->drift.psi_chance, line->drift.ks,
							  line->drift.ks_chance, line->missing[0],		 line->missing[1]};
	Datum		 values[9] = {CStringGetTextDatum(line->feature)};
	bool		 nulls[9] = {false};

	for (int i = 0; i < lengthof(numbers); i++)
	{
		values[1 + i] = Float8GetDatum(numbers[i]);
		nulls[1 + i] = isnan(numbers[i]);
	}
	values[7] = line->names;
	nulls[7] = line->names == 0;
	values[8] = CStringGetTextDatum(verdicts[spk_drift_verdict(&line->drift)]);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* churn_drift(model churn_model, source text, reference text) */
PG_FUNCTION_INFO_V1(churn_drift);
Datum
churn_drift(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const SpkModel			*model;
	Side					*then;
	Side					*now;
	Line					*lines;
	Line					 score;
	bool					 fine;

	spk_require_args(fcinfo, names, lengthof(names));
	spk_materialized_srf(fcinfo);
	model = spk_model_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext);
	fine = !PG_ARGISNULL(2);
	if (!fine)
		require_histograms(model);
	then = fine ? count_source(fcinfo, model, 2, true) : training_side(model);
	now = count_source(fcinfo, model, 1, fine);

	/* scores come first, as they are what the features' moves come to */
	lines = palloc(Max(model->n_features, 1) * sizeof(Line));
	for (uint32 i = 0; i < model->n_features; i++)
		lines[i] = feature_line(then, now, i);
	qsort(lines, model->n_features, sizeof(Line), compare_lines);
	score = score_line(then, now);
	put_line(rsinfo, &score);
	for (uint32 i = 0; i < model->n_features; i++)
		put_line(rsinfo, &lines[i]);
	PG_RETURN_NULL();
}
