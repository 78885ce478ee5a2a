------------------------------------------------------------------------
-- Watching: whether what a model sees is what it has learned from
------------------------------------------------------------------------

-- unsafe: runs queries of its own
CREATE FUNCTION churn_drift(
	model churn_model,
	source text,
	reference text DEFAULT NULL,
	OUT feature text,
	OUT psi float8,
	OUT psi_chance float8,
	OUT ks float8,
	OUT ks_chance float8,
	OUT missing_then float8,
	OUT missing_now float8,
	OUT new_categories text[],
	OUT verdict text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 40;
COMMENT ON FUNCTION churn_drift(churn_model, text, text) IS
	'how far each feature of a table, a view or a query, and the score, has moved from the rows '
	'that the model was trained on, or from those of a reference, beside what chance does';

CREATE FUNCTION churn_segments(
	model churn_model,
	source text,
	label text DEFAULT 'churned',
	by text DEFAULT NULL,
	id text DEFAULT NULL,
	seed bigint DEFAULT 42,
	OUT segment text,
	OUT verdict text,
	OUT n bigint,
	OUT users bigint,
	OUT positives bigint,
	OUT mean_score float8,
	OUT rate float8,
	OUT rate_low float8,
	OUT rate_high float8,
	OUT auc float8,
	OUT auc_low float8,
	OUT auc_high float8,
	OUT "precision" float8,
	OUT precision_low float8,
	OUT precision_high float8,
	OUT recall float8,
	OUT recall_low float8,
	OUT recall_high float8,
	OUT f1 float8,
	OUT f1_low float8,
	OUT f1_high float8,
	OUT metrics churn_metrics
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION churn_segments(churn_model, text, text, text, text, bigint) IS
	'judges a model for each value of a column of a table, a view or a query, with 95 % confidence '
	'limits, the worst first';

CREATE FUNCTION churn_dependence(
	model churn_model,
	source text,
	feature text,
	points int DEFAULT 20,
	sample int DEFAULT 1000,
	OUT value text,
	OUT number float8,
	OUT mean_score float8,
	OUT q10 float8,
	OUT q25 float8,
	OUT median float8,
	OUT q75 float8,
	OUT q90 float8,
	OUT n bigint
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
COMMENT ON FUNCTION churn_dependence(churn_model, text, text, int, int) IS
	'what rows of a table, a view or a query would score with other values of a feature: the mean '
	'and its spread over the rows (partial dependence), and how many rows are near the value';
