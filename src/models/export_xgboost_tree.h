/*
 * export_xgboost_tree.h
 *	  One tree as XGBoost has it: for export_xgboost.c only.
 */
#ifndef SPK_MODELS_EXPORT_XGBOOST_TREE_H
#define SPK_MODELS_EXPORT_XGBOOST_TREE_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/models/model.h"

/* So many nodes are written, or looked at, between two looks for interrupts. */
#define SPK_EXPORT_NODES 1024

/* A model that is no blend: the one that is exported, or a part of it. */
typedef struct SpkXgboostPiece
{
	const SpkModel *model;
	double			factor; /* leaves are multiplied by it */
	const float	   *gains;	/* what a split of each feature gains */
} SpkXgboostPiece;

/* Appends a tree of the piece as an object with this number. */
extern void spk_export_xgboost_tree(StringInfo buf, const SpkXgboostPiece *piece,
									const SpkTree *tree, uint32 id);

#endif /* SPK_MODELS_EXPORT_XGBOOST_TREE_H */
