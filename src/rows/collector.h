/*
 * collector.h
 *	  What is worked out once for a place in a query where rows are collected; private to
 *	  collect.c and collect_bind.c.
 */
#ifndef SPK_ROWS_COLLECTOR_H
#define SPK_ROWS_COLLECTOR_H

#include "postgres.h"

#include "host/label.h"
#include "models/options_names.h"
#include "rows/group_key.h"
#include "rows/row.h"
#include "rows/sample_key.h"

/* A constant argument as it was when we parsed it last. */
typedef struct SpkKeptArg
{
	bool			known;
	struct varlena *value; /* a copy; NULL when the argument was null */
} SpkKeptArg;

/* What is worked out once for a place in a query where rows are collected. */
typedef struct SpkCollector
{
	MemoryContext	context;
	SpkLabelKind	label_kind;
	SpkKeptArg		algorithm_arg;
	SpkKeptArg		options_arg;
	SpkKeptArg		exclude_arg;
	SpkKeptArg		group_arg;
	SpkKeptArg		time_arg;
	SpkKeptArg		columns_arg;
	SpkKeptArg		weights_arg;
	SpkAlgorithm	algorithm;
	SpkOptions		options;
	SpkNamedOptions named;
	Datum		   *exclude;
	int				n_exclude;
	SpkRow		   *row; /* NULL until the first labelled row */
	SpkRowColumn   *columns;
	uint32			n_columns;
	SpkFeatureRule *rules;	/* of the columns; NULL when no option says anything of features */
	bool			has_id; /* is the row's group an argument of its own? */
	SpkGroupKey		group;	/* where the row's group is; set when has_id or group_arg has a value */
	SpkSampleKey	sample; /* how a row's group is sampled; set when the option asks for it */
	SpkRowColumn	time;	/* where its date is; set when time_arg has a value */
	SpkRowColumn	weight; /* how much it counts; set when weights are named */
	uint64			version; /* changes whenever something above does */
} SpkCollector;

/* Are only the rows of a sample of users kept? */
static inline bool
spk_collector_samples(const SpkCollector *collector)
{
	return collector->options.value[SPK_OPT_SAMPLE] < 1;
}

/* The text of an argument that is not null, palloc'd. */
extern char *spk_kept_text(const SpkKeptArg *kept);

/*
 * Finds the feature columns in the type of this tuple, and those that have a role.  All
 * that is wrong with them is an error.
 */
extern void spk_collector_bind(SpkCollector *collector, HeapTupleHeader tuple);

#endif /* SPK_ROWS_COLLECTOR_H */
