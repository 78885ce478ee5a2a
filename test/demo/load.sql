\echo
\echo '== Load the log'
\echo
CREATE TABLE events OF churn_event;

SELECT log.path, loaded.*
FROM unnest(string_to_array(:'logs', E'\n')) AS log (path),
	 churn_load_events('events', log.path, on_error => 'skip') AS loaded;

\set ECHO none
SELECT count(*) = 0 AS nothing FROM events \gset
\if :nothing
	\set VERBOSITY terse
	DO $$ BEGIN RAISE 'no event was loaded: is this a log in JSON lines, an event a line?'; END $$;
\endif
\set ECHO queries
ANALYZE events;

\echo
\echo '== What is in it'
\echo
SELECT count(*) AS events,
	   count(DISTINCT userid) FILTER (WHERE auth NOT IN ('Logged Out', 'Guest')) AS users,
	   count(DISTINCT userid) FILTER (WHERE page = 'Cancellation Confirmation') AS cancelled,
	   min(ts) AS first, max(ts) AS last
FROM events;
