-- churn_time, churn_time_inactive, churn_time_at: times until churn; churn_periods: a row for each period of one
\pset null NULL
\set SHOW_CONTEXT never
\set VERBOSITY default

-- a shop: nobody there calls leaving "cancel"
CREATE TABLE shop (customer int, at timestamptz, event text);
INSERT INTO shop VALUES
	(1, '2024-01-01 10:00+00', 'visit'), (1, '2024-01-20 23:59:59.999999+00', 'close account'), (1, '2024-01-20 08:00+00', 'visit'),
	(2, '2024-01-01 10:00+00', 'visit'), (2, '2024-01-05 10:00+00', 'close account'), (2, '2024-01-05 23:00+00', 'visit'),
	(2, '2024-01-06 00:00+00', 'visit'), (2, '2024-01-25 10:00+00', 'close account'),
	(3, '2024-01-01 10:00+00', 'visit'), (3, '2024-02-20 10:00+00', 'Close account'), (3, '2024-02-01 10:00+00', 'mail sent'),
	(4, '2024-01-12 10:00+00', 'visit');
CREATE TABLE shop_profiles AS SELECT customer, churn_profile(at, event) AS profile FROM shop GROUP BY customer;

-- an event: the day of as_of is the first one, and the log's end does not belong to it
SELECT customer, t.*, returned, first.days AS days_from_first, first.churned
FROM shop_profiles, churn_time(profile, '2024-01-10', '2024-02-10', 'close account') AS t,
	churn_time(profile, '2024-01-10', '2024-02-10', 'close account', returners => true) AS returned,
	churn_time(profile, NULL, '2024-02-10', 'close account') AS first ORDER BY customer;
SELECT log_end, t.* FROM shop_profiles, unnest('{2024-01-10,2024-01-11,2024-01-20,2024-01-21}'::date[]) AS log_end,
	churn_time(profile, '2024-01-10', log_end, 'close account') AS t WHERE customer = 1;
-- silence: the day on which it is long enough
SELECT customer, g, t.* FROM shop_profiles, unnest('{10 days,2 weeks,480:00:00}'::interval[]) AS g,
	churn_time_inactive(profile, '2024-01-10', '2024-03-01', g) AS t ORDER BY customer, g;
SELECT customer, t.*, ignoring FROM shop_profiles, churn_time_inactive(profile, NULL, '2024-03-01', '20 days') AS t,
	churn_time_inactive(profile, NULL, '2024-03-01', '20 days', '{mail sent,Close account}') AS ignoring ORDER BY customer;
-- a date from elsewhere: any type of time, infinity and NULL being never
SELECT t, churn_time_at(profile, '2024-01-10', '2024-01-20', t) AS time
FROM shop_profiles, unnest('{NULL,2024-01-09 23:59:59.999999+00,2024-01-10 00:00+00,2024-01-19 23:59:59.999999+00,2024-01-20 00:00+00,infinity,-infinity}'::timestamptz[]) WITH ORDINALITY AS u (t, n)
WHERE customer = 1 ORDER BY n;
SET TimeZone = 'Asia/Tokyo';
SELECT churn_time_at(profile, '2024-01-10', '2024-02-01', '2024-01-11'::date) AS date, churn_time_at(profile, '2024-01-10', '2024-02-01', '2024-01-11 00:00'::timestamp) AS timestamp,
	churn_time_at(profile, '2024-01-10', '2024-02-01', '2024-01-11 00:00'::timestamptz) AS timestamptz, churn_time_at(profile, '2024-01-10', '2024-02-01', 'infinity'::date) AS infinite,
	churn_time_at(profile, '2024-01-10', '2024-02-01', '-infinity'::date) AS before, churn_time_at(profile, NULL, '2024-02-01', '2024-01-11'::date) AS first
FROM shop_profiles WHERE customer = 1;
RESET TimeZone;
SELECT churn_time_at(profile, '2024-01-10', '2024-02-01', '2024-01-11'::date) FROM shop_profiles WHERE customer = 4;

-- of nobody nothing is known
SELECT churn_time(NULL, '2024-01-10', '2024-02-01', 'x'), churn_time_inactive(NULL, '2024-01-10', '2024-02-01', '1 day'), churn_time_at(NULL, '2024-01-10', '2024-02-01', '2024-01-11'::date);
-- a name that fell out of a full profile is not known to have had no events
CREATE TABLE many AS SELECT churn_profile(ts, event) AS profile
FROM (SELECT '2024-01-01'::timestamptz + n * interval '1 second' AS ts, 'page/' || n AS event FROM generate_series(1, 3000) AS n UNION ALL SELECT '2024-01-02 12:00+00', 'leave') AS e;
SELECT count(t.days) BETWEEN 1 AND 2999 AS some_known, bool_and(t.churned AND t.days = 1) AS churned FROM many, generate_series(1, 3000) AS n, churn_time(profile, NULL, '2024-02-01', 'page/' || n) AS t;
SELECT one, of_all FROM many, churn_time_inactive(profile, '2024-01-02', '2024-02-01', '7 days', '{page/1}') AS one,
	churn_time_inactive(profile, '2024-01-02', '2024-02-01', '7 days', ARRAY(SELECT 'page/' || n FROM generate_series(1, 3000) AS n)) AS of_all;
