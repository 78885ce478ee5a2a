------------------------------------------------------------------------
-- Judging: curves and thresholds
------------------------------------------------------------------------

CREATE TYPE churn_roc_point AS (
	threshold float8,
	fpr float8,
	tpr float8
);
COMMENT ON TYPE churn_roc_point IS 'a point of the ROC curve';
COMMENT ON COLUMN churn_roc_point.threshold IS
	'rows are flagged when their score is at least this; Infinity flags nobody';
COMMENT ON COLUMN churn_roc_point.fpr IS
	'false positive rate: of those who stayed, the share flagged';
COMMENT ON COLUMN churn_roc_point.tpr IS
	'true positive rate: of those who churned, the share flagged; the same as recall';

CREATE TYPE churn_pr_point AS (
	threshold float8,
	precision float8,
	recall float8
);
COMMENT ON TYPE churn_pr_point IS 'a point of the curve of precision and recall';
COMMENT ON COLUMN churn_pr_point.threshold IS
	'rows are flagged when their score is at least this; Infinity flags nobody';
COMMENT ON COLUMN churn_pr_point.precision IS
	'of those flagged, the share that churned; 1 where nobody is flagged';
COMMENT ON COLUMN churn_pr_point.recall IS 'of those who churned, the share flagged';

CREATE TYPE churn_lift_decile AS (
	decile int,
	n bigint,
	min_score float8,
	max_score float8,
	churned float8,
	rate float8,
	lift float8,
	capture float8,
	gain float8,
	cumulative_lift float8
);
COMMENT ON TYPE churn_lift_decile IS 'a tenth of the rows, ordered by score';
COMMENT ON COLUMN churn_lift_decile.decile IS '1 scores highest';
COMMENT ON COLUMN churn_lift_decile.n IS 'rows, as ntile(10) deals them out';
COMMENT ON COLUMN churn_lift_decile.min_score IS 'lowest score';
COMMENT ON COLUMN churn_lift_decile.max_score IS 'highest score';
COMMENT ON COLUMN churn_lift_decile.churned IS
	'rows that churned; where a border cuts rows with equal scores, those of them who churned are '
	'spread evenly over both sides';
COMMENT ON COLUMN churn_lift_decile.rate IS 'churned / n';
COMMENT ON COLUMN churn_lift_decile.lift IS
	'rate against the rate of all rows; NULL when nobody churned';
COMMENT ON COLUMN churn_lift_decile.capture IS
	'of all who churned, the share in this decile; NULL when nobody churned';
COMMENT ON COLUMN churn_lift_decile.gain IS 'capture of this and all higher deciles together';
COMMENT ON COLUMN churn_lift_decile.cumulative_lift IS
	'lift of this and all higher deciles together';

CREATE TYPE churn_calibration_bin AS (
	bin int,
	low float8,
	high float8,
	n bigint,
	mean_score float8,
	rate float8
);
COMMENT ON TYPE churn_calibration_bin IS 'rows with about the same score';
COMMENT ON COLUMN churn_calibration_bin.bin IS 'from 1';
COMMENT ON COLUMN churn_calibration_bin.low IS
	'scores are greater than this; the first bin takes 0, too';
COMMENT ON COLUMN churn_calibration_bin.high IS 'scores are at most this';
COMMENT ON COLUMN churn_calibration_bin.n IS 'rows';
COMMENT ON COLUMN churn_calibration_bin.mean_score IS 'what share should have churned';
COMMENT ON COLUMN churn_calibration_bin.rate IS 'what share did churn';

CREATE FUNCTION sparkify_roc_finalfn(internal) RETURNS churn_roc_point[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_roc_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_pr_finalfn(internal) RETURNS churn_pr_point[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_pr_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_lift_finalfn(internal) RETURNS churn_lift_decile[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_lift_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_calibration_finalfn(internal) RETURNS churn_calibration_bin[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_calibration_finalfn(internal) IS 'aggregate final function';

CREATE FUNCTION sparkify_threshold_finalfn(internal) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_threshold_finalfn(internal) IS 'aggregate final function';

CREATE AGGREGATE churn_roc(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_roc_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_roc(anyelement, float8) IS
	'ROC curve of churn scores, from the threshold that flags nobody to the one that flags '
	'everybody; NULL with one class only';

CREATE AGGREGATE churn_pr(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_pr_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_pr(anyelement, float8) IS
	'curve of precision and recall of churn scores, one point for each score of somebody who '
	'churned; NULL when nobody churned';

CREATE AGGREGATE churn_lift(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_lift_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_lift(anyelement, float8) IS
	'what churn scores are worth, tenth by tenth, highest scores first';

CREATE AGGREGATE churn_calibration(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_calibration_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_calibration(anyelement, float8) IS
	'mean churn score and share that churned in ten bins of equal width, but those without rows';

CREATE AGGREGATE churn_calibration(label anyelement, score float8, bins int) (
	SFUNC = sparkify_scores_bins_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_calibration_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_calibration(anyelement, float8, int) IS
	'mean churn score and share that churned in bins of equal width, but those without rows';

CREATE AGGREGATE churn_threshold(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(anyelement, float8) IS
	'the threshold with the best F1 of the churn class; NULL when nobody churned';

CREATE AGGREGATE churn_threshold(
	label anyelement,
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
COMMENT ON AGGREGATE churn_threshold(anyelement, float8, float8, float8) IS
	'the threshold at which false alarms and missed churners cost least';

CREATE AGGREGATE churn_threshold(label anyelement, score float8, budget bigint) (
	SFUNC = sparkify_scores_budget_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_threshold_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_threshold(anyelement, float8, bigint) IS
	'the threshold that flags as many rows as possible, but no more than the budget';
