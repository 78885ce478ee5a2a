/*
 * coder.c
 *	  Coding many numbers of a feature.
 */
#include <math.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/base/vectors.h"
#include "core/rows/binning.h"
#include "core/rows/coder.h"

/* Of fewer edges a search takes few steps. */
#define FEW_EDGES 8

/* The range of a key. */
static inline uint32_t
range_of(uint64_t key, uint64_t low, uint32_t shift)
{
	uint64_t distance = key > low ? (key - low) >> shift : 0;

	return (uint32_t) (distance < SPK_CODER_RANGES ? distance : SPK_CODER_RANGES - 1);
}

void
spk_coder_init(SpkCoder *coder, const SpkFeature *feature)
{
	uint32_t n = feature->n_bins > 0 ? feature->n_bins - 1 : 0;
	uint32_t range = 0;
	uint32_t first = 0; /* the first edge of the range */
	uint64_t span;

	coder->most = 0;
	coder->n = n;
	if (n < FEW_EDGES)
		return;
	coder->low = spk_key_of_number(feature->edges[0]);
	coder->shift = 0;
	span = spk_key_of_number(feature->edges[n - 1]) - coder->low;
	while (span >> coder->shift >= SPK_CODER_RANGES)
		coder->shift++;

	/* edges are in order, and so are their ranges */
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t of_edge = range_of(spk_key_of_number(feature->edges[i]), coder->low, coder->shift);

		if (of_edge != range || i == 0)
			first = i;
		while (range < of_edge)
			coder->below[++range] = (uint8_t) i;
		if (i + 1 - first > coder->most)
			coder->most = i + 1 - first;
		coder->edges[i] = feature->edges[i];
	}
	coder->below[0] = 0;
	while (range + 1 < SPK_CODER_RANGES)
		coder->below[++range] = (uint8_t) n;
	for (uint32_t i = 0; i < SPK_CODER_EDGES; i++)
		coder->edges[n + i] = INFINITY;
	if (coder->most > SPK_CODER_EDGES)
		coder->most = 0;
}

/* Codes values where no range has more than most edges, which is a constant. */
SPK_ALWAYS_INLINE void
code_all(const SpkCoder *coder, const double *values, uint32_t n, uint8_t *codes, size_t stride,
		 uint32_t most)
{
	uint64_t low = coder->low;
	uint32_t shift = coder->shift;

	for (uint32_t i = 0; i < n; i++, codes += stride)
	{
		double	 value = values[i];
		uint32_t code = coder->below[range_of(spk_key_of_number(value), low, shift)];

		/* of the edges in the same range; no step branches on the value */
		for (uint32_t step = 0; step < most; step++)
			code += coder->edges[code] < value;
		*codes = isnan(value) ? SPK_MISSING : (uint8_t) code;
	}
}

void
spk_coder_code(const SpkCoder *coder, const SpkFeature *feature, const double *values, uint32_t n,
			   uint8_t *codes, size_t stride)
{
	switch (coder->most)
	{
		case 0:
			spk_code_numbers(feature, values, n, codes, stride);
			break;
		case 1:
			code_all(coder, values, n, codes, stride, 1);
			break;
		case 2:
			code_all(coder, values, n, codes, stride, 2);
			break;
		default:
			code_all(coder, values, n, codes, stride, SPK_CODER_EDGES);
			break;
	}
}
