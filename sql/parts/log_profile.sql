------------------------------------------------------------------------
-- Profiles of any log: making them
------------------------------------------------------------------------

CREATE FUNCTION sparkify_log_profile_transfn(internal, timestamptz, "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamptz, "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(internal, timestamp, "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamp, "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(internal, date, "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, date, "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(internal, timestamptz, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamptz, "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(internal, timestamp, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamp, "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(internal, date, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, date, "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(
	internal, timestamptz, "any", "any", "any"
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamptz, "any", "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(
	internal, timestamp, "any", "any", "any"
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamp, "any", "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(internal, date, "any", "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, date, "any", "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(
	internal, timestamptz, "any", "any", "any", "any"
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamptz, "any", "any", "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(
	internal, timestamp, "any", "any", "any", "any"
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, timestamp, "any", "any", "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_transfn(
	internal, date, "any", "any", "any", "any"
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_transfn(internal, date, "any", "any", "any", "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_log_profile_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_combinefn(internal, internal) IS
	'aggregate combine function';

CREATE FUNCTION sparkify_log_profile_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_log_profile_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_deserialfn(bytea, internal) IS
	'aggregate deserial function';

CREATE FUNCTION sparkify_log_profile_finalfn(internal) RETURNS churn_profile
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_log_profile_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_profile(ts timestamptz, event "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, "any") IS
	'profile of one user from the names of the user''s events';

CREATE AGGREGATE churn_profile(ts timestamp, event "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, "any") IS
	'profile of one user from the names of the user''s events; times without zone are of UTC';

CREATE AGGREGATE churn_profile(ts date, event "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, "any") IS
	'profile of one user from the names of the user''s events; dates begin at 00:00 UTC';

CREATE AGGREGATE churn_profile(ts timestamptz, event "any", session "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, "any", "any") IS
	'profile of one user; sessions have ids';

CREATE AGGREGATE churn_profile(ts timestamp, event "any", session "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, "any", "any") IS
	'profile of one user; sessions have ids; times without zone are of UTC';

CREATE AGGREGATE churn_profile(ts date, event "any", session "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, "any", "any") IS
	'profile of one user; sessions have ids; dates begin at 00:00 UTC';

CREATE AGGREGATE churn_profile(ts timestamptz, event "any", session "any", amount "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, "any", "any", "any") IS
	'profile of one user; events may have amounts';

CREATE AGGREGATE churn_profile(ts timestamp, event "any", session "any", amount "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, "any", "any", "any") IS
	'profile of one user; events may have amounts; times without zone are of UTC';

CREATE AGGREGATE churn_profile(ts date, event "any", session "any", amount "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, "any", "any", "any") IS
	'profile of one user; events may have amounts; dates begin at 00:00 UTC';

CREATE AGGREGATE churn_profile(
	ts timestamptz,
	event "any",
	session "any",
	amount "any",
	level "any"
) (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamptz, "any", "any", "any", "any") IS
	'profile of one user; events may have levels';

CREATE AGGREGATE churn_profile(
	ts timestamp,
	event "any",
	session "any",
	amount "any",
	level "any"
) (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(timestamp, "any", "any", "any", "any") IS
	'profile of one user; events may have levels; times without zone are of UTC';

CREATE AGGREGATE churn_profile(ts date, event "any", session "any", amount "any", level "any") (
	SFUNC = sparkify_log_profile_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_log_profile_finalfn,
	COMBINEFUNC = sparkify_log_profile_combinefn,
	SERIALFUNC = sparkify_log_profile_serialfn,
	DESERIALFUNC = sparkify_log_profile_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile(date, "any", "any", "any", "any") IS
	'profile of one user; events may have levels; dates begin at 00:00 UTC';
