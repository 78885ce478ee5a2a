/*
 * option_list.h
 *	  The one list of training options:
 *	  SPK_OPTION_ITEM(constant, name, what may be written, defaults, text).
 *
 * Include it with SPK_OPTION_ITEM and the words below defined, as options.c
 * does.  The order is part of the model format: append, do not reorder.
 *
 * What may be written is one or more of
 *	  WHOLE(min, max)		a whole number
 *	  NUMBER(min, max)		any number
 *	  BOOLEAN				true or false, as 1 and 0
 *	  WORDS({word, number}, ...)
 *	  NAMES(most)			names of columns, in a form of the option's own; stored is how
 *							much was written, at most so much
 *	  LATER					came after the first models: not stored at its
 *							default, which must therefore never change
 *	  BEFORE(value)			likewise, where the default differs from what training
 *							did before: not stored at this value, and stored at
 *							the default, which may change
 * The defaults are FOR(algorithm, value) for each algorithm that uses the
 * option.  The text is for people: errors show it, and the tables of
 * docs/reference.md and docs/models.md are made from this list by
 * tools/generate.pl.
 */
#ifndef SPK_OPTION_ITEM
#error "SPK_OPTION_ITEM says what becomes of each option"
#endif

SPK_OPTION_ITEM(TREES, trees, WHOLE(1, SPK_MAX_TREES),
	FOR(RANDOM_FOREST, 100) FOR(GRADIENT_BOOSTING, 500),
	"number of trees")
SPK_OPTION_ITEM(MAX_DEPTH, max_depth, WHOLE(1, SPK_MAX_DEPTH) WORDS({"auto", SPK_DEPTH_AUTO}),
	FOR(RANDOM_FOREST, SPK_MAX_DEPTH) FOR(DECISION_TREE, 5) FOR(GRADIENT_BOOSTING, SPK_DEPTH_AUTO),
	"longest path from the root to a leaf, in splits; auto in gradient_boosting for 3, or 8 where rows held out say so")
SPK_OPTION_ITEM(MIN_LEAF, min_leaf, WHOLE(1, 1e9) WORDS({"auto", SPK_LEAF_AUTO}),
	FOR(RANDOM_FOREST, SPK_LEAF_AUTO) FOR(DECISION_TREE, 1) FOR(GRADIENT_BOOSTING, SPK_LEAF_AUTO),
	"fewest training rows in a leaf, repeated draws counted; auto for as many as their number asks for, in gradient_boosting for 10, or 3 with depth 8")
SPK_OPTION_ITEM(FEATURES_PER_SPLIT, features_per_split,
	NUMBER(1e-6, 1600) WORDS({"sqrt", SPK_FEATURES_SQRT}, {"all", SPK_FEATURES_ALL}),
	FOR(RANDOM_FOREST, SPK_FEATURES_SQRT) FOR(DECISION_TREE, SPK_FEATURES_ALL)
	FOR(GRADIENT_BOOSTING, 0.3),
	"features drawn for each split: a count, a share below 1, sqrt or all")
SPK_OPTION_ITEM(BINS, bins, WHOLE(2, 255),
	FOR(RANDOM_FOREST, 255) FOR(DECISION_TREE, 255) FOR(GRADIENT_BOOSTING, 255),
	"most bins of a feature")
SPK_OPTION_ITEM(BOOTSTRAP, bootstrap, BOOLEAN,
	FOR(RANDOM_FOREST, 1),
	"grow each tree on rows drawn with replacement")
SPK_OPTION_ITEM(CLASS_WEIGHT, class_weight,
	NUMBER(1e-6, 1e6) WORDS({"none", SPK_WEIGHT_NONE}, {"balanced", SPK_WEIGHT_BALANCED}),
	FOR(RANDOM_FOREST, SPK_WEIGHT_NONE) FOR(DECISION_TREE, SPK_WEIGHT_NONE)
	FOR(GRADIENT_BOOSTING, SPK_WEIGHT_NONE) FOR(LOGISTIC_REGRESSION, SPK_WEIGHT_NONE)
	FOR(NAIVE_BAYES, SPK_WEIGHT_NONE) FOR(BLEND, SPK_WEIGHT_NONE),
	"weight of the churn class against the other, none or balanced")
SPK_OPTION_ITEM(CRITERION, criterion,
	WORDS({"gini", SPK_CRITERION_GINI}, {"entropy", SPK_CRITERION_ENTROPY}),
	FOR(RANDOM_FOREST, SPK_CRITERION_GINI) FOR(DECISION_TREE, SPK_CRITERION_GINI),
	"impurity that a split reduces")
