/*
 * ranking_metric.c
 *	  The metrics by which models can be ranked.
 */
#include "core/judging/ranking_metric.h"

#include <math.h>

#include "core/base/rng.h"
#include "core/base/sort.h"

static const struct
{
	const char *name;
	size_t		offset;
} specs[SPK_N_METRICS] = {
#define METRIC(member) #member, offsetof(SpkMetrics, member)
	[SPK_METRIC_WEIGHTED_F1] = {METRIC(weighted_f1)},
	[SPK_METRIC_F1] = {METRIC(f1)},
	[SPK_METRIC_MACRO_F1] = {METRIC(macro_f1)},
	[SPK_METRIC_AUC] = {METRIC(auc)},
	[SPK_METRIC_PR_AUC] = {METRIC(pr_auc)},
	[SPK_METRIC_LOG_LOSS] = {METRIC(log_loss)},
	[SPK_METRIC_BRIER] = {METRIC(brier)},
	[SPK_METRIC_ACCURACY] = {METRIC(accuracy)},
#undef METRIC
};

const char *
spk_metric_name(SpkMetric metric)
{
	return specs[metric].name;
}

bool
spk_metric_of(const char *name, size_t len, SpkMetric *metric)
{
	for (int i = 0; i < SPK_N_METRICS; i++)
		if (strlen(specs[i].name) == len && memcmp(specs[i].name, name, len) == 0)
		{
			*metric = (SpkMetric) i;
			return true;
		}
	return false;
}

double
spk_metric_value(const SpkMetrics *metrics, SpkMetric metric)
{
	double value;

	memcpy(&value, (const char *) metrics + specs[metric].offset, sizeof(value));
	return value;
}

/* Draws SPK_SPREAD_ROWS of the rows.  A row that comes again is drawn anew, which is rare. */
static void
draw_rows(const SpkScored *rows, size_t n, SpkRng *rng, SpkScored *drawn)
{
	size_t places[SPK_SPREAD_ROWS];

	for (int i = 0; i < SPK_SPREAD_ROWS;)
	{
		bool again = false;

		places[i] = spk_rng_below(rng, n > UINT32_MAX ? UINT32_MAX : (uint32_t) n);
		for (int k = 0; k < i; k++)
			again |= places[k] == places[i];
		if (again)
			continue;
		drawn[i] = rows[places[i]];
		i++;
	}
}

SpkStatus
spk_metric_spread(const SpkHost *host, const SpkScored *rows, size_t n, double threshold,
				  SpkMetric metric, uint64_t seed, double spread[2])
{
	SpkRng	  rng = spk_rng(seed, 0);
	uint64_t  keys[2 * SPK_SPREAD_DRAWS];
	uint32_t  n_keys = 0;
	SpkStatus status = SPK_OK;

	spread[0] = spread[1] = NAN;
	for (int draw = 0; draw < SPK_SPREAD_DRAWS && n > SPK_SPREAD_ROWS; draw++)
	{
		SpkScored  drawn[SPK_SPREAD_ROWS];
		SpkMetrics m;

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		draw_rows(rows, n, &rng, drawn);
		status = spk_metrics(host, drawn, SPK_SPREAD_ROWS, threshold, &m);
		if (status != SPK_OK)
			return status;
		if (!isnan(spk_metric_value(&m, metric)))
			keys[n_keys++] = spk_key_of_number(spk_metric_value(&m, metric));
	}

	/* where most draws had one class only, the others are no fair picture */
	if (n_keys <= SPK_SPREAD_DRAWS / 2)
		return SPK_OK;
	status = spk_sort_u64(host, keys, keys + SPK_SPREAD_DRAWS, n_keys, 0);
	if (status != SPK_OK)
		return status;
	spread[0] = spk_number_of_key(keys[n_keys / 20]);
	spread[1] = spk_number_of_key(keys[n_keys - 1 - n_keys / 20]);
	return SPK_OK;
}
