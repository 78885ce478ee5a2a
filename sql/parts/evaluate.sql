------------------------------------------------------------------------
-- Judging: a model
------------------------------------------------------------------------

CREATE FUNCTION sparkify_judge_transfn(internal, anyelement, float8, float8, bigint)
	RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_transfn(internal, anyelement, float8, float8, bigint) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_judge_transfn(internal, anyelement, float8, float8, bigint, "any")
	RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_transfn(internal, anyelement, float8, float8, bigint, "any") IS
	'aggregate transition function';

CREATE FUNCTION sparkify_judge_transfn(internal, anyelement, float8, float8, bigint, "any", float8)
	RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_transfn(internal, anyelement, float8, float8, bigint, "any", float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_judge_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_combinefn(internal, internal) IS 'aggregate combine function';

CREATE FUNCTION sparkify_judge_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_judge_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_deserialfn(bytea, internal) IS 'aggregate deserial function';

CREATE FUNCTION sparkify_judge_finalfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_judge_finalfn(internal) IS 'aggregate final function';

-- sspace: a state with room for its first 64 rows, and these with their users; 32 bytes for
-- each one more, up to 35 MB, and of pairs 57 MB
CREATE AGGREGATE sparkify_judge(label anyelement, score float8, threshold float8, seed bigint) (
	SFUNC = sparkify_judge_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_judge_finalfn,
	COMBINEFUNC = sparkify_judge_combinefn,
	SERIALFUNC = sparkify_judge_serialfn,
	DESERIALFUNC = sparkify_judge_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_judge(anyelement, float8, float8, bigint) IS
	'internal: judges scores and tells what chance there is in the figures, as bytes';

CREATE AGGREGATE sparkify_judge(
	label anyelement, score float8, threshold float8, seed bigint, id "any"
) (
	SFUNC = sparkify_judge_transfn,
	STYPE = internal,
	SSPACE = 2300,
	FINALFUNC = sparkify_judge_finalfn,
	COMBINEFUNC = sparkify_judge_combinefn,
	SERIALFUNC = sparkify_judge_serialfn,
	DESERIALFUNC = sparkify_judge_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_judge(anyelement, float8, float8, bigint, "any") IS
	'internal: the same of rows with users';

CREATE AGGREGATE sparkify_judge(
	label anyelement, score float8, threshold float8, seed bigint, id "any", other float8
) (
	SFUNC = sparkify_judge_transfn,
	STYPE = internal,
	SSPACE = 2300,
	FINALFUNC = sparkify_judge_finalfn,
	COMBINEFUNC = sparkify_judge_combinefn,
	SERIALFUNC = sparkify_judge_serialfn,
	DESERIALFUNC = sparkify_judge_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sparkify_judge(anyelement, float8, float8, bigint, "any", float8) IS
	'internal: the same of rows with the scores of two models, of which the AUCs are compared';

-- unsafe: runs a query of its own
CREATE FUNCTION churn_evaluate(
	model churn_model,
	source text,
	label text DEFAULT 'churned',
	id text DEFAULT NULL,
	seed bigint DEFAULT 42,
	OUT metric text,
	OUT value float8,
	OUT low float8,
	OUT high float8,
	OUT baseline float8,
	OUT meaning text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 21;
COMMENT ON FUNCTION churn_evaluate(churn_model, text, text, text, bigint) IS
	'judges a model on the rows of a table, a view or a query, at the model''s own threshold: a '
	'figure a row, between its 95 % confidence limits, beside it what "nobody churns", or else a '
	'score that knows nothing, has, and what it means';

CREATE FUNCTION churn_paired_test(
	model churn_model,
	other churn_model,
	source text,
	label text DEFAULT 'churned',
	id text DEFAULT NULL,
	OUT n bigint,
	OUT positives bigint,
	OUT users bigint,
	OUT auc float8,
	OUT other_auc float8,
	OUT difference float8,
	OUT low float8,
	OUT high float8,
	OUT p_value float8
) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_paired_test(churn_model, churn_model, text, text, text) IS
	'the AUCs of two models on the same rows of a table, a view or a query, how far apart they are '
	'with 95 % confidence limits, and how likely chance alone has them as far apart (DeLong)';
