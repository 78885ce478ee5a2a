------------------------------------------------------------------------
-- Judging: the state that all of its aggregates share, core/judging/scores.h
------------------------------------------------------------------------

CREATE FUNCTION sparkify_scores_transfn(internal, anyelement, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_transfn(internal, anyelement, float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_transfn(internal, anyelement, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_transfn(internal, anyelement, float8, float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_bins_transfn(internal, anyelement, float8, int) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_bins_transfn(internal, anyelement, float8, int) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_costs_transfn(
	internal, anyelement, float8, float8, float8
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_costs_transfn(internal, anyelement, float8, float8, float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_budget_transfn(
	internal, anyelement, float8, bigint
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_budget_transfn(internal, anyelement, float8, bigint) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_scores_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_scores_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_deserialfn(bytea, internal) IS 'aggregate deserial function';
