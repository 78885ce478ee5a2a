/*
 * import_xgboost_tree.h
 *	  One tree of a model of XGBoost.
 */
#ifndef SPK_JSON_IMPORT_XGBOOST_TREE_H
#define SPK_JSON_IMPORT_XGBOOST_TREE_H

#include "json/import.h"

/* Reads a tree, whose leaves are multiplied by the factor; the draft has the features. */
extern void spk_import_xgboost_tree(SpkImport *im, SpkJsonPiece object, float factor,
									SpkDraftTree *tree);

/* Returns the largest double that is less than a number of single precision when rounded to it. */
extern double spk_largest_below(float t);

#endif /* SPK_JSON_IMPORT_XGBOOST_TREE_H */
