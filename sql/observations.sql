-- churn_observations: users with subscriptions, each some time before renewals
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;
SET datestyle = 'ISO';
SET TimeZone = 'UTC';

-- monthly terms: 1 stays to the end of the log, 2 leaves and comes back, 3 pays late, 4 leaves at once
CREATE TABLE subscriptions (userid int, started_at date, ended_at date, plan text);
INSERT INTO subscriptions VALUES
	(1, '2024-01-01', '2024-02-01'), (1, '2024-02-01', '2024-03-01'), (1, '2024-03-01', '2024-04-01'), (1, '2024-04-01', '2024-05-01'),
	(2, '2024-01-10', '2024-02-10'), (2, '2024-03-15', '2024-04-15'),
	(3, '2024-01-05', '2024-02-05'), (3, '2024-02-08', '2024-03-08'),
	(4, '2024-02-01', '2024-02-04');
SELECT * FROM churn_observations('subscriptions', '7 days', log_end => '2024-04-10');
-- a renewal within the grace is one; beyond the end of the log nothing is known of anybody
SELECT * FROM churn_observations('subscriptions', '7 days', '3 days', log_end => '2024-04-10');
SELECT * FROM churn_observations('subscriptions', '7 days', '2 days', log_end => '2024-04-10') WHERE userid = '3';
SELECT * FROM churn_observations('subscriptions', '7 days', log_end => '2024-02-10') WHERE userid = '2';
SELECT * FROM churn_observations('subscriptions', '7 days', log_end => '2024-02-11') WHERE userid = '2';
-- bounds of dates, both included; by default the log ends at the latest start
SELECT userid, as_of, churned FROM churn_observations('subscriptions', '7 days', first => '2024-02-03', last => '2024-03-01', log_end => '2024-04-10');
SELECT userid, as_of, churned FROM churn_observations('subscriptions', '7 days') WHERE as_of > '2024-03-01';

-- ids are text; a query, and columns of any name, are a source
SELECT o.userid, as_of FROM subscriptions s JOIN churn_observations('subscriptions', '7 days', log_end => '2024-04-10') o ON s.userid = o.userid::int WHERE s.started_at = '2024-02-08';
SELECT * FROM churn_observations('SELECT userid AS "User ""id""", started_at::timestamp AS "from", ended_at::timestamp AS till FROM subscriptions ORDER BY 1 DESC -- all', '1 week', id => 'User "id"', started => 'from', ended => 'till', log_end => '2024-04-10')
EXCEPT SELECT * FROM churn_observations('subscriptions', '7 days', log_end => '2024-04-10');

-- times of UTC, whatever the session's zone; an observation is made on the day that is the lead before or more
SET TimeZone = 'Asia/Tokyo';
SELECT userid, as_of, churned, started_at AT TIME ZONE 'UTC' AS started, churned_at AT TIME ZONE 'UTC' AS left_at
FROM churn_observations($$VALUES ('a', timestamptz '2024-01-01 03:00+00', timestamptz '2024-02-01 03:00+00'), ('b', '2024-01-01 20:00+00', '2024-02-01 20:00+00')$$, '36 hours', id => 'column1', started => 'column2', ended => 'column3', log_end => '2024-03-01');
SELECT userid, as_of, churned, started_at AT TIME ZONE 'UTC' AS started FROM churn_observations('SELECT userid, started_at, ended_at::timestamp FROM subscriptions', '7 days', log_end => '2024-04-10') WHERE userid = '4' OR as_of = '2024-01-25';
SET TimeZone = 'UTC';

-- open-ended ones, observed every so often; a month's end stays one
CREATE TABLE open_ended AS SELECT * FROM (VALUES (1, date '2024-01-31', NULL::date), (2, '2024-01-31', '2024-04-30'), (3, '2024-01-31', 'infinity'), (4, '2024-03-10', '2024-03-30')) v (userid, started_at, ended_at);
SELECT * FROM churn_observations('open_ended', '1 month', every => '1 month', log_end => '2024-05-20');
SELECT userid, as_of, churned FROM churn_observations('open_ended', '7 days', every => '1 month', log_end => '2024-05-20');
SELECT userid, as_of, churned FROM churn_observations('open_ended', '14 days', every => '336 hours', log_end => '2024-05-20') WHERE userid <> '1';
SELECT * FROM churn_observations('open_ended', '7 days', log_end => '2024-05-20');

