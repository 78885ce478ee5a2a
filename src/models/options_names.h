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

/* What users have written; all that is NULL or 0 they have not. */
typedef struct SpkNamedOptions
{
	const char *weights; /* the column of the rows' weights */
} SpkNamedOptions;

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

/* The options of a finished model.  Their names are the model's. */
extern SpkNamedOptions spk_names_of_model(const SpkModel *model);

#endif /* SPK_MODELS_OPTIONS_NAMES_H */
