------------------------------------------------------------------------
-- Profiles: the type
------------------------------------------------------------------------

CREATE TYPE churn_profile;

CREATE FUNCTION sparkify_profile_in(cstring) RETURNS churn_profile
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_in(cstring) IS 'input: JSON text';

CREATE FUNCTION sparkify_profile_out(churn_profile) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_out(churn_profile) IS 'output: JSON text';

CREATE FUNCTION sparkify_profile_recv(internal) RETURNS churn_profile
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_recv(internal) IS 'binary input';

CREATE FUNCTION sparkify_profile_send(churn_profile) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_send(churn_profile) IS 'binary output';

CREATE TYPE churn_profile (
	INPUT = sparkify_profile_in,
	OUTPUT = sparkify_profile_out,
	RECEIVE = sparkify_profile_recv,
	SEND = sparkify_profile_send,
	STORAGE = extended
);
COMMENT ON TYPE churn_profile IS 'mergeable summary of one user''s activity';

CREATE FUNCTION sparkify_profile_json(churn_profile) RETURNS json
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_json(churn_profile) IS 'the profile''s text as json';

-- to_json, to_jsonb and row_to_json look for this cast
CREATE CAST (churn_profile AS json) WITH FUNCTION sparkify_profile_json(churn_profile);
COMMENT ON CAST (churn_profile AS json) IS 'the profile''s text as json';

CREATE CAST (churn_profile AS jsonb) WITH INOUT;
COMMENT ON CAST (churn_profile AS jsonb) IS 'the profile''s text as jsonb';
