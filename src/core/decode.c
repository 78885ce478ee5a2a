/*
 * decode.c
 *	  A model from bytes.
 *
 * The decoder trusts nothing: bytes come from clients, dumps and disks.  It
 * accepts exactly what the encoder writes for a sound model, so that prediction
 * needs no check of its own and equal models have equal bytes.
 */
#include <math.h>
#include <string.h>

#include "additive.h"
#include "codec.h"

/* The fewest bytes that one of these takes: bounds a count before memory is asked for. */
#define MIN_FEATURE_BYTES	13
#define MIN_BIN_BYTES		1
#define MIN_EDGE_BYTES		8
#define MIN_TREE_BYTES		7
#define MIN_NODE_BYTES		4

typedef struct Decoder
{
	const SpkHost *host;
	SpkReader	r;
	SpkModel   *model;
	const char *why;			/* of SPK_CORRUPT */
} Decoder;

/* Keeps the first reason: bad data are read on as zeros, which break other rules. */
static SpkStatus
corrupt(Decoder *d, const char *why)
{
	if (d->why == NULL)
		d->why = d->r.bad ? "The data end early or hold a malformed number" : why;
	return SPK_CORRUPT;
}

/* n things of this size, cleared; NULL when there is no memory. */
static void *
alloc_array(Decoder *d, size_t n, size_t size)
{
	void	   *array = spk_alloc(d->host, n, size);

	if (array != NULL)
		memset(array, 0, n * size);
	return array;
}

/* A count of things that take at least min_bytes each; bad when they cannot be there. */
static uint32_t
read_count(Decoder *d, uint64_t max, size_t min_bytes)
{
	uint64_t	n = spk_read_varint(&d->r);

	if (n > max)
		corrupt(d, "A length or a count is over its limit");
	if (n > max || n > spk_unread(&d->r) / min_bytes)
	{
		d->r.bad = true;
		return 0;
	}
	return (uint32_t) n;
}

static uint32_t
read_varint32(SpkReader *r)
{
	uint64_t	value = spk_read_varint(r);

	if (value > UINT32_MAX)
	{
		r->bad = true;
		return 0;
	}
	return (uint32_t) value;
}

/* Reads a name; is it this one? */
static bool
read_expected_name(SpkReader *r, const char *name)
{
	size_t		len = spk_read_varint(r);
	const uint8_t *bytes = spk_read_bytes(r, len);

	return !r->bad && strlen(name) == len && memcmp(bytes, name, len) == 0;
}

static SpkStatus
read_header(Decoder *d, const void *data, size_t len)
{
	const uint8_t *found = spk_read_bytes(&d->r, 4);
	uint16_t	version = spk_read_u16(&d->r);
	uint8_t		algorithm = spk_read_u8(&d->r);
	uint8_t		flags = spk_read_u8(&d->r);

	d->model->fingerprint = spk_read_u64(&d->r);
	if (d->r.bad || memcmp(found, SPK_MODEL_MAGIC, 4) != 0)
		return corrupt(d, "The data do not start as a model does");
	if (version != SPK_MODEL_VERSION || flags != 0)
		return corrupt(d, "The format version is not known");
	if (algorithm >= SPK_N_ALGORITHMS)
		return corrupt(d, "The algorithm is not known");
	d->model->algorithm = (SpkAlgorithm) algorithm;
	if (d->model->fingerprint != spk_model_hash((const uint8_t *) data + SPK_MODEL_HEADER,
												len - SPK_MODEL_HEADER, d->model->algorithm))
		return corrupt(d, "The fingerprint does not match the content");
	return SPK_OK;
}

