------------------------------------------------------------------------
-- Models: predicting
------------------------------------------------------------------------

-- stable: binds the row's columns by the names and types in the catalogs.  The
-- cost is that of a hundred trees without a limit of depth, some microseconds;
-- how large a model is is not known when a query is planned.
CREATE FUNCTION sparkify_predict_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT;
COMMENT ON FUNCTION sparkify_predict_support(internal) IS 'planner support function';

CREATE FUNCTION churn_predict(model churn_model, features record) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE
	COST 250 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_predict(churn_model, record) IS
	'probability of churn, 0 to 1, of a row that has the feature columns of the model, in any '
	'order, among others';

CREATE FUNCTION churn_at_risk(model churn_model, features record) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE
	COST 250 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_at_risk(churn_model, record) IS
	'does the row''s probability of churn reach the model''s threshold?';

CREATE FUNCTION sparkify_predict_values(model churn_model, VARIADIC features "any") RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 250 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION sparkify_predict_values(churn_model, "any") IS
	'internal: as churn_predict, of the features themselves in the model''s order; what '
	'churn_score calls';

-- unsafe: runs a query of its own
CREATE FUNCTION churn_score(
	model churn_model,
	source text,
	id text DEFAULT 'userid',
	OUT id text,
	OUT score float8,
	OUT at_risk boolean
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION churn_score(churn_model, text, text) IS
	'the probability of churn of each row of a table, a view or a query, by the column id, and '
	'whether it reaches the model''s threshold; id comes as text: join by s.id = u.userid::text';
