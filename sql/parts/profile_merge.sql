------------------------------------------------------------------------
-- Profiles of either kind: merging them
------------------------------------------------------------------------

CREATE FUNCTION sparkify_profile_merge_transfn(internal, churn_profile) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_merge_transfn(internal, churn_profile) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_profile_merge_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_merge_combinefn(internal, internal) IS
	'aggregate combine function';

CREATE FUNCTION sparkify_profile_merge_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_merge_serialfn(internal) IS
	'aggregate serial function';

CREATE FUNCTION sparkify_profile_merge_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_merge_deserialfn(bytea, internal) IS
	'aggregate deserial function';

CREATE FUNCTION sparkify_profile_merge_finalfn(internal) RETURNS churn_profile
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_profile_merge_finalfn(internal) IS
	'aggregate final function';

CREATE AGGREGATE churn_profile_merge(profile churn_profile) (
	SFUNC = sparkify_profile_merge_transfn,
	STYPE = internal,
	SSPACE = 1024,
	FINALFUNC = sparkify_profile_merge_finalfn,
	COMBINEFUNC = sparkify_profile_merge_combinefn,
	SERIALFUNC = sparkify_profile_merge_serialfn,
	DESERIALFUNC = sparkify_profile_merge_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_profile_merge(churn_profile) IS
	'one profile from profiles of disjoint events';

CREATE FUNCTION churn_profile_merge(a churn_profile, b churn_profile) RETURNS churn_profile
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION churn_profile_merge(churn_profile, churn_profile) IS
	'one profile from two of disjoint events; NULL counts as nothing';
