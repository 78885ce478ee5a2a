/*
 * compare_specs.h
 *	  The models that are to be compared while they are listed: what compare_grid.c and
 *	  compare_random.c share.
 */
#ifndef SPK_JUDGING_COMPARE_SPECS_H
#define SPK_JUDGING_COMPARE_SPECS_H

#include "judging/compare.h"

typedef struct SpkSpecs
{
	int			  n;
	int			  capacity;
	SpkModelSpec *list;
} SpkSpecs;

/* Adds a model with these options, or with the defaults for NULL.  All that is wrong is an error. */
extern void spk_specs_add(SpkSpecs *specs, SpkAlgorithm algorithm, Jsonb *options);

/* Raises the error that what the grid has for an algorithm cannot be read. */
extern void spk_grid_refuse(SpkAlgorithm algorithm);

/* Is what the grid has for an option an array of values to try, and not one value? */
extern bool spk_grid_has_values(const JsonbValue *name, const JsonbValue *value);

/*
 * Does the object of an algorithm in the grid ask for a random search?  It does when it has
 * the key "tries" or a range of numbers.
 */
extern bool spk_grid_is_random(JsonbContainer *object);

/*
 * Adds as many models as "tries" says, whose options are drawn by chance from the object's
 * values and ranges.  Which ones depends on the seed and the object alone.  What is drawn
 * again is drawn anew; where no more can be found, a NOTICE says so.
 */
extern void spk_grid_draw(SpkSpecs *specs, SpkAlgorithm algorithm, JsonbContainer *object,
						  uint64 seed);

#endif /* SPK_JUDGING_COMPARE_SPECS_H */
