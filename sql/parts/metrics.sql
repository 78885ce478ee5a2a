------------------------------------------------------------------------
-- Judging: figures
------------------------------------------------------------------------

-- metrics: begin (made by tools/generate.pl)
CREATE TYPE churn_metrics AS (
	n bigint,
	positives bigint,
	threshold float8,
	tp bigint,
	fp bigint,
	tn bigint,
	fn bigint,
	accuracy float8,
	precision float8,
	recall float8,
	f1 float8,
	weighted_f1 float8,
	macro_f1 float8,
	auc float8,
	pr_auc float8,
	log_loss float8,
	brier float8,
	baseline_weighted_f1 float8,
	best_threshold float8,
	best_f1 float8,
	ece float8
);
COMMENT ON TYPE churn_metrics IS 'how good churn scores are';
COMMENT ON COLUMN churn_metrics.n IS 'rows judged: those with a label and a score';
COMMENT ON COLUMN churn_metrics.positives IS 'rows that churned';
COMMENT ON COLUMN churn_metrics.threshold IS 'a row is flagged when its score is at least this';
COMMENT ON COLUMN churn_metrics.tp IS 'true positives: flagged and churned';
COMMENT ON COLUMN churn_metrics.fp IS 'false positives: flagged, but stayed';
COMMENT ON COLUMN churn_metrics.tn IS 'true negatives: not flagged and stayed';
COMMENT ON COLUMN churn_metrics.fn IS 'false negatives: not flagged, but churned';
COMMENT ON COLUMN churn_metrics.accuracy IS '(tp + tn) / n';
COMMENT ON COLUMN churn_metrics.precision IS
	'of the churn class: tp / (tp + fp); NULL when nothing is flagged';
COMMENT ON COLUMN churn_metrics.recall IS
	'of the churn class: tp / (tp + fn); NULL when nobody churned';
COMMENT ON COLUMN churn_metrics.f1 IS
	'F1 of the churn class alone: 2 tp / (2 tp + fp + fn), 0 when tp is 0; scikit-learn''s '
	'f1_score with average=''binary''';
COMMENT ON COLUMN churn_metrics.weighted_f1 IS
	'F1 of both classes, averaged with the number of rows of each class as weight; what Spark''s '
	'MulticlassClassificationEvaluator calls f1, scikit-learn''s average=''weighted''';
COMMENT ON COLUMN churn_metrics.macro_f1 IS
	'F1 of both classes, plain average; scikit-learn''s average=''macro'' with both labels';
COMMENT ON COLUMN churn_metrics.auc IS
	'area under the ROC curve: the probability that somebody who churned scores higher than '
	'somebody who stayed, ties counting half; NULL with one class only';
COMMENT ON COLUMN churn_metrics.pr_auc IS
	'average precision: the mean over all churned rows of the precision at their score; '
	'scikit-learn''s average_precision_score; NULL when nobody churned';
COMMENT ON COLUMN churn_metrics.log_loss IS
	'mean of -ln(probability given to what happened), scores clipped to 1e-15 .. 1 - 1e-15';
COMMENT ON COLUMN churn_metrics.brier IS 'mean squared difference between score and label';
COMMENT ON COLUMN churn_metrics.baseline_weighted_f1 IS
	'weighted_f1 of the claim that nobody churns';
COMMENT ON COLUMN churn_metrics.best_threshold IS
	'the score which, as threshold, gives the best f1 (churn class) on these rows, the highest '
	'one on ties; NULL when nobody churned';
COMMENT ON COLUMN churn_metrics.best_f1 IS 'f1 (churn class) at best_threshold';
COMMENT ON COLUMN churn_metrics.ece IS
	'expected calibration error: how far, on average over the rows, the mean score of a row''s '
	'bin is from the share that churned in it; ten bins of equal width';
-- metrics: end

CREATE FUNCTION sparkify_metrics_finalfn(internal) RETURNS churn_metrics
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_metrics_finalfn(internal) IS 'aggregate final function';

-- sspace: a state with room for its first 64 rows; 8 bytes for each one more, up to 32 MB
CREATE AGGREGATE churn_metrics(label anyelement, score float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_metrics_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_metrics(anyelement, float8) IS
	'judges churn scores (0..1) against labels (boolean or 0 and 1), flagging at 0.5; rows with a '
	'NULL are ignored';

CREATE AGGREGATE churn_metrics(label anyelement, score float8, threshold float8) (
	SFUNC = sparkify_scores_transfn,
	STYPE = internal,
	SSPACE = 700,
	FINALFUNC = sparkify_metrics_finalfn,
	COMBINEFUNC = sparkify_scores_combinefn,
	SERIALFUNC = sparkify_scores_serialfn,
	DESERIALFUNC = sparkify_scores_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_metrics(anyelement, float8, float8) IS
	'judges churn scores (0..1) against labels (boolean or 0 and 1), flagging at a threshold, the '
	'same in all rows; rows with a NULL label or score are ignored';
