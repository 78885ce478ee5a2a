/*
 * model.h
 *	  A trained model in memory: what learners make, the codec stores, and
 *	  prediction reads.
 *
 * Each array of a model is an allocation of its own in host memory, and is never
 * shared: the features, trees and terms, the nodes and sets of a tree, the points of
 * a calibration, and the name, edges, counts, categories and groups of a feature.  The
 * bytes of the categories' names follow them in the same allocation.  spk_model_release
 * releases all of these.
 *
 * A blend has no trees or terms of its own.  It holds other models, its parts, and so
 * does their array what each of them holds; see blend.h.
 *
 * Before a tree is walked, each feature's value is coded to one byte.  The code of a
 * number is how many edges are below it.  The code of a category is its place in the
 * feature's sorted list, or, where categories are grouped because they are many, the
 * group that it is in.  Models without trees need no codes, but the places themselves.  SPK_MISSING is the code of NULL, NaN and unknown categories.
 *
 * What holds of a finished model, spk_model_check (model_check.h) lists.
 */
#ifndef SPK_CORE_MODELS_MODEL_H
#define SPK_CORE_MODELS_MODEL_H

#include "core/base/host.h"
#include "core/models/options.h"

#define SPK_MAX_FEATURES 1600 /* columns of a PostgreSQL table */
#define SPK_MAX_BINS	 255  /* codes 0..254 */
#define SPK_MISSING		 255  /* the code of a missing value */
#define SPK_CODES		 256  /* the length of a histogram: one for each code */
#define SPK_MAX_NAME	 63	  /* bytes of a feature name */
#define SPK_MAX_CATEGORY 1000 /* bytes of a category; training takes longer ones as missing */

/* A feature has so many categories at most, and their names so many bytes together. */
#define SPK_MAX_CATEGORIES	   65535
#define SPK_MAX_CATEGORY_BYTES (UINT32_C(1) << 20)

/* Part of the model format: append, do not reorder. */
typedef enum SpkFeatureKind
{
	SPK_NUMBER = 0, /* booleans, integers, floats, numeric */
	SPK_TIME,		/* dates, timestamps without time zone: microseconds since 2000 */
	SPK_CATEGORY,	/* text and enums */
	SPK_INSTANT,	/* timestamps with time zone: microseconds since 2000 UTC */
	SPK_N_FEATURE_KINDS
} SpkFeatureKind;

/* Is it one of the two kinds of time?  What a clock shows is not a point in time to a model. */
static inline bool
spk_kind_is_time(SpkFeatureKind kind)
{
	return kind == SPK_TIME || kind == SPK_INSTANT;
}

/* The kinds' names, "number" and so on. */
extern const char *const spk_kind_names[SPK_N_FEATURE_KINDS];

typedef struct SpkCategory
{
	const char *name; /* not terminated */
	uint32_t	len;
} SpkCategory;

#define SPK_MAX_GROUPS 64 /* of features that may meet: a bit each */

/* What a feature may do in trees. */
typedef struct SpkFeatureRule
{
	int8_t	 monotone; /* 1: what is predicted must not fall while it grows; -1: not rise; 0: any */
	uint64_t groups;   /* those that it is in, where features may meet only within groups */
} SpkFeatureRule;

typedef struct SpkFeature
{
	const char	  *name; /* terminated, 1 .. SPK_MAX_NAME bytes */
	SpkFeatureKind kind;
	uint32_t	   n_bins;	   /* 0 (all values were missing) .. SPK_MAX_BINS, or, of
								* categories in a model without trees, SPK_MAX_CATEGORIES */
	double		  *edges;	   /* not of categories: n_bins - 1 finite numbers, ascending */
	SpkCategory	  *categories; /* of categories: ascending by bytes, shorter ones first */
	uint32_t	  *counts;	   /* training rows of each of n_bins codes, then of missing values */
	/*
	 * Of categories that are grouped: how many there are, and the code of each.  Otherwise
	 * these are 0 and NULL, and there are n_bins categories, whose codes are their places.
	 */
	uint32_t n_grouped;
	uint8_t *groups;
	uint8_t	 missing_group; /* while trees are grown: the one whose way missing values go */
	double	 importance;	/* the feature's share; all of them sum to 1, or are 0 */
	/*
	 * How much the squared error out of bag grows when the feature is permuted, see
	 * oob_finish.h.  It may be negative, and is set where spk_has_permutation.
	 */
	double		   permutation;
	SpkFeatureRule rule; /* of no use to models without the options monotone and interactions */
} SpkFeature;

