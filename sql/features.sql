-- churn_features and churn_label
SET timezone = 'Asia/Tokyo';	-- nothing may depend on it
\set abs_srcdir `echo "${PG_ABS_SRCDIR:-$PWD}"`
\set plain_features :abs_srcdir '/test/plain_features.sql'

CREATE TABLE ev (userid text, ts timestamptz, sessionid bigint, page text, level text, length float8,
	gender text, registration timestamptz);
\set ECHO none
\i :plain_features
\set ECHO all

-- one user, small enough to check by hand
INSERT INTO ev VALUES
	('7', '2018-10-01 23:50:00+00', 1, 'NextSong', 'free', 1800, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-02 00:20:00+00', 1, 'Thumbs Up', 'free', NULL, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-06 06:00:00+00', 2, 'NextSong', 'paid', 1800, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-06 06:30:00+00', 2, 'NextSong', 'paid', NULL, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-06 06:30:00+00', 2, 'Submit Downgrade', 'paid', NULL, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-20 10:00:00+00', 3, 'Error', 'free', NULL, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-31 08:00:00+00', 4, 'Cancel', 'free', NULL, 'F', '2018-09-01 00:00:00+00'),
	('7', '2018-10-31 08:00:00+00', 4, 'Cancellation Confirmation', 'free', NULL, 'F', '2018-09-01 00:00:00+00');
CREATE TABLE prof AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS p FROM ev GROUP BY userid;
\x on
SELECT (churn_features(ts, sessionid, page, level, length, gender, registration)).* FROM ev;
SELECT f.* FROM prof, churn_features(p, '2018-10-09') AS f;
\x off
-- both forms agree, and as_of late enough changes only what looks back from it
SELECT (SELECT churn_features(p) FROM prof) = churn_features(ts, sessionid, page, level, length, gender, registration) AS same
FROM ev;
SELECT key, a.value AS without, b.value AS late FROM prof, jsonb_each_text(to_jsonb(churn_features(p))) AS a
	JOIN jsonb_each_text(to_jsonb(churn_features(p, '2018-12-01'))) AS b USING (key) WHERE a.value IS DISTINCT FROM b.value;
-- strictly before 00:00
SELECT as_of, (churn_features(p, as_of)).n_events FROM prof, generate_series('2018-10-01'::date, '2018-10-07', '1 day') AS d, CAST(d AS date) AS as_of;
-- only the notebook's features count the cancel pages
SELECT key FROM jsonb_each_text((SELECT to_jsonb(churn_features(p)) FROM prof)) AS a
	JOIN jsonb_each_text((SELECT to_jsonb(churn_features(ts, sessionid, page, level, length, gender, registration))
		FROM ev WHERE page NOT LIKE 'Cancel%')) AS b USING (key) WHERE a.value IS DISTINCT FROM b.value;
-- nothing, nothing yet, nothing but cancel pages
SELECT churn_features(NULL::churn_profile) IS NULL AS nothing;
SELECT churn_features(ts, sessionid, page, level, length, gender, registration) IS NULL AS nothing FROM ev WHERE false;
SELECT churn_features(p, '2018-10-01') IS NULL AS nothing FROM prof;
SELECT churn_features(ts, sessionid, page, level, length, gender, registration) FROM ev WHERE page LIKE 'Cancel%';
SELECT churn_features(p, '2018-11-30') FROM (
	SELECT churn_profile(ts, sessionid, page, level, length, gender, registration) AS p FROM ev WHERE page LIKE 'Cancel%') AS x;
-- dates that are none
SELECT churn_features(p, 'infinity') FROM prof;
SELECT churn_features(p, '-infinity') FROM prof;
SELECT churn_features(p, '5000000-01-01') FROM prof;

-- labels
SELECT churn_label(p) AS ever, churn_label(p, event => 'downgrade') AS downgraded FROM prof;
SELECT as_of, churn_label(p, as_of) AS later, churn_label(p, as_of, '14 days') AS two_weeks,
	churn_label(p, as_of, '14 days', 'downgrade') AS downgrade
