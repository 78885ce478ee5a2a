------------------------------------------------------------------------
-- Models: the types
------------------------------------------------------------------------

CREATE TYPE churn_model;

CREATE FUNCTION sparkify_model_in(cstring) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_in(cstring) IS 'input: JSON text';

CREATE FUNCTION sparkify_model_out(churn_model) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_out(churn_model) IS 'output: JSON text';

CREATE FUNCTION sparkify_model_recv(internal) RETURNS churn_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_recv(internal) IS 'binary input';

CREATE FUNCTION sparkify_model_send(churn_model) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_send(churn_model) IS 'binary output';

CREATE TYPE churn_model (
	INPUT = sparkify_model_in,
	OUTPUT = sparkify_model_out,
	RECEIVE = sparkify_model_recv,
	SEND = sparkify_model_send,
	STORAGE = extended
);
COMMENT ON TYPE churn_model IS 'a trained model, self-contained';

CREATE TYPE churn_forest;

CREATE FUNCTION sparkify_forest_in(cstring) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_in(cstring) IS 'input: JSON text';

CREATE FUNCTION sparkify_forest_out(churn_forest) RETURNS cstring
	AS 'MODULE_PATHNAME', 'sparkify_model_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_out(churn_forest) IS 'output: JSON text';

CREATE FUNCTION sparkify_forest_recv(internal) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_recv(internal) IS 'binary input';

CREATE FUNCTION sparkify_forest_send(churn_forest) RETURNS bytea
	AS 'MODULE_PATHNAME', 'sparkify_model_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_send(churn_forest) IS 'binary output';

CREATE TYPE churn_forest (
	INPUT = sparkify_forest_in,
	OUTPUT = sparkify_forest_out,
	RECEIVE = sparkify_forest_recv,
	SEND = sparkify_forest_send,
	STORAGE = extended
);
COMMENT ON TYPE churn_forest IS 'a trained model that is an ensemble of trees';

CREATE FUNCTION churn_forest(churn_model) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_forest(churn_model) IS
	'the model as a churn_forest, if it is an ensemble of trees';

CREATE CAST (churn_forest AS churn_model) WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (churn_forest AS churn_model) IS 'the same bytes';

CREATE CAST (churn_model AS churn_forest) WITH FUNCTION churn_forest(churn_model) AS ASSIGNMENT;
COMMENT ON CAST (churn_model AS churn_forest) IS 'checks that the model is an ensemble of trees';

-- to_json, to_jsonb and row_to_json look for casts to json
CREATE FUNCTION sparkify_model_json(churn_model) RETURNS json
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_model_json(churn_model) IS 'the model''s text as json';

CREATE FUNCTION sparkify_forest_json(churn_forest) RETURNS json
	AS 'MODULE_PATHNAME', 'sparkify_model_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_json(churn_forest) IS 'the model''s text as json';

CREATE CAST (churn_model AS json) WITH FUNCTION sparkify_model_json(churn_model);
COMMENT ON CAST (churn_model AS json) IS 'the model''s text as json';

CREATE CAST (churn_forest AS json) WITH FUNCTION sparkify_forest_json(churn_forest);
COMMENT ON CAST (churn_forest AS json) IS 'the model''s text as json';

CREATE CAST (churn_model AS jsonb) WITH INOUT;
COMMENT ON CAST (churn_model AS jsonb) IS 'the model''s text as jsonb';

CREATE CAST (churn_forest AS jsonb) WITH INOUT;
COMMENT ON CAST (churn_forest AS jsonb) IS 'the model''s text as jsonb';
