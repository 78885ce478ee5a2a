/*
 * shared_matrix.c
 *	  Binned rows in a block that workers may share.
 */
#include "compat.h"

#include "core/rows/binning.h"
#include "core/rows/users.h"
#include "core/trees/statistics.h"
#include "host/pg_host.h"
#include "training/shared_matrix.h"
#include "training/workers.h"

/* What growers need to know of a feature. */
typedef struct SharedFeature
{
	uint8		   kind;
	uint8		   n_bins;
	uint16		   n_grouped;
	SpkFeatureRule rule;
} SharedFeature;

/* The start of the memory.  The codes follow it, aligned, and then users if there are any. */
typedef struct SharedMatrix
{
	SpkMatrix	  matrix;	 /* without codes and users, which have other addresses elsewhere */
	bool		  has_users; /* are there several rows of a user? */
	uint64		  size;		 /* of all the memory */
	SharedFeature features[FLEXIBLE_ARRAY_MEMBER];
} SharedMatrix;

/* Bytes before the codes. */
static Size
head_size(uint32 n_features)
{
	return TYPEALIGN(SPK_ALIGNMENT,
					 offsetof(SharedMatrix, features) + n_features * sizeof(SharedFeature));
}

static Size
codes_size(const SpkMatrix *matrix)
{
	return TYPEALIGN64(SPK_ALIGNMENT, (uint64) matrix->n_rows * matrix->stride);
}

/* Does training the model need to know which of the table's rows are of one user? */
static bool
needs_users(const SpkTable *table, const SpkModel *model)
{
	return table->groups != NULL &&
		(spk_parts_rows(&model->options, model->algorithm) || spk_orders_users(model));
}

uint64
spk_shared_matrix_size(const SpkTable *table, const SpkModel *model)
{
	SpkMatrix shape = spk_table_shape(table, model->features);
	uint64	  size = head_size(table->n_columns) + codes_size(&shape);

	if (needs_users(table, model))
		size += TYPEALIGN64(SPK_ALIGNMENT, (uint64) table->n_rows * sizeof(uint32));
	return size;
}

/* Bins the rows into codes, and numbers their users in what follows them. */
static void
bin_users(const SpkHost *host, const SpkTable *table, const SpkFeature *features, uint8 *codes,
		  SpkMatrix *matrix)
{
	SpkMatrix shape = spk_table_shape(table, features);
	uint32	 *origins = spk_must_alloc(host, table->n_rows, sizeof(uint32), "training set");
	uint32	 *users = (uint32 *) (codes + codes_size(&shape));

	spk_check(spk_bin_table(host, table, features, codes, matrix, origins), "training set", NULL);
	spk_check(spk_number_users(host, table->groups, origins, users, matrix), "training set", NULL);
	spk_release(host, origins);
}

void
spk_shared_matrix_fill(const SpkHost *host, const SpkTable *table, SpkModel *model,
					   SpkGroupRows group, void *memory, SpkMatrix *matrix)
{
	SharedMatrix	 *shared = memory;
	const SpkFeature *features = model->features;
	uint8			 *codes = (uint8 *) memory + head_size(table->n_columns);

	if (needs_users(table, model))
		bin_users(host, table, features, codes, matrix);
	else
		spk_check(spk_bin_table(host, table, features, codes, matrix, NULL), "training set", NULL);
	spk_check(group(host, matrix, model), "training set", NULL);
	shared->matrix = *matrix;
	shared->matrix.codes = NULL;
	shared->matrix.users = NULL;
	shared->has_users = matrix->users != NULL;
	shared->size = spk_shared_matrix_size(table, model);
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		shared->features[i].kind = (uint8) features[i].kind;
		shared->features[i].n_bins = (uint8) features[i].n_bins;
		shared->features[i].n_grouped = (uint16) features[i].n_grouped;
		shared->features[i].rule = features[i].rule;
	}
}

void *
spk_shared_matrix_end(void *memory)
{
	return (char *) memory + ((const SharedMatrix *) memory)->size;
}

void
spk_shared_matrix_open(void *memory, SpkMatrix *matrix, SpkFeature **features)
{
	const SharedMatrix *shared = memory;

	*matrix = shared->matrix;
	matrix->codes = (uint8 *) memory + head_size(matrix->n_features);
	if (shared->has_users)
		matrix->users = (const uint32 *) (matrix->codes + codes_size(matrix));
	*features = palloc0(matrix->n_features * sizeof(SpkFeature));
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		(*features)[i].kind = (SpkFeatureKind) shared->features[i].kind;
		(*features)[i].n_bins = shared->features[i].n_bins;
		(*features)[i].n_grouped = shared->features[i].n_grouped;
		(*features)[i].rule = shared->features[i].rule;
	}
}
