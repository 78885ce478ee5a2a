------------------------------------------------------------------------
-- Judging: a model
------------------------------------------------------------------------

-- unsafe: runs a query of its own
CREATE FUNCTION churn_evaluate(
	model churn_model,
	source text,
	label text DEFAULT 'churned',
	OUT metric text,
	OUT value float8,
	OUT baseline float8,
	OUT meaning text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 21;
COMMENT ON FUNCTION churn_evaluate(churn_model, text, text) IS
	'judges a model on the rows of a table, a view or a query, at the model''s own threshold: a '
	'figure a row, beside it what "nobody churns", or else a score that knows nothing, has, and '
	'what it means';
