------------------------------------------------------------------------
-- Pictures: how good scores are
------------------------------------------------------------------------

-- rows are of any type that has the columns; what churn_roc and the others return is
CREATE FUNCTION churn_plot_roc(
	points record[],
	metrics churn_metrics DEFAULT NULL,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_roc(record[], churn_metrics, text) IS
	'picture (SVG) of the curve that churn_roc returns, with the threshold of the metrics; a line '
	'for each value of a column "name"';

CREATE FUNCTION churn_plot_pr(
	points record[],
	metrics churn_metrics DEFAULT NULL,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_pr(record[], churn_metrics, text) IS
	'picture (SVG) of the curve that churn_pr returns, with the threshold of the metrics; a line '
	'for each value of a column "name"';

CREATE FUNCTION churn_plot_lift(
	deciles record[],
	title text DEFAULT NULL,
	format text DEFAULT 'svg'
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_lift(record[], text, text) IS
	'picture (SVG, or text for a terminal) of the lift of each tenth that churn_lift returns';

CREATE FUNCTION churn_plot_confusion(
	metrics churn_metrics,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_confusion(churn_metrics, text) IS
	'picture (SVG) of who is flagged at the threshold of the metrics, and who churned';

CREATE FUNCTION churn_plot_gain(
	deciles record[],
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_gain(record[], text) IS
	'picture (SVG) of the share of churners among so many users, the highest scores first, as '
	'churn_lift returns it';

CREATE FUNCTION churn_plot_calibration(
	bins record[],
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_calibration(record[], text) IS
	'picture (SVG) of the bins that churn_calibration returns: do as many churn as the scores '
	'say? with a histogram of the scores';

CREATE FUNCTION churn_plot_scores(
	bins record[],
	threshold float8 DEFAULT NULL,
	title text DEFAULT NULL,
	format text DEFAULT 'svg'
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_scores(record[], float8, text, text) IS
	'picture (SVG, or text for a terminal) of the scores of those who churn and of those who '
	'stay, from the bins that churn_calibration returns';

------------------------------------------------------------------------
-- Pictures: what a model goes by
------------------------------------------------------------------------

-- unsafe, as those below that have a model: they run a query of their own
CREATE FUNCTION churn_plot_importance(
	model churn_model,
	kind text DEFAULT 'impurity',
	top int DEFAULT 15,
	title text DEFAULT NULL,
	format text DEFAULT 'svg'
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION churn_plot_importance(churn_model, text, int, text, text) IS
	'picture (SVG, or text for a terminal) of the importance of features, as churn_importance '
	'returns it; of those beyond the top the sum';

-- without the model's scale of the answers nobody could tell what the steps are, so it
-- takes the model and the row, and not what churn_explain returns
CREATE FUNCTION churn_plot_reasons(
	model churn_model,
	features record,
	top int DEFAULT 10,
	title text DEFAULT NULL,
	format text DEFAULT 'svg'
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION churn_plot_reasons(churn_model, record, int, text, text) IS
	'picture (SVG, or text for a terminal) of how features move the row''s prediction from the '
	'average one, as churn_explain returns it; those beyond the top together';

CREATE FUNCTION churn_plot_summary(
	model churn_model,
	source text,
	top int DEFAULT 10,
	rows int DEFAULT 200,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_plot_summary(churn_model, text, int, int, text) IS
	'picture (SVG) of how features move the predictions of so many rows of a table, a view or a '
	'query, as churn_explain returns it: a dot for each row and feature';

CREATE FUNCTION churn_plot_dependence(
	points record[],
	feature text DEFAULT NULL,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_dependence(record[], text, text) IS
	'picture (SVG) of the average prediction by the value of a feature, with its spread, from '
	'rows that churn_dependence returns';

------------------------------------------------------------------------
-- Pictures: models against each other, and over time
------------------------------------------------------------------------

CREATE FUNCTION churn_plot_compare(
	models record[],
	folds int DEFAULT 3,
	metric text DEFAULT 'auc',
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_compare(record[], int, text, text) IS
	'picture (SVG) of what churn_compare returns, with so many folds and by this metric: each '
	'model''s mean, and the 95 % interval of its difference from the best';

CREATE FUNCTION churn_plot_backtest(
	dates record[],
	metric text DEFAULT 'auc',
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_backtest(record[], text, text) IS
	'picture (SVG) of a metric, a column of churn_metrics, at the dates that churn_backtest '
	'returns';

------------------------------------------------------------------------
-- Pictures: users
------------------------------------------------------------------------

CREATE FUNCTION churn_plot_survival(
	points record[],
	unit text DEFAULT 'days',
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_survival(record[], text, text) IS
	'picture (SVG) of the curve that churn_survival returns, with its confidence limits; a curve '
	'for each value of a column "name"';

CREATE FUNCTION churn_plot_retention(
	cells record[],
	unit text DEFAULT 'weeks',
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_retention(record[], text, text) IS
	'picture (SVG) of who is still active, as a heat map of cohorts and ages, from rows with '
	'cohort, age, users, active and share';

CREATE FUNCTION churn_plot_features(
	source text,
	label text DEFAULT 'churned',
	features text[] DEFAULT NULL,
	exclude text[] DEFAULT '{userid,as_of}',
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION churn_plot_features(text, text, text[], text[], text) IS
	'picture (SVG) of the columns of a table, a view or a query, those named or all but the '
	'excluded: means and shares of rows that churned beside those of rows that stayed';

CREATE FUNCTION churn_plot_timeline(
	events record[],
	churn text DEFAULT NULL,
	top int DEFAULT 10,
	title text DEFAULT NULL
) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_plot_timeline(record[], text, int, text) IS
	'picture (SVG) of what a user did, from the rows with day, event and events that '
	'churn_events returns; the event that is called churn stands out';
