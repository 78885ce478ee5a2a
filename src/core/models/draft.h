/*
 * draft.h
 *	  A model as another program tells it, and how it becomes one of ours.
 *
 * Other programs compare numbers where ours compare codes, number the nodes of a tree
 * as they like, and weigh rows by fractions.  So a reader of their documents makes a
 * draft, and spk_draft_finish the model: an ensemble of trees that adds up to the
 * log-odds of churn, as gradient boosting does.
 *
 * What a document does not tell, the model does not know: it has no facts of the
 * training, and the histograms of its features are empty (see spk_has_histograms).
 */
#ifndef SPK_CORE_MODELS_DRAFT_H
#define SPK_CORE_MODELS_DRAFT_H

#include "core/models/model.h"

/* Flags are those of SpkNode. */
typedef struct SpkDraftNode
{
	double	 value; /* what a leaf adds to the log-odds; the largest number that goes left */
	double	 cover; /* of a leaf: what the rows that reached it weigh */
	uint32_t left;	/* the places of a split's children among the tree's nodes */
	uint32_t right;
	uint32_t set;	  /* of a split by category */
	uint16_t feature; /* of a split */
	uint8_t	 flags;
} SpkDraftNode;

/* The root is node 0; the others may have any order, and need not all belong to the tree. */
typedef struct SpkDraftTree
{
	uint32_t	  n_nodes;
	uint32_t	  max_nodes; /* that there is memory for */
	uint32_t	  n_sets;
	uint32_t	  max_sets;
	SpkDraftNode *nodes;
	SpkCodeSet	 *sets; /* of places in the list of categories as it is before it is sorted */
} SpkDraftTree;

/*
 * The features are those of the model, with names, kinds and categories, whose order is the
 * document's.  All memory is the host's, for spk_draft_release; an array that was not made
 * yet is NULL.
 */
typedef struct SpkDraft
{
	SpkImportFrom from;
	uint32_t	  n_features;
	uint32_t	  n_trees;
	SpkFeature	 *features; /* without edges and counts */
	double		 *gains;	/* of each feature, from 0 on; all 0 when they are not known */
	SpkDraftTree *trees;
	char		  why[256]; /* for SPK_CORRUPT and SPK_LIMIT: a sentence for people */
} SpkDraft;

/* Adds a node, or a set, to a tree, cleared.  Returns NULL when there is no memory. */
extern SpkDraftNode *spk_draft_node(const SpkHost *host, SpkDraftTree *tree);
extern SpkCodeSet	*spk_draft_set(const SpkHost *host, SpkDraftTree *tree);

/*
 * Makes the model, which takes the features over from the draft; its memory is for
 * spk_model_release.  It is a model of boosting or, where the trees part a feature at more
 * numbers than one model can hold, a blend of several, whose margin is that of all trees.
 *
 * SPK_CORRUPT: the draft is no model; SPK_LIMIT: it is one that we cannot hold, because a
 * feature has too many thresholds or categories, or a tree is too deep; draft->why is the
 * reason.  After these, SPK_NO_MEMORY and SPK_CANCELLED there is no model.
 */
extern SpkStatus spk_draft_finish(const SpkHost *host, SpkDraft *draft, SpkModel *model);

/* Releases all that the draft holds. */
extern void spk_draft_release(const SpkHost *host, SpkDraft *draft);

#endif /* SPK_CORE_MODELS_DRAFT_H */
