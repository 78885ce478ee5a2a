\echo '== One profile a user: the log is scanned once, many questions come later'
\echo
CREATE TABLE user_profiles AS
SELECT userid,
	   churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM events
WHERE auth NOT IN ('Logged Out', 'Guest')
GROUP BY userid;

SELECT count(*) AS profiles, pg_size_pretty(sum(pg_column_size(profile))) AS profiles_size,
	   pg_size_pretty(pg_total_relation_size('events')) AS events_size
FROM user_profiles;

\echo '== The features of the busiest user'
\echo
\pset expanded on
SELECT p.userid, f.*
FROM user_profiles p, churn_features(p.profile) f
ORDER BY f.n_events DESC, p.userid
LIMIT 1;
\pset expanded off

-- The plan: predict two weeks ahead, from a week of history or more.  The
-- snapshots to judge by come two weeks or more after the last one to train
-- on, when the last of the labels trained on has become known.
\set ECHO none
SELECT count(*) AS n_cancelled, count(*) > 0 AS learnable
FROM user_profiles WHERE churn_label(profile) \gset
SELECT now_date,
	   now_date - 35 - (now_date - 35 - (first_date + 7)) / 7 * 7 AS first_train,
	   now_date - 35 AS last_train,
	   now_date - 21 AS first_test,
	   now_date - 14 AS last_test,
	   now_date - first_date AS n_days,
	   now_date - first_date >= 42 AS long_enough
FROM (SELECT (min(ts) AT TIME ZONE 'UTC')::date AS first_date,
			 (max(ts) AT TIME ZONE 'UTC')::date + 1 AS now_date FROM events) span \gset
\if :learnable
\else
	\echo 'Nobody in this log has cancelled (no page "Cancellation Confirmation"), so there is'
	\echo 'nothing to learn churn from.  Loading and features work as shown; for a model take a'
	\echo 'log that holds cancellations.  "make demo" without EVENTS shows the rest on a simulated'
	\echo 'log.'
\endif
\set ECHO queries
