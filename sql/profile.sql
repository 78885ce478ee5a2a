-- churn_profile: the type, its aggregates and merging
SET timezone = 'America/New_York';	-- nothing may depend on it
SET datestyle = 'German';

CREATE TABLE ev (userid text, ts timestamptz, sessionid bigint, page text, level text, length float8,
	gender text, registration timestamptz);
INSERT INTO ev VALUES
	('7', '2018-10-01 23:59:00+00', 1, 'NextSong', 'free', 200.5, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-02 00:03:20.5+00', 1, 'Thumbs Up', 'free', NULL, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-09 12:00:00.123456+00', 4, 'Submit Downgrade', 'paid', NULL, 'F', NULL),
	('7', '2018-10-10 08:00:00+00', 4, 'Cancel', 'free', NULL, NULL, NULL),
	('7', '2018-10-10 08:00:00+00', 4, 'Cancellation Confirmation', 'free', NULL, NULL, NULL),
	('7', NULL, 4, 'Home', 'paid', 1, 'M', '2001-01-01'),
	('7', '2018-10-01 00:00:00+00', NULL, 'Home', 'paid', 1, 'M', '2001-01-01'),
	('7', '2018-10-01 00:00:00+00', 4, NULL, 'paid', 1, 'M', '2001-01-01');
SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) FROM ev;

-- NULLs are ignored, and of nothing the profile is NULL
SELECT churn_profile(NULL, 1, 'Home', NULL, NULL, NULL, NULL) IS NULL AS nothing;
SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) IS NULL AS nothing FROM ev WHERE false;
SELECT churn_profile('2018-10-01 UTC', 1, 'My Page', 'gold', 'NaN', 'X', NULL);
SELECT churn_profile('2018-10-01 UTC', 1, 'NextSong', 'free', l, NULL, NULL)
FROM unnest('{-1, 1e7, Infinity, 0.0000014}'::float8[]) AS l;
-- beyond what a profile can hold
SELECT churn_profile('infinity', 1, 'Home', NULL, NULL, NULL, NULL);
SELECT churn_profile('2018-10-01 UTC', 1, 'Home', NULL, NULL, NULL, '-infinity');
SELECT churn_profile(ts::timestamptz, s, 'Home', NULL, NULL, NULL, NULL)
FROM (VALUES ('4714-11-24 00:00:00+00 BC', -9223372036854775808), ('294276-12-31 23:59:59.999999+00', 9223372036854775807)) AS e (ts, s);
SELECT churn_profile(t, 1, 'Home', NULL, NULL, 'M', t) FROM CAST('294276-12-31 23:59:59.999999+00' AS timestamptz) AS t;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "294277-01-01", "pages": {"Cancel": 1}}]}'::churn_profile;

-- times without zone, and dates, are of UTC whatever the session's zone is
CREATE TABLE utc (z timestamptz, t timestamp, d date);
INSERT INTO utc VALUES ('2018-10-01 00:00:00+00', '2018-10-01 00:00:00', '2018-10-01'), ('2018-10-01 12:30:00+00', '2018-10-01 12:30:00', '2018-10-01');
SELECT count(DISTINCT p::text) AS same FROM (
	SELECT churn_profile(z, 1, 'Home', 'free', 1.5, 'F', z) AS p FROM utc UNION ALL
	SELECT churn_profile(z, 1, 'Home', 'free', 1.5, 'F', t) FROM utc UNION ALL
	SELECT churn_profile(z, 1, 'Home', 'free', 1.5, 'F', d) FROM utc UNION ALL
	SELECT churn_profile(t, 1, 'Home', 'free', 1.5, 'F', z) FROM utc UNION ALL
	SELECT churn_profile(t, 1, 'Home', 'free', 1.5, 'F', t) FROM utc UNION ALL
	SELECT churn_profile(t, 1, 'Home', 'free', 1.5, 'F', d) FROM utc) AS x;
SELECT churn_profile(t, 1, 'Home', 'free', 1.5, 'F', t) FROM utc;
SELECT count(DISTINCT p::text) AS same FROM (
	SELECT churn_profile(d, 1, 'Home', 'free', 1.5, 'F', z) AS p FROM utc UNION ALL
	SELECT churn_profile(d, 1, 'Home', 'free', 1.5, 'F', t) FROM utc UNION ALL
	SELECT churn_profile(d, 1, 'Home', 'free', 1.5, 'F', d) FROM utc) AS x;
