-- churn_label, churn_inactive and churn_label_at: churn as its user means it
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

-- an event, by name: who had it before is not at risk, or is again when seen on a later day
SELECT customer, churn_label(profile, event => 'close account') AS ever,
	churn_label(profile, '2024-01-10', '14 days', 'close account') AS soon,
	churn_label(profile, '2024-01-10', event => 'close account') AS later,
	churn_label(profile, '2024-01-10', '1 month', 'close account', returners => true) AS returned,
	churn_label(profile, '2024-01-06', '1 month', 'close account', returners => true) AS same_day,
	churn_label(profile, '2024-01-10', '2 months', 'Close account') AS other_case
FROM shop_profiles ORDER BY customer;
-- the horizon is of UTC days, open at its end, whatever the time zone
SET TimeZone = 'Asia/Tokyo';
SELECT h, churn_label(profile, '2024-01-10', h, 'close account') FROM shop_profiles, unnest('{10 days,11 days,264:00:00,1 week 4 days}'::interval[]) h WHERE customer = 1;
RESET TimeZone;
SELECT log_end, churn_label(profile, '2024-01-10', '14 days', 'close account', log_end) FROM shop_profiles, unnest('{2024-01-23,2024-01-24,infinity,-infinity}'::date[]) log_end WHERE customer = 1;

-- silence: nothing, but what is ignored, of those who were active as long before
SELECT customer, churn_inactive(profile, '2024-02-01', '30 days') AS silent, churn_inactive(profile, '2024-02-01', '30 days', '{mail sent,Close account}') AS ignoring,
	churn_inactive(profile, '2024-02-01', '1 week') AS week, churn_inactive(profile, '2024-01-02', '1 day') AS day,
	churn_inactive(profile, '2024-02-01', '30 days', '{no such event}', '2024-03-02') AS reached, churn_inactive(profile, '2024-02-01', '30 days', NULL, '2024-03-01') AS beyond
FROM shop_profiles ORDER BY customer;

-- a date from elsewhere: any type of time, infinity and NULL being never
SELECT customer, churn_label_at(profile, '2024-01-10', '14 days', t) AS label
FROM shop_profiles, unnest('{NULL,2024-01-09 23:59:59.999999+00,2024-01-10 00:00+00,2024-01-23 23:59:59.999999+00,2024-01-24 00:00+00,infinity,-infinity}'::timestamptz[]) WITH ORDINALITY u(t, n)
WHERE customer IN (1, 4) ORDER BY customer, n;
SET TimeZone = 'Asia/Tokyo';
SELECT churn_label_at(profile, '2024-01-10', '1 day', '2024-01-10'::date) AS date, churn_label_at(profile, '2024-01-10', '1 day', '2024-01-10 00:00'::timestamp) AS timestamp,
	churn_label_at(profile, '2024-01-10', '1 day', '2024-01-10 00:00'::timestamptz) AS timestamptz, churn_label_at(profile, '2024-01-10', '1 day', '2024-01-10 12:00') AS literal,
	churn_label_at(profile, '2024-01-10', '6 hours', '2024-01-10 06:00'::timestamp) AS hours
FROM shop_profiles WHERE customer = 1;
RESET TimeZone;
SELECT churn_label_at(profile, '2024-01-10', NULL, '2030-01-01'::date) AS later, churn_label_at(profile, NULL, NULL, '2030-01-01'::date) AS ever, churn_label_at(profile, NULL, NULL, NULL) AS never,
	churn_label_at(profile, '2024-01-10', '1 day', 'infinity'::date) AS infinite, churn_label_at(profile, '2024-01-10', '1 day', '-infinity'::date) AS before, churn_label_at(profile, '2024-01-10', '1 day', '5874897-12-31'::date) AS far,
	churn_label_at(profile, '2024-01-10', '14 days', NULL, '2024-01-23') AS beyond, churn_label_at(profile, '2024-01-10', '14 days', NULL, '2024-01-24') AS reached
FROM shop_profiles WHERE customer = 1;

-- of nobody nothing is known
SELECT churn_label(NULL, event => 'x'), churn_inactive(NULL, '2024-01-01', '1 day'), churn_label_at(NULL, '2024-01-01', '1 day', '2024-01-01'::date), churn_last_day(NULL);