-- from a date on it is the same as all from that date on, also of those who have been there for ever
SET client_min_messages = warning;
CREATE TABLE all_often AS SELECT every, o.* FROM unnest('{1 day,1 month,5 weeks,1 month 3 days,1 year}'::text[]) AS every, churn_observations('open_ended', '3 days', every => every, log_end => '2024-06-20') AS o;
SELECT every, first, count(*), (SELECT count(*) FROM all_often AS a WHERE a.every = e.every AND as_of >= first) AS expected,
	(SELECT count(*) FROM (SELECT userid, as_of, churned, started_at, churned_at FROM all_often AS a WHERE a.every = e.every EXCEPT SELECT * FROM churn_observations('open_ended', '3 days', every => e.every, first => first, log_end => '2024-06-20')) AS x WHERE as_of >= first) AS missing
FROM unnest('{1 day,1 month,5 weeks,1 month 3 days,1 year}'::text[]) AS e (every), unnest('{2024-02-29,2024-04-28,2024-05-20}'::date[]) AS first, churn_observations('open_ended', '3 days', every => every, first => first, log_end => '2024-06-20') GROUP BY 1, 2 ORDER BY 1, 2;
RESET client_min_messages;
SELECT count(*), min(as_of), max(as_of) FROM churn_observations($$SELECT u AS userid, date '0001-01-01' AS started_at, NULL::date AS ended_at FROM generate_series(1, 300) AS u$$, '1 day', every => '1 day', first => '2024-05-01', log_end => '2024-05-20');

-- terms that overlap are one period, and each has its renewal; those that cannot be are skipped and told
SELECT * FROM churn_observations($$VALUES (1, date '2024-01-01', date '2024-03-01'), (1, '2024-01-15', '2024-02-15'), (1, '2024-01-15', '2024-02-15'), (1, '2024-02-20', '2024-03-20')$$, '5 days', id => 'column1', started => 'column2', ended => 'column3', log_end => '2024-06-01');
SELECT userid, as_of FROM churn_observations($$VALUES (1, date '2024-01-01', date '2024-02-01'), (NULL, '2024-01-01', '2024-02-01'), (2, NULL, '2024-02-01'), (2, '-infinity', '2024-02-01'), (2, '2024-02-01', '2024-01-01'), (2, '2024-02-01', '2024-02-01')$$, '5 days', id => 'column1', started => 'column2', ended => 'column3', log_end => '2024-06-01');
SELECT count(*) FROM churn_observations('SELECT * FROM subscriptions WHERE false', '5 days');
SELECT count(*) FROM churn_observations('SELECT userid, NULL::date AS started_at, ended_at FROM subscriptions', '5 days');

-- many terms against plain SQL
CREATE TABLE terms AS SELECT u AS userid, d AS started_at, d + 10 + (u * 31 + n * 17) % 45 AS ended_at
FROM generate_series(1, 300) u, generate_series(0, 7) n, LATERAL (SELECT date '2023-01-01' + (u % 28) + n * 35 + (u * n * 13) % 20) x (d) WHERE (u + n) % 6 > 0;
CREATE TABLE observed AS SELECT userid::int, as_of, churned, started_at, churned_at FROM churn_observations('terms', '9 days', '6 days', log_end => '2023-11-15');
WITH ended AS (SELECT DISTINCT userid, ended_at FROM terms),
renewals AS (SELECT e.userid, e.ended_at, NOT EXISTS (SELECT FROM terms t WHERE t.userid = e.userid AND t.started_at <= e.ended_at + 6 AND t.ended_at > e.ended_at) AS last FROM ended e),
expected AS (SELECT userid, ended_at - 9 AS as_of, CASE WHEN ended_at + 6 < '2023-11-15' THEN last END AS churned FROM renewals r
	WHERE ended_at - 9 <= '2023-11-15' AND ended_at - 9 >= (SELECT min(t.started_at) FROM terms t WHERE t.userid = r.userid
		AND t.started_at > COALESCE((SELECT max(p.ended_at) FROM renewals p WHERE p.userid = r.userid AND p.last AND p.ended_at < r.ended_at), '-infinity')))
SELECT count(*), count(*) FILTER (WHERE e.churned) AS churned, count(*) FILTER (WHERE e.churned IS NULL) AS unknown,
	count(*) FILTER (WHERE o.userid IS NULL OR e.userid IS NULL OR e.churned IS DISTINCT FROM o.churned) AS wrong
FROM expected e FULL JOIN observed o USING (userid, as_of);
SELECT count(*) AS repeated FROM (SELECT userid, as_of FROM observed GROUP BY 1, 2 HAVING count(*) > 1) x;
SELECT bool_and(churned_at = as_of + 9) FILTER (WHERE churned) AS at_end, bool_and(churned_at > as_of + 9) FILTER (WHERE NOT churned) AS later, count(churned_at) FILTER (WHERE churned IS NULL) AS unknown,
	bool_and(started_at <= as_of) AS started FROM observed;