static SpkStatus
read_options(Decoder *d)
{
	uint32_t	n = read_count(d, SPK_N_OPTIONS, 1);
	SpkOptions	defaults = spk_options_default(d->model->algorithm);

	d->model->options = defaults;
	for (int i = 0; i < SPK_N_OPTIONS; i++)
	{
		const SpkOptionSpec *spec = &spk_option_specs[i];
		SpkReader	start = d->r;
		double		value;

		if (!spk_option_applies((SpkOption) i, d->model->algorithm))
			continue;
		if (n == 0 || !read_expected_name(&d->r, spec->name))
		{
			if (!spec->later)
				return corrupt(d, "The options are not those of the algorithm");
			d->r = start;
			continue;
		}
		n--;
		value = spk_read_f64(&d->r);
		if (d->r.bad || !spk_option_valid((SpkOption) i, value) || (value == 0 && signbit(value)))
			return corrupt(d, "An option has an impossible value");
		if (spec->later && value == defaults.value[i])
			return corrupt(d, "An option is stored that need not be");
		d->model->options.value[i] = value;
	}
	if (d->r.bad || n != 0)
		return corrupt(d, "The options are not those of the algorithm");
	return SPK_OK;
}

static SpkStatus
read_facts(Decoder *d)
{
	uint32_t	n = read_count(d, SPK_N_FACTS, 1);
	int			at = 0;

	for (int i = 0; i < SPK_N_FACTS; i++)
		d->model->facts[i] = NAN;
	while (n-- > 0)
	{
		SpkReader	start = d->r;
		double		value;

		/* the names that are there come in order */
		while (at < SPK_N_FACTS && !read_expected_name(&d->r, spk_fact_names[at]))
		{
			at++;
			d->r = start;
		}
		if (at == SPK_N_FACTS)
			return corrupt(d, "A fact is unknown or out of order");
		value = spk_read_f64(&d->r);
		if (d->r.bad || !isfinite(value) || value < 0)
			return corrupt(d, "A fact is not a number from 0 on");
		d->model->facts[at++] = value;
	}
	return d->r.bad ? corrupt(d, NULL) : SPK_OK;
}

static SpkStatus
read_feature_name(Decoder *d, SpkFeature *feature)
{
	size_t		len = read_count(d, SPK_MAX_NAME, 1);
	const uint8_t *bytes = spk_read_bytes(&d->r, len);
	char	   *name;

	if (d->r.bad || len == 0 || memchr(bytes, 0, len) != NULL)
		return corrupt(d, "A feature's name is empty or holds a zero byte");
	if ((name = alloc_array(d, len + 1, sizeof(*name))) == NULL)
		return SPK_NO_MEMORY;
	memcpy(name, bytes, len);
	feature->name = name;

	for (const SpkFeature *other = d->model->features; other < feature; other++)
		if (strcmp(other->name, name) == 0)
			return corrupt(d, "Two features have the same name");
	return SPK_OK;
}

static SpkStatus
read_edges(Decoder *d, SpkFeature *feature)
{
	uint32_t	n = feature->n_bins > 0 ? feature->n_bins - 1 : 0;

	if (n > spk_unread(&d->r) / MIN_EDGE_BYTES)
		return corrupt(d, "A feature has more bins than data");
	if ((feature->edges = alloc_array(d, n, sizeof(*feature->edges))) == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n; i++)
	{
		feature->edges[i] = spk_read_f64(&d->r);
		if (!isfinite(feature->edges[i]) || (i > 0 && feature->edges[i] <= feature->edges[i - 1]))
			return corrupt(d, "The edges of a feature are not finite and ascending");
	}
	return SPK_OK;
}

/* Is a before b, by bytes and then by length? */
static bool
category_before(const SpkCategory *a, const SpkCategory *b)
{
	int			order = memcmp(a->name, b->name, a->len < b->len ? a->len : b->len);

	return order != 0 ? order < 0 : a->len < b->len;
}

/* Bytes of the names of the next n categories; bad when they are not there. */
static size_t
measure_categories(SpkReader *r, uint32_t n)
{
	SpkReader	ahead = *r;
	size_t		bytes = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		size_t		len = spk_read_varint(&ahead);

		if (spk_read_bytes(&ahead, len) == NULL)
			break;
		bytes += len;
	}
	r->bad |= ahead.bad;
	return bytes;
}

