-- Who comes back, from profiles
\set SHOW_CONTEXT never
SET client_min_messages = notice;
SET timezone = 'America/New_York';
CREATE TABLE log AS
SELECT 'u' || u AS userid, timestamptz '2024-01-03 02:00+00' + u % 60 * interval '1 day' + (i * i * (1 + u % 5) + abs(hashint4(u * 1000 + i)) % 40) % 100 * interval '1 day' * (i > 0)::int AS ts,
	CASE WHEN i % 4 = 3 THEN 'mail' ELSE 'click' END AS event
FROM generate_series(1, 300) u, generate_series(0, 9) i;
CREATE TABLE profiles AS SELECT userid, churn_profile(ts, event) AS profile FROM log GROUP BY userid;
CREATE TABLE matrix AS SELECT c.* FROM (SELECT churn_retention(profile, '2024-03-20') AS m FROM profiles) r, unnest(m) c;
SELECT * FROM matrix WHERE cohort IN ('2024-01-01', '2024-02-26');
\d churn_retention_cell

-- the same by plain SQL, by day, week and month, with and without events that users do not do; in UTC wherever one lives
CREATE FUNCTION plain(period text, log_end date, ignore text[]) RETURNS SETOF churn_retention_cell LANGUAGE sql AS $$
	WITH days AS (SELECT DISTINCT userid, (ts AT TIME ZONE 'UTC')::date AS day FROM log WHERE event <> ALL (ignore) AND (ts AT TIME ZONE 'UTC')::date < log_end),
		firsts AS (SELECT userid, date_trunc(period, min(day)::timestamp)::date AS cohort FROM days GROUP BY 1),
		cohorts AS (SELECT cohort, count(*) AS users FROM firsts GROUP BY 1),
		cells AS (SELECT cohort, users, row_number() OVER (PARTITION BY cohort ORDER BY p)::int - 1 AS age, p::date AS start, p + ('1 ' || period)::interval <= log_end AS known
			FROM cohorts, generate_series(cohort::timestamp, (log_end - 1)::timestamp, ('1 ' || period)::interval) p)
	SELECT cohort, age, users, CASE WHEN known THEN n END, CASE WHEN known THEN n / users::float8 END
	FROM cells c, LATERAL (SELECT count(DISTINCT userid) AS n FROM firsts f JOIN days d USING (userid) WHERE f.cohort = c.cohort AND date_trunc(period, d.day::timestamp)::date = c.start) a $$;
SET client_min_messages = warning;
SELECT period, log_end, ignore, cardinality(m) AS cells, m = (SELECT array_agg(p ORDER BY cohort, age) FROM plain(period, log_end, ignore) p) AS same
FROM (VALUES ('day', date '2024-01-20'), ('week', '2024-04-01'), ('week', '2024-03-20'), ('month', '2024-04-01'), ('month', '2024-03-15')) v(period, log_end), (VALUES ('{}'::text[]), ('{mail,other}')) i(ignore),
	LATERAL (SELECT churn_retention(profile, log_end, period, ignore) AS m FROM profiles) r;
RESET client_min_messages;
SELECT count(*) AS same FROM matrix m, unnest((SELECT churn_retention(profile, '2024-03-20', 'week') FROM profiles)) c WHERE m = c;

-- of the music log
CREATE TABLE music AS SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(120) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
SELECT count(*) AS same, max(c.age) AS weeks FROM (SELECT churn_retention(profile, '2018-12-01', 'week', '{Roll Advert}') AS m FROM music) r, unnest(m) c JOIN (
	WITH days AS (SELECT DISTINCT userid, (ts AT TIME ZONE 'UTC')::date AS day FROM churn_simulate_events(120) WHERE auth NOT IN ('Logged Out', 'Guest') AND page <> 'Roll Advert' AND ts < '2018-12-01 00:00+00')
	SELECT f.cohort, (date_trunc('week', d.day::timestamp)::date - f.cohort) / 7 AS age, count(DISTINCT userid) AS active
	FROM (SELECT userid, date_trunc('week', min(day)::timestamp)::date AS cohort FROM days GROUP BY 1) f JOIN days d USING (userid) GROUP BY 1, 2) p
	ON p.cohort = c.cohort AND p.age = c.age AND (p.active = c.active OR c.active IS NULL);

-- in workers the same; merged profiles are those of the whole; GROUP BY and FILTER as of any aggregate
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS off) SELECT churn_retention(profile, '2024-03-20') FROM profiles;
SELECT count(*) AS same FROM matrix m, unnest((SELECT churn_retention(profile, '2024-03-20') FROM profiles)) c WHERE m = c;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT count(*) AS same FROM matrix m, unnest((SELECT churn_retention(p, '2024-03-20') FROM (
	SELECT churn_profile_merge(p) AS p FROM (SELECT userid, churn_profile(ts, event) AS p FROM log GROUP BY userid, event) h GROUP BY userid) q)) c WHERE m = c;
SELECT grp, sum(c.users) FROM (SELECT userid < 'u2' AS grp, churn_retention(profile, '2024-03-20') AS m FROM profiles GROUP BY 1) r, unnest(m) c WHERE c.age = 0 GROUP BY 1 ORDER BY 1;

-- who does not count is told
SELECT cardinality(churn_retention(profile, '2024-02-01', 'month')) FROM (SELECT profile FROM profiles UNION ALL SELECT NULL) p;
SELECT churn_retention(profile, '2020-01-01') FROM profiles;
SELECT churn_retention(profile, '2024-03-20') FROM profiles WHERE false;
SELECT c.* FROM (SELECT churn_retention(p, '2000-01-03', 'month') AS m FROM (SELECT churn_profile(timestamp '1999-12-31', 'e') AS p) q) r, unnest(m) c;

-- refusals
SELECT churn_retention(profile, NULL) FROM profiles;
SELECT churn_retention(profile, 'infinity') FROM profiles;
SELECT churn_retention(profile, '2024-03-20', NULL) FROM profiles;
SELECT churn_retention(profile, '2024-03-20', 'year') FROM profiles;
SELECT churn_retention(profile, '2024-03-20', 'week', '{NULL}') FROM profiles;
SELECT churn_retention(profile, '2018-12-01', 'week', '{No Page}') FROM music;
SELECT churn_retention(profile, date '2024-03-20' + length(userid)) FROM profiles;
SELECT churn_retention(profile, '2024-03-20', CASE WHEN userid < 'u2' THEN 'week' ELSE 'day' END) FROM profiles;
SELECT churn_retention(profile, '2024-03-20', 'week', ARRAY[userid]) FROM profiles;
SELECT churn_retention(p, '5000-01-01', 'day') FROM (SELECT churn_profile(timestamp '0001-01-01', 'e') AS p) q;
DROP FUNCTION plain;
DROP TABLE log, profiles, matrix, music;
