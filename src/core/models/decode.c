/*
 * decode.c
 *	  From bytes to a model, all but its trees.
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

/* The fewest bytes that one of each takes: they bound counts before memory is asked for. */
#define MIN_FEATURE_BYTES 13
#define MIN_BIN_BYTES	  1
#define MIN_EDGE_BYTES	  8

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

static SpkStatus
read_feature_name(SpkDecoder *d, SpkFeature *feature)
{
	size_t		   len = spk_decode_count(d, SPK_MAX_NAME, 1);
	const uint8_t *bytes = spk_read_bytes(&d->r, len);
	char		  *name;

	if (d->r.bad || len == 0 || memchr(bytes, 0, len) != NULL)
		return spk_corrupt(d, "A feature's name is empty or holds a zero byte");
	if ((name = spk_decode_array(d->host, len + 1, sizeof(*name))) == NULL)
		return SPK_NO_MEMORY;
	memcpy(name, bytes, len);
	feature->name = name;

	for (const SpkFeature *other = d->model->features; other < feature; other++)
		if (strcmp(other->name, name) == 0)
			return spk_corrupt(d, "Two features have the same name");
	if (strcmp(d->model->weights, name) == 0)
		return spk_corrupt(d, "A feature has the name of the weights");
	return SPK_OK;
}

static SpkStatus
read_edges(SpkDecoder *d, SpkFeature *feature)
{
	uint32_t n = feature->n_bins > 0 ? feature->n_bins - 1 : 0;

	if (n > spk_unread(&d->r) / MIN_EDGE_BYTES)
		return spk_corrupt(d, "A feature has more bins than data");
	if ((feature->edges = spk_decode_array(d->host, n, sizeof(*feature->edges))) == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n; i++)
	{
		feature->edges[i] = spk_read_f64(&d->r);
		if (!isfinite(feature->edges[i]) || (i > 0 && feature->edges[i] <= feature->edges[i - 1]))
			return spk_corrupt(d, "The edges of a feature are not finite and ascending");
	}
	return SPK_OK;
}

/* Does a come before b, in the order of bytes, where the beginning of a name comes before it? */
static bool
category_before(const SpkCategory *a, const SpkCategory *b)
{
	int order = memcmp(a->name, b->name, a->len < b->len ? a->len : b->len);

	return order != 0 ? order < 0 : a->len < b->len;
}

/* Returns how many bytes the names of the next n categories have; bad when they are not there. */
static size_t
measure_categories(SpkReader *r, uint32_t n)
{
	SpkReader ahead = *r;
	size_t	  bytes = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		size_t len = spk_read_varint(&ahead);

		if (spk_read_bytes(&ahead, len) == NULL)
			break;
		bytes += len;
	}
	r->bad |= ahead.bad;
	return bytes;
}

static SpkStatus
read_categories(SpkDecoder *d, SpkFeature *feature)
{
	size_t bytes = measure_categories(&d->r, feature->n_bins);
	size_t array = feature->n_bins * sizeof(SpkCategory);
	char  *names;

	if (d->r.bad)
		return spk_corrupt(d, NULL);
	feature->categories = spk_alloc(d->host, array + bytes, 1);
	if (feature->categories == NULL)
		return SPK_NO_MEMORY;
	names = (char *) feature->categories + array;

	/* ascending, which also means distinct: codes are found by binary search */
	for (uint32_t i = 0; i < feature->n_bins; i++)
	{
		SpkCategory *category = &feature->categories[i];

		category->len = spk_decode_count(d, SPK_MAX_CATEGORY, 1);
		if (d->r.bad)
			return spk_corrupt(d, NULL);
		category->name = names;
		memcpy(names, spk_read_bytes(&d->r, category->len), category->len);
		if (memchr(names, 0, category->len) != NULL)
			return spk_corrupt(d, "A category holds a zero byte");
		if (i > 0 && !category_before(category - 1, category))
			return spk_corrupt(d, "The categories of a feature are not ascending");
		names += category->len;
	}
	return SPK_OK;
}

