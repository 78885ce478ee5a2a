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
	'how far each feature of a table, a view or a query, and the score, has moved from the rows that '
	'the model was trained on, or from those of a reference, beside what chance does to so many';
