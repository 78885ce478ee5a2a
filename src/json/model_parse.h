/*
 * model_parse.h
 *	  Reads a model from JSON text, which docs/model-format.md describes.
 *
 * It needs libc, json-c and the core only, so that it can be fuzzed without a
 * server.
 */
#ifndef SPK_JSON_MODEL_PARSE_H
#define SPK_JSON_MODEL_PARSE_H

#include <json-c/json.h>

#include "core/models/model.h"
#include "json/json_strict.h"

#define SPK_WHY_BYTES 256

/*
 * A parser at work.  The first fault counts: after it status is not SPK_OK, and
 * everything that is asked for is zero or NULL.  Open json-c objects hang here,
 * and what has been read hangs on the model, so that both can be given back when
 * a host jumps.
 */
typedef struct SpkModelParse
{
	const SpkHost *host;
	SpkJsonParser  parser;
	json_object	  *root;	/* the model without its features and trees, terms or parts */
	json_object	  *outer;	/* while a part is read: the root of the blend */
	json_object	  *element; /* the feature, node or term being read */
	SpkModel	  *model;
	SpkStatus	   status;
	char		   why[SPK_WHY_BYTES]; /* for SPK_CORRUPT: a sentence for people */
} SpkModelParse;

/*
 * Parses the text into the model.  The text may hold anything; its strings are
 * UTF-8, or in whatever encoding the model's names are to be.  The model's memory
 * comes from the host; json-c takes a few megabytes of its own at most.
 *
 * SPK_CORRUPT: the text does not have the layout of a model, and p->why says what
 * is wrong.  After this, SPK_NO_MEMORY or SPK_CANCELLED nothing is held but what
 * spk_model_parse_close gives back.  That a model is sound is for the caller to
 * check, by decoding what it encodes to.
 */
extern SpkStatus spk_model_parse(SpkModelParse *p, const SpkHost *host, const char *text,
								 size_t len, SpkModel *model);

/*
 * Gives back what json-c holds.  To be called in any case, also after a jump; a
 * parse of all zeros may be closed, too.
 */
extern void spk_model_parse_close(SpkModelParse *p);

#endif /* SPK_JSON_MODEL_PARSE_H */
