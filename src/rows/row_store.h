/*
 * row_store.h
 *	  Training rows packed into columns: the collecting aggregate fills stores and
 *	  merges them, and learners start from what a store holds.
 */
#ifndef SPK_ROWS_ROW_STORE_H
#define SPK_ROWS_ROW_STORE_H

#include "postgres.h"

#include "core/rows/matrix.h"
#include "rows/row_file.h"

struct category_hash;
struct dsa_area;

typedef struct SpkStoreColumn
{
	char		  *name;
	SpkFeatureKind kind;
	SpkFeatureRule rule;
	bool inexact; /* of numbers: some whole ones are too large to be told from their neighbours */
	/*
	 * One for each row from SpkRowStore.n_filed on: double, or for categories uint32, the place
	 * in names.
	 */
	void				 *values;
	struct category_hash *places; /* finds the place of a category; NULL in a received store */
	SpkCategory			 *names;
	uint32				  n_names;
	uint32				  names_capacity;
} SpkStoreColumn;

/*
 * Labelled rows, and what is to be trained on them.
 *
 * A store that spk_store_receive returns has no context and no hashes.  It borrows
 * the bytes that it came in, and can only be merged into another store.
 */
typedef struct SpkRowStore
{
	MemoryContext context; /* owns everything below */
	SpkAlgorithm  algorithm;
	SpkOptions	  options;
	int64		  n_skipped;	/* rows without a label, which are not kept */
	int64		  n_unweighted; /* rows whose weight is 0 or null, which are not kept either */
	int64		  n_unsampled; /* rows whose user is not in the sample, which are not kept either */
	int64		  n_positives;
	uint32		  n_rows;	/* rows with a label */
	uint32		  capacity; /* rows that all arrays have room for */
	double		  expected; /* about so many rows will come; 0: nobody knows */
	uint8		 *labels;
	bool		  grouped;	   /* do rows have groups? */
	uint64		 *groups;	   /* if so: the key of each row's group, 0 when it has none */
	char		 *time_name;   /* the column that has the date of each row; NULL: there is none */
	double		 *times;	   /* if there is one: the dates, NaN when a row has none */
	char		 *weight_name; /* the column that has the weight of each row; NULL: there is none */
	double		 *weights;	   /* if there is one: the weights, finite and above 0 */
	uint64		  names_size;  /* bytes that the names of all columns take, about */
	bool		  borrowed;	 /* labels, groups, times, weights and values belong to another store */
	uint32		  n_columns; /* 0 until spk_store_begin */
	SpkStoreColumn *columns;
	bool			trains;	 /* are the rows those of one model, which may read them from a file? */
	bool			is_last; /* is nothing but a model made of it, in this process? */
	SpkRowFile	   *file;	 /* for values that memory does not hold; NULL: it holds all */
	uint32			n_filed; /* rows whose values are in the file alone, in whole blocks */
	uint32			block_rows; /* of such a block */
	uint64			source; /* belongs to the collector: the version that filled the store last */
	struct SpkRowStore *next_passed; /* these belong to row_store_pass.c */
	struct dsa_area	   *area;		 /* in which a received store's bytes lie, at this place */
	uint64				place;
} SpkRowStore;

/* Bytes of one value in a column of this kind. */
static inline size_t
spk_store_value_size(SpkFeatureKind kind)
{
	return kind == SPK_CATEGORY ? sizeof(uint32) : sizeof(double);
}

/* An empty store without columns, in the context, which will own all that it holds. */
extern SpkRowStore *spk_store_new(MemoryContext context, SpkAlgorithm algorithm,
								  const SpkOptions *options);

/*
 * Sets the number of columns, whether rows have groups, and the names of the columns
 * that have their dates and weights, or NULL.  It is called once, before the first row,
 * and spk_store_define is called next for each column.  Names are copied.
 */
extern void spk_store_begin(SpkRowStore *store, uint32 n_columns, bool grouped,
							const char *time_name, const char *weight_name);
extern void spk_store_define(SpkRowStore *store, uint32 column, const char *name,
							 SpkFeatureKind kind);

/*
 * Adds a row with this label, 0 or 1, and returns its number.  The caller then puts
 * in the value of each column, and group, time and weight if the store has them.  More than
 * SPK_MAX_ROWS rows, and more memory than sparkify.max_training_memory, are errors.  But
 * the values of a store that trains and is the last go to a file when memory does not hold
 * them beside what training will take, unless sparkify.training_files is "off" or the algorithm
 * needs them.
 */
extern uint32 spk_store_add(SpkRowStore *store, int label);

static inline void
spk_store_put_number(SpkRowStore *store, uint32 column, uint32 row, double value)
{
	((double *) store->columns[column].values)[row - store->n_filed] = value;
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

static inline void
spk_store_put_weight(SpkRowStore *store, uint32 row, double weight)
{
	store->weights[row] = weight;
}

/*
 * The category is copied when it is new.  It counts as missing when its name is NULL
 * or has more than SPK_MAX_CATEGORY bytes.
 */
extern void spk_store_put_category(SpkRowStore *store, uint32 column, uint32 row,
								   SpkCategory category);

/*
 * Appends copies of the rows of src.  Stores that differ in their algorithm, options
 * or columns are an error, unless one of them has no columns yet.
 */
extern void spk_store_merge(SpkRowStore *store, const SpkRowStore *src);

/* Gives back the rows of a store that has been merged into another one, before its context does. */
extern void spk_store_discard(SpkRowStore *store);

/* Checks all that is true of a store at all times, until spk_store_take. */
#ifdef USE_ASSERT_CHECKING
extern void spk_store_check(const SpkRowStore *store);
#else
#define spk_store_check(store) ((void) 0)
#endif

/*
 * Hands the rows over as learners take them.  Labels and values then belong to the
 * table, whose list of columns is in this context, until spk_table_release.  The store
 * keeps its counts, groups, times, weights and names; the table points to the groups,
 * weights and names.  Values in a file are the table's pages.
 */
extern SpkTable spk_store_take(SpkRowStore *store, MemoryContext context);

/*
 * Closes the store's file when its rows became no table, or one that was not released.  For a
 * store that an aggregate collects: what it takes of the memory goes with its context.
 */
extern void spk_store_close(SpkRowStore *store);

/* Bytes of a table's values, labels and names, about. */
extern uint64 spk_table_size(const SpkTable *table);

/* Bytes of the names alone, which stay until the model is finished. */
extern uint64 spk_table_names_size(const SpkTable *table);

/*
 * Gives values and labels back, unless they are borrowed.  A table that has none any more
 * is left as it is.
 */
extern void spk_table_release(SpkTable *table);

#endif /* SPK_ROWS_ROW_STORE_H */
