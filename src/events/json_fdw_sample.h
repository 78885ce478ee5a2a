/*
 * json_fdw_sample.h
 *	  The foreign data wrapper sparkify_json: a few rows of the files, for the planner.
 */
#ifndef SPK_EVENTS_JSON_FDW_SAMPLE_H
#define SPK_EVENTS_JSON_FDW_SAMPLE_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "utils/relcache.h"

#include "events/json_chunks.h"

/* What a sample shows of a foreign table. */
typedef struct SpkJsonSample
{
	TupleDesc  tupdesc;
	int		   n_rows;
	HeapTuple *rows;	 /* NULL in columns whose type runs code that is not PostgreSQL's own */
	bool	  *left_out; /* by attribute: it is such a column */
	int32	  *widths;	 /* by attribute: the mean of the values that are not NULL; 0 of none */
	double	   bytes_per_row; /* decompressed; 0 when no row was found */
	double	   ratio; /* of decompressed bytes to those of compressed files; 0 when unknown */
} SpkJsonSample;

/*
 * Reads a sample of the table's files: of small ones all, of others a few lines at some
 * places that are spread over them, and of compressed ones the beginning of a few.  What
 * it reads is bounded, whatever the files are.  Lines that are no events and files that
 * cannot be read are left out.  The sample is in the current memory context.
 */
extern SpkJsonSample *spk_sample_take(Relation rel, const SpkChunks *chunks);

#endif /* SPK_EVENTS_JSON_FDW_SAMPLE_H */
