/*
 * decode.c
 *	  From bytes to a model, all but its features and trees.
 *
 * The decoder trusts nothing, because bytes come from clients, dumps and disks.  It
 * accepts exactly what the encoder writes for a sound model.  So prediction needs
 * no checks of its own, and equal models have equal bytes.
 */
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/models/decode.h"
#include "core/models/model_check.h"
#include "core/models/score_counts.h"

/* Reads a name, and tells whether it is this one. */
static bool
read_expected_name(SpkReader *r, const char *name)
{
	size_t		   len = spk_read_varint(r);
	const uint8_t *bytes = spk_read_bytes(r, len);

	return !r->bad && strlen(name) == len && memcmp(bytes, name, len) == 0;
}

static SpkStatus
read_header(SpkDecoder *d, const void *data, size_t len)
{
	const uint8_t *found = spk_read_bytes(&d->r, 4);
	uint16_t	   version = spk_read_u16(&d->r);
	uint8_t		   algorithm = spk_read_u8(&d->r);
	uint8_t		   flags = spk_read_u8(&d->r);
	uint64_t	   fingerprint;
	SpkStatus	   status;

	d->model->fingerprint = spk_read_u64(&d->r);
	if (d->r.bad || memcmp(found, SPK_MODEL_MAGIC, 4) != 0)
		return spk_corrupt(d, "The data do not start as a model does");
	if (version != SPK_MODEL_VERSION || flags != 0)
		return spk_corrupt(d, "The format version is not known");
	if (algorithm >= SPK_N_ALGORITHMS)
		return spk_corrupt(d, "The algorithm is not known");
	d->model->algorithm = (SpkAlgorithm) algorithm;
	status = spk_model_hash(d->host, (const uint8_t *) data + SPK_MODEL_HEADER,
							len - SPK_MODEL_HEADER, d->model->algorithm, &fingerprint);
	if (status != SPK_OK)
		return status;
	if (d->model->fingerprint != fingerprint)
		return spk_corrupt(d, "The fingerprint does not match the content");
	return SPK_OK;
}

SpkStatus
spk_decode_options(SpkDecoder *d, SpkAlgorithm algorithm, SpkOptions *options)
{
	uint32_t   n = spk_decode_count(d, SPK_N_OPTIONS, 1);
	SpkOptions before = spk_options_before(algorithm);

	*options = before;
	for (int i = 0; i < SPK_N_OPTIONS; i++)
	{
		const SpkOptionSpec *spec = &spk_option_specs[i];
		SpkReader			 start = d->r;
		double				 value;

		if (!spk_option_applies((SpkOption) i, algorithm))
			continue;

		/* options are stored in the order of their list; only later ones may be left out */
		if (n == 0 || !read_expected_name(&d->r, spec->name))
		{
			if (!spec->later)
				return spk_corrupt(d, "The options are not those of the algorithm");
			d->r = start;
			continue;
		}

		/* nothing may be written in two ways: no -0, and no later option at its value of before */
		n--;
		value = spk_read_f64(&d->r);
		if (d->r.bad || !spk_option_valid((SpkOption) i, value) || (value == 0 && signbit(value)))
			return spk_corrupt(d, "An option has an impossible value");
		if (spec->later && value == before.value[i])
			return spk_corrupt(d, "An option is stored that need not be");
		options->value[i] = value;
	}
	if (d->r.bad || n != 0)
		return spk_corrupt(d, "The options are not those of the algorithm");
	return SPK_OK;
}

static SpkStatus
read_facts(SpkDecoder *d)
{
	uint32_t n = spk_decode_count(d, SPK_N_FACTS, 1);
	int		 at = 0;

	for (int i = 0; i < SPK_N_FACTS; i++)
		d->model->facts[i] = NAN;
	while (n-- > 0)
	{
		SpkReader start = d->r;
		double	  value;

		/* facts that are known come in the order of SpkFact, others are left out */
		while (at < SPK_N_FACTS && !read_expected_name(&d->r, spk_fact_names[at]))
		{
			at++;
			d->r = start;
		}
		if (at == SPK_N_FACTS)
			return spk_corrupt(d, "A fact is unknown or out of order");
		value = spk_read_f64(&d->r);
		if (d->r.bad || !isfinite(value) || value < 0)
			return spk_corrupt(d, "A fact is not a number from 0 on");
		if (at == SPK_FACT_THRESHOLD_RULE && !spk_is_threshold_rule(value))
			return spk_corrupt(d, "The rule of the threshold is unknown");
		if (at == SPK_FACT_IMPORTED && !spk_is_import_from(value))
			return spk_corrupt(d, "The program that the model was imported from is unknown");
		d->model->facts[at++] = value;
	}
	return d->r.bad ? spk_corrupt(d, NULL) : SPK_OK;
}

