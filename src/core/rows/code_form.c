/*
 * code_form.c
 *	  From features of terms to features of trees.
 */
#include <string.h>

#include "core/rows/code_form.h"

/* Puts all categories of the feature into one group, which has their rows. */
static SpkStatus
group_all(const SpkHost *host, SpkFeature *feature)
{
	uint32_t  n = feature->n_bins;
	uint32_t *counts = spk_alloc(host, SPK_CODES, sizeof(uint32_t));
	uint8_t	 *groups = spk_alloc(host, n, 1);

	if (counts == NULL || groups == NULL)
	{
		spk_release(host, counts);
		spk_release(host, groups);
		return SPK_NO_MEMORY;
	}
	memset(groups, 0, n);
	memset(counts, 0, SPK_CODES * sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++)
		counts[0] += feature->counts[i];
	counts[1] = feature->counts[n];

	spk_release(host, feature->counts);
	feature->counts = counts;
	feature->groups = groups;
	feature->n_grouped = n;
	feature->n_bins = 1;
	return SPK_OK;
}

SpkStatus
spk_features_for_codes(const SpkHost *host, SpkFeature *features, uint32_t n)
{
	SpkStatus status = SPK_OK;

	for (uint32_t f = 0; f < n && status == SPK_OK; f++)
		if (features[f].n_grouped == 0 && spk_has_places(&features[f]))
			status = group_all(host, &features[f]);
	return status;
}
