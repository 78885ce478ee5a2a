/*
 * codec.c
 *	  Models as bytes: writing them, and reading their header.
 */
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/models/score_counts.h"
#include "core/base/hash.h"

/* Where these are in the header. */
#define ALGORITHM_AT   6
#define FINGERPRINT_AT 8

SpkStatus
spk_model_hash(const SpkHost *host, const void *body, size_t len, SpkAlgorithm algorithm,
			   uint64_t *fingerprint)
{
	const uint8_t *at = body;
	uint64_t hash = spk_hash_start(len, (uint64_t) SPK_MODEL_VERSION << 8 | (uint64_t) algorithm);

	for (; len > SPK_POLL_BYTES; at += SPK_POLL_BYTES, len -= SPK_POLL_BYTES)
	{
		if (spk_cancelled(host))
			return SPK_CANCELLED;
		hash = spk_hash_more(hash, at, SPK_POLL_BYTES);
	}
	*fingerprint = spk_hash_more(hash, at, len);
	return SPK_OK;
}

static void
write_name(SpkWriter *w, const char *name)
{
	size_t len = strlen(name);

	spk_write_varint(w, len);
	spk_write_bytes(w, name, len);
}

/* Is the option stored?  Those that came after the first models are not where they are as before. */
static bool
is_stored(const SpkOptions *options, SpkAlgorithm algorithm, const SpkOptions *before,
		  SpkOption option)
{
	return spk_option_applies(option, algorithm) &&
		!(spk_option_specs[option].later && options->value[option] == before->value[option]);
}

static void
write_options(SpkWriter *w, const SpkOptions *options, SpkAlgorithm algorithm)
{
	SpkOptions before = spk_options_before(algorithm);
	uint32_t   n = 0;

	for (int i = 0; i < SPK_N_OPTIONS; i++)
		n += is_stored(options, algorithm, &before, (SpkOption) i);
	spk_write_varint(w, n);
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (is_stored(options, algorithm, &before, (SpkOption) i))
		{
			write_name(w, spk_option_specs[i].name);
			spk_write_f64(w, options->value[i]);
		}
}

static void
write_facts(SpkWriter *w, const SpkModel *model)
{
	uint32_t n = 0;

	for (int i = 0; i < SPK_N_FACTS; i++)
		n += !isnan(model->facts[i]);
	spk_write_varint(w, n);
	for (int i = 0; i < SPK_N_FACTS; i++)
		if (!isnan(model->facts[i]))
		{
			write_name(w, spk_fact_names[i]);
			spk_write_f64(w, model->facts[i]);
		}
}

/* Writes the names, and the groups that they are in, if they are grouped. */
static void
write_categories(SpkWriter *w, const SpkFeature *feature)
{
	uint32_t n = spk_n_categories(feature);

	for (uint32_t i = 0; i < n; i++)
	{
		spk_write_varint(w, feature->categories[i].len);
		spk_write_bytes(w, feature->categories[i].name, feature->categories[i].len);
	}
	if (feature->n_grouped > 0)
		spk_write_bytes(w, feature->groups, n);
}

/* The column of the rows' weights, where these have any. */
static void
write_weights(SpkWriter *w, const SpkModel *model)
{
	if (spk_has_weights(&model->options))
		write_name(w, model->weights);
}

static void
write_feature(SpkWriter *w, const SpkFeature *feature, SpkFeatureParts parts)
{
	write_name(w, feature->name);
	spk_write_u8(w, (uint8_t) feature->kind | (feature->n_grouped > 0 ? SPK_GROUPED : 0));
	spk_write_varint(w, feature->n_bins);
	if (feature->n_grouped > 0)
		spk_write_varint(w, feature->n_grouped);
	if (feature->kind == SPK_CATEGORY)
		write_categories(w, feature);
	else
		for (uint32_t i = 0; i + 1 < feature->n_bins; i++)
			spk_write_f64(w, feature->edges[i]);
	for (uint32_t i = 0; i <= feature->n_bins; i++)
		spk_write_varint(w, feature->counts[i]);
	spk_write_f64(w, feature->importance);
	if (parts.permutation)
		spk_write_f64(w, feature->permutation);
	/* 0 any, 1 not falling, 2 not rising */
	if (parts.monotone)
		spk_write_u8(w, feature->rule.monotone < 0 ? 2 : (uint8_t) feature->rule.monotone);
	if (parts.groups)
		spk_write_varint(w, feature->rule.groups);
}