static SpkStatus
read_categories(Decoder *d, SpkFeature *feature)
{
	size_t		bytes = measure_categories(&d->r, feature->n_bins);
	size_t		array = feature->n_bins * sizeof(SpkCategory);
	char	   *names;

	if (d->r.bad)
		return corrupt(d, NULL);
	feature->categories = spk_alloc(d->host, array + bytes, 1);
	if (feature->categories == NULL)
		return SPK_NO_MEMORY;
	names = (char *) feature->categories + array;
	for (uint32_t i = 0; i < feature->n_bins; i++)
	{
		SpkCategory *category = &feature->categories[i];

		category->len = read_count(d, SPK_MAX_CATEGORY, 1);
		if (d->r.bad)
			return corrupt(d, NULL);
		category->name = names;
		memcpy(names, spk_read_bytes(&d->r, category->len), category->len);
		if (memchr(names, 0, category->len) != NULL)
			return corrupt(d, "A category holds a zero byte");
		if (i > 0 && !category_before(category - 1, category))
			return corrupt(d, "The categories of a feature are not ascending");
		names += category->len;
	}
	return SPK_OK;
}

/* Counts, of which every feature has the same sum: the training rows. */
static SpkStatus
read_counts(Decoder *d, SpkFeature *feature, uint64_t *sum)
{
	if (feature->n_bins + 1 > spk_unread(&d->r))
		return corrupt(d, "A feature has more bins than data");
	if ((feature->counts = alloc_array(d, feature->n_bins + 1, sizeof(*feature->counts))) == NULL)
		return SPK_NO_MEMORY;
	*sum = 0;
	for (uint32_t i = 0; i <= feature->n_bins; i++)
	{
		feature->counts[i] = read_varint32(&d->r);
		*sum += feature->counts[i];
	}
	return d->r.bad ? corrupt(d, NULL) : SPK_OK;
}

static SpkStatus
read_feature(Decoder *d, SpkFeature *feature, uint64_t *rows)
{
	SpkStatus	status = read_feature_name(d, feature);
	uint8_t		kind;

	if (status != SPK_OK)
		return status;
	kind = spk_read_u8(&d->r);
	if (kind >= SPK_N_FEATURE_KINDS)
		return corrupt(d, "The kind of a feature is not known");
	feature->kind = (SpkFeatureKind) kind;
	feature->n_bins = read_count(d, SPK_MAX_BINS, MIN_BIN_BYTES);

	status = kind == SPK_CATEGORY ? read_categories(d, feature) : read_edges(d, feature);
	if (status == SPK_OK)
		status = read_counts(d, feature, rows);
	if (status != SPK_OK)
		return status;
	feature->importance = spk_read_f64(&d->r);
	if (d->r.bad || !isfinite(feature->importance) || feature->importance < 0)
		return corrupt(d, "The importance of a feature is not a number from 0 on");
	if (!spk_has_permutation(&d->model->options, d->model->algorithm))
		return SPK_OK;
	feature->permutation = spk_read_f64(&d->r);
	if (d->r.bad || !isfinite(feature->permutation))
		return corrupt(d, "The permutation importance of a feature is not a number");
	return SPK_OK;
}

static SpkStatus
read_features(Decoder *d)
{
	SpkModel   *model = d->model;
	uint32_t	n = read_count(d, SPK_MAX_FEATURES, MIN_FEATURE_BYTES);
	uint64_t	rows = 0;

	if (d->r.bad || n == 0)
		return corrupt(d, "There is no feature");
	if ((model->features = alloc_array(d, n, sizeof(*model->features))) == NULL)
		return SPK_NO_MEMORY;
	model->n_features = n;
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	sum = 0;
		SpkStatus	status = read_feature(d, &model->features[i], &sum);

		if (status != SPK_OK)
			return status;
		if (i > 0 && sum != rows)
			return corrupt(d, "The features count different numbers of rows");
		rows = sum;
	}
	if (!isnan(model->facts[SPK_FACT_ROWS]) && model->facts[SPK_FACT_ROWS] != (double) rows)
		return corrupt(d, "The features count other rows than the facts");
	return SPK_OK;
}