FROM prof, unnest('{2018-10-01,2018-10-02,2018-10-06,2018-10-07,2018-10-17,2018-10-18,2018-10-31,2018-11-01}'::date[]) AS as_of;
-- the horizon is open at its end, to the microsecond
SELECT h, churn_label(p, '2018-10-31', h) AS cancelled, churn_label(p, '2018-10-06', h, 'downgrade') AS downgraded
FROM prof, unnest('{6:30:00,6:30:00.000001,8:00:00,8:00:00.000001,1 month}'::interval[]) AS h;
SELECT churn_label(NULL), churn_label(NULL, '2018-10-01', '14 days');
SELECT churn_label(p, NULL, '14 days') FROM prof;
SELECT churn_label(p, '2018-10-10', '0 days') FROM prof;
SELECT churn_label(p, '2018-10-10', '-1 day') FROM prof;
SELECT churn_label(p, '2018-10-10', '14 days', 'upgrade') FROM prof;
SELECT churn_label(p, '2018-10-10', '14 days', NULL) FROM prof;
SELECT churn_label(p, 'infinity', '14 days') FROM prof;
SELECT churn_label(p, '2018-10-10', '1000000 years') FROM prof;
-- where the log ends before the horizon, no label is known, not that of a user who has left either
SELECT log_end, churn_label(p, '2018-10-31', '1 day', log_end => log_end) AS cancelled,
	churn_label(p, '2018-10-06', '1 day', 'downgrade', log_end) AS downgraded, churn_label(p, '2018-11-05', '1 day', log_end => log_end) AS gone,
	churn_label(p, '2018-10-31', '1 day 1 microsecond', log_end => log_end) AS cancelled_by_then
FROM prof, unnest('{NULL,-infinity,2018-10-06,2018-10-07,2018-10-31,2018-11-01,2018-11-02,294276-12-31,5874897-12-31,infinity}'::date[]) AS log_end;
SELECT churn_label(p, '2018-10-31', log_end => '2018-11-30') FROM prof;
SELECT churn_label(p, log_end => '2018-11-30') FROM prof;
-- at the ends of the calendar
SELECT d, churn_label(p, d) AS later, (churn_features(p, d)).days_since_last FROM prof, unnest('{4714-11-24 BC,294276-12-31}'::date[]) AS d;
SELECT churn_label(p, '294276-12-31', '1 day') FROM prof;
SELECT churn_label(p, '4714-11-24 BC', '1 day', log_end => '4714-11-24 BC') IS NULL AS beyond FROM prof;
SELECT churn_label(p, '4714-11-24 BC') AS first_day, churn_label(p, '294276-12-31') AS last_day, churn_last_day(p),
	(churn_features(p, '294276-12-31')).days_active, (churn_features(p)).days_active AS in_all, (churn_features(p, '294276-12-31')).tenure_days
FROM (SELECT churn_profile(t::timestamptz, 1, page, 'paid', 1, 'F', '4714-11-24 00:00:00+00 BC') AS p
	FROM (VALUES ('4714-11-24 00:00:00+00 BC', 'NextSong'), ('294276-12-31 23:59:59.999999+00', 'Cancellation Confirmation')) AS e (t, page)) AS x;

-- every feature of every user against plain SQL, on a log with everything in it
TRUNCATE ev;
INSERT INTO ev
SELECT (g % 40)::text, '2018-10-01 UTC'::timestamptz + (g * 7919 % 100000) * interval '47.013 seconds',
	(g * 7919 % 100000) / 900,
	(ARRAY['NextSong', 'NextSong', 'NextSong', 'Home', 'Thumbs Up', 'Add to Playlist', 'Add Friend', 'Roll Advert',
		'Login', 'Logout', 'Thumbs Down', 'Downgrade', 'Help', 'Settings', 'About', 'Upgrade', 'Save Settings',
		'Error', 'Submit Upgrade', 'Submit Downgrade', 'Cancel', 'Cancellation Confirmation', 'Register',
		'Submit Registration', 'Other Page'])[1 + g * 31 % 25],
	CASE g % 7 WHEN 0 THEN 'paid' WHEN 1 THEN NULL ELSE 'free' END,
	CASE WHEN g % 11 > 0 THEN g % 300 + 0.12345 END,
	CASE g % 5 WHEN 0 THEN 'M' WHEN 1 THEN 'F' END,
	CASE WHEN g % 3 = 0 THEN '2018-09-01 UTC'::timestamptz + g * interval '1 second' END
FROM generate_series(1, 8000) AS g;
INSERT INTO ev VALUES ('few', '2018-10-03 UTC', 1, 'Home', NULL, NULL, NULL, NULL), ('few', NULL, 1, 'Home', 'paid', NULL, 'M', NULL),
	('gone', '2018-10-03 UTC', 1, 'Cancellation Confirmation', NULL, NULL, NULL, NULL);
SELECT as_of, c.* FROM unnest('{NULL,2018-10-02,2018-10-09,2018-10-20,2018-11-30}'::date[]) AS as_of, compare_features(as_of) AS c;

-- and on a simulated log
TRUNCATE ev;
INSERT INTO ev SELECT userid, ts, sessionid, page, level, length, gender, registration
FROM churn_simulate_events(60) WHERE auth NOT IN ('Logged Out', 'Guest');
SELECT as_of, c.* FROM unnest('{NULL,2018-10-15,2018-11-12}'::date[]) AS as_of, compare_features(as_of) AS c;

DROP TABLE ev, prof CASCADE;
DROP FUNCTION compare_features, plain_features;