static void
write_features(SpkWriter *w, const SpkFeature *features, uint32_t n, SpkFeatureParts parts)
{
	spk_write_varint(w, n);
	for (uint32_t i = 0; i < n && spk_writer_poll(w); i++)
		write_feature(w, &features[i], parts);
}

SpkStatus
spk_features_encode(const SpkFeature *features, uint32_t n, SpkWriter *w)
{
	write_features(w, features, n, (SpkFeatureParts) {.monotone = true, .groups = true});
	return w->status;
}

static void
write_tree(SpkWriter *w, const SpkTree *tree)
{
	spk_write_varint(w, tree->n_nodes);
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];

		if (i % SPK_POLL_NODES == 0 && !spk_writer_poll(w))
			return;
		spk_write_u8(w, node->flags);
		if (node->flags & SPK_NODE_LEAF)
			spk_write_f32(w, node->u.value);
		else
		{
			spk_write_varint(w, node->feature);
			if (node->flags & SPK_NODE_SET)
				for (int word = 0; word < 4; word++)
					spk_write_u64(w, tree->sets[node->set].bits[word]);
			else
				spk_write_u8(w, node->split);
		}
		spk_write_varint(w, node->cover);
	}
}

static void
write_trees(SpkWriter *w, const SpkModel *model)
{
	spk_write_varint(w, model->n_trees);
	for (uint32_t i = 0; i < model->n_trees; i++)
		write_tree(w, &model->trees[i]);
}

static void
write_terms(SpkWriter *w, const SpkModel *model)
{
	size_t n = spk_terms_length(model);

	for (size_t i = 0; i < n; i++)
		spk_write_f64(w, model->terms[i]);
}

static void
write_calibration(SpkWriter *w, const SpkModel *model)
{
	const SpkCalibration *c = &model->calibration;

	if (model->options.value[SPK_OPT_CALIBRATE] == SPK_CALIBRATE_PLATT)
	{
		spk_write_f64(w, c->slope);
		spk_write_f64(w, c->intercept);
		return;
	}
	spk_write_varint(w, c->n_points);
	for (uint32_t i = 0; i < c->n_points; i++)
	{
		spk_write_f64(w, c->points[i].score);
		spk_write_f64(w, c->points[i].probability);
	}
}

/* Each part is a whole model, with a header of its own, behind its weight and its length. */
static void
write_parts(SpkWriter *w, const SpkModel *model)
{
	SpkWriter part = spk_writer(w->host);

	spk_write_varint(w, model->n_parts);
	for (uint32_t i = 0; i < model->n_parts && w->status == SPK_OK; i++)
	{
		part.len = 0;
		part.status = spk_model_encode(&model->parts[i].model, &part);
		if (part.status != SPK_OK)
			w->status = part.status;
		spk_write_f64(w, model->parts[i].weight);
		spk_write_varint(w, part.len);
		spk_write_bytes(w, part.data, part.len);
	}
	spk_release(w->host, part.data);
}

static void
write_tried(SpkWriter *w, const SpkModel *model)
{
	for (uint32_t i = 0; i < model->n_tried; i++)
	{
		const SpkTried *tried = &model->tried[i];

		spk_write_u8(w, (uint8_t) tried->algorithm);
		write_options(w, &tried->options, tried->algorithm);
		spk_write_varint(w, tried->folds);
		spk_write_f64(w, tried->log_loss);
		spk_write_f64(w, tried->auc);
		spk_write_f64(w, tried->weight);
	}
}

static void
write_scores(SpkWriter *w, const SpkScoreCounts *scores)
{
	spk_write_varint(w, scores->n_bins);
	for (uint32_t i = 0; i + 1 < scores->n_bins; i++)
		spk_write_f32(w, scores->edges[i]);
	for (uint32_t i = 0; i < scores->n_bins; i++)
		spk_write_varint(w, scores->counts[i]);
}

