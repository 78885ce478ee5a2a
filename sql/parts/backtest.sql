------------------------------------------------------------------------
-- Judging: over time
------------------------------------------------------------------------

-- unsafe: runs queries and starts parallel workers of its own
CREATE FUNCTION churn_backtest(
	profiles text,
	as_of date[],
	horizon interval DEFAULT '14 days',
	event text DEFAULT 'cancel',
	algorithm text DEFAULT 'random_forest',
	options jsonb DEFAULT '{}',
	id text DEFAULT 'userid',
	profile text DEFAULT NULL,
	log_end date DEFAULT NULL,
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
COMMENT ON FUNCTION churn_backtest(text, date[], interval, text, text, jsonb, text, text, date) IS
	'trains on the dates whose horizon has ended by a date and judges on that date, for each date '
	'that has such dates before it, from a table, a view or a query with a column of profiles';