/* Reads the name of the column of the rows' weights, where these have any. */
static SpkStatus
read_weights(SpkDecoder *d)
{
	size_t		   len;
	const uint8_t *bytes;

	if (!spk_has_weights(&d->model->options))
		return SPK_OK;
	len = spk_decode_count(d, SPK_MAX_NAME, 1);
	bytes = spk_read_bytes(&d->r, len);
	if (d->r.bad || len == 0 || memchr(bytes, 0, len) != NULL)
		return spk_corrupt(d, "The name of the weights is empty or holds a zero byte");
	memcpy(d->model->weights, bytes, len);
	d->model->weights[len] = '\0';
	return SPK_OK;
}

/* Reads the features of a model whose options and facts have been read. */
static SpkStatus
read_own_features(SpkDecoder *d)
{
	SpkModel   *model = d->model;
	const char *fault;
	uint64_t	rows = 0;
	SpkStatus	status = spk_decode_features(d, spk_feature_parts(model), &rows);

	if (status != SPK_OK)
		return status;
	if (!isnan(model->facts[SPK_FACT_ROWS]) && model->facts[SPK_FACT_ROWS] != (double) rows)
		return spk_corrupt(d, "The features count other rows than the facts");
	fault = spk_rules_fault(model);
	return fault == NULL ? SPK_OK : spk_corrupt(d, fault);
}

SpkStatus
spk_features_decode(const SpkHost *host, const void *data, size_t len, SpkFeature **features,
					uint32_t *n, const char **why)
{
	SpkModel   model = {.n_features = 0};
	SpkDecoder d = {host, host, spk_reader(data, len), &model, NULL, true};
	uint64_t   rows;
	SpkStatus status = spk_decode_features(&d, (SpkFeatureParts) {.monotone = true, .groups = true},
										   &rows);

	if (status == SPK_OK && (d.r.bad || spk_unread(&d.r) > 0))
		status = spk_corrupt(&d, "Data are left over behind the features");
	*why = d.why;
	if (status != SPK_OK)
	{
		spk_features_release(host, model.features, model.n_features);
		return status;
	}
	*features = model.features;
	*n = model.n_features;
	return SPK_OK;
}

/* Reads the terms, which are as many numbers as the features and the options ask for. */
static SpkStatus
read_terms(SpkDecoder *d)
{
	SpkModel   *model = d->model;
	size_t		n = spk_terms_length(model);
	const char *fault;

	if (n > spk_unread(&d->r) / sizeof(double))
		return spk_corrupt(d, "There are fewer terms than features");
	if ((model->terms = spk_decode_array(d->host, n, sizeof(double))) == NULL)
		return SPK_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		model->terms[i] = spk_read_f64(&d->r);
	fault = spk_terms_fault(model);
	return fault == NULL ? SPK_OK : spk_corrupt(d, fault);
}

/* Reads what the algorithm predicts with. */
static SpkStatus
read_body(SpkDecoder *d)
{
	if (spk_has_trees(d->model->algorithm))
		return spk_decode_trees(d);
	return spk_has_parts(d->model->algorithm) ? spk_decode_parts(d) : read_terms(d);
}

SpkStatus
spk_decode_model(SpkDecoder *d, const void *data, size_t len)
{
	SpkStatus status = read_header(d, data, len);

	if (status != SPK_OK)
		return status;
	d->model->threshold = spk_read_f64(&d->r);
	if (!(d->model->threshold > 0 && d->model->threshold < 1))
		return spk_corrupt(d, "The threshold is not between 0 and 1");
	if ((status = spk_decode_options(d, d->model->algorithm, &d->model->options)) != SPK_OK ||
		(status = read_facts(d)) != SPK_OK || (status = read_weights(d)) != SPK_OK ||
		(status = read_own_features(d)) != SPK_OK || (status = read_body(d)) != SPK_OK)
		return status;
	if (spk_has_calibration(&d->model->options) && (status = spk_decode_calibration(d)) != SPK_OK)
		return status;
	if (spk_is_searched(d->model) && (status = spk_decode_tried(d)) != SPK_OK)
		return status;
	if (spk_has_scores(d->model) && (status = spk_decode_scores(d)) != SPK_OK)
		return status;
	if (d->r.bad || spk_unread(&d->r) > 0)
		return spk_corrupt(d, "Data are left over behind the model");
	return SPK_OK;
}

SpkStatus
spk_model_decode_apart(const SpkHost *host, const SpkHost *trees, const void *data, size_t len,
					   SpkModel *model, const char **why)
{
	SpkDecoder d = {host, trees, spk_reader(data, len), model, NULL, false};
	SpkStatus  status;

	memset(model, 0, sizeof(*model));
	status = spk_decode_model(&d, data, len);
	if (status != SPK_OK)
	{
		spk_model_release_trees(trees, model);
		spk_model_release(host, model);
	}
	else
		spk_model_check(model);
	*why = d.why;
	return status;
}

SpkStatus
spk_model_decode(const SpkHost *host, const void *data, size_t len, SpkModel *model,
				 const char **why)
{
	return spk_model_decode_apart(host, host, data, len, model, why);
}