-- refused
SELECT churn_time(profile, '2024-01-10', NULL, 'x') FROM shop_profiles;
SELECT churn_time(profile, '2024-01-10', 'infinity', 'x') FROM shop_profiles;
SELECT churn_time(profile, '2024-01-10', '2024-02-01') FROM shop_profiles;
SELECT churn_time(profile, '2024-01-10', '2024-02-01', 'x', NULL) FROM shop_profiles;
SELECT churn_time_inactive(profile, '2024-01-10', '2024-02-01', '1 month') FROM shop_profiles;
SELECT churn_time_inactive(profile, '2024-01-10', '2024-02-01', '36 hours') FROM shop_profiles;
SELECT churn_time_inactive(profile, '2024-01-10', '2024-02-01', '0 days') FROM shop_profiles;
SELECT churn_time_inactive(profile, '2024-01-10', '2024-02-01', '100001 days') FROM shop_profiles;
SELECT churn_time_inactive(profile, '2024-01-10', '2024-02-01', NULL) FROM shop_profiles;
SELECT churn_time_inactive(profile, '2024-01-10', '2024-02-01', '7 days', '{NULL}') FROM shop_profiles;
SELECT churn_time_at(profile, '2024-01-10', NULL, '2024-01-11'::date) FROM shop_profiles;

-- times are all labels at once, of the music log and of any other
CREATE TABLE log AS SELECT userid, ts, sessionid, page, level, length, gender, registration, (ts AT TIME ZONE 'UTC')::date AS day
FROM churn_simulate_events(60, 63, 5) WHERE auth NOT IN ('Logged Out', 'Guest');
CREATE TABLE users AS
SELECT userid, array_agg(DISTINCT day) AS active, array_agg(DISTINCT day) FILTER (WHERE page <> 'Home') AS active_off_home, max(day) FILTER (WHERE page LIKE 'Cancellation%') AS cancelled,
	churn_profile(ts, sessionid, page, level, length, gender, registration) AS music, churn_profile(ts, page) AS other FROM log GROUP BY userid;
CREATE TABLE dates AS SELECT d, log_end, h FROM churn_dates('2018-10-01', '2018-12-01', '11 days') AS d, unnest('{2018-11-05,2018-12-03}'::date[]) AS log_end, unnest('{1,2,5,7,14,20,33}'::int[]) AS h;
SELECT count(*), count(t.days) AS at_risk, count(*) FILTER (WHERE t.churned) AS churned,
	count(*) FILTER (WHERE churn_label(music, d, h * interval '1 day', log_end => log_end) IS DISTINCT FROM CASE WHEN h <= log_end - d THEN t.churned AND t.days <= h END) AS cancel,
	count(*) FILTER (WHERE churn_label(music, d, h * interval '1 day', 'downgrade', log_end) IS DISTINCT FROM CASE WHEN h <= log_end - d THEN down.churned AND down.days <= h END) AS downgrade,
	count(*) FILTER (WHERE churn_label(music, d, h * interval '1 day', 'downgrade', log_end, true) IS DISTINCT FROM CASE WHEN h <= log_end - d THEN back.churned AND back.days <= h END) AS returners,
	count(*) FILTER (WHERE churn_label(other, d, h * interval '1 day', 'Submit Downgrade', log_end) IS DISTINCT FROM CASE WHEN h <= log_end - d THEN named.churned AND named.days <= h END) AS named,
	count(*) FILTER (WHERE churn_label(other, d, h * interval '1 day', 'Submit Downgrade', log_end, true) IS DISTINCT FROM CASE WHEN h <= log_end - d THEN again.churned AND again.days <= h END) AS again,
	count(*) FILTER (WHERE churn_label_at(music, d, h * interval '1 day', cancelled, log_end) IS DISTINCT FROM CASE WHEN h <= log_end - d THEN at.churned AND at.days <= h END) AS at,
	count(*) FILTER (WHERE t.follow_up <> log_end - d OR t.days > t.follow_up OR NOT t.churned AND t.days < t.follow_up) AS follow_up
FROM users, dates, churn_time(music, d, log_end) AS t, churn_time(music, d, log_end, 'downgrade') AS down, churn_time(music, d, log_end, 'downgrade', true) AS back,
	churn_time(other, d, log_end, 'Submit Downgrade') AS named, churn_time(other, d, log_end, 'Submit Downgrade', true) AS again, churn_time_at(music, d, log_end, cancelled) AS at;