/* How many categories does a feature of that kind have? */
static inline uint32_t
spk_n_categories(const SpkFeature *feature)
{
	return feature->n_grouped > 0 ? feature->n_grouped : feature->n_bins;
}

/*
 * Do rows of codes need the places of the feature's categories?  They do where trees group
 * them: they are grouped already, or more than codes can tell apart.
 */
static inline bool
spk_has_places(const SpkFeature *feature)
{
	return feature->n_grouped > 0 || feature->n_bins > SPK_MAX_BINS;
}

/* How many of n features have categories that trees group? */
static inline uint32_t
spk_count_grouped(const SpkFeature *features, uint32_t n)
{
	uint32_t found = 0;

	for (uint32_t f = 0; f < n; f++)
		found += spk_has_places(&features[f]);
	return found;
}

/* Flags of a node. */
#define SPK_NODE_LEAF		  1 /* it is a leaf, whose value is the answer */
#define SPK_NODE_SET		  2 /* it splits a category: codes in the set go left */
#define SPK_NODE_MISSING_LEFT 4 /* it splits a number, and missing values go left */

/*
 * The nodes of a tree are in breadth-first order.  The root is node 0, and the
 * children of the k-th node that is no leaf, counted from 0, are nodes 2k + 1 and
 * 2k + 2.
 *
 * A split of a number at its last code, n_bins - 1, sends all known values left, so
 * as to part them from missing ones.
 */
typedef struct SpkNode
{
	union
	{
		float	 value; /* of a leaf: the share of churn; in boosting, a margin */
		uint32_t left;	/* of a split: the left child; the right one is left + 1 */
	} u;
	uint32_t cover;	  /* training rows that reached it; one drawn twice counts twice */
	uint32_t set;	  /* with SPK_NODE_SET: which of the tree's sets */
	uint16_t feature; /* of a split */
	uint8_t	 split;	  /* without SPK_NODE_SET: codes up to this one, 0 .. n_bins - 1, go left */
	uint8_t	 flags;
} SpkNode;

/*
 * The codes that go left, as a set of bits.  The bit SPK_MISSING tells where missing
 * values go.  The bits of codes that the feature does not have, n_bins .. 254, are 0.
 */
typedef struct SpkCodeSet
{
	uint64_t bits[4];
} SpkCodeSet;

/* Does a code go left? */
static inline bool
spk_set_has(const SpkCodeSet *set, uint8_t code)
{
	return (set->bits[code >> 6] >> (code & 63)) & 1;
}

static inline void
spk_set_add(SpkCodeSet *set, uint8_t code)
{
	set->bits[code >> 6] |= UINT64_C(1) << (code & 63);
}

typedef struct SpkTree
{
	uint32_t	n_nodes; /* an odd number */
	uint32_t	n_sets;
	SpkNode	   *nodes;
	SpkCodeSet *sets; /* one for each node with SPK_NODE_SET, in the order of nodes */
} SpkTree;

/* A point of an isotonic calibration. */
typedef struct SpkPoint
{
	double score;
	double probability;
} SpkPoint;

/* The map that corrects predictions, in the form of the option calibrate: see calibration.h. */
typedef struct SpkCalibration
{
	double	  slope; /* of Platt's form */
	double	  intercept;
	uint32_t  n_points; /* of the isotonic form */
	SpkPoint *points;
} SpkCalibration;

