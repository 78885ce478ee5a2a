/*
 * decode_parts.c
 *	  From bytes to what a model holds besides trees and terms: the parts of a blend, a
 *	  calibration, what a search has tried, and the counts of scores.
 *
 * A part is a whole model.  Parts of a blend are no blends, which is checked before a
 * part is read, so that reading never goes deeper than this.
 */
#include <math.h>

#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/models/decode.h"
#include "core/models/learner.h"
#include "core/models/score_counts.h"

/* The fewest bytes that one of each takes: they bound counts before memory is asked for. */
#define MIN_PART_BYTES	(8 + 1 + SPK_MODEL_HEADER)
#define MIN_TRIED_BYTES 27

static SpkStatus
read_part(SpkDecoder *d, SpkPart *part)
{
	SpkDecoder	   inner = {d->host, d->trees, {NULL, NULL, false}, &part->model, NULL, false};
	SpkAlgorithm   algorithm;
	size_t		   len;
	const uint8_t *bytes;
	SpkStatus	   status;

	part->weight = spk_read_f64(&d->r);
	len = (size_t) spk_read_varint(&d->r);
	bytes = spk_read_bytes(&d->r, len);
	if (d->r.bad)
		return spk_corrupt(d, NULL);
	if (spk_model_algorithm(bytes, len, &algorithm) && spk_has_parts(algorithm))
		return spk_corrupt(d, "A part of a blend is a blend itself");

	/* what it holds after a failure is the caller's to release, with all other parts */
	inner.r = spk_reader(bytes, len);
	status = spk_decode_model(&inner, bytes, len);
	return status == SPK_CORRUPT ? spk_corrupt(d, inner.why) : status;
}

SpkStatus
spk_decode_parts(SpkDecoder *d)
{
	SpkModel   *model = d->model;
	uint32_t	n = spk_decode_count(d, SPK_MAX_PARTS, MIN_PART_BYTES);
	const char *fault;

	if (d->r.bad)
		return spk_corrupt(d, NULL);
	if ((model->parts = spk_decode_array(d->host, n, sizeof(SpkPart))) == NULL)
		return SPK_NO_MEMORY;
	model->n_parts = n;
	for (uint32_t i = 0; i < n; i++)
	{
		SpkStatus status = spk_cancelled(d->host) ? SPK_CANCELLED : read_part(d, &model->parts[i]);

		if (status != SPK_OK)
			return status;
	}
	if ((fault = spk_blend_fault(model)) != NULL)
		return spk_corrupt(d, fault);
	for (uint32_t i = 0; i < n; i++)
		model->parts[i].own_edges = spk_has_own_edges(model, &model->parts[i].model);
	return SPK_OK;
}

static SpkStatus
read_points(SpkDecoder *d, SpkCalibration *calibration)
{
	uint32_t n = spk_decode_count(d, SPK_MAX_POINTS, sizeof(SpkPoint));

	if ((calibration->points = spk_decode_array(d->host, n, sizeof(SpkPoint))) == NULL)
		return SPK_NO_MEMORY;
	calibration->n_points = n;
	for (uint32_t i = 0; i < n; i++)
	{
		calibration->points[i].score = spk_read_f64(&d->r);
		calibration->points[i].probability = spk_read_f64(&d->r);
	}
	return SPK_OK;
}

SpkStatus
spk_decode_calibration(SpkDecoder *d)
{
	SpkModel	   *model = d->model;
	SpkCalibration *calibration = &model->calibration;
	const char	   *fault;

	if (model->options.value[SPK_OPT_CALIBRATE] == SPK_CALIBRATE_PLATT)
	{
		calibration->slope = spk_read_f64(&d->r);
		calibration->intercept = spk_read_f64(&d->r);
	}
	else if (read_points(d, calibration) != SPK_OK)
		return SPK_NO_MEMORY;
	fault = spk_calibration_fault(model);
	return fault == NULL ? SPK_OK : spk_corrupt(d, fault);
}

static SpkStatus
read_tried(SpkDecoder *d, SpkTried *tried)
{
	uint8_t	  algorithm = spk_read_u8(&d->r);
	SpkStatus status;

	if (algorithm >= SPK_N_ALGORITHMS)
		return spk_corrupt(d, "The algorithm of a candidate is not known");
	tried->algorithm = (SpkAlgorithm) algorithm;
	if ((status = spk_decode_options(d, tried->algorithm, &tried->options)) != SPK_OK)
		return status;
	tried->folds = spk_decode_varint32(&d->r);
	tried->log_loss = spk_read_f64(&d->r);
	tried->auc = spk_read_f64(&d->r);
	tried->weight = spk_read_f64(&d->r);
	return d->r.bad ? spk_corrupt(d, NULL) : SPK_OK;
}

SpkStatus
spk_decode_tried(SpkDecoder *d)
{
	SpkModel   *model = d->model;
	double		n = model->facts[SPK_FACT_CANDIDATES];
	const char *fault;

	if (!(n >= 1 && n <= SPK_MAX_TRIED && n == floor(n)) ||
		n > (double) (spk_unread(&d->r) / MIN_TRIED_BYTES))
		return spk_corrupt(d, "The number of candidates is not that of the facts");
	if ((model->tried = spk_decode_array(d->host, (size_t) n, sizeof(SpkTried))) == NULL)
		return SPK_NO_MEMORY;
	model->n_tried = (uint32_t) n;
	for (uint32_t i = 0; i < model->n_tried; i++)
	{
		SpkStatus status = read_tried(d, &model->tried[i]);

		if (status != SPK_OK)
			return status;
	}
	fault = spk_tried_fault(model);
	return fault == NULL ? SPK_OK : spk_corrupt(d, fault);
}

SpkStatus
spk_decode_scores(SpkDecoder *d)
{
	SpkScoreCounts *scores = &d->model->scores;
	const char	   *fault;

	scores->n_bins = spk_decode_count(d, SPK_MAX_SCORE_BINS, 1);
	for (uint32_t i = 0; i + 1 < scores->n_bins; i++)
		scores->edges[i] = spk_read_f32(&d->r);
	for (uint32_t i = 0; i < scores->n_bins; i++)
		scores->counts[i] = spk_decode_varint32(&d->r);
	if (d->r.bad)
		return spk_corrupt(d, NULL);
	fault = spk_scores_fault(d->model);
	return fault == NULL ? SPK_OK : spk_corrupt(d, fault);
}