/* Reads the counts of a feature's codes, and sets *sum to the training rows that they are of. */
static SpkStatus
read_counts(SpkDecoder *d, SpkFeature *feature, uint64_t *sum)
{
	if (feature->n_bins + 1 > spk_unread(&d->r))
		return spk_corrupt(d, "A feature has more bins than data");
	if ((feature->counts = spk_decode_array(d->host, feature->n_bins + 1,
											sizeof(*feature->counts))) == NULL)
		return SPK_NO_MEMORY;
	*sum = 0;
	for (uint32_t i = 0; i <= feature->n_bins; i++)
	{
		feature->counts[i] = spk_decode_varint32(&d->r);
		*sum += feature->counts[i];
	}
	return d->r.bad ? spk_corrupt(d, NULL) : SPK_OK;
}

/* Reads the feature's rule, as far as it is stored. */
static SpkStatus
read_rule(SpkDecoder *d, SpkFeature *feature, SpkFeatureParts parts)
{
	uint8_t sign = parts.monotone ? spk_read_u8(&d->r) : 0;

	if (parts.groups)
		feature->rule.groups = spk_read_varint(&d->r);
	if (d->r.bad || sign > 2 || (sign != 0 && feature->kind == SPK_CATEGORY))
		return spk_corrupt(d, "A feature is monotone in an impossible way");
	feature->rule.monotone = (int8_t) (sign == 2 ? -1 : sign);
	return SPK_OK;
}

static SpkStatus
read_feature(SpkDecoder *d, SpkFeature *feature, SpkFeatureParts parts, uint64_t *rows)
{
	SpkStatus status = read_feature_name(d, feature);
	uint8_t	  kind;

	if (status != SPK_OK)
		return status;
	kind = spk_read_u8(&d->r);
	if (kind >= SPK_N_FEATURE_KINDS)
		return spk_corrupt(d, "The kind of a feature is not known");
	feature->kind = (SpkFeatureKind) kind;
	feature->n_bins = spk_decode_count(d, SPK_MAX_BINS, MIN_BIN_BYTES);

	/* each array is as long as n_bins says, so it is bounded by the bytes that are there */
	status = kind == SPK_CATEGORY ? read_categories(d, feature) : read_edges(d, feature);
	if (status == SPK_OK)
		status = read_counts(d, feature, rows);
	if (status != SPK_OK)
		return status;

	feature->importance = spk_read_f64(&d->r);
	if (d->r.bad || !isfinite(feature->importance) || feature->importance < 0)
		return spk_corrupt(d, "The importance of a feature is not a number from 0 on");
	if (parts.permutation)
		feature->permutation = spk_read_f64(&d->r);
	if (d->r.bad || !isfinite(feature->permutation))
		return spk_corrupt(d, "The permutation importance of a feature is not a number");
	return read_rule(d, feature, parts);
}

/* Reads the features, and sets *rows to the training rows, of which all must count as many. */
static SpkStatus
read_features(SpkDecoder *d, SpkFeatureParts parts, uint64_t *rows)
{
	SpkModel *model = d->model;
	uint32_t  n = spk_decode_count(d, SPK_MAX_FEATURES, MIN_FEATURE_BYTES);

	if (d->r.bad || n == 0)
		return spk_corrupt(d, "There is no feature");
	if ((model->features = spk_decode_array(d->host, n, sizeof(*model->features))) == NULL)
		return SPK_NO_MEMORY;
	model->n_features = n;
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t  sum = 0;
		SpkStatus status = spk_cancelled(d->host) ?
			SPK_CANCELLED :
			read_feature(d, &model->features[i], parts, &sum);

		if (status != SPK_OK)
			return status;
		if (i > 0 && sum != *rows)
			return spk_corrupt(d, "The features count different numbers of rows");
		*rows = sum;
	}
	return SPK_OK;
}

/* Reads the features of a model whose options and facts have been read. */
static SpkStatus
read_own_features(SpkDecoder *d)
{
	SpkModel   *model = d->model;
	const char *fault;
	uint64_t	rows = 0;
	SpkStatus	status = read_features(d, spk_feature_parts(model), &rows);

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
	SpkDecoder d = {host, host, spk_reader(data, len), &model, NULL};
	uint64_t   rows;
	SpkStatus  status = read_features(&d, (SpkFeatureParts) {.monotone = true, .groups = true},
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
	if (d->r.bad || spk_unread(&d->r) > 0)
		return spk_corrupt(d, "Data are left over behind the model");
	return SPK_OK;
}

SpkStatus
spk_model_decode_apart(const SpkHost *host, const SpkHost *trees, const void *data, size_t len,
					   SpkModel *model, const char **why)
{
	SpkDecoder d = {host, trees, spk_reader(data, len), model, NULL};
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