SELECT churn_profile(d, 1, 'Home', 'free', 1.5, 'F', d) FROM utc;
SELECT count(DISTINCT f) AS same FROM (
	SELECT churn_features(z, 1, 'Home', 'free', 1.5, 'F', z) AS f FROM utc UNION ALL
	SELECT churn_features(z, 1, 'Home', 'free', 1.5, 'F', t) FROM utc UNION ALL
	SELECT churn_features(z, 1, 'Home', 'free', 1.5, 'F', d) FROM utc UNION ALL
	SELECT churn_features(t, 1, 'Home', 'free', 1.5, 'F', z) FROM utc UNION ALL
	SELECT churn_features(t, 1, 'Home', 'free', 1.5, 'F', t) FROM utc UNION ALL
	SELECT churn_features(t, 1, 'Home', 'free', 1.5, 'F', d) FROM utc) AS x;
SELECT count(DISTINCT f) AS same FROM (
	SELECT churn_features(d, 1, 'Home', 'free', 1.5, 'F', z) AS f FROM utc UNION ALL
	SELECT churn_features(d, 1, 'Home', 'free', 1.5, 'F', t) FROM utc UNION ALL
	SELECT churn_features(d, 1, 'Home', 'free', 1.5, 'F', d) FROM utc) AS x;
-- beyond what a profile can hold
SELECT churn_profile('infinity'::timestamp, 1, 'Home', NULL, NULL, NULL, NULL::date);
SELECT churn_profile('-infinity'::date, 1, 'Home', NULL, NULL, NULL, NULL::date);
SELECT churn_profile('5874897-12-31'::date, 1, 'Home', NULL, NULL, NULL, NULL);
SELECT churn_profile('4714-11-24 BC'::date, 1, 'Home', NULL, NULL, NULL, '294276-12-31'::date);
SELECT churn_profile(z, 1, 'Home', NULL, NULL, NULL, '294277-01-01'::date) FROM utc;
-- a literal NULL is a NULL for each argument
SELECT churn_profile(NULL, 1, 'Home', 'free', 1, 'F', z) IS NULL AS ts, churn_profile(z, NULL, 'Home', 'free', 1, 'F', z) IS NULL AS sessionid,
	churn_profile(z, 1, NULL, 'free', 1, 'F', z) IS NULL AS page, churn_profile(t, 1, 'Home', NULL, 1, 'F', z)::text LIKE '%gender%' AS level,
	churn_profile(t, 1, 'NextSong', 'free', NULL, 'F', z)::text LIKE '%gender%' AS length, churn_profile(d, 1, 'Home', 'free', 1, NULL, z)::text LIKE '%level%' AS gender,
	churn_profile(z, 1, 'Home', 'free', 1, 'F', NULL)::text LIKE '%gender%' AS registration, churn_profile(t, 1, 'Home', 'free', 1, 'F', NULL)::text LIKE '%gender%' AS of_timestamp,
	churn_profile(d, 1, 'Home', 'free', 1, 'F', NULL)::text LIKE '%gender%' AS of_date, churn_profile(NULL, 1, 'Home', 'free', 1, 'F', t) IS NULL AS ts_of_timestamp,
	churn_profile(NULL, NULL, NULL, NULL, NULL, NULL, NULL) IS NULL AS all_of_them FROM utc;
SELECT churn_features(NULL, NULL, NULL, NULL, NULL, NULL, NULL) IS NULL AS nothing;
DROP TABLE utc;

-- ties: at the same time paid wins over free, M over F
SELECT churn_profile('2018-10-01 UTC', 1, 'Home', l, NULL, g, NULL)
FROM (VALUES ('paid', 'M'), ('free', 'F')) AS e (l, g);
SELECT churn_profile('2018-10-01 UTC', 1, 'Home', l, NULL, g, NULL)
FROM (VALUES ('free', 'F'), ('paid', 'M')) AS e (l, g);

-- text goes in as it came out, byte for byte
CREATE TABLE prof (p churn_profile);
INSERT INTO prof SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) FROM ev;
SELECT sparkify_profile_send(p::text::churn_profile) = sparkify_profile_send(p) AS same FROM prof;