static SpkStatus
read_numeric_split(Decoder *d, const SpkFeature *feature, SpkNode *node)
{
	uint32_t	last = (node->flags & SPK_NODE_MISSING_LEFT) ? 1 : 0;

	/* after the last bin only when missing values are left to go right */
	node->split = spk_read_u8(&d->r);
	if (feature->kind == SPK_CATEGORY || node->split + last >= feature->n_bins)
		return corrupt(d, "A split does not fit its feature");
	return SPK_OK;
}

static SpkStatus
read_set_split(Decoder *d, const SpkFeature *feature, SpkCodeSet *set)
{
	for (int word = 0; word < 4; word++)
		set->bits[word] = spk_read_u64(&d->r);
	if (feature->kind != SPK_CATEGORY)
		return corrupt(d, "A split does not fit its feature");
	for (uint32_t code = feature->n_bins; code < SPK_MISSING; code++)
		if (spk_set_has(set, (uint8_t) code))
			return corrupt(d, "A split names a category that its feature does not have");
	return SPK_OK;
}

static SpkStatus
read_split(Decoder *d, SpkTree *tree, SpkNode *node)
{
	uint64_t	feature = spk_read_varint(&d->r);

	if (d->r.bad || feature >= d->model->n_features)
		return corrupt(d, "A split names a feature that the model does not have");
	node->feature = (uint16_t) feature;
	if ((node->flags & SPK_NODE_SET) == 0)
		return read_numeric_split(d, &d->model->features[feature], node);
	node->set = tree->n_sets++;
	return read_set_split(d, &d->model->features[feature], &tree->sets[node->set]);
}

/* One node but for its place in the tree. */
static SpkStatus
read_node(Decoder *d, SpkTree *tree, SpkNode *node)
{
	SpkStatus	status = SPK_OK;

	node->flags = spk_read_u8(&d->r);
	switch (node->flags)
	{
		case SPK_NODE_LEAF:
			node->u.value = spk_read_f32(&d->r);
			if (d->model->algorithm == SPK_GRADIENT_BOOSTING)
			{
				if (!isfinite(node->u.value))
					return corrupt(d, "A leaf is not a finite number");
			}
			else if (!(node->u.value >= 0 && node->u.value <= 1))
				return corrupt(d, "A leaf is outside 0 to 1");
			break;
		case 0:
		case SPK_NODE_SET:
		case SPK_NODE_MISSING_LEFT:
			status = read_split(d, tree, node);
			break;
		default:
			return corrupt(d, "The flags of a node are not known");
	}
	if (status != SPK_OK)
		return status;
	node->cover = read_varint32(&d->r);
	if (d->r.bad || node->cover == 0)
		return corrupt(d, "No rows have reached a node");
	return SPK_OK;
}

/* Sets among the next n nodes, as far as read_nodes can get. */
static uint32_t
count_sets(SpkReader ahead, uint32_t n)
{
	uint32_t	sets = 0;

	for (uint32_t i = 0; i < n && !ahead.bad; i++)
	{
		uint8_t		flags = spk_read_u8(&ahead);

		if (flags & SPK_NODE_LEAF)
			spk_read_f32(&ahead);
		else
		{
			spk_read_varint(&ahead);
			spk_read_bytes(&ahead, flags & SPK_NODE_SET ? sizeof(SpkCodeSet) : 1);
			if (flags & SPK_NODE_SET)
				sets++;
		}
		spk_read_varint(&ahead);
	}
	return sets;
}

/* Do the rows of every split node go to its children, each exactly once? */
static bool
covers_add_up(const SpkTree *tree)
{
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];

		if ((node->flags & SPK_NODE_LEAF) == 0 &&
			(uint64_t) tree->nodes[node->u.left].cover + tree->nodes[node->u.left + 1].cover != node->cover)
			return false;
	}
	return true;
}

