------------------------------------------------------------------------
-- Events: simulating
------------------------------------------------------------------------

CREATE FUNCTION sparkify_simulate_events_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sparkify_simulate_events_support(internal) IS
	'planner support: estimates the rows of churn_simulate_events';

CREATE FUNCTION churn_simulate_events(
	users int,
	days int DEFAULT 63,
	seed bigint DEFAULT 42
) RETURNS SETOF churn_event
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	COST 50 ROWS 620000 SUPPORT sparkify_simulate_events_support;
COMMENT ON FUNCTION churn_simulate_events(int, int, bigint) IS
	'a simulated log in order of time, from 2018-10-01 on, the same for the same arguments; no '
	'rows for a NULL argument';
