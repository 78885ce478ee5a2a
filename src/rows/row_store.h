/*
 * row_store.h
 *	  Training rows packed into columns: what the collecting aggregate fills,
 *	  merges and sends between processes, and what learners start from.
 */
#ifndef SPK_ROWS_ROW_STORE_H
#define SPK_ROWS_ROW_STORE_H

#include "postgres.h"

#include "core/rows/matrix.h"

struct category_hash;

typedef struct SpkStoreColumn
{
	char		  *name;
	SpkFeatureKind kind;
	bool  inexact; /* numbers: some were whole and too large to be told from their neighbours */
	void *values;  /* numbers and times: double; categories: uint32, places in names */
	struct category_hash *places; /* category to place; NULL in a received store */
	SpkCategory			 *names;
	uint32				  n_names;
	uint32				  names_capacity;
} SpkStoreColumn;

/*
 * Labelled rows and what to do with them.  A received store (spk_store_receive)
 * borrows the bytes it came in and can only be merged into another.
 */
typedef struct SpkRowStore
{
	MemoryContext context; /* owns everything */
	SpkAlgorithm  algorithm;
	SpkOptions	  options;
	int64		  n_skipped; /* rows without a label */
	int64		  n_positives;
	uint32		  n_rows; /* labelled rows */
	uint32		  capacity;
	uint8		 *labels;
	bool		  grouped; /* known from the first labelled row on */
	uint64		 *groups;  /* grouped: a key for each row, 0 when it is of no group */
	char   *time_name;	   /* column that tells the date of each row; NULL: none.  Known likewise */
	double *times;		   /* with it: NaN when there is no date */
	uint64	names_size;	   /* bytes that the columns' names take */
	uint32	n_columns;	   /* 0 until the first labelled row */
	SpkStoreColumn *columns;
	uint64			source; /* for the collector: who last filled it */
} SpkRowStore;

/* Bytes of one value in a column of this kind. */
static inline size_t
spk_store_value_size(SpkFeatureKind kind)
{
	return kind == SPK_CATEGORY ? sizeof(uint32) : sizeof(double);
}

extern SpkRowStore *spk_store_new(MemoryContext context, SpkAlgorithm algorithm,
								  const SpkOptions *options);

/*
 * Sets the number of columns, whether rows have groups and what tells their dates
 * (NULL: nothing), once; then define each column.
 */
extern void spk_store_begin(SpkRowStore *store, uint32 n_columns, bool grouped,
							const char *time_name);
extern void spk_store_define(SpkRowStore *store, uint32 column, const char *name,
							 SpkFeatureKind kind);

/*
 * Starts a row with this label (0 or 1) and gives its number, for the value of
 * each column to be put in.  More than SPK_MAX_ROWS rows are an error.
 */
extern uint32 spk_store_add(SpkRowStore *store, int label);

static inline void
spk_store_put_number(SpkRowStore *store, uint32 column, uint32 row, double value)
{
	((double *) store->columns[column].values)[row] = value;
}

static inline void
spk_store_put_group(SpkRowStore *store, uint32 row, uint64 group)
{
	store->groups[row] = group;
}

static inline void
spk_store_put_time(SpkRowStore *store, uint32 row, double time)
{
	store->times[row] = time;
}

/* A NULL name, and one of more than SPK_MAX_CATEGORY bytes, is missing. */
extern void spk_store_put_category(SpkRowStore *store, uint32 column, uint32 row,
								   SpkCategory category);

/* Appends the rows of src.  Both must be of the same columns and options. */
extern void spk_store_merge(SpkRowStore *store, const SpkRowStore *src);

/*
 * The rows as the learners take them.  The table takes the values: the store
 * keeps its counts, its names, which the table points to, the groups and times.
 */
extern SpkTable spk_store_take(SpkRowStore *store, MemoryContext context);

/* Bytes of a table's values, labels and names. */
extern uint64 spk_table_size(const SpkTable *table);

/* Of these the names', which are there until the model is. */
extern uint64 spk_table_names_size(const SpkTable *table);

/* Gives the values and labels back; once more does no harm. */
extern void spk_table_release(SpkTable *table);

#endif /* SPK_ROWS_ROW_STORE_H */