-- a name that fell out of a full profile is not known to have had no events
CREATE TABLE many AS SELECT churn_profile(ts, event) AS profile
FROM (SELECT '2024-01-01'::timestamptz + n * interval '1 second' AS ts, 'page/' || n AS event FROM generate_series(1, 3000) n UNION ALL SELECT '2024-01-02 12:00+00', 'leave') e;
SELECT count(churn_label(profile, '2024-01-02', '7 days', 'page/' || n)) AS known, count(*) FILTER (WHERE churn_label(profile, '2024-01-02', '7 days', 'page/' || n)) AS wrong,
	bool_and(churn_label(profile, '2024-01-02', '7 days', 'leave')) AS leave FROM many, generate_series(1, 3000) n;

-- names as bytes: hostile ones, one that is empty, one that is as long as can be
SELECT bool_and(churn_label(p, event => name)) AS found, bool_or(churn_label(p, event => name || ' ')) AS others
FROM (SELECT name, churn_profile('2024-01-01', name) AS p FROM unnest(ARRAY['', '''; DROP TABLE shop', 'قالب', '🛒', repeat('x', 255) , E'a\nb']) name GROUP BY name) x WHERE length(name) < 255;
SELECT churn_label(churn_profile('2024-01-01', repeat('x', 255)), event => repeat('x', 255));

-- all labels of a random log against plain SQL
CREATE TABLE random_log AS SELECT u, '2024-01-01'::timestamp + ((u * 7919 + n * 104729 + n * n * 31) % 5184000) * interval '1 second' AS ts,
	(ARRAY['visit', 'mail', 'order', 'leave'])[1 + CASE WHEN (u + n * 13) % 9 = 0 THEN 3 ELSE (u * n) % 3 END] AS event
FROM generate_series(1, 60) u, generate_series(1, 9) n;
CREATE TABLE random_profiles AS SELECT u, churn_profile(ts, event) AS profile FROM random_log GROUP BY u;
CREATE TABLE asked AS SELECT u, profile, d, days, d + days AS until FROM random_profiles, churn_dates('2023-12-30', '2024-03-05', '3 days') d, unnest('{1,10,30}'::int[]) days;
SELECT count(*), count(got), count(*) FILTER (WHERE got) AS yes, count(*) FILTER (WHERE got IS DISTINCT FROM expected) AS wrong
FROM (SELECT churn_label(profile, d, days * interval '1 day', 'leave') AS got,
		CASE WHEN count(e.*) FILTER (WHERE ts < d) > 0 AND count(e.*) FILTER (WHERE ts < d AND event = 'leave') = 0
			THEN count(e.*) FILTER (WHERE ts >= d AND ts < until AND event = 'leave') > 0 END AS expected
	FROM asked a JOIN random_log e USING (u) GROUP BY a.u, profile, d, days, until) x;
SELECT count(*), count(got), count(*) FILTER (WHERE got) AS yes, count(*) FILTER (WHERE got IS DISTINCT FROM expected) AS wrong
FROM (SELECT churn_label(profile, d, days * interval '1 day', 'leave', returners => true) AS got,
		CASE WHEN max(ts::date) FILTER (WHERE ts < d) > COALESCE(max(ts::date) FILTER (WHERE ts < d AND event = 'leave'), '-infinity')
			THEN count(e.*) FILTER (WHERE ts >= d AND ts < until AND event = 'leave') > 0 END AS expected
	FROM asked a JOIN random_log e USING (u) GROUP BY a.u, profile, d, days, until) x;
SELECT count(*), count(got), count(*) FILTER (WHERE got) AS yes, count(*) FILTER (WHERE got IS DISTINCT FROM expected) AS wrong
FROM (SELECT churn_inactive(profile, d, days * interval '1 day', '{mail,leave}') AS got,
		CASE WHEN count(e.*) FILTER (WHERE ts < d AND ts >= d - days AND event IN ('visit', 'order')) > 0
			THEN count(e.*) FILTER (WHERE ts >= d AND ts < until AND event IN ('visit', 'order')) = 0 END AS expected
	FROM asked a JOIN random_log e USING (u) GROUP BY a.u, profile, d, days, until) x;
SELECT bool_and(churn_last_day(profile) = last) AS last_day FROM random_profiles JOIN (SELECT u, max(ts)::date AS last FROM random_log GROUP BY u) l USING (u);

-- profiles of the music log: what cancel, downgrade and the default mean there
CREATE TABLE music AS SELECT churn_profile(ts, 1, page, NULL, NULL, NULL, NULL) AS p FROM (VALUES
	('2018-10-01 10:00+00'::timestamptz, 'Home'), ('2018-10-05 12:00+00', 'Cancellation Confirmation'), ('2018-10-05 13:00+00', 'Home'),
	('2018-10-06 12:00+00', 'NextSong'), ('2018-10-09 12:00+00', 'Submit Downgrade'), ('2018-10-20 12:00+00', 'Cancellation Confirmation')) e (ts, page);
SELECT d, churn_label(p, d, '10 days') AS first, churn_label(p, d, '10 days', returners => true) AS again, churn_label(p, d, event => 'cancel', returners => true) AS later,
	churn_label(p, d, '10 days', 'downgrade', returners => true) AS downgrade
FROM music, unnest('{2018-10-01,2018-10-02,2018-10-06,2018-10-07,2018-10-11,2018-10-21}'::date[]) d;
SELECT churn_label(p) AS ever, churn_label(p, returners => true) AS returning, churn_label(p, event => NULL) AS by_default FROM music;
SELECT d, churn_inactive(p, d, '5 days') AS silent, churn_inactive(p, d, '5 days', '{Submit Downgrade}') AS ignoring FROM music, unnest('{2018-10-01,2018-10-06,2018-10-07,2018-10-10,2018-10-21,2018-10-26}'::date[]) d;
SELECT churn_label_at(p, '2018-10-01', '1 day', '2018-10-01'::date) AS unseen, churn_label_at(p, '2018-10-02', '1 day', '2018-10-02 12:00+00') AS churned FROM music;

-- refusals
SELECT churn_label(profile, '2024-01-10', '14 days') FROM shop_profiles;
SELECT churn_label(profile, '2024-01-10', '14 days', 'leave', returners => NULL) FROM shop_profiles;
SELECT churn_label(profile, '2024-01-10', '36 hours', 'leave') FROM shop_profiles;
SELECT churn_label(profile, '2024-01-10', '0 days', 'leave') FROM shop_profiles;
SELECT churn_label(profile, NULL, '1 day', 'leave') FROM shop_profiles;
SELECT churn_label(profile, 'infinity', '1 day', 'leave') FROM shop_profiles;
SELECT churn_label(profile, '2024-01-10', log_end => '2024-02-01', event => 'leave') FROM shop_profiles;
SELECT churn_label(profile, event => repeat('x', 256)) FROM shop_profiles;
SELECT churn_label(p, '2018-10-07', '36 hours', returners => true) FROM music;
SELECT churn_label(p, event => 'close account') FROM music;
SELECT churn_inactive(profile, NULL, '1 day') FROM shop_profiles;
SELECT churn_inactive(profile, '2024-01-10', NULL) FROM shop_profiles;
SELECT churn_inactive(profile, '2024-01-10', '90 minutes') FROM shop_profiles;
SELECT churn_inactive(profile, '2024-01-10', '-1 day') FROM shop_profiles;
SELECT churn_inactive(profile, '2024-01-10', '1 day', '{visit,NULL}') FROM shop_profiles;
SELECT churn_inactive(profile, '2024-01-10', '1 day', ARRAY[repeat('x', 256)]) FROM shop_profiles;
SELECT churn_inactive(profile, '4714-11-24 BC', '1 day') FROM shop_profiles;
SELECT churn_inactive(p, '2018-10-07', '5 days', '{Homepage}') FROM music;
SELECT churn_label_at(profile, NULL, '1 day', '2024-01-10'::date) FROM shop_profiles;
SELECT churn_label_at(profile, '2024-01-10', '-1 day', '2024-01-10'::date) FROM shop_profiles;
SELECT churn_label_at(profile, '2024-01-10', NULL, '2024-01-10'::date, '2024-02-01') FROM shop_profiles;
SELECT churn_features(profile) FROM shop_profiles;

DROP TABLE shop, shop_profiles, many, random_log, random_profiles, asked, music;
