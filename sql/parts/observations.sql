------------------------------------------------------------------------
-- Subscriptions
------------------------------------------------------------------------

-- unsafe: runs queries of its own
CREATE FUNCTION churn_observations(
	subscriptions text,
	lead interval,
	grace interval DEFAULT '0 days',
	every text DEFAULT 'term',
	first date DEFAULT NULL,
	last date DEFAULT NULL,
	log_end date DEFAULT NULL,
	id text DEFAULT 'userid',
	started text DEFAULT 'started_at',
	ended text DEFAULT 'ended_at',
	OUT userid text,
	OUT as_of date,
	OUT churned boolean,
	OUT started_at timestamptz,
	OUT churned_at timestamptz
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION churn_observations(text, interval, interval, text, date, date, date, text, text, text) IS
	'users with subscriptions, from a table, a view or a query with a row a term, each observed '
	'lead before renewals: did they churn, with nothing that follows within the grace?';
