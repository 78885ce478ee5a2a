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

/*
 * The options of an algorithm: its defaults, overridden by the keys of a JSON
 * object.  NULL means no overrides.  An unknown key, one that the algorithm
 * does not use and an impossible value are errors that tell what is allowed.
 */
extern SpkOptions spk_options_from_jsonb(Jsonb *options, SpkAlgorithm algorithm);

/*
 * Appends the options that the algorithm uses as a JSON object, in table
 * order: words as words, booleans as booleans.  Valid for
 * spk_options_from_jsonb, which gives back the same options.
 */
extern void spk_options_to_json(StringInfo buf, const SpkOptions *options, SpkAlgorithm algorithm);

/* Appends a finite number in the shortest form that reads back exactly, keeping the sign of -0. */
extern void spk_append_number(StringInfo buf, double value);

#endif /* SPK_MODELS_OPTIONS_JSON_H */
