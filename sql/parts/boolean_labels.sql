------------------------------------------------------------------------
-- Judging: labels that are boolean
------------------------------------------------------------------------

-- The same as the aggregates over anyelement, by a concrete type: an engine that splits
-- aggregates between servers (Citus, after its version 14) checks the types of their
-- arguments against the declared ones, and calls their functions without an expression
-- that would tell.  Labels of other types find anyelement, as no number is cast to
-- boolean by itself; overloads for numbers would round numeric, or be ambiguous.

CREATE FUNCTION sparkify_scores_transfn(internal, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_transfn(internal, boolean, float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_transfn(internal, boolean, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_transfn(internal, boolean, float8, float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_bins_transfn(internal, boolean, float8, int) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_bins_transfn(internal, boolean, float8, int) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_costs_transfn(
	internal, boolean, float8, float8, float8
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_costs_transfn(internal, boolean, float8, float8, float8) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_scores_budget_transfn(internal, boolean, float8, bigint) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_scores_budget_transfn(internal, boolean, float8, bigint) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_survival_transfn(internal, bigint, boolean) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_survival_transfn(internal, bigint, boolean) IS
	'aggregate transition function';

CREATE FUNCTION sparkify_curve_metrics_transfn(
	internal, bigint, boolean, float8[], int
) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_curve_metrics_transfn(internal, bigint, boolean, float8[], int) IS
	'aggregate transition function';

CREATE AGGREGATE churn_metrics(label boolean, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_metrics_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_metrics(boolean, float8) IS
	'judges churn scores (0..1) against labels, flagging at 0.5; rows with a '
	'NULL are ignored';

CREATE AGGREGATE churn_metrics(label boolean, score float8, threshold float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_metrics_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_metrics(boolean, float8, float8) IS
	'judges churn scores (0..1) against labels, flagging at a threshold, the '
	'same in all rows; rows with a NULL label or score are ignored';

CREATE AGGREGATE churn_roc(label boolean, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_roc_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_roc(boolean, float8) IS
	'ROC curve of churn scores, from the threshold that flags nobody to the one that flags '
	'everybody; NULL with one class only';

CREATE AGGREGATE churn_pr(label boolean, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_pr_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_pr(boolean, float8) IS
	'curve of precision and recall of churn scores, one point for each score of somebody who '
	'churned; NULL when nobody churned';

CREATE AGGREGATE churn_lift(label boolean, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_lift_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_lift(boolean, float8) IS
	'what churn scores are worth, tenth by tenth, highest scores first';

CREATE AGGREGATE churn_calibration(label boolean, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_calibration_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_calibration(boolean, float8) IS
	'mean churn score and share that churned in ten bins of equal width, but those without rows';

CREATE AGGREGATE churn_calibration(label boolean, score float8, bins int) (
	SFUNC = sparkify_scores_bins_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_calibration_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_calibration(boolean, float8, int) IS
	'mean churn score and share that churned in bins of equal width, but those without rows';

CREATE AGGREGATE churn_threshold(label boolean, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(boolean, float8) IS
	'the threshold with the best F1 of the churn class; NULL when nobody churned';

CREATE AGGREGATE churn_threshold(
	label boolean,
	score float8,
	cost_false_alarm float8,
	cost_missed float8
) (
	SFUNC = sparkify_scores_costs_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(boolean, float8, float8, float8) IS
	'the threshold at which false alarms and missed churners cost least';

CREATE AGGREGATE churn_threshold(label boolean, score float8, budget bigint) (
	SFUNC = sparkify_scores_budget_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(boolean, float8, bigint) IS
	'the threshold that flags as many rows as possible, but no more than the budget';

CREATE AGGREGATE churn_survival(days bigint, churned boolean) (
	SFUNC = sparkify_survival_transfn,
	STYPE = internal,
	SSPACE = 2048,
	FINALFUNC = sparkify_survival_finalfn,
	COMBINEFUNC = sparkify_survival_combinefn,
	SERIALFUNC = sparkify_survival_serialfn,
	DESERIALFUNC = sparkify_survival_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_survival(bigint, boolean) IS
	'the share of users who stay longer than so many days, with confidence limits '
	'(Kaplan-Meier), from times until churn and whether it came';

CREATE AGGREGATE churn_curve_metrics(days bigint, churned boolean, curve float8[], width int) (
	SFUNC = sparkify_curve_metrics_transfn,
	STYPE = internal,
	SSPACE = 4096,
	FINALFUNC = sparkify_curve_metrics_finalfn,
	COMBINEFUNC = sparkify_curve_metrics_combinefn,
	SERIALFUNC = sparkify_curve_metrics_serialfn,
	DESERIALFUNC = sparkify_curve_metrics_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_curve_metrics(bigint, boolean, float8[], int) IS
	'judges predicted curves of survival, with periods of so many days, by times until churn and '
	'whether it came';
