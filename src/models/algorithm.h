/*
 * algorithm.h
 *	  Algorithms by the names that users give.
 */
#ifndef SPK_MODELS_ALGORITHM_H
#define SPK_MODELS_ALGORITHM_H

#include "postgres.h"

#include "core/models/options.h"

/*
 * Returns the algorithm that users call by this name of len bytes.  An unknown name raises
 * ERRCODE_INVALID_PARAMETER_VALUE, with a hint that lists all names.
 */
extern SpkAlgorithm spk_algorithm_require(const char *name, size_t len);

#endif /* SPK_MODELS_ALGORITHM_H */
