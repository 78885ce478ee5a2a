------------------------------------------------------------------------
-- Models: looking into them
------------------------------------------------------------------------

CREATE FUNCTION churn_fingerprint(model churn_model) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_fingerprint(churn_model) IS
	'hash of the whole model, 16 hex digits: equal models have equal ones';

-- not strict, as those below: a NULL where a model is expected to come out is an accident
CREATE FUNCTION churn_set_threshold(model churn_model, threshold float8) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_set_threshold(churn_model, float8) IS
	'the model with another decision threshold, between 0 and 1';

CREATE FUNCTION churn_set_threshold(model churn_forest, threshold float8) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_set_threshold(churn_forest, float8) IS
	'the model with another decision threshold, between 0 and 1';

CREATE FUNCTION churn_info(model churn_model) RETURNS jsonb
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_info(churn_model) IS
	'algorithm, options, training facts, features and size of the model';

CREATE FUNCTION churn_importance(
	model churn_model,
	kind text DEFAULT 'impurity',
	OUT feature text,
	OUT importance float8
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 40;
COMMENT ON FUNCTION churn_importance(churn_model, text) IS
	'importance of each feature, most important first: its share in what splits take off '
	'impurity, or by permutation, the growth of the squared error out of bag when its values are '
	'shuffled';
