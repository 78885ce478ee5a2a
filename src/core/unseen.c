/*
 * unseen.c
 *	  Scores of rows by a model that has not seen them.
 */
#include <string.h>

#include "codec.h"
#include "unseen.h"

/* A fit sets the importance of features; all else of them is only read. */
static SpkFeature *
copy_features(const SpkHost *host, const SpkModel *like)
{
	SpkFeature *features = spk_alloc(host, like->n_features, sizeof(SpkFeature));

	if (features != NULL)
		memcpy(features, like->features, like->n_features * sizeof(SpkFeature));
	return features;
}

SpkStatus
spk_score_unseen(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *like,
				 SpkScored *scored, size_t *n)
{
	SpkModel	model = {.algorithm = like->algorithm, .options = like->options};
	SpkFeature *features = copy_features(host, like);
	SpkStatus	status;

	if (features == NULL)
		return SPK_NO_MEMORY;
	model.options.value[SPK_OPT_IMPORTANCE] = SPK_IMPORTANCE_IMPURITY;
	model.n_features = like->n_features;
	model.features = features;
	status = spk_fit_without(host, samples, fold, &model);
	if (status == SPK_OK)
		status = spk_score_fold(host, samples, fold, &model, scored, n);
	model.n_features = 0;		/* what they point to is like's */
	spk_model_release(host, &model);
	return status;
}