SPK_OPTION_ITEM(SEED, seed, WHOLE(-SPK_MAX_SEED, SPK_MAX_SEED),
	FOR(RANDOM_FOREST, 42) FOR(DECISION_TREE, 42) FOR(GRADIENT_BOOSTING, 42) FOR(BLEND, 42),
	"names the random streams; the same seed gives the same model")
SPK_OPTION_ITEM(MIN_GAIN, min_gain, NUMBER(0, 1e9) LATER,
	FOR(RANDOM_FOREST, 0) FOR(DECISION_TREE, 0) FOR(GRADIENT_BOOSTING, 0),
	"a split must gain more: impurity per weight of the tree's rows, or score in gradient_boosting")
SPK_OPTION_ITEM(MAX_LEAVES, max_leaves, WHOLE(0, 1e9) LATER,
	FOR(RANDOM_FOREST, 0) FOR(DECISION_TREE, 0) FOR(GRADIENT_BOOSTING, 0),
	"most leaves of a tree, which then grows where it gains most; 0 for no bound")
SPK_OPTION_ITEM(IMPORTANCE, importance,
	WORDS({"impurity", SPK_IMPORTANCE_IMPURITY}, {"permutation", SPK_IMPORTANCE_PERMUTATION}) LATER,
	FOR(RANDOM_FOREST, SPK_IMPORTANCE_IMPURITY),
	"measure permutation importance too, out of bag, or impurity alone")
SPK_OPTION_ITEM(L2, l2, NUMBER(0, 1e9) WORDS({"auto", SPK_L2_AUTO}),
	FOR(GRADIENT_BOOSTING, SPK_L2_AUTO) FOR(LOGISTIC_REGRESSION, 1),
	"penalty on the squares of the weights, or of the values of leaves; 0 for none, auto in gradient_boosting for 3, or 1 with depth 8")
SPK_OPTION_ITEM(MAX_ITER, max_iter, WHOLE(1, 10000),
	FOR(LOGISTIC_REGRESSION, 100),
	"most iterations")
SPK_OPTION_ITEM(SMOOTHING, smoothing, NUMBER(1e-9, 1e9),
	FOR(NAIVE_BAYES, 1),
	"rows added to each category, or to each feature of the multinomial form")
SPK_OPTION_ITEM(VAR_SMOOTHING, var_smoothing, NUMBER(1e-15, 1),
	FOR(NAIVE_BAYES, 1e-9),
	"share of the largest variance that is added to all variances")
SPK_OPTION_ITEM(DISTRIBUTION, distribution,
	WORDS({"gaussian", SPK_DISTRIBUTION_GAUSSIAN}, {"multinomial", SPK_DISTRIBUTION_MULTINOMIAL}),
	FOR(NAIVE_BAYES, SPK_DISTRIBUTION_GAUSSIAN),
	"of numbers: gaussian, or multinomial after scaling to 0 .. 1")
SPK_OPTION_ITEM(LEARNING_RATE, learning_rate, NUMBER(1e-6, 1),
	FOR(GRADIENT_BOOSTING, 0.05),
	"share of its best value by which a leaf moves the margin")
SPK_OPTION_ITEM(SUBSAMPLE, subsample, NUMBER(1e-6, 1),
	FOR(GRADIENT_BOOSTING, 0.8),
	"share of the rows drawn for each tree, without replacement")
SPK_OPTION_ITEM(EARLY_STOPPING, early_stopping,
	WHOLE(0, SPK_MAX_TREES) WORDS({"auto", SPK_STOPPING_AUTO}),
	FOR(GRADIENT_BOOSTING, SPK_STOPPING_AUTO),
	"end when so many trees have not made the loss on the rows held out less; 0 for never, auto for 50 unless rows are few")
SPK_OPTION_ITEM(VALIDATION, validation, NUMBER(0.01, 0.9),
	FOR(GRADIENT_BOOSTING, 0.2),
	"share of the rows held out for early stopping")
SPK_OPTION_ITEM(CALIBRATE, calibrate,
	WORDS({"none", SPK_CALIBRATE_NONE}, {"platt", SPK_CALIBRATE_PLATT}, {"isotonic", SPK_CALIBRATE_ISOTONIC}) LATER,
	FOR(RANDOM_FOREST, SPK_CALIBRATE_NONE) FOR(DECISION_TREE, SPK_CALIBRATE_NONE)
	FOR(GRADIENT_BOOSTING, SPK_CALIBRATE_NONE) FOR(LOGISTIC_REGRESSION, SPK_CALIBRATE_NONE)
	FOR(NAIVE_BAYES, SPK_CALIBRATE_NONE) FOR(BLEND, SPK_CALIBRATE_NONE),
	"correct probabilities by a map fitted to predictions of rows held out, or none")
