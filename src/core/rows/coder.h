/*
 * coder.h
 *	  Coding many numbers of a feature.
 *
 * A coder finds a number's code by its bits: they say in which of many small ranges it is, and
 * so which edges are below it, but for the few in the same range.
 */
#ifndef SPK_CORE_ROWS_CODER_H
#define SPK_CORE_ROWS_CODER_H

#include "core/models/model.h"

/* How many ranges there are. */
#define SPK_CODER_RANGES 2048

/* No range has more edges; a feature whose edges lie closer is coded by a search. */
#define SPK_CODER_EDGES 4

typedef struct SpkCoder
{
	uint64_t low;	/* the key (see sort.h) of the first edge, where the ranges begin */
	uint32_t shift; /* by which the distance of a key from it becomes its range */
	uint32_t most;	/* the most edges of a range; 0: numbers are searched for */
	uint32_t n;		/* edges */
	double	 edges[SPK_MAX_BINS + SPK_CODER_EDGES]; /* behind the last one none is below a number */
	uint8_t	 below[SPK_CODER_RANGES];				/* the edges in the ranges before each */
} SpkCoder;

/* Makes a coder of a feature of numbers, which must stay. */
extern void spk_coder_init(SpkCoder *coder, const SpkFeature *feature);

/* Does what spk_code_numbers does; feature is that of the coder. */
extern void spk_coder_code(const SpkCoder *coder, const SpkFeature *feature, const double *values,
						   uint32_t n, uint8_t *codes, size_t stride);

#endif /* SPK_CORE_ROWS_CODER_H */