-- refusals
SELECT ''::churn_profile;
SELECT 'null'::churn_profile;
SELECT '{}'::churn_profile;
SELECT '[1]'::churn_profile;
SELECT '{"version": 1, "slices": []} x'::churn_profile;
SELECT '{"version": 1, "slices": []}'::churn_profile;
SELECT '{"version": 2, "slices": []}'::churn_profile;
SELECT '{"version": 1, "slices": [], "x": 1}'::churn_profile;
SELECT '{"version": 1, "slices": {}}'::churn_profile;
SELECT '{"version": 1, "slices": [3]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1}]}'::churn_profile;
\set VERBOSITY terse
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-32", "pages": {}}]}'::churn_profile;
\set VERBOSITY default
SELECT '{"version": 1, "slices": [{"session": 1, "day": "infinity", "pages": {}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Home": 0}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Hme": 1}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Home": 1}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Home": 1}, "first": "2018-10-01T00:00Z", "last": "2018-10-02T00:00Z"}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Home": 1}, "first": "2018-10-01T02:00Z", "last": "2018-10-01T01:00Z"}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancellation Confirmation": 1}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Home": 1}, "first": "2018-10-01T02:00Z", "last": "2018-10-01T02:00Z", "paid": 4294967296}]}'::churn_profile;
SELECT '{"version": 1, "gender": "M", "slices": []}'::churn_profile;
SELECT repeat('[', 100)::churn_profile;
SELECT ('{"version": 1, "slices": [' || repeat('[', 100))::churn_profile;
SELECT ('{"version": 1, "slices": [' || repeat('0,', 1000000) || '0]}')::churn_profile;
SELECT ('{"version": 1, "slices": [{"session": 1, "x": "' || repeat('x', 100000) || '"}]}')::churn_profile;
SELECT '{"version": 1, "slices": [], "slices": []}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "session": 2, "day": "2018-10-01", "pages": {"Cancel": 1}}]}'::churn_profile;
SELECT ('{"version": 1, "slices": [], "' || repeat('é', 100) || '": 1}')::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 9223372036854775808}}]}'::churn_profile;
-- nothing is made of what it does not say: words that are none, numbers below all
SELECT '{"version": 1, "gender": "X", "slices": []}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Home": 1}, "level": "gold", "first": "2018-10-01T02:00Z", "last": "2018-10-01T02:00Z"}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": -9223372036854775809, "day": "2018-10-01", "pages": {"Cancel": 1}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session":-9223372036854775808, "day": "2018-10-01", "pages": {"Cancel": 1}}]}'::churn_profile;
-- a slice is checked before it is sorted: the same ones in either order
SELECT ('{"version": 1, "slices": [' || s || ']}')::churn_profile FROM (VALUES
	('{"session": 8, "day": "2018-11-01", "pages": {"Help": 1}, "first": "2018-11-01T05:00:00Z", "last": "2018-11-01T02:00:00Z"}, '
	 '{"session": 1, "day": "2018-11-02", "pages": {"Help": 1}, "first": "2018-11-02T01:00:00Z", "last": "2018-11-02T02:00:00Z"}')) AS t (s);
SELECT ('{"version": 1, "slices": [' || s || ']}')::churn_profile FROM (VALUES
	('{"session": 1, "day": "2018-11-02", "pages": {"Help": 1}, "first": "2018-11-02T01:00:00Z", "last": "2018-11-02T02:00:00Z"}, '
	 '{"session": 8, "day": "2018-11-01", "pages": {"Help": 1}, "first": "2018-11-01T05:00:00Z", "last": "2018-11-01T02:00:00Z"}')) AS t (s);
SELECT ('{"version": 1, "slices": [' || s || ']}')::churn_profile FROM (VALUES
	('{"session": 8, "day": "2018-11-01", "pages": {"Help": 1}, "first": "2018-11-01T02:00:00Z", "last": "2018-11-01T05:00:00Z"}, '
	 '{"session": 1, "day": "2018-11-02", "pages": {"Help": 1}, "first": "2018-11-02T01:00:00Z", "last": "2018-11-02T02:00:00Z"}')) AS t (s);
-- the first cancellation is on the day that has one
SELECT '{"version": 1, "cancelled": "2018-10-02T00:00:00Z", "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancellation Confirmation": 1}}]}'::churn_profile;
-- times are ISO 8601 in UTC and nothing else: not the time of the call, not what the settings make of it
SELECT '{"version": 1, "registration": "now", "slices": []}'::churn_profile;
SELECT '{"version": 1, "registration": "01.10.2018 00:00:00+00", "slices": []}'::churn_profile;
SELECT '{"version": 1, "registration": "2018-10-01T00:00:00", "slices": []}'::churn_profile;
SELECT '{"version": 1, "registration": "2018-10-01T00:00:00-05:00", "slices": []}'::churn_profile;
SELECT '{"version": 1, "registration": "infinity", "slices": []}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "today", "pages": {"Cancel": 1}}]}'::churn_profile;
SELECT '{"version": 1, "slices": [{"session": 1, "day": "01.10.2018", "pages": {"Cancel": 1}}]}'::churn_profile;
-- members in any order, as jsonb has them; white space; escapes
SELECT E'{"slices":\n[ {"pages": {"Canc\\u0065l": 1}, "day": "2018-10-01", "session": 1} ], "registration": "2018-10-01T00:00Z", "version": 1 }'::churn_profile;