SPK_OPTION_ITEM(REFIT, refit, BOOLEAN LATER,
	FOR(GRADIENT_BOOSTING, 1),
	"after early stopping, grow as many trees as were best on all rows")
SPK_OPTION_ITEM(MODELS, models, WHOLE(1, 100) LATER,
	FOR(GRADIENT_BOOSTING, 1) FOR(BLEND, 1),
	"models of different random streams whose margins are averaged")
SPK_OPTION_ITEM(THRESHOLD, threshold, NUMBER(1e-6, 0.999999) WORDS({"f1", SPK_THRESHOLD_F1}) LATER,
	FOR(RANDOM_FOREST, SPK_THRESHOLD_F1) FOR(DECISION_TREE, SPK_THRESHOLD_F1)
	FOR(GRADIENT_BOOSTING, SPK_THRESHOLD_F1) FOR(LOGISTIC_REGRESSION, SPK_THRESHOLD_F1)
	FOR(NAIVE_BAYES, SPK_THRESHOLD_F1) FOR(BLEND, SPK_THRESHOLD_F1),
	"from which score on a row is at risk: a number, or f1 for the best F1 out of fold")
SPK_OPTION_ITEM(CATEGORY_SUBSETS, category_subsets, WHOLE(0, 255) LATER,
	FOR(RANDOM_FOREST, 20) FOR(DECISION_TREE, 20) FOR(GRADIENT_BOOSTING, 20),
	"features with so many categories at most are split by subsets of them, others by ordered target statistics")
SPK_OPTION_ITEM(CATEGORY_SMOOTHING, category_smoothing, NUMBER(0, 1e9) LATER,
	FOR(RANDOM_FOREST, 20) FOR(DECISION_TREE, 20) FOR(GRADIENT_BOOSTING, 20),
	"what draws categories to the mean: rows in a statistic, hessian in boosting's order of more than four")
SPK_OPTION_ITEM(CATEGORY_L2, category_l2, NUMBER(0, 1e9) LATER,
	FOR(GRADIENT_BOOSTING, 20),
	"penalty on splits by subsets of more than four categories, besides l2")
SPK_OPTION_ITEM(CATEGORY_MIN_ROWS, category_min_rows, WHOLE(0, 1e9) LATER,
	FOR(GRADIENT_BOOSTING, 0),
	"of more than four categories, those with fewer rows in a node go where missing values go")
SPK_OPTION_ITEM(TRANSFORM, transform,
	WORDS({"none", SPK_TRANSFORM_NONE}, {"log", SPK_TRANSFORM_LOG},
		{"yeo_johnson", SPK_TRANSFORM_YEO_JOHNSON}, {"auto", SPK_TRANSFORM_AUTO}) BEFORE(SPK_TRANSFORM_NONE),
	FOR(LOGISTIC_REGRESSION, SPK_TRANSFORM_AUTO) FOR(NAIVE_BAYES, SPK_TRANSFORM_AUTO),
	"what numbers go through first: nothing, a logarithm, a power, or what suits where they are skewed")
SPK_OPTION_ITEM(WEIGHTS, weights, NAMES(1) LATER,
	FOR(RANDOM_FOREST, 0) FOR(DECISION_TREE, 0) FOR(GRADIENT_BOOSTING, 0)
	FOR(LOGISTIC_REGRESSION, 0) FOR(NAIVE_BAYES, 0) FOR(BLEND, 0),
	"the column that says how much each row counts, which is then no feature")
SPK_OPTION_ITEM(MONOTONE, monotone, NAMES(1600) LATER,
	FOR(RANDOM_FOREST, 0) FOR(DECISION_TREE, 0) FOR(GRADIENT_BOOSTING, 0) FOR(BLEND, 0),
	"numbers with whose growth predictions must not fall, or not rise")
SPK_OPTION_ITEM(INTERACTIONS, interactions, NAMES(64) LATER,
	FOR(RANDOM_FOREST, 0) FOR(DECISION_TREE, 0) FOR(GRADIENT_BOOSTING, 0) FOR(BLEND, 0),
	"groups of features, within which alone they may meet on a way down a tree")
SPK_OPTION_ITEM(CANDIDATES, candidates, WHOLE(1, 8) LATER,
	FOR(BLEND, 8),
	"how many candidates the search tries, the most promising ones first")
SPK_OPTION_ITEM(SAMPLE, sample, NUMBER(1e-6, 1) LATER,
	FOR(RANDOM_FOREST, 1) FOR(DECISION_TREE, 1) FOR(GRADIENT_BOOSTING, 1)
	FOR(LOGISTIC_REGRESSION, 1) FOR(NAIVE_BAYES, 1) FOR(BLEND, 1),
	"share of the users whose rows are trained on, as churn_sampled chooses them; 1 for all")
