------------------------------------------------------------------------
-- Models: predicting
------------------------------------------------------------------------

-- stable: binds the row's columns by the names and types in the catalogs.  The
-- cost is that of a hundred trees without a limit of depth, some microseconds;
-- how large a model is is not known when a query is planned.
CREATE FUNCTION sparkify_predict_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT;
COMMENT ON FUNCTION sparkify_predict_support(internal) IS 'planner support function';

-- what the planner makes of a row for other servers
CREATE FUNCTION sparkify_named_row(columns text[], VARIADIC "values" "any") RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_named_row(text[], "any") IS
	'internal: the values as a row whose columns have these names';

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

-- what the planner makes of these, for the rows of a query; as stable as they are
CREATE FUNCTION sparkify_predict_row(model churn_model, columns text[], VARIADIC "values" "any")
	RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 250;
COMMENT ON FUNCTION sparkify_predict_row(churn_model, text[], "any") IS
	'internal: as churn_predict, of a row whose columns have these names';

CREATE FUNCTION sparkify_at_risk_row(model churn_model, columns text[], VARIADIC "values" "any")
	RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 250;
COMMENT ON FUNCTION sparkify_at_risk_row(churn_model, text[], "any") IS
	'internal: as churn_at_risk, of a row whose columns have these names';

-- immutable: the features are computed from the profile, and their names are the extension's
CREATE FUNCTION churn_predict(model churn_model, profile churn_profile, as_of date) RETURNS float8
	AS 'MODULE_PATHNAME', 'sparkify_predict_profile' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 450;
COMMENT ON FUNCTION churn_predict(churn_model, churn_profile, date) IS
	'probability of churn, 0 to 1, by the features of a profile of the music log before a date '
	'(NULL: of all of it); NULL when nothing happened before it';

CREATE FUNCTION churn_at_risk(model churn_model, profile churn_profile, as_of date) RETURNS boolean
	AS 'MODULE_PATHNAME', 'sparkify_at_risk_profile' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 450;
COMMENT ON FUNCTION churn_at_risk(churn_model, churn_profile, date) IS
	'does the probability of churn by the features of a profile of the music log before a date '
	'reach the model''s threshold?';

-- immutable: names and types stand in the call
CREATE FUNCTION churn_predict_columns(model churn_model, columns jsonb, VARIADIC "values" "any")
	RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 250;
COMMENT ON FUNCTION churn_predict_columns(churn_model, jsonb, "any") IS
	'probability of churn, 0 to 1, of the values, whose names stand in a JSON array, in any '
	'order; other servers can compute it';

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
