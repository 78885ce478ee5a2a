/*
 * learners.c
 *	  The table of algorithms.
 *
 * A new algorithm needs a number at the end of SpkAlgorithm, a row here, a file
 * with the functions that the row names, and its options in the list of options.
 */
#include "core/learners/learners.h"
#include "core/linear/bayes.h"
#include "core/linear/design.h"
#include "core/linear/logistic.h"
#include "core/models/blend.h"

const SpkLearner spk_learners[SPK_N_ALGORITHMS] = {
	[SPK_RANDOM_FOREST] = {.name = "random_forest",
						   .title = "random forest",
						   .max_trees = SPK_MAX_TREES,
						   .answer = SPK_ANSWER_MEAN,
						   .help = SPK_HELP_TREES,
						   .fit_codes = spk_learn_forest,
						   .most_nodes = spk_forest_nodes,
						   .work_size = spk_forest_work_size,
						   .cost = spk_forest_cost},
	[SPK_DECISION_TREE] = {.name = "decision_tree",
						   .title = "decision tree",
						   .max_trees = 1,
						   .answer = SPK_ANSWER_MEAN,
						   .help = SPK_HELP_NONE,
						   .fit_codes = spk_learn_forest,
						   .most_nodes = spk_forest_nodes,
						   .work_size = spk_forest_work_size,
						   .cost = spk_forest_cost},
	[SPK_GRADIENT_BOOSTING] = {.name = "gradient_boosting",
							   .title = "gradient boosting",
							   .max_trees = SPK_MAX_TREES,
							   .answer = SPK_ANSWER_LOGISTIC,
							   .help = SPK_HELP_TEAM,
							   .fit_codes = spk_learn_boost,
							   .most_nodes = spk_boost_nodes,
							   .work_size = spk_boost_work_size,
							   .cost = spk_boost_cost},
	[SPK_LOGISTIC_REGRESSION] = {.name = "logistic_regression",
								 .title = "logistic regression",
								 .terms = SPK_TERMS_LOGISTIC,
								 .answer = SPK_ANSWER_LOGISTIC,
								 .help = SPK_HELP_NONE,
								 .fit_values = spk_logistic_fit,
								 .count_columns = spk_design_width,
								 .work_size = spk_logistic_work_size,
								 .cost = spk_logistic_cost},
	[SPK_NAIVE_BAYES] = {.name = "naive_bayes",
						 .title = "naive Bayes",
						 .terms = SPK_TERMS_BAYES,
						 .answer = SPK_ANSWER_LOGISTIC,
						 .help = SPK_HELP_NONE,
						 .fit_values = spk_bayes_fit,
						 .work_size = spk_bayes_work_size,
						 .cost = spk_bayes_cost},
	[SPK_BLEND] = {.name = "blend",
				   .title = "blend",
				   .asked = "auto",
				   .max_parts = SPK_MAX_PARTS,
				   .answer = SPK_ANSWER_LOGISTIC,
				   .help = SPK_HELP_NONE,
				   .most_nodes = spk_blend_nodes,
				   .work_size = spk_blend_work_size,
				   .cost = spk_blend_cost},
};
