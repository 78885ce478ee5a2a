------------------------------------------------------------------------
-- Training: collecting rows
------------------------------------------------------------------------

CREATE FUNCTION sparkify_collect_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_collect_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_collect_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_collect_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_collect_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_collect_deserialfn(bytea, internal) IS 'aggregate deserial function';

CREATE FUNCTION sparkify_rows_agg_transfn(
	internal, anyelement, record, text[], text, text, text, text[]
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_rows_agg_transfn(internal, anyelement, record, text[], text, text, text, text[]) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_rows_agg_finalfn(internal) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION sparkify_rows_agg_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE sparkify_rows_agg(
	label anyelement,
	features record,
	exclude text[],
	grp text,
	snapshot text,
	weights text,
	columns text[]
) (
	SFUNC = sparkify_rows_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_rows_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_rows_agg(anyelement, record, text[], text, text, text, text[]) IS
	'internal: what collects the rows of a source, grp names the column that tells their groups, '
	'snapshot that of their dates, weights that of their weights, columns what all are called';

-- unsafe: runs a query of its own
CREATE FUNCTION sparkify_source_rows(item text) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION sparkify_source_rows(text) IS
	'internal: the rows of a source that another planner than PostgreSQL''s reads';
