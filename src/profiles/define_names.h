/*
 * define_names.h
 *	  Names of columns of features.
 *
 * A column is called by a slug of what it is of and the kind of feature.  Two
 * texts with the same slug are told apart by a number, in the order in which they
 * come; what has had a name before keeps it.
 */
#ifndef SPK_PROFILES_DEFINE_NAMES_H
#define SPK_PROFILES_DEFINE_NAMES_H

#include "compat.h"

#include "utils/hsearch.h"

#include "profiles/define_columns.h"

typedef struct SpkColumnNames SpkColumnNames;

/* Starts with all that has a name. */
extern SpkColumnNames *spk_column_names(const SpkDefinedBefore *before);

/* The name of a column; *is_new if the type does not have it. */
extern char *spk_column_name(SpkColumnNames *names, const SpkLogWanted *wanted, bool *is_new);

/* The column that the feature has from before; NULL for none. */
extern const SpkRecipeColumn *spk_column_before(const SpkColumnNames *names,
												const SpkLogWanted	 *wanted);

#endif /* SPK_PROFILES_DEFINE_NAMES_H */
