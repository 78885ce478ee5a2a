/*
 * model_parse.h
 *	  Models from JSON text: docs/model-format.md describes it.
 *
 * libc, json-c and the core only, so that it is fuzzed without a server.
 */
#ifndef SPK_JSON_MODEL_PARSE_H
#define SPK_JSON_MODEL_PARSE_H

#include <json-c/json.h>

#include "core/models/model.h"
#include "json/json_strict.h"

#define SPK_WHY_BYTES 256

/*
 * A parser at work.  The first fault counts: from then on status is not SPK_OK,
 * and what is asked for gives zeros and NULLs.  Open json-c objects hang here,
 * and what is read on the model, so that both can be given back when a host
 * jumps.
 */
typedef struct SpkModelParse
{
	const SpkHost *host;
	SpkJsonParser  parser;
	json_object	  *root;	/* the model without its features and trees or terms */
	json_object	  *element; /* the feature, node or term being read */
	SpkModel	  *model;
	SpkStatus	   status;
	char		   why[SPK_WHY_BYTES]; /* of SPK_CORRUPT: a sentence for people */
} SpkModelParse;

/*
 * Parses the text, which is UTF-8 or whatever its strings are to be, and may
 * hold anything, into the model; all memory comes from the host but that of json-c, which
 * takes some megabytes at most.  SPK_CORRUPT: the text is of another layout, see p->why;
 * SPK_NO_MEMORY, SPK_CANCELLED: then, too, nothing is held but what spk_model_parse_close gives back.
 * That the model is sound is for the caller to check, by decoding what it
 * encodes to.
 */
extern SpkStatus spk_model_parse(SpkModelParse *p, const SpkHost *host, const char *text,
								 size_t len, SpkModel *model);

/* Gives back what json-c holds; always, also after a jump, and of one that is all zeros. */
extern void spk_model_parse_close(SpkModelParse *p);

#endif /* SPK_JSON_MODEL_PARSE_H */