/* Facts about the training.  Formats name them, in this order: append, do not reorder. */
typedef enum SpkFact
{
	SPK_FACT_ROWS = 0,	/* rows with a label */
	SPK_FACT_POSITIVES, /* rows whose label is churn */
	SPK_FACT_SKIPPED,	/* rows without a label */
	SPK_FACT_OOB_ROWS,	/* rows that some tree has not seen; the next five are about them */
	SPK_FACT_OOB_AUC,	/* see oob_finish.h */
	SPK_FACT_OOB_LOG_LOSS,
	SPK_FACT_OOB_F1, /* this and the next two at the threshold that training chose */
	SPK_FACT_OOB_WEIGHTED_F1,
	SPK_FACT_OOB_MACRO_F1,
	SPK_FACT_ITERATIONS, /* of a fit that iterates */
	SPK_FACT_CONVERGED,	 /* 1 when the fit ended because nothing changed any more, 0 otherwise */
	SPK_FACT_GRADIENT,	 /* the largest component of the gradient at the end, per row or weight */
	SPK_FACT_DEVIANCE,	 /* -2 times the weighted log-likelihood */
	SPK_FACT_SEPARATED,	 /* 1 when the classes part without error, so that weights grew without
						  * end; 0 otherwise */
	SPK_FACT_CV_ROWS,	 /* rows scored by models that had not seen them, and then calibrated
						  * if the model is; the next five are about them */
	SPK_FACT_CV_AUC,
	SPK_FACT_CV_LOG_LOSS,
	SPK_FACT_CV_F1, /* this and the next two at the threshold that training chose */
	SPK_FACT_CV_WEIGHTED_F1,
	SPK_FACT_CV_MACRO_F1,
	SPK_FACT_THRESHOLD_RULE,  /* an SpkThresholdRule: how the threshold was chosen */
	SPK_FACT_WEIGHT,		  /* of all rows, where rows have weights; so are the next three */
	SPK_FACT_POSITIVE_WEIGHT, /* of rows whose label is churn */
	SPK_FACT_WEIGHT_UNIT,	  /* of which trees take weights as whole multiples */
	SPK_FACT_UNWEIGHTED,	  /* labelled rows that were left out: their weight is 0 or not known */
	SPK_FACT_CANDIDATES,	  /* of a model that a search has found: how many candidates it had */
	SPK_FACT_SEARCHED_ROWS,	  /* how many rows it searched by */
	SPK_FACT_IMPORTED,		  /* an SpkImportFrom: another program has trained the model */
	SPK_FACT_SCORED_ROWS,	  /* how many rows SpkScoreCounts counts */
	SPK_FACT_CHOSEN_DEPTH,	  /* where training chose max_depth; so are the next three, mean losses
							   * of rows held out */
	SPK_FACT_BASE_LOG_LOSS,	  /* without trees */
	SPK_FACT_SHALLOW_LOG_LOSS,
	SPK_FACT_DEEP_LOG_LOSS, /* if deeper trees were tried */
	SPK_FACT_UNSAMPLED, /* labelled rows that were left out: their users are not in the sample */
	SPK_N_FACTS
} SpkFact;

/* How a threshold was chosen.  Part of the model format: append, do not reorder. */
typedef enum SpkThresholdRule
{
	SPK_THRESHOLD_HALF = 0,	   /* not at all: it is 0.5 */
	SPK_THRESHOLD_BEST_F1,	   /* it has the best F1 on rows that models had not seen */
	SPK_THRESHOLD_AS_MANY,	   /* it flags about as many of these rows as churned */
	SPK_THRESHOLD_GIVEN,	   /* the user gave it */
	SPK_THRESHOLD_EXPECTED_F1, /* it has the best F1 by the chances of rows held out */
	SPK_N_THRESHOLD_RULES
} SpkThresholdRule;

/* Which program an imported model is of.  Part of the model format: append, do not reorder. */
typedef enum SpkImportFrom
{
	SPK_FROM_LIGHTGBM = 1,
	SPK_FROM_XGBOOST,
	SPK_N_IMPORT_FROM
} SpkImportFrom;

/* Is this number one of these programs? */
static inline bool
spk_is_import_from(double number)
{
	return number == SPK_FROM_LIGHTGBM || number == SPK_FROM_XGBOOST;
}

/* Their names: "lightgbm" and so on, and those that people read. */
extern const char *const spk_import_names[SPK_N_IMPORT_FROM];
extern const char *const spk_import_titles[SPK_N_IMPORT_FROM];

