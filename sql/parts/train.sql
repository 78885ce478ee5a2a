------------------------------------------------------------------------
-- Training
------------------------------------------------------------------------

-- stable: what a row's columns are called and what they hold is read from the catalogs
CREATE FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record, jsonb) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record, jsonb) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record, jsonb, "any")
	RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_transfn(internal, anyelement, record, jsonb, "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_forest_agg_finalfn(internal) RETURNS churn_forest
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_forest_agg_finalfn(internal) IS 'aggregate final function';

-- sspace: a state with its first 16 rows of 30 columns; 240 bytes for each row more
CREATE AGGREGATE churn_forest_agg(label anyelement, features record) (
	SFUNC = sparkify_forest_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_forest_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_forest_agg(anyelement, record) IS
	'trains a random forest to tell the label (boolean or 0 and 1) from the columns of the row, '
	'which must not hold the label itself';

CREATE AGGREGATE churn_forest_agg(label anyelement, features record, options jsonb) (
	SFUNC = sparkify_forest_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_forest_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_forest_agg(anyelement, record, jsonb) IS
	'trains a random forest with options, the same in all rows, to tell the label (boolean or 0 '
	'and 1) from the columns of the row, which must not hold the label itself';

CREATE AGGREGATE churn_forest_agg(label anyelement, features record, options jsonb, id "any") (
	SFUNC = sparkify_forest_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_forest_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_forest_agg(anyelement, record, jsonb, "any") IS
	'trains a random forest with options, the same in all rows, to tell the label (boolean or 0 '
	'and 1) from the columns of the row, which must hold neither the label nor the id; the rows '
	'of one id are drawn together';

CREATE FUNCTION sparkify_train_agg_transfn(
	internal, anyelement, record, text, jsonb, text[], text, text, text[]
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_train_agg_transfn(internal, anyelement, record, text, jsonb, text[], text, text, text[]) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_train_agg_finalfn(internal) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_train_agg_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE sparkify_train_agg(
	label anyelement,
	features record,
	algorithm text,
	options jsonb,
	exclude text[],
	grp text,
	snapshot text,
	columns text[]
) (
	SFUNC = sparkify_train_agg_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = sparkify_train_agg_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	COMBINEFUNC = sparkify_collect_combinefn,
	SERIALFUNC = sparkify_collect_serialfn,
	DESERIALFUNC = sparkify_collect_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_train_agg(
	anyelement, record, text, jsonb, text[], text, text, text[]
) IS
	'internal: what churn_train runs over its source';

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_train(
	source text,
	label text DEFAULT 'churned',
	algorithm text DEFAULT 'random_forest',
	options jsonb DEFAULT '{}',
	exclude text[] DEFAULT '{userid,as_of}',
	group_by text DEFAULT NULL,
	id text DEFAULT NULL,
	"time" text DEFAULT NULL,
	OUT grp text,
	OUT model churn_model,
	OUT algorithm text,
	OUT n_rows bigint,
	OUT n_positive bigint,
	OUT n_features int,
	OUT seconds float8
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1;
COMMENT ON FUNCTION churn_train(text, text, text, jsonb, text[], text, text, text) IS
	'trains a model on a table, a view or a query, or one for each value of the column group_by; '
	'seconds is the time of training without that of reading the source';