-- and observed every so often
CREATE TABLE often AS SELECT userid::int, as_of, churned, started_at, churned_at FROM churn_observations('SELECT userid, started_at, NULLIF(ended_at, started_at + 30) AS ended_at FROM terms', '12 days', '6 days', '1 month', log_end => '2023-11-15');
WITH starts AS (SELECT userid, started_at, COALESCE(NULLIF(ended_at, started_at + 30), 'infinity') AS ended_at FROM terms),
islands AS (SELECT *, sum((started_at > COALESCE(before, '-infinity') + 6)::int) OVER (PARTITION BY userid ORDER BY started_at, ended_at) AS island
	FROM (SELECT *, CASE WHEN m < 'infinity' THEN m ELSE '2100-01-01' END AS before FROM (SELECT *, max(ended_at) OVER (PARTITION BY userid ORDER BY started_at, ended_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS m FROM starts) x) y),
periods AS (SELECT userid, min(started_at) AS started_at, max(ended_at) AS ended_at FROM islands GROUP BY userid, island),
expected AS (SELECT userid, renewal - 12 AS as_of, CASE WHEN renewal + 6 < '2023-11-15' THEN ended_at <= renewal END AS churned FROM periods, generate_series(1, 24) n, LATERAL (SELECT (started_at + n * interval '1 month')::date AS renewal) r
	WHERE renewal - 12 >= started_at AND renewal - 12 <= '2023-11-15' AND renewal - 12 < ended_at)
SELECT count(*), count(*) FILTER (WHERE e.churned) AS churned, count(*) FILTER (WHERE e.churned IS NULL) AS unknown,
	count(*) FILTER (WHERE o.userid IS NULL OR e.userid IS NULL OR e.churned IS DISTINCT FROM o.churned) AS wrong
FROM expected e FULL JOIN often o USING (userid, as_of);

-- payers without events have rows: at risk is who subscribes
CREATE TABLE profiles AS SELECT u AS userid, churn_profile(ts, 'visit') AS profile FROM generate_series(1, 300, 2) u, generate_series('2023-01-01'::timestamptz, '2023-12-01', '9 days') ts GROUP BY u;
SELECT count(*) = (SELECT count(*) FROM observed) AS all_rows, count(p.userid) < count(*) AS some_without
FROM observed o LEFT JOIN profiles p USING (userid);
SELECT count(*) FILTER (WHERE churn_label_at(profile, as_of, '10 days', churned_at) = churned) AS agree, count(*) FILTER (WHERE churn_label_at(profile, as_of, '10 days', churned_at) <> churned) AS differ
FROM observed JOIN profiles USING (userid) WHERE churned IS NOT NULL;

-- with the rights of whoever calls it
CREATE ROLE regress_churn_observer;
SET ROLE regress_churn_observer;
SELECT count(*) FROM churn_observations('subscriptions', '7 days', log_end => '2024-04-10');
RESET ROLE;
GRANT SELECT (userid, started_at, ended_at) ON subscriptions TO regress_churn_observer;
SET ROLE regress_churn_observer;
SELECT count(*) FROM churn_observations('SELECT userid, started_at, ended_at FROM subscriptions', '7 days', log_end => '2024-04-10');
RESET ROLE;
REVOKE ALL ON subscriptions FROM regress_churn_observer;
DROP ROLE regress_churn_observer;

-- refusals
SELECT churn_observations(NULL, '7 days');
SELECT churn_observations('subscriptions', NULL);
SELECT churn_observations('subscriptions', '0 days');
SELECT churn_observations('subscriptions', '-7 days');
SELECT churn_observations('subscriptions', '7 days', '-1 day');
SELECT churn_observations('subscriptions', '7 days', NULL);
SELECT churn_observations('subscriptions', '7 days', every => 'terms');
SELECT churn_observations('subscriptions', '7 days', every => '0 days');
SELECT churn_observations('subscriptions', '7 days', every => '36 hours');
SELECT churn_observations('subscriptions', '7 days', every => NULL);
SELECT churn_observations('subscriptions', '7 days', log_end => 'infinity');
SELECT churn_observations('subscriptions', '7 days', first => '-infinity');
SELECT churn_observations('subscriptions', '7 days', id => 'customer');
SELECT churn_observations('subscriptions', '7 days', ended => 'till');
SELECT churn_observations('subscriptions', '7 days', ended => NULL);
SELECT churn_observations('subscriptions', '7 days', started => 'plan');
SELECT churn_observations('nowhere', '7 days');
SELECT churn_observations('DELETE FROM subscriptions', '7 days');

-- with nothing of ours in the search path
SET search_path = pg_catalog;
SELECT count(*) FROM public.churn_observations('public.subscriptions', '7 days', log_end => '2024-04-10');
RESET search_path;

DROP TABLE subscriptions, open_ended, all_often, terms, observed, often, profiles;