-- from the first event on, everybody is at risk
SELECT count(t.days), count(*) FILTER (WHERE t.churned) = count(cancelled) AS churned, bool_and(t.days = coalesce(cancelled + 1, '2018-12-03') - active[1]) AS days
FROM users, churn_time(music, NULL, '2018-12-03') AS t;
-- silence, day by day: the first one that ends so many days without activity
CREATE FUNCTION silent_day(active date[], as_of date, log_end date, silence int) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN EXISTS (SELECT FROM unnest(active) AS a WHERE a < as_of AND a >= as_of - silence) AND as_of < log_end THEN coalesce(
		(SELECT min(day + 1) || ' left' FROM generate_series(0, log_end - as_of - 1) AS day WHERE NOT EXISTS (SELECT FROM unnest(active) AS a WHERE a <= as_of + day AND a > as_of + day - silence)),
		(log_end - as_of)::text) END $$;
SELECT count(*), count(m.days) AS at_risk, count(*) FILTER (WHERE m.churned) AS silent,
	count(*) FILTER (WHERE m.days || CASE WHEN m.churned THEN ' left' ELSE '' END IS DISTINCT FROM silent_day(active, d, log_end, h)) AS music,
	count(*) FILTER (WHERE o.days || CASE WHEN o.churned THEN ' left' ELSE '' END IS DISTINCT FROM silent_day(active, d, log_end, h)) AS other,
	count(*) FILTER (WHERE mi.days || CASE WHEN mi.churned THEN ' left' ELSE '' END IS DISTINCT FROM silent_day(active_off_home, d, log_end, h)) AS music_ignoring,
	count(*) FILTER (WHERE oi.days || CASE WHEN oi.churned THEN ' left' ELSE '' END IS DISTINCT FROM silent_day(active_off_home, d, log_end, h)) AS other_ignoring
FROM users, dates, churn_time_inactive(music, d, log_end, h * interval '1 day') AS m, churn_time_inactive(other, d, log_end, h * interval '1 day') AS o,
	churn_time_inactive(music, d, log_end, h * interval '1 day', '{Home}') AS mi, churn_time_inactive(other, d, log_end, h * interval '1 day', '{Home}') AS oi WHERE h IN (2, 7, 20);

-- periods: of which all days were seen; nothing after the user has left
SELECT t.days, t.churned, t.follow_up, array_agg(p.period || CASE WHEN p.churned THEN ' left' ELSE '' END ORDER BY p.period) AS periods, count(*) FILTER (WHERE p.period <= 2) = (SELECT count(*) FROM churn_periods(t.days, t.churned, max => 2, follow_up => t.follow_up)) AS max
FROM (VALUES (1, true, NULL), (7, true, NULL), (8, true, NULL), (15, false, NULL), (14, false, NULL), (6, false, NULL), (0, false, NULL), (15, true, 21), (15, true, 20), (15, false, 15), (3, true, 100)) AS t (days, churned, follow_up)
LEFT JOIN churn_periods(t.days, t.churned, follow_up => t.follow_up) AS p ON true GROUP BY 1, 2, 3 ORDER BY 2, 1, 3;
SELECT * FROM churn_periods(3, true, 1);
SELECT count(*) FROM churn_periods(2147483647, false, 1000000);
SELECT count(*) FROM churn_periods(NULL, true);
SELECT count(*) FROM churn_periods(3, NULL);
-- hazards of periods multiply to the share that stays: the curve at the periods' ends, where all are followed as long
SELECT p.period, abs(exp(sum(ln(1 - p.hazard)) OVER (ORDER BY p.period)) - coalesce(k.survival, 1)) < 1e-12 AS same
FROM (SELECT p.period, avg(p.churned::int)::float8 AS hazard FROM users, churn_time(music, '2018-10-15', '2018-12-03') AS t, churn_periods(t.days, t.churned, follow_up => t.follow_up) AS p GROUP BY p.period) AS p,
	LATERAL (SELECT min(c.survival) AS survival FROM (SELECT churn_survival(t.days, t.churned) AS curve FROM users, churn_time(music, '2018-10-15', '2018-12-03') AS t WHERE t.days IS NOT NULL) AS s, unnest(curve) AS c WHERE c.time <= 7 * p.period) AS k
ORDER BY p.period;
-- refused
SELECT churn_periods(-1, false);
SELECT churn_periods(2147483648, false);
SELECT churn_periods(0, true);
SELECT churn_periods(1, true, 0);
SELECT churn_periods(1, true, NULL);
SELECT churn_periods(1, true, 7, 0);
SELECT churn_periods(8, true, follow_up => 7);
DROP FUNCTION silent_day;
DROP TABLE shop, shop_profiles, many, log, users, dates;
