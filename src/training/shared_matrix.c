/*
 * shared_matrix.c
 *	  Binned rows in shared memory, for workers that grow trees.
 *
 * They lie in a segment of their own, so that they are held once.
 */
#include "compat.h"

#include "training/shared_matrix.h"
#include "host/memory_limit.h"

#define KEY_MATRIX		UINT64CONST(1000)	/* callers' keys are below */

/* What growers need to know of a feature. */
typedef struct SharedFeature
{
	uint8		kind;
	uint8		n_bins;
} SharedFeature;

typedef struct SharedMatrix
{
	SpkMatrix	matrix;			/* but for codes */
	dsm_handle	segment;
	SharedFeature features[FLEXIBLE_ARRAY_MEMBER];
} SharedMatrix;

void
spk_warn_of_shared_memory(uint64 size)
{
	ereport(WARNING,
			(errmsg("not enough shared memory to train in parallel"),
			 errdetail("Training takes at least " UINT64_FORMAT " MB of it.", size / (1024 * 1024) + 1),
			 errhint("Make /dev/shm larger; in a container, by its option for shared memory.")));
}

dsm_segment *
spk_shared_segment(uint64 size, uint64 more)
{
	if (!spk_shared_memory_fits(size + more))
	{
		spk_warn_of_shared_memory(size + more);
		return NULL;
	}
	return dsm_create((Size) size, DSM_CREATE_NULL_IF_MAXSEGMENTS);
}

static Size
shared_size(uint32 n_features)
{
	return offsetof(SharedMatrix, features) + n_features * sizeof(SharedFeature);
}

void
spk_estimate_shared_matrix(ParallelContext *pcxt, uint32 n_features)
{
	shm_toc_estimate_chunk(&pcxt->estimator, shared_size(n_features));
	shm_toc_estimate_keys(&pcxt->estimator, 1);
}

void
spk_share_matrix(ParallelContext *pcxt, const SpkMatrix *matrix, const SpkFeature *features,
				 dsm_segment *segment)
{
	SharedMatrix *shared = shm_toc_allocate(pcxt->toc, shared_size(matrix->n_features));

	shared->matrix = *matrix;
	shared->matrix.codes = NULL;
	shared->segment = dsm_segment_handle(segment);
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		shared->features[i].kind = (uint8) features[i].kind;
		shared->features[i].n_bins = (uint8) features[i].n_bins;
	}
	shm_toc_insert(pcxt->toc, KEY_MATRIX, shared);
}

dsm_segment *
spk_attach_matrix(shm_toc *toc, SpkMatrix *matrix, SpkFeature **features)
{
	SharedMatrix *shared = shm_toc_lookup(toc, KEY_MATRIX, false);
	dsm_segment *segment = dsm_attach(shared->segment);

	if (segment == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("could not map dynamic shared memory segment")));
	*matrix = shared->matrix;
	matrix->codes = dsm_segment_address(segment);
	*features = palloc0(matrix->n_features * sizeof(SpkFeature));
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		(*features)[i].kind = (SpkFeatureKind) shared->features[i].kind;
		(*features)[i].n_bins = shared->features[i].n_bins;
	}
	return segment;
}