/* Is this number one of the rules? */
static inline bool
spk_is_threshold_rule(double number)
{
	for (int rule = 0; rule < SPK_N_THRESHOLD_RULES; rule++)
		if (number == rule)
			return true;
	return false;
}

/* The rules' names, "best_f1" and so on. */
extern const char *const spk_threshold_rule_names[SPK_N_THRESHOLD_RULES];

/*
 * How many rows had which score, of rows that the models which scored them had not seen: what
 * the model's scores were like when it was trained.  Of which rows, scored by what, those
 * facts tell that are about them: out of bag, or by cross-fitting.
 */
#define SPK_MAX_SCORE_BINS 40

typedef struct SpkScoreCounts
{
	uint32_t n_bins;						/* 0 when there are no such rows */
	float	 edges[SPK_MAX_SCORE_BINS - 1]; /* n_bins - 1, ascending, from 0 on and below 1 */
	uint32_t counts[SPK_MAX_SCORE_BINS];	/* the bin of a score is how many edges are below it */
} SpkScoreCounts;

/* The facts' names, "rows" and so on. */
extern const char *const spk_fact_names[SPK_N_FACTS];

/* The most candidates that a search tries. */
#define SPK_MAX_TRIED 64

/* A candidate of the search that has found a model, and what came of it. */
typedef struct SpkTried
{
	SpkAlgorithm algorithm;
	SpkOptions	 options;
	uint32_t	 folds;	   /* how many folds it was judged by before it was dropped, or all */
	double		 log_loss; /* of the rows in these folds, scored by models that had not seen them */
	double		 auc;	   /* the mean of these folds' */
	double		 weight;   /* in the blend; 1 of a model that is alone, 0 when it has no part */
} SpkTried;

/* A training row that was held out to find how many trees are best, and what these say of it. */
typedef struct SpkUnseen
{
	float	 margin;
	uint32_t label;
} SpkUnseen;

typedef struct SpkModel
{
	SpkAlgorithm	algorithm;
	SpkOptions		options;
	double			threshold; /* between 0 and 1; at risk is whose prediction is at least this */
	double			facts[SPK_N_FACTS]; /* NaN when not known */
	uint32_t		n_features;
	uint32_t		n_trees;
	SpkFeature	   *features;
	SpkTree		   *trees;
	double		   *terms;		 /* of a model without trees: see terms.h */
	SpkCalibration	calibration; /* of a calibrated model */
	uint32_t		n_parts;
	uint32_t		n_tried;
	struct SpkPart *parts;	/* of a blend */
	SpkTried	   *tried;	/* of a model that a search has found: what it tried, see SpkTried */
	SpkScoreCounts	scores; /* of a model that knows SPK_FACT_SCORED_ROWS */
	uint64_t		fingerprint;		/* spk_model_decode sets it; see codec.h */
	char	 weights[SPK_MAX_NAME + 1]; /* the column of the rows' weights; "" without the option */
	uint32_t n_unseen;
	SpkUnseen *unseen; /* of a model that has just been fitted; not stored */
} SpkModel;

/* A part of a blend: a finished model, and its share in the mean of the margins. */
typedef struct SpkPart
{
	double	 weight;
	SpkModel model;
	bool	 own_edges; /* have values other codes in it than in the blend? */
} SpkPart;

/*
 * Does the model know the histograms of its features, and what its training was like?  An
 * imported one does not: its options are not those of its training, and all its counts are 0.
 */
static inline bool
spk_has_histograms(const SpkModel *model)
{
	return !(model->facts[SPK_FACT_IMPORTED] > 0);
}

/* Releases the arrays of a feature, and clears it. */
extern void spk_feature_release(const SpkHost *host, SpkFeature *feature);

/*
 * Returns what is wrong with the rules of a model's features, a text for people, or NULL:
 * as many are monotone, none of them a category, as the option says, and each of as many
 * groups as the other option says has a feature.
 */
extern const char *spk_rules_fault(const SpkModel *model);

/* Returns how many splits the tree's longest path has. */
extern uint32_t spk_tree_depth(const SpkTree *tree);

#endif /* SPK_CORE_MODELS_MODEL_H */
