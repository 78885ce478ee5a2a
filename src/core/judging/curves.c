/*
 * curves.c
 *	  How well scores rank: ROC, precision and recall.
 */
#include "core/judging/curves.h"

/* A point of either curve: how many rows of each class are flagged. */
typedef struct Point
{
	double	 threshold;
	uint64_t tp;
	uint64_t fp;
} Point;

typedef struct Curve
{
	uint64_t positives;
	uint64_t negatives;
	/* how far along the curve a point is, 0 .. 1 */
	double (*path)(const struct Curve *curve, const Point *point);
	bool  thin;	  /* keep only the last point in each part */
	Point here;	  /* where the walk has come to */
	Point corner; /* the last point where the curve was not straight */
	Point points[SPK_CURVE_POINTS];
	int	  n;
	bool  overflow; /* there are more points than fit, so it must be thinned */
} Curve;

static double
roc_path(const Curve *curve, const Point *point)
{
	return (spk_ratio((double) point->fp, curve->negatives) +
			spk_ratio((double) point->tp, curve->positives)) /
		2;
}

static double
pr_path(const Curve *curve, const Point *point)
{
	return spk_ratio((double) point->tp, curve->positives);
}

static int
part_of(const Curve *curve, const Point *point)
{
	return (int) (curve->path(curve, point) * SPK_CURVE_PARTS);
}

/* Adds a point, in place of the last one if that is in the same part of a thin curve. */
static void
add_point(Curve *curve, const Point *point)
{
	if (curve->thin && curve->n > 1 &&
		part_of(curve, point) == part_of(curve, &curve->points[curve->n - 1]))
		curve->n--;
	if (curve->n < SPK_CURVE_POINTS)
		curve->points[curve->n++] = *point;
	else
		curve->overflow = true;
}

/* Goes on to the end of a tie. */
static void
move(Curve *curve, const SpkTie *tie)
{
	curve->here.threshold = tie->low;
	curve->here.tp += tie->positives;
	curve->here.fp += tie->negatives;
}

/* Does the way from a to b go on straight to c? */
static bool
straight(const Point *a, const Point *b, const Point *c)
{
	return (b->tp - a->tp) * (c->fp - b->fp) == (b->fp - a->fp) * (c->tp - b->tp);
}

static void
add_roc_tie(void *ctx, const SpkTie *tie)
{
	Curve *curve = ctx;
	Point  before = curve->here;

	move(curve, tie);
	if (!straight(&curve->corner, &before, &curve->here))
	{
		add_point(curve, &before);
		curve->corner = before;
	}
}

static void
add_pr_tie(void *ctx, const SpkTie *tie)
{
	Curve *curve = ctx;

	move(curve, tie);
	if (tie->positives > 0)
		add_point(curve, &curve->here);
}

/* Walks down the curve from the point where nobody is flagged. */
static SpkStatus
walk(const SpkHost *host, SpkScores *scores, SpkTieVisitor visit, Curve *curve)
{
	SpkStatus status;

	curve->positives = scores->positives;
	curve->negatives = scores->n - scores->positives;
	curve->overflow = false;
	curve->here = curve->corner = (Point) {.threshold = INFINITY};
	curve->n = 0;
	add_point(curve, &curve->here);
	status = spk_scores_walk(host, scores, visit, curve);
	if (status == SPK_OK && visit == add_roc_tie)
		add_point(curve, &curve->here);
	return status;
}

/* Walks down the curve, and once more, thinning it, when there are too many points. */
static SpkStatus
trace(const SpkHost *host, SpkScores *scores, SpkTieVisitor visit, Curve *curve)
{
	SpkStatus status;

	curve->thin = false;
	status = walk(host, scores, visit, curve);
	if (status != SPK_OK || !curve->overflow)
		return status;
	curve->thin = true;
	return walk(host, scores, visit, curve);
}

SpkStatus
spk_roc(const SpkHost *host, SpkScores *scores, SpkRocPoint *points, int *n)
{
	Curve	  curve = {.path = roc_path};
	SpkStatus status;

	*n = 0;
	if (scores->positives == 0 || scores->positives == scores->n)
		return SPK_OK;
	status = trace(host, scores, add_roc_tie, &curve);
	if (status != SPK_OK)
		return status;
	for (int i = 0; i < curve.n; i++)
	{
		const Point *point = &curve.points[i];

		points[i].threshold = point->threshold;
		points[i].fpr = spk_ratio((double) point->fp, curve.negatives);
		points[i].tpr = spk_ratio((double) point->tp, curve.positives);
	}
	*n = curve.n;
	return SPK_OK;
}

SpkStatus
spk_pr(const SpkHost *host, SpkScores *scores, SpkPrPoint *points, int *n)
{
	Curve	  curve = {.path = pr_path};
	SpkStatus status;

	*n = 0;
	if (scores->positives == 0)
		return SPK_OK;
	status = trace(host, scores, add_pr_tie, &curve);
	if (status != SPK_OK)
		return status;
	for (int i = 0; i < curve.n; i++)
	{
		const Point *point = &curve.points[i];

		points[i].threshold = point->threshold;
		points[i].precision = i == 0 ? 1 : spk_ratio((double) point->tp, point->tp + point->fp);
		points[i].recall = spk_ratio((double) point->tp, curve.positives);
	}
	*n = curve.n;
	return SPK_OK;
}
