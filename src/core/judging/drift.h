/*
 * drift.h
 *	  How far values have moved from what they were: two histograms compared.
 */
#ifndef SPK_CORE_JUDGING_DRIFT_H
#define SPK_CORE_JUDGING_DRIFT_H

#include "core/base/host.h"

/* The groups that bins are put into: tenths of what was. */
#define SPK_DRIFT_GROUPS 10

/* Above these, values have moved, and have moved far. */
#define SPK_DRIFT_SOME	 0.1
#define SPK_DRIFT_STRONG 0.25

/* How many rows have a value in each bin, then and now. */
typedef struct SpkHistograms
{
	uint32_t		n_bins;
	bool			ordered; /* are bins ranges of numbers, ascending? else categories */
	const uint64_t *then;	 /* n_bins each */
	const uint64_t *now;
	uint64_t		missing[2]; /* rows without a value, then and now */
	uint64_t		unseen;		/* rows now with a category that has no bin */
} SpkHistograms;

/* NaN where there is nothing to compare. */
typedef struct SpkDrift
{
	double psi;		   /* the population stability index */
	double psi_chance; /* what it stays below in 95 of 100 cases when nothing has moved */
	double ks;		   /* of ordered bins: the largest distance of the shares up to a bin's end */
	double ks_chance;
} SpkDrift;

typedef enum SpkDriftVerdict
{
	SPK_DRIFT_UNKNOWN, /* no rows, then or now */
	SPK_DRIFT_STABLE,
	SPK_DRIFT_CHANCE, /* as far as SPK_DRIFT_SOME, but chance does that to so few rows */
	SPK_DRIFT_DRIFT,
	SPK_DRIFT_FAR
} SpkDriftVerdict;

/*
 * Compares two histograms.
 *
 * The index is the sum over groups of (q - p) ln(q / p), of the shares p then and q now.  The
 * groups are tenths of the rows that had a value then, cut between bins; or the nine most
 * frequent categories and the rest.  Missing values are a group of their own if there are any,
 * and so are unseen categories.  Half a row is added to each group, so that none is empty.  When
 * nothing has moved the index is about (1 / n + 1 / m) times a chi square with one degree of
 * freedom less than groups, for n rows then and m now (Yurdakul: Statistical Properties of the
 * Population Stability Index, 2018).
 *
 * The distance is Kolmogorov's and Smirnov's of rows that have a value.  It is exact when each
 * value has a bin, and otherwise that at the ends of bins, which is no more.  Its bound
 * is that of many rows, 1.36 sqrt(1 / n + 1 / m).
 *
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_drift(const SpkHost *host, const SpkHistograms *histograms, SpkDrift *drift);

extern SpkDriftVerdict spk_drift_verdict(const SpkDrift *drift);

#endif /* SPK_CORE_JUDGING_DRIFT_H */
