/*
 * decode_features.c
 *	  From bytes to the features of a model.
 */
#include <math.h>
#include <string.h>

#include "core/models/codec.h"
#include "core/models/decode.h"
#include "core/models/learner.h"

/* The fewest bytes that one of each takes: they bound counts before memory is asked for. */
#define MIN_FEATURE_BYTES 13
#define MIN_BIN_BYTES	  1
#define MIN_EDGE_BYTES	  8
#define MIN_GROUPED_BYTES 2

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
	uint32_t n = spk_n_categories(feature);
	size_t	 bytes = measure_categories(&d->r, n);
	size_t	 array = n * sizeof(SpkCategory);
	char	*names;

	if (d->r.bad)
		return spk_corrupt(d, NULL);
	if (bytes > SPK_MAX_CATEGORY_BYTES)
		return spk_corrupt(d, "The categories of a feature are too long together");
	feature->categories = spk_alloc(d->host, array + bytes, 1);
	if (feature->categories == NULL)
		return SPK_NO_MEMORY;
	names = (char *) feature->categories + array;

	/* ascending, which also means distinct: codes are found by binary search */
	for (uint32_t i = 0; i < n; i++)
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

/* Reads the groups of as many categories; each code must be that of one of them. */
static SpkStatus
read_groups(SpkDecoder *d, SpkFeature *feature)
{
	const uint8_t *groups = spk_read_bytes(&d->r, feature->n_grouped);
	SpkCodeSet	   used = {{0}};

	if (d->r.bad)
		return spk_corrupt(d, NULL);
	feature->groups = spk_alloc(d->host, feature->n_grouped, 1);
	if (feature->groups == NULL)
		return SPK_NO_MEMORY;
	memcpy(feature->groups, groups, feature->n_grouped);
	for (uint32_t i = 0; i < feature->n_grouped; i++)
	{
		if (groups[i] >= feature->n_bins)
			return spk_corrupt(d, "A category is in a group that its feature does not have");
		spk_set_add(&used, groups[i]);
	}
	for (uint32_t code = 0; code < feature->n_bins; code++)
		if (!spk_set_has(&used, (uint8_t) code))
			return spk_corrupt(d, "A group of a feature has no category");
	return SPK_OK;
}

/* Reads the counts of a feature's codes, and sets *sum to the training rows that they are of. */
static SpkStatus
read_counts(SpkDecoder *d, SpkFeature *feature, uint64_t *sum)
{
	if (feature->n_bins + 1 > spk_unread(&d->r))
		return spk_corrupt(d, "A feature has more bins than data");
	/* a fit may part grouped categories into more groups */
	if ((feature->counts =
			 spk_decode_array(d->host, feature->n_grouped > 0 ? SPK_CODES : feature->n_bins + 1,
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

/* Reads how many bins and categories a feature has, and whether these are grouped. */
static SpkStatus
read_shape(SpkDecoder *d, SpkFeature *feature)
{
	uint8_t kind = spk_read_u8(&d->r);
	bool	grouped = (kind & SPK_GROUPED) != 0;
	bool	trees = spk_has_trees(d->model->algorithm);

	kind &= (uint8_t) ~SPK_GROUPED;
	if (kind >= SPK_N_FEATURE_KINDS || (grouped && kind != SPK_CATEGORY))
		return spk_corrupt(d, "The kind of a feature is not known");
	feature->kind = (SpkFeatureKind) kind;
	feature->n_bins = spk_decode_count(d,
									   kind == SPK_CATEGORY && (d->any || !trees) ?
										   SPK_MAX_CATEGORIES :
										   SPK_MAX_BINS,
									   MIN_BIN_BYTES);
	if (!grouped)
		return SPK_OK;
	feature->n_grouped = spk_decode_count(d, SPK_MAX_CATEGORIES, MIN_GROUPED_BYTES);
	if (feature->n_bins == 0 || feature->n_bins > SPK_MAX_BINS ||
		feature->n_grouped < feature->n_bins)
		return spk_corrupt(d, "A feature has more groups than categories");
	if (!d->any && !trees)
		return spk_corrupt(d, "A model without trees has groups of categories");
	return SPK_OK;
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

	if (status == SPK_OK)
		status = read_shape(d, feature);
	if (status != SPK_OK)
		return status;

	/* each array is as long as the counts say, so it is bounded by the bytes that are there */
	status = feature->kind == SPK_CATEGORY ? read_categories(d, feature) : read_edges(d, feature);
	if (status == SPK_OK && feature->n_grouped > 0)
		status = read_groups(d, feature);
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

SpkStatus
spk_decode_features(SpkDecoder *d, SpkFeatureParts parts, uint64_t *rows)
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
