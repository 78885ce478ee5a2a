------------------------------------------------------------------------
-- When users leave: times until churn
------------------------------------------------------------------------

CREATE FUNCTION churn_time(
	profile churn_profile,
	as_of date,
	log_end date,
	event text DEFAULT NULL,
	returners boolean DEFAULT false,
	OUT days int,
	OUT churned boolean,
	OUT follow_up int
) AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_time(churn_profile, date, date, text, boolean) IS
	'on which day from as_of on did the user do the event, in the music log cancel or downgrade? '
	'or, not churned, for how many days not, up to log_end; as_of NULL counts from the first '
	'event; NULL when not at risk at as_of or not known';

CREATE FUNCTION churn_time_inactive(
	profile churn_profile,
	as_of date,
	log_end date,
	silence interval,
	ignore text[] DEFAULT NULL,
	OUT days int,
	OUT churned boolean,
	OUT follow_up int
) AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_time_inactive(churn_profile, date, date, interval, text[]) IS
	'on which day from as_of on had the user had no events, but ignored ones, for so many days? '
	'NULL without any event in as long before as_of';

CREATE FUNCTION churn_time_at(
	profile churn_profile,
	as_of date,
	log_end date,
	churned_at timestamptz,
	OUT days int,
	OUT churned boolean,
	OUT follow_up int
) AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_time_at(churn_profile, date, date, timestamptz) IS
	'how many days from as_of on is churned_at, from another table? NULL when the user was not '
	'seen before as_of or had left by then';

CREATE FUNCTION churn_time_at(
	profile churn_profile,
	as_of date,
	log_end date,
	churned_at timestamp,
	OUT days int,
	OUT churned boolean,
	OUT follow_up int
) AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_time_at(churn_profile, date, date, timestamp) IS
	'the same for a time of UTC';

CREATE FUNCTION churn_time_at(
	profile churn_profile,
	as_of date,
	log_end date,
	churned_at date,
	OUT days int,
	OUT churned boolean,
	OUT follow_up int
) AS 'MODULE_PATHNAME', 'churn_time_at_date' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION churn_time_at(churn_profile, date, date, date) IS 'the same for a date';

CREATE FUNCTION churn_periods(
	days bigint,
	churned boolean,
	width int DEFAULT 7,
	max int DEFAULT NULL,
	follow_up bigint DEFAULT NULL,
	OUT period int,
	OUT churned boolean
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION churn_periods(bigint, boolean, int, int, bigint) IS
	'a time until churn as a row for each period of so many days: did the user leave in it?';

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

------------------------------------------------------------------------
-- Judging: predicted curves
------------------------------------------------------------------------

CREATE TYPE churn_curve_metrics AS (
	n bigint,
	events bigint,
	periods int,
	concordance float8,
	integrated_brier float8,
	baseline_brier float8,
	brier float8[]
);
COMMENT ON TYPE churn_curve_metrics IS 'how good predicted curves of survival are';
COMMENT ON COLUMN churn_curve_metrics.n IS
	'rows judged: those with days, churned and curve';
COMMENT ON COLUMN churn_curve_metrics.events IS 'rows that churned';
COMMENT ON COLUMN churn_curve_metrics.periods IS
	'periods to whose end somebody was followed, so that they have a Brier score';
COMMENT ON COLUMN churn_curve_metrics.concordance IS
	'Harrell''s C: of pairs of which it is known who left first, the share in which that one had '
	'the higher chance to leave by the end of the curve, ties counting half; NULL without pairs';
COMMENT ON COLUMN churn_curve_metrics.integrated_brier IS
	'mean of brier over time, by the trapezoidal rule';
COMMENT ON COLUMN churn_curve_metrics.baseline_brier IS
	'integrated_brier of the Kaplan-Meier curve of these rows as everybody''s curve';
COMMENT ON COLUMN churn_curve_metrics.brier IS
	'for each period the mean squared difference between the curve at its end and what was then, '
	'weighted by the inverse probability of not being censored';

CREATE FUNCTION sparkify_curve_metrics_transfn(internal, bigint, anyelement, float8[], int)
	RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_curve_metrics_transfn(internal, bigint, anyelement, float8[], int) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_curve_metrics_combinefn(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_curve_metrics_combinefn(internal, internal) IS
	'aggregate combine function';

CREATE FUNCTION sparkify_curve_metrics_serialfn(internal) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_curve_metrics_serialfn(internal) IS 'aggregate serial function';

CREATE FUNCTION sparkify_curve_metrics_deserialfn(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_curve_metrics_deserialfn(bytea, internal) IS
	'aggregate deserial function';

CREATE FUNCTION sparkify_curve_metrics_finalfn(internal) RETURNS churn_curve_metrics
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_curve_metrics_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_curve_metrics(
	days bigint,
	churned anyelement,
	curve float8[],
	width int
) (
	SFUNC = sparkify_curve_metrics_transfn,
	STYPE = internal,
	SSPACE = 4096,
	FINALFUNC = sparkify_curve_metrics_finalfn,
	COMBINEFUNC = sparkify_curve_metrics_combinefn,
	SERIALFUNC = sparkify_curve_metrics_serialfn,
	DESERIALFUNC = sparkify_curve_metrics_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_curve_metrics(bigint, anyelement, float8[], int) IS
	'judges predicted curves of survival, with periods of so many days, by times until churn and '
	'whether it came';

------------------------------------------------------------------------
-- When users leave: predicting
------------------------------------------------------------------------

CREATE FUNCTION churn_predict_curve(
	model churn_model,
	features record,
	periods int DEFAULT NULL
) RETURNS float8[]
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE
	COST 2500 SUPPORT sparkify_predict_support;
COMMENT ON FUNCTION churn_predict_curve(churn_model, record, int) IS
	'chance to stay through one, two and more periods ahead, of a row that has the feature columns '
	'of a model of the hazard but "period"; without periods as far as the model has learnt';
