------------------------------------------------------------------------
-- Judging: over time
------------------------------------------------------------------------

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_backtest(
	source text,
	as_of date[] DEFAULT NULL,
	horizon interval DEFAULT NULL,
	event text DEFAULT NULL,
	algorithm text DEFAULT 'random_forest',
	options jsonb DEFAULT '{}',
	id text DEFAULT 'userid',
	profile text DEFAULT NULL,
	log_end date DEFAULT NULL,
	features text DEFAULT NULL,
	label text DEFAULT NULL,
	"time" text DEFAULT NULL,
	exclude text[] DEFAULT '{userid,as_of}',
	OUT as_of date,
	OUT trained_from date,
	OUT trained_to date,
	OUT n_train bigint,
	OUT n_train_positive bigint,
	OUT metrics churn_metrics,
	OUT seconds float8,
	OUT model churn_model
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION churn_backtest(text, date[], interval, text, text, jsonb, text, text, date, text, text, text, text[]) IS
	'trains on the rows whose labels are known at a date and judges by those from there on, for '
	'each date, from a table, a view or a query of rows with dates and labels, or of profiles';
