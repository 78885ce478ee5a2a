------------------------------------------------------------------------
-- Models: explaining predictions
------------------------------------------------------------------------

-- stable: an output function may look into the catalogs.  Our queries have ids and segments
-- written by it, where a cast would write them as the session's settings say.
CREATE FUNCTION sparkify_text("any") RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_text("any") IS
	'internal: a value as a text that does not depend on settings';

-- stable: binds the row as churn_predict does.  The cost is that of small models,
-- some tens of microseconds; large ones take milliseconds.  As the model is not known
-- when a query is planned, more would have the planner compile queries over a few
-- hundred users.
CREATE FUNCTION churn_explain(
	model churn_model,
	features record,
	OUT feature text,
	OUT value text,
	OUT contribution float8
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE
	COST 10000 ROWS 40 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_explain(churn_model, record) IS
	'how far each feature moves the row''s prediction from the average one, furthest first: exact '
	'SHAP values, and in the last row, without a feature, the average of training; they add up to '
	'the probability of a forest or a decision tree, to the log-odds of other models, before '
	'calibration';

CREATE FUNCTION churn_reasons(model churn_model, features record, top int DEFAULT 3) RETURNS text[]
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE
	COST 10000 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_reasons(churn_model, record, int) IS
	'the features that raise the row''s prediction most, with their values, strongest first';