/* The nodes of a tree, level by level, which gives each split its children. */
static SpkStatus
read_nodes(Decoder *d, SpkTree *tree)
{
	uint32_t	level_end = 1;
	uint32_t	depth = 0;
	uint32_t	splits = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		SpkNode    *node = &tree->nodes[i];
		SpkStatus	status;

		if (i == level_end)
		{
			level_end = 2 * splits + 1;
			if (i == level_end)
				return corrupt(d, "A node belongs to no split");
			if (++depth > SPK_MAX_DEPTH)
				return corrupt(d, "A tree is too deep");
		}
		status = read_node(d, tree, node);
		if (status != SPK_OK)
			return status;
		if ((node->flags & SPK_NODE_LEAF) == 0)
		{
			if (splits == tree->n_nodes / 2)
				return corrupt(d, "A split lacks its children");
			node->u.left = 2 * splits++ + 1;
		}
	}
	if (splits != tree->n_nodes / 2)
		return corrupt(d, "A node belongs to no split");
	return SPK_OK;
}

static SpkStatus
read_tree(Decoder *d, SpkTree *tree)
{
	uint32_t	n = read_count(d, UINT32_MAX, MIN_NODE_BYTES);
	uint32_t	sets;
	SpkStatus	status;

	if (d->r.bad || n % 2 == 0)
		return corrupt(d, "A tree has an even number of nodes");
	sets = count_sets(d->r, n);
	if ((tree->nodes = alloc_array(d, n, sizeof(*tree->nodes))) == NULL ||
		(tree->sets = alloc_array(d, sets, sizeof(*tree->sets))) == NULL)
		return SPK_NO_MEMORY;
	tree->n_nodes = n;
	status = read_nodes(d, tree);
	if (status == SPK_OK && !covers_add_up(tree))
		return corrupt(d, "The rows of a split are not those of its children");
	return status;
}

static SpkStatus
read_trees(Decoder *d)
{
	SpkModel   *model = d->model;
	uint32_t	max = model->algorithm == SPK_DECISION_TREE ? 1 : SPK_MAX_TREES;
	uint32_t	n = read_count(d, SPK_MAX_TREES, MIN_TREE_BYTES);

	if (d->r.bad || n == 0 || n > max)
		return corrupt(d, "The number of trees is not one that the algorithm makes");
	if ((model->trees = alloc_array(d, n, sizeof(*model->trees))) == NULL)
		return SPK_NO_MEMORY;
	model->n_trees = n;
	for (uint32_t i = 0; i < n; i++)
	{
		SpkStatus	status;

		if (spk_cancelled(d->host))
			return SPK_CANCELLED;
		status = read_tree(d, &model->trees[i]);
		if (status != SPK_OK)
			return status;
	}
	return SPK_OK;
}

/* As many numbers as the features and the options ask for. */
static SpkStatus
read_terms(Decoder *d)
{
	SpkModel   *model = d->model;
	size_t		n = spk_terms_length(model);
	const char *fault;

	if (n > spk_unread(&d->r) / sizeof(double))
		return corrupt(d, "There are fewer terms than features");
	if ((model->terms = alloc_array(d, n, sizeof(double))) == NULL)
		return SPK_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		model->terms[i] = spk_read_f64(&d->r);
	fault = spk_terms_fault(model);
	return fault == NULL ? SPK_OK : corrupt(d, fault);
}

static SpkStatus
read_model(Decoder *d, const void *data, size_t len)
{
	SpkStatus	status = read_header(d, data, len);

	if (status != SPK_OK)
		return status;
	d->model->threshold = spk_read_f64(&d->r);
	if (!(d->model->threshold > 0 && d->model->threshold < 1))
		return corrupt(d, "The threshold is not between 0 and 1");
	if ((status = read_options(d)) != SPK_OK ||
		(status = read_facts(d)) != SPK_OK ||
		(status = read_features(d)) != SPK_OK ||
		(status = spk_algorithm_is_forest(d->model->algorithm) ? read_trees(d) : read_terms(d)) != SPK_OK)
		return status;
	if (d->r.bad || spk_unread(&d->r) > 0)
		return corrupt(d, "Data are left over behind the model");
	return SPK_OK;
}

SpkStatus
spk_model_decode(const SpkHost *host, const void *data, size_t len, SpkModel *model, const char **why)
{
	Decoder		d = {host, spk_reader(data, len), model, NULL};
	SpkStatus	status;

	memset(model, 0, sizeof(*model));
	status = read_model(&d, data, len);
	if (status != SPK_OK)
		spk_model_release(host, model);
	*why = d.why;
	return status;
}
