/*
 * json_fdw_analyze.c
 *	  The foreign data wrapper sparkify_json: rows for ANALYZE.
 *
 * Reading 12 GB for a sample would take longer than most queries.  So some chunks
 * of the files are drawn first, and then rows from their lines, as ANALYZE does
 * with the pages of a table.  Compressed files have no chunks: where there is one,
 * everything is read.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "commands/vacuum.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/sampling.h"

#include "events/event_row.h"
#include "events/json_chunks.h"
#include "events/json_fdw.h"

/* The size of the chunks that are drawn, and how many there are for each row that is wanted. */
#define SAMPLE_CHUNK_BYTES (32 * 1024)
#define CHUNKS_PER_ROW	   0.1

typedef struct Sample
{
	Relation		rel;
	SpkJsonOptions	options;
	SpkBinding	   *binding;
	SpkChunks	   *chunks;
	SpkChunkReader *reader;
	MemoryContext	context; /* of one row */

	HeapTuple		  *rows;
	int				   target;
	int				   n_rows;
	double			   seen;	/* valid lines so far */
	double			   to_skip; /* of them, before the next row of the sample; negative: draw it */
	ReservoirStateData reservoir;
} Sample;

static HeapTuple
form_row(const Sample *sample, const SpkEventRow *row)
{
	TupleDesc	  tupdesc = RelationGetDescr(sample->rel);
	Datum		 *values;
	bool		 *nulls;
	MemoryContext oldcontext;

	MemoryContextReset(sample->context);
	oldcontext = MemoryContextSwitchTo(sample->context);
	values = palloc(sizeof(Datum) * Max(tupdesc->natts, 1));
	nulls = palloc(sizeof(bool) * Max(tupdesc->natts, 1));
	spk_event_row_datums(row, sample->binding, sample->binding->columns, values, nulls);
	MemoryContextSwitchTo(oldcontext);
	return heap_form_tuple(tupdesc, values, nulls);
}

/* Adds a row, or not: Vitter's algorithm, as ANALYZE of a table uses it. */
static void
add_row(Sample *sample, const SpkEventRow *row)
{
	if (sample->n_rows < sample->target)
		sample->rows[sample->n_rows++] = form_row(sample, row);
	else
	{
		if (sample->to_skip < 0)
			sample->to_skip = reservoir_get_next_S(&sample->reservoir, sample->seen,
												   sample->target);
		if (sample->to_skip <= 0)
		{
			int k = (int) (sample->target * spk_sampler_fract(&sample->reservoir));

			heap_freetuple(sample->rows[k]);
			sample->rows[k] = form_row(sample, row);
		}
		sample->to_skip -= 1;
	}
	sample->seen += 1;
}

static void
read_chunk(Sample *sample, int64 chunk)
{
	SpkNext next;

	spk_chunk_reader_aim(sample->reader, sample->chunks, chunk);
	while ((next = spk_source_next(sample->reader->source)) != SPK_NEXT_END)
	{
		if (next == SPK_NEXT_EVENT)
			add_row(sample, sample->reader->source->row);
		else if (!sample->options.skip_faults)
			spk_source_report(sample->reader->source, ERROR);
	}
}

/* Reads the chunks that are drawn, and returns their share of all chunks. */
static double
read_sample(Sample *sample)
{
	BlockNumber		 n_chunks = (BlockNumber) Min(sample->chunks->n_chunks, (int64) MaxBlockNumber);
	int				 n_places = (int) (sample->target * CHUNKS_PER_ROW) + 1;
	BlockSamplerData sampler;
	BlockNumber		 n_read = 0;

	if (sample->chunks->any_stream)
		n_places = (int) n_chunks;
	BlockSampler_Init(&sampler, n_chunks, n_places, spk_random_seed());
	while (BlockSampler_HasMore(&sampler))
	{
		spk_vacuum_delay_point();
		read_chunk(sample, BlockSampler_Next(&sampler));
		n_read++;
	}
	spk_chunk_reader_release(sample->reader);
	return n_read > 0 ? (double) n_read / sample->chunks->n_chunks : 1.0;
}

/* Decodes all columns, as it is not known here which statistics are wanted. */
static int
acquire_rows(Relation rel, int elevel, HeapTuple *rows, int target, double *totalrows,
			 double *totaldeadrows)
{
	Sample sample = {0};
	double share;

	sample.rel = rel;
	sample.options = spk_json_options(RelationGetRelid(rel));
	sample.binding = spk_json_binding(rel, NULL);
	sample.chunks = spk_chunks_new(sample.options.filename, false);

	/* where one file is compressed all are read, and may as well stay whole */
	if (!sample.chunks->any_stream)
		spk_chunks_cut(sample.chunks, SAMPLE_CHUNK_BYTES);
	sample.reader = spk_chunk_reader_new(sample.binding, sample.binding->schema->all);
	sample.context = AllocSetContextCreate(CurrentMemoryContext, "sparkify sample",
										   ALLOCSET_DEFAULT_SIZES);
	sample.rows = rows;
	sample.target = target;
	sample.to_skip = -1;
	reservoir_init_selection_state(&sample.reservoir, target);

	share = read_sample(&sample);
	*totalrows = rint(sample.seen / share);
	*totaldeadrows = 0;
	ereport(elevel,
			(errmsg("\"%s\": read %.0f lines, %.1f %% of the files; %d rows in sample, %.0f estimated total rows",
					RelationGetRelationName(rel), sample.seen, share * 100.0,
					sample.n_rows, *totalrows)));
	MemoryContextDelete(sample.context);
	return sample.n_rows;
}

bool
spk_json_analyze(Relation rel, AcquireSampleRowsFunc *func, BlockNumber *totalpages)
{
	SpkJsonOptions options = spk_json_options(RelationGetRelid(rel));
	SpkChunks	  *chunks = spk_chunks_new(options.filename, false);
	double		   pages = ceil(spk_chunks_text(chunks, 0) / BLCKSZ);

	/* zero would say that the table was never analysed */
	*totalpages = (BlockNumber) Max(1, Min(pages, (double) MaxBlockNumber));
	*func = acquire_rows;
	pfree(chunks);
	return true;
}
