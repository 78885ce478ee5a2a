/*
 * options_json.h
 *	  Training options as users write them: jsonb in, JSON text out.
 */
#ifndef SPK_MODELS_OPTIONS_JSON_H
#define SPK_MODELS_OPTIONS_JSON_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "core/models/options.h"
#include "models/options_names.h"

/*
 * Returns the options of an algorithm: its defaults, replaced by those that a JSON
 * object names, if it is not NULL.  An unknown key, a key that the algorithm does not
 * use, and an impossible value are errors that tell what is allowed.  *named is set to
 * what was written with names of columns, in the current memory context.
 */
extern SpkOptions spk_options_from_jsonb(Jsonb *options, SpkAlgorithm algorithm,
										 SpkNamedOptions *named);

/*
 * Appends a JSON object with the options that the algorithm uses, in the order of
 * their list.  Numbers that stand for words or booleans are written as these, and options
 * with names only when there are any.  spk_options_from_jsonb makes the same options of it.
 */
extern void spk_options_to_json(StringInfo buf, const SpkOptions *options, SpkAlgorithm algorithm,
								const SpkNamedOptions *named);

/* Returns a JSON value as the user has written it, for an error. */
extern const char *spk_value_as_written(const JsonbValue *value);

/* Appends a finite number in the shortest form that reads back exactly; -0 keeps its sign. */
extern void spk_append_number(StringInfo buf, double value);

#endif /* SPK_MODELS_OPTIONS_JSON_H */