-- a larger log, with sessions over midnight, out of order, and all pages
CREATE TABLE log AS
SELECT (g % 23)::text AS userid, '2018-10-01 UTC'::timestamptz + (g * 7919 % 100000) * interval '47.013 seconds' AS ts,
	(g * 7919 % 100000) / 900 AS sessionid,
	(ARRAY['NextSong', 'NextSong', 'NextSong', 'Home', 'Thumbs Up', 'Add to Playlist', 'Add Friend', 'Roll Advert',
		'Login', 'Logout', 'Thumbs Down', 'Downgrade', 'Help', 'Settings', 'About', 'Upgrade', 'Save Settings',
		'Error', 'Submit Upgrade', 'Submit Downgrade', 'Cancel', 'Cancellation Confirmation', 'Register',
		'Submit Registration', 'Other Page'])[1 + g * 31 % 25] AS page,
	CASE g % 7 WHEN 0 THEN 'paid' WHEN 1 THEN NULL ELSE 'free' END AS level,
	CASE WHEN g % 11 > 0 THEN g % 300 + 0.12345 END AS length,
	CASE g % 5 WHEN 0 THEN 'M' WHEN 1 THEN 'F' END AS gender,
	CASE WHEN g % 3 = 0 THEN '2018-09-01 UTC'::timestamptz + g * interval '1 second' END AS registration
FROM generate_series(1, 20000) AS g;
ANALYZE log;

CREATE TABLE whole AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS p FROM log GROUP BY userid;
-- the same from any order
SELECT count(*) FROM whole JOIN (
	SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS q
	FROM (SELECT * FROM log ORDER BY ts DESC) AS backwards GROUP BY userid) AS b USING (userid)
WHERE sparkify_profile_send(p) = sparkify_profile_send(q);
-- daily profiles merged are the whole, by the aggregate and by the function
CREATE TABLE daily AS
SELECT userid, (ts AT TIME ZONE 'UTC')::date AS day,
	churn_profile(ts, sessionid, page, level, length, gender, registration) AS p
FROM log GROUP BY 1, 2;
SELECT count(*) FROM whole JOIN (
	SELECT userid, churn_profile_merge(p ORDER BY day DESC) AS q FROM daily GROUP BY userid) AS m USING (userid)
WHERE sparkify_profile_send(p) = sparkify_profile_send(q);
SELECT count(*) FROM whole AS w JOIN (
	SELECT userid, churn_profile_merge(churn_profile_merge(p) FILTER (WHERE day % 2 = 0),
		churn_profile_merge(p) FILTER (WHERE day % 2 = 1)) AS q
	FROM (SELECT userid, day - '2018-10-01' AS day, p FROM daily) AS d GROUP BY userid) AS m USING (userid)
WHERE sparkify_profile_send(w.p) = sparkify_profile_send(q);
-- random halves of the events too, where sessions and days are cut in two
SELECT count(*) FROM whole AS w JOIN (
	SELECT userid, churn_profile_merge(p) AS q
	FROM (SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS p
		FROM log GROUP BY userid, hashtext(log::text) % 3) AS parts
	GROUP BY userid) AS m USING (userid)
WHERE sparkify_profile_send(w.p) = sparkify_profile_send(q);
SELECT churn_profile_merge(p, NULL)::text = p::text AS same, churn_profile_merge(NULL, p)::text = p::text AS same,
	churn_profile_merge(NULL, NULL) IS NULL AS nothing FROM prof;
SELECT churn_profile_merge(p) IS NULL AS nothing FROM prof WHERE false;
-- merging the same events twice counts them twice
SELECT p::text = churn_profile_merge(p, p)::text AS same FROM prof;

-- in a window the state goes on after it has been read
SELECT sparkify_profile_send(max(q) FILTER (WHERE last)::churn_profile) = sparkify_profile_send(max(p)::churn_profile) AS same FROM (
	SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) OVER w::text AS q,
		lead(ts) OVER w IS NULL AS last, (SELECT p::text FROM whole WHERE userid = '3') AS p
	FROM log WHERE userid = '3' WINDOW w AS (ORDER BY ts, page ROWS UNBOUNDED PRECEDING)) AS x;

-- parallel workers: the plan, and the same bytes
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF)
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) FROM log GROUP BY userid;
EXPLAIN (COSTS OFF)
SELECT userid, churn_features(ts, sessionid, page, level, length, gender, registration) FROM log GROUP BY userid;
EXPLAIN (COSTS OFF) SELECT churn_profile_merge(p) FROM daily;
SELECT count(*) FROM whole JOIN (
	SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS q FROM log GROUP BY userid) AS b USING (userid)
WHERE sparkify_profile_send(p) = sparkify_profile_send(q);
SELECT count(DISTINCT sparkify_profile_send(q)) FROM (
	SELECT churn_profile_merge(p) AS q FROM daily UNION ALL
	SELECT churn_profile_merge(p) FROM whole UNION ALL
	SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) FROM log) AS x;
RESET max_parallel_workers_per_gather;

-- compact
SELECT avg(pg_column_size(p)) / avg(slices) < 40 AS compact
FROM (SELECT p, jsonb_array_length(p::text::jsonb -> 'slices') AS slices FROM whole) AS x;

DROP TABLE ev, prof, log, whole, daily;
