/*
 * options_names.h
 *	  Options that users write with names of columns.
 *
 * Names mean nothing before the columns of the rows are known.  So these options are kept
 * as they were written, beside the numbers of the others, until rows are collected.
 */
#ifndef SPK_MODELS_OPTIONS_NAMES_H
#define SPK_MODELS_OPTIONS_NAMES_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "core/models/model.h"

/* A feature and its direction: 1 increasing, -1 decreasing, 0 neither. */
typedef struct SpkNamedSign
{
	const char *name;
	int8		sign;
} SpkNamedSign;

/* A group of features that may meet. */
typedef struct SpkNamedGroup
{
	uint32		 n;
	const char **names;
} SpkNamedGroup;

/* What users have written; all that is NULL or 0 they have not. */
typedef struct SpkNamedOptions
{
	const char	  *weights; /* the column of the rows' weights */
	uint32		   n_signs;
	SpkNamedSign  *signs;
	uint32		   n_groups;
	SpkNamedGroup *groups;
} SpkNamedOptions;

/* What names refer to. */
typedef struct SpkNamedColumn
{
	const char	  *name;
	SpkFeatureKind kind;
} SpkNamedColumn;

/*
 * Takes the value of an option with names, and sets *number to how much was written.
 * False when it is not what the option takes.  Names are copied to the current memory
 * context.
 */
extern bool spk_names_read(SpkOption option, const JsonbValue *value, SpkNamedOptions *named,
						   double *number);

/* What may be written for such an option, for a hint: a text that stays. */
extern const char *spk_names_allowed(SpkOption option);

/* Appends the value of such an option as users write it. */
extern void spk_names_append(StringInfo buf, SpkOption option, const SpkNamedOptions *named);

/*
 * The options of a finished model.  Their names are the model's, and their lists are in the
 * current memory context.
 */
extern SpkNamedOptions spk_names_of_model(const SpkModel *model);

/* Do they say anything of features? */
static inline bool
spk_names_rule(const SpkNamedOptions *named)
{
	return named->n_signs > 0 || named->n_groups > 0;
}

/*
 * Sets the rules of n features.  A name that none of them has is an error, and so is a
 * category that is to be monotone.
 */
extern void spk_names_bind(const SpkNamedOptions *named, const SpkNamedColumn *columns, uint32 n,
						   SpkFeatureRule *rules);

#endif /* SPK_MODELS_OPTIONS_NAMES_H */
