------------------------------------------------------------------------
-- Judging: when users leave
------------------------------------------------------------------------

CREATE TYPE churn_survival_point AS (
	"time" int,
	at_risk bigint,
	events bigint,
	censored bigint,
	survival float8,
	lower float8,
	upper float8
);
COMMENT ON TYPE churn_survival_point IS 'a time of a Kaplan-Meier curve';
COMMENT ON COLUMN churn_survival_point."time" IS
	'days, at which somebody left or was seen for the last time';
COMMENT ON COLUMN churn_survival_point.at_risk IS
	'users who had not left before, and whose days were seen up to this one';
COMMENT ON COLUMN churn_survival_point.events IS 'users who left on this day';
COMMENT ON COLUMN churn_survival_point.censored IS
	'users who had not left by the end of this day, and of whom no more is known';
COMMENT ON COLUMN churn_survival_point.survival IS
	'the share that stays longer than this: the product of 1 - events / at_risk up to here';
COMMENT ON COLUMN churn_survival_point.lower IS
	'lower 95 % confidence limit, by Greenwood''s formula on the scale log(-log survival); NULL '
	'where survival is 0';
COMMENT ON COLUMN churn_survival_point.upper IS 'upper 95 % confidence limit';

CREATE FUNCTION sparkify_survival_transfn(internal, bigint, anyelement) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_survival_transfn(internal, bigint, anyelement) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_survival_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_survival_combinefn(internal, internal) IS
	'aggregate combine function';

CREATE FUNCTION sparkify_survival_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_survival_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_survival_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_survival_deserialfn(bytea, internal) IS
	'aggregate deserial function';

CREATE FUNCTION sparkify_survival_finalfn(internal) RETURNS churn_survival_point[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_survival_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_survival(days bigint, churned anyelement) (
	SFUNC = sparkify_survival_transfn,
	STYPE = internal,
	SSPACE = 2048,
	FINALFUNC = sparkify_survival_finalfn,
	COMBINEFUNC = sparkify_survival_combinefn,
	SERIALFUNC = sparkify_survival_serialfn,
	DESERIALFUNC = sparkify_survival_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_survival(bigint, anyelement) IS
	'the share of users who stay longer than so many days, with confidence limits '
	'(Kaplan-Meier), from times until churn and whether it came';
