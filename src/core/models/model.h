/*
 * model.h
 *	  A trained model in memory: what the learners make, the codec stores and
 *	  prediction walks.
 *
 * A model's arrays are host memory, one allocation each, never shared:
 * features, trees, terms, a tree's nodes and sets, a calibration's points, a feature's
 * name, edges, counts and categories (the bytes of their names behind them in the same
 * allocation).
 * spk_model_release gives all of it back.
 *
 * Features are coded to one byte each before a tree is walked: code c of a
 * numeric feature is the number of edges below the value, code c of a
 * categorical one the place of the category in the sorted list, and
 * SPK_MISSING stands for NULL, NaN and unknown categories.
 */
#ifndef SPK_CORE_MODELS_MODEL_H
#define SPK_CORE_MODELS_MODEL_H

#include "core/base/host.h"
#include "core/models/options.h"

#define SPK_MAX_FEATURES 1600 /* columns of a PostgreSQL table */
#define SPK_MAX_BINS	 255  /* codes 0..254 */
#define SPK_MISSING		 255  /* the code of a missing value */
#define SPK_CODES		 256  /* a histogram's length: all bins and SPK_MISSING */
#define SPK_MAX_NAME	 63	  /* bytes of a feature name */
#define SPK_MAX_CATEGORY \
	1000 /* bytes of a category; longer ones are cut from training as missing */

/* Part of the model format: append, do not reorder. */
typedef enum SpkFeatureKind
{
	SPK_NUMBER = 0, /* booleans, integers, floats, numeric */
	SPK_TIME,		/* dates and timestamps without time zone, as microseconds since 2000 */
	SPK_CATEGORY,	/* text and enums */
	SPK_INSTANT,	/* timestamps with time zone, likewise, in UTC */
	SPK_N_FEATURE_KINDS
} SpkFeatureKind;

/* Of either kind of time: what a clock shows, and a point in time, are not the same to a model. */
static inline bool
spk_kind_is_time(SpkFeatureKind kind)
{
	return kind == SPK_TIME || kind == SPK_INSTANT;
}

/* "number" and so on. */
extern const char *const spk_kind_names[SPK_N_FEATURE_KINDS];

typedef struct SpkCategory
{
	const char *name; /* not terminated */
	uint32_t	len;
} SpkCategory;

typedef struct SpkFeature
{
	const char	  *name; /* terminated, at most SPK_MAX_NAME bytes */
	SpkFeatureKind kind;
	uint32_t	   n_bins; /* 0 (all missing) .. SPK_MAX_BINS */
	double		  *edges; /* numbers: n_bins - 1, finite, ascending; code = edges below the value */
	SpkCategory	  *categories; /* categories: n_bins, ascending by bytes (shorter first) */
	uint32_t	  *counts;	   /* n_bins + 1: training rows of each code, then the missing ones */
	double		   importance; /* share, all features sum to 1 (or all 0) */
	double permutation; /* growth of the squared error out of bag, see oob_finish.h; may be below
								 * 0; only where spk_has_permutation */
} SpkFeature;

/* Flags of a node */
#define SPK_NODE_LEAF		  1 /* value holds the answer */
#define SPK_NODE_SET		  2 /* categorical: left when the code is in the set */
#define SPK_NODE_MISSING_LEFT 4 /* numeric: a missing value goes left */

/*
 * Nodes of a tree are in breadth-first order: the root is 0 and the children
 * of the k-th split node, counted from 0, are 2k + 1 and 2k + 2.
 */
typedef struct SpkNode
{
	union
	{
		float	 value; /* leaf: share of churn (a margin in boosting) */
		uint32_t left;	/* split: left child; the right one is left + 1 */
	} u;
	uint32_t cover;	  /* in-bag training rows that reached it, repeated draws counted */
	uint32_t set;	  /* SPK_NODE_SET: index into the tree's sets */
	uint16_t feature; /* split */
	uint8_t	 split;	  /* numeric split: left when code <= split; 0 .. n_bins - 1, the last
								 * only to part known values (left) from missing ones (right) */
	uint8_t	 flags;
} SpkNode;

/*
 * Codes that go left; bit SPK_MISSING says where missing values go.  The bits
 * of n_bins .. 254, codes that the feature does not have, are 0.
 */
typedef struct SpkCodeSet
{
	uint64_t bits[4];
} SpkCodeSet;

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
	uint32_t	n_nodes; /* odd, at least 1 */
	uint32_t	n_sets;
	SpkNode	   *nodes;
	SpkCodeSet *sets; /* one for each SPK_NODE_SET node, in node order */
} SpkTree;

/* What corrects predictions, by the option calibrate: see calibration.h. */
typedef struct SpkPoint
{
	double score;
	double probability;
} SpkPoint;

typedef struct SpkCalibration
{
	double	  slope; /* platt */
	double	  intercept;
	uint32_t  n_points; /* isotonic */
	SpkPoint *points;
} SpkCalibration;

/* Facts of training, by name in the format.  Append, do not reorder. */
typedef enum SpkFact
{
	SPK_FACT_ROWS = 0,	/* labelled rows */
	SPK_FACT_POSITIVES, /* rows with churn */
	SPK_FACT_SKIPPED,	/* rows without a label */
	SPK_FACT_OOB_ROWS,	/* rows that some tree has not seen: those the next ones are from */
	SPK_FACT_OOB_AUC,	/* see oob_finish.h */
	SPK_FACT_OOB_LOG_LOSS,
	SPK_FACT_OOB_F1, /* this and the next two at the threshold that training chose */
	SPK_FACT_OOB_WEIGHTED_F1,
	SPK_FACT_OOB_MACRO_F1,
	SPK_FACT_ITERATIONS, /* of a fit that iterates */
	SPK_FACT_CONVERGED,	 /* 1 when it ended for lack of change, else 0 */
	SPK_FACT_GRADIENT,	 /* largest component of the gradient at its end, per row */
	SPK_FACT_DEVIANCE,	 /* -2 times the log-likelihood, weighted */
	SPK_FACT_SEPARATED,	 /* 1 when weights grew without end because the classes can be
								 * told apart without error, else 0 */
	SPK_FACT_CV_ROWS,	 /* calibrated models: rows scored by models that had not seen them,
								 * then calibrated: those the next ones are from */
	SPK_FACT_CV_AUC,
	SPK_FACT_CV_LOG_LOSS,
	SPK_FACT_CV_F1, /* this and the next two at the threshold that training chose */
	SPK_FACT_CV_WEIGHTED_F1,
	SPK_FACT_CV_MACRO_F1,
	SPK_N_FACTS
} SpkFact;

extern const char *const spk_fact_names[SPK_N_FACTS];

typedef struct SpkModel
{
	SpkAlgorithm   algorithm;
	SpkOptions	   options;
	double		   threshold;		   /* at risk when the prediction is at least this; 0 < t < 1 */
	double		   facts[SPK_N_FACTS]; /* NaN: not known */
	uint32_t	   n_features;
	uint32_t	   n_trees;
	SpkFeature	  *features;
	SpkTree		  *trees;
	double		  *terms;		/* without trees: see terms.h */
	SpkCalibration calibration; /* where the option says so */
	uint64_t	   fingerprint; /* set by spk_model_decode; see codec.h */
} SpkModel;

/* Gives back the arrays of a feature, and clears it. */
extern void spk_feature_release(const SpkHost *host, SpkFeature *feature);

/* Splits on the tree's longest path. */
extern uint32_t spk_tree_depth(const SpkTree *tree);

#endif /* SPK_CORE_MODELS_MODEL_H */
