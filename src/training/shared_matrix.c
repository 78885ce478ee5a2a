/*
 * shared_matrix.c
 *	  Binned rows in a block that workers may share.
 */
#include "compat.h"

#include "core/rows/binning.h"
#include "host/pg_host.h"
#include "training/shared_matrix.h"
#include "training/workers.h"

/* What growers need to know of a feature. */
typedef struct SharedFeature
{
	uint8 kind;
	uint8 n_bins;
} SharedFeature;

/* The start of the memory.  The codes follow it, aligned. */
typedef struct SharedMatrix
{
	SpkMatrix	  matrix; /* without codes, which have another address in each process */
	SharedFeature features[FLEXIBLE_ARRAY_MEMBER];
} SharedMatrix;

/* Bytes before the codes. */
static Size
head_size(uint32 n_features)
{
	return TYPEALIGN(SPK_ALIGNMENT,
					 offsetof(SharedMatrix, features) + n_features * sizeof(SharedFeature));
}

uint64
spk_shared_matrix_size(uint32 n_rows, uint32 n_features)
{
	return head_size(n_features) +
		TYPEALIGN64(SPK_ALIGNMENT, (uint64) n_rows * spk_matrix_stride(n_features));
}

void
spk_shared_matrix_fill(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
					   void *memory, SpkMatrix *matrix)
{
	SharedMatrix *shared = memory;
	uint8		 *codes = (uint8 *) memory + head_size(table->n_columns);

	spk_check(spk_bin_table(host, table, features, codes, matrix, NULL), "training set", NULL);
	shared->matrix = *matrix;
	shared->matrix.codes = NULL;
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		shared->features[i].kind = (uint8) features[i].kind;
		shared->features[i].n_bins = (uint8) features[i].n_bins;
	}
}

void
spk_shared_matrix_open(void *memory, SpkMatrix *matrix, SpkFeature **features)
{
	const SharedMatrix *shared = memory;

	*matrix = shared->matrix;
	matrix->codes = (uint8 *) memory + head_size(matrix->n_features);
	*features = palloc0(matrix->n_features * sizeof(SpkFeature));
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		(*features)[i].kind = (SpkFeatureKind) shared->features[i].kind;
		(*features)[i].n_bins = shared->features[i].n_bins;
	}
}