SpkFeatureParts
spk_feature_parts(const SpkModel *model)
{
	return (SpkFeatureParts) {spk_has_permutation(&model->options, model->algorithm),
							  spk_has_monotone(&model->options),
							  spk_has_interactions(&model->options)};
}

SpkStatus
spk_model_encode(const SpkModel *model, SpkWriter *w)
{
	size_t	  start = w->len;
	uint64_t  fingerprint;
	SpkStatus status;

	/* the writer may hold other bytes before: start is where the model begins */
	spk_write_bytes(w, SPK_MODEL_MAGIC, 4);
	spk_write_u16(w, SPK_MODEL_VERSION);
	spk_write_u8(w, (uint8_t) model->algorithm);
	spk_write_u8(w, 0);
	spk_write_u64(w, 0); /* the fingerprint, once it is known */

	spk_write_f64(w, model->threshold);
	write_options(w, &model->options, model->algorithm);
	write_facts(w, model);
	write_weights(w, model);
	write_features(w, model->features, model->n_features, spk_feature_parts(model));
	if (spk_has_trees(model->algorithm))
		write_trees(w, model);
	else if (spk_has_parts(model->algorithm))
		write_parts(w, model);
	else
		write_terms(w, model);
	if (spk_has_calibration(&model->options))
		write_calibration(w, model);
	if (spk_is_searched(model))
		write_tried(w, model);
	if (spk_has_scores(model))
		write_scores(w, &model->scores);
	if (w->status != SPK_OK)
		return w->status;

	/* the fingerprint is of the bytes, so it is put into its place when they are there */
	status = spk_model_hash(w->host, w->data + start + SPK_MODEL_HEADER,
							w->len - start - SPK_MODEL_HEADER, model->algorithm, &fingerprint);
	if (status != SPK_OK)
		return status;
	for (int i = 0; i < 8; i++)
		w->data[start + FINGERPRINT_AT + (size_t) i] = (uint8_t) (fingerprint >> (8 * i));
	return SPK_OK;
}

/* Do these bytes start as a model does? */
static bool
starts_model(const void *data, size_t len)
{
	return len >= SPK_MODEL_HEADER && memcmp(data, SPK_MODEL_MAGIC, 4) == 0;
}

uint64_t
spk_model_fingerprint(const void *data, size_t len)
{
	SpkReader r;

	if (!starts_model(data, len))
		return 0;
	r = spk_reader((const uint8_t *) data + FINGERPRINT_AT, 8);
	return spk_read_u64(&r);
}

bool
spk_model_algorithm(const void *data, size_t len, SpkAlgorithm *algorithm)
{
	uint8_t number;

	if (!starts_model(data, len))
		return false;
	number = ((const uint8_t *) data)[ALGORITHM_AT];
	*algorithm = (SpkAlgorithm) number;
	return number < SPK_N_ALGORITHMS;
}

void
spk_model_release_trees(const SpkHost *host, SpkModel *model)
{
	for (uint32_t i = 0; i < model->n_trees && model->trees != NULL; i++)
	{
		spk_release(host, model->trees[i].nodes);
		spk_release(host, model->trees[i].sets);
	}
	spk_release(host, model->trees);
	model->trees = NULL;
	for (uint32_t i = 0; i < model->n_parts && model->parts != NULL; i++)
		spk_model_release_trees(host, &model->parts[i].model);
}

void
spk_features_release(const SpkHost *host, SpkFeature *features, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		spk_feature_release(host, &features[i]);
	spk_release(host, features);
}

void
spk_model_release(const SpkHost *host, SpkModel *model)
{
	spk_features_release(host, model->features, model->n_features);
	spk_model_release_trees(host, model);
	spk_release(host, model->terms);
	spk_release(host, model->calibration.points);
	for (uint32_t i = 0; i < model->n_parts && model->parts != NULL; i++)
		spk_model_release(host, &model->parts[i].model);
	spk_release(host, model->parts);
	spk_release(host, model->tried);
	spk_release(host, model->unseen);
	memset(model, 0, sizeof(*model));
}
