\echo
\echo '== Load the log'
\echo
CREATE TABLE events OF churn_event;

\set ECHO none
SELECT strpos(:'logs', E'\n') = 0 AS one_log \gset
\set ECHO queries
\if :one_log
SELECT rows, rejected, pg_size_pretty(bytes) AS size, round(seconds::numeric, 2) AS seconds
FROM churn_load_events('events', :'logs', on_error => 'skip');
\else
SELECT log, rows, rejected, pg_size_pretty(bytes) AS size, round(seconds::numeric, 2) AS seconds
FROM regexp_split_to_table(:'logs', '\n') AS log,
	 churn_load_events('events', log, on_error => 'skip');
\endif

\set ECHO none
SELECT count(*) = 0 AS nothing FROM events \gset
\if :nothing
	\set VERBOSITY terse
	DO $$ BEGIN RAISE 'no event was loaded: is this a log in JSON lines, an event a line?'; END $$;
\endif
ANALYZE events;

\echo '== What is in it'
\echo
\set ECHO queries
SELECT count(*) AS events,
	   count(DISTINCT userid) FILTER (WHERE auth NOT IN ('Logged Out', 'Guest')) AS users,
	   count(DISTINCT userid) FILTER (WHERE page = 'Cancellation Confirmation') AS cancelled,
	   min(ts) AS first, max(ts) AS last
FROM events;
