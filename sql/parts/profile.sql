------------------------------------------------------------------------
-- Profiles: making and merging them
------------------------------------------------------------------------

CREATE FUNCTION sparkify_profile_transfn(
	internal, timestamptz, bigint, text, text, float8, text, timestamptz
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, timestamptz) IS
	'aggregate transition function';

-- times without zone, and dates, are of UTC
CREATE FUNCTION sparkify_profile_transfn(
	internal, timestamptz, bigint, text, text, float8, text, timestamp
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, timestamp) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, timestamptz, bigint, text, text, float8, text, date
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_registration_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamptz, bigint, text, text, float8, text, date) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, timestamp, bigint, text, text, float8, text, timestamptz
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, timestamptz) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, timestamp, bigint, text, text, float8, text, timestamp
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, timestamp) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, timestamp, bigint, text, text, float8, text, date
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_registration_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, timestamp, bigint, text, text, float8, text, date) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, date, bigint, text, text, float8, text, timestamptz
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, timestamptz) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, date, bigint, text, text, float8, text, timestamp
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, timestamp) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_transfn(
	internal, date, bigint, text, text, float8, text, date
) RETURNS internal
	AS 'MODULE_PATHNAME', 'sparkify_profile_transfn_dates' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_transfn(internal, date, bigint, text, text, float8, text, date) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_profile_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_profile_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_deserialfn(bytea, internal) IS 'aggregate deserial function';

CREATE FUNCTION sparkify_profile_finalfn(internal) RETURNS churn_profile
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_profile(
	ts timestamptz,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, bigint, text, text, float8, text, timestamptz) IS
	'profile of one user from the user''s events';

CREATE AGGREGATE churn_profile(
	ts timestamptz,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamp
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, bigint, text, text, float8, text, timestamp) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts timestamptz,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration date
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, bigint, text, text, float8, text, date) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts timestamp,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, bigint, text, text, float8, text, timestamptz) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts timestamp,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamp
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, bigint, text, text, float8, text, timestamp) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts timestamp,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration date
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, bigint, text, text, float8, text, date) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts date,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamptz
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, bigint, text, text, float8, text, timestamptz) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts date,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration timestamp
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, bigint, text, text, float8, text, timestamp) IS
	'profile of one user from the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(
	ts date,
	sessionid bigint,
	page text,
	level text,
	length float8,
	gender text,
	registration date
) (
	SFUNC = sparkify_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_finalfn,
	COMBINEFUNC = sparkify_profile_combinefn,
	SERIALFUNC = sparkify_profile_serialfn,
	DESERIALFUNC = sparkify_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, bigint, text, text, float8, text, date) IS
	'profile of one user from the user''s events; times without zone are of UTC';
