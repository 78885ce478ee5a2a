------------------------------------------------------------------------
-- A page about a model
------------------------------------------------------------------------

-- unsafe: runs queries of its own
CREATE FUNCTION churn_report(
	model churn_model,
	source text,
	label text DEFAULT 'churned',
	users text DEFAULT NULL,
	id text DEFAULT NULL,
	by text DEFAULT NULL,
	top int DEFAULT 20,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_report(churn_model, text, text, text, text, text, int, text) IS
	'page (HTML) about a model: whether it is good, by the labelled rows of a table, a view or a '
	'query, what drives it, which users are most at risk and why, what has moved since training';
