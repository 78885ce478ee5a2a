------------------------------------------------------------------------
-- Judging: models against each other
------------------------------------------------------------------------

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_compare(
	source text,
	label text DEFAULT 'churned',
	algorithms text[] DEFAULT '{random_forest,gradient_boosting,logistic_regression,naive_bayes}',
	folds int DEFAULT 3,
	holdout float8 DEFAULT 0.2,
	metric text DEFAULT 'auc',
	grid jsonb DEFAULT '{}',
	exclude text[] DEFAULT '{userid,as_of}',
	seed bigint DEFAULT 42,
	id text DEFAULT NULL,
	"time" text DEFAULT NULL,
	OUT rank int,
	OUT algorithm text,
	OUT options jsonb,
	OUT cv_mean float8,
	OUT cv_sd float8,
	OUT difference float8,
	OUT p_value float8,
	OUT holdout churn_metrics,
	OUT spread_34 float8[],
	OUT seconds float8,
	OUT model churn_model
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 5;
COMMENT ON FUNCTION churn_compare(text, text, text[], int, float8, text, jsonb, text[], bigint, text, text) IS
	'compares models by stratified cross-validation in which the rows of one user stay together, '
	'and by a holdout that none of them has seen; a row for each model, the best one first, and '
	'one for the baseline that knows the share of churn only';
