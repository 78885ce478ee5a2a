/*
 * sample_key.h
 *	  Whether the user of a row is in a sample.
 */
#ifndef SPK_ROWS_SAMPLE_KEY_H
#define SPK_ROWS_SAMPLE_KEY_H

#include "postgres.h"

#include "core/models/options.h"
#include "host/plain_text.h"

/* How ids of a type become texts. */
typedef struct SpkSampleKey
{
	Oid			 type;	 /* below domains */
	SpkPlainText output; /* for types that we do not write by ourselves */
} SpkSampleKey;

/*
 * Prepares to sample by ids of this type and collation; what is kept lives in the
 * context.  A type whose equal values may have different texts, or whose text settings
 * or catalogs decide, is an error, because it would split users.
 */
extern void spk_sample_key_type(SpkSampleKey *key, Oid type, Oid collation, MemoryContext context);

/*
 * Is the user of this id, which is not NULL, in the sample of this fraction?  Ids are taken
 * as texts: integers of all widths and equal numerics are the same, and so are they and a
 * text that spells them.
 */
extern bool spk_sample_takes(SpkSampleKey *key, Datum id, double fraction, uint64 seed);

/* Raises an error when the options ask for a sample, and there is no id to sample users by. */
extern void spk_sample_require_id(const SpkOptions *options, bool has_id);

/*
 * Raises an error when the options ask for a sample where models share the rows of one
 * source: it is the source that may be sampled there.
 */
extern void spk_sample_refuse(const SpkOptions *options);

#endif /* SPK_ROWS_SAMPLE_KEY_H */
