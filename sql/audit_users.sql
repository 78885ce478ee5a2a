-- churn_audit: ids, dates and the whole history, by how columns behave from row to row
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;

CREATE TABLE user_profiles AS
SELECT userid::int, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(600) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE TABLE snapshots AS
SELECT userid, d AS as_of, churn_label(profile, d, '14 days') AS churned, f.*
FROM user_profiles, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d, churn_features(profile, d) AS f WHERE churn_label(profile, d, '14 days') IS NOT NULL;

-- honest features are told nothing of: of any label
SELECT count(*) AS features, count(note) AS notes FROM churn_audit('snapshots');
SELECT count(*) AS features, count(note) AS notes FROM churn_audit('SELECT s.*, churn_label(profile, as_of, ''14 days'', ''downgrade'') AS fewer FROM snapshots s JOIN user_profiles USING (userid)', 'fewer', '{userid,as_of,churned}');
-- nor at one date that is not told; the whole history has no days since the last event, or they say who left
SELECT count(*) AS features, count(note) AS notes FROM churn_audit('SELECT churn_label(profile, ''2018-11-05'', ''14 days'') AS churned, f.* FROM user_profiles, churn_features(profile, ''2018-11-05'') AS f');
SELECT feature, note FROM churn_audit('SELECT churned, days_since_last, n_thumbs_up FROM snapshots WHERE as_of = ''2018-11-05''') ORDER BY feature;
SELECT feature, note FROM churn_audit('SELECT churned, CASE WHEN churned THEN 20 ELSE 0 END + days_since_last AS days_since_last, n_thumbs_up FROM snapshots WHERE as_of = ''2018-11-05''') ORDER BY feature;
SELECT feature, note FROM churn_audit('SELECT churned, 0 AS days_since_last, n_thumbs_up FROM snapshots WHERE as_of = ''2018-11-05''') ORDER BY feature;
CREATE TABLE any_log AS SELECT userid, churn_profile(ts, page) AS profile FROM churn_simulate_events(600) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
SELECT count(*) > 10 AS defined FROM churn_define_features('inactive_features', 'SELECT profile FROM any_log', exclude => '{Cancel,"Cancellation Confirmation"}');
SELECT count(*) > 100 AS features, count(*) FILTER (WHERE note !~ '^(duplicate|being missing|constant)') AS notes
FROM churn_audit('SELECT userid, d AS as_of, churn_inactive(profile, d, ''14 days'', log_end => ''2018-12-03'') AS churned, f.* FROM any_log, churn_dates(''2018-10-15'', ''2018-11-12'', ''7 days'') d, inactive_features(profile, d) f');

-- ids that come again at each date, for what is known of users and dates
CREATE VIEW ids AS
SELECT userid, as_of, churned, n_songs, tenure_days, userid + 1000 AS serial, md5(userid::text) AS hash, 'u' || userid AS code, CASE WHEN userid % 3 > 0 THEN 'x' || userid END AS partly,
	   row_number() OVER (ORDER BY as_of, userid) AS row_number, left(md5(userid::text), 2) AS bucket, userid % 80 AS age, 1500000000 + userid * 60000 AS registered, (userid::bigint * 7919) % 100000007 AS cents
FROM snapshots;
SELECT feature, note FROM churn_audit('ids') ORDER BY feature COLLATE "C";
SELECT feature, note FROM churn_audit('SELECT * FROM ids', exclude => '{as_of}') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
SELECT feature, note FROM churn_audit('SELECT churned, userid, serial, hash, partly, bucket, age, tenure_days FROM ids', exclude => '{userid}') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
SELECT feature, note FROM churn_audit('SELECT churned, serial, hash, partly, bucket, age FROM ids') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
-- a thousand users that all differ are no amounts
SELECT feature, note FROM churn_audit('SELECT u AS userid, i AS as_of_week, (u + i) % 4 = 0 AS churned, u * 1000003 AS account, u * 60000 + 1500000000 AS registered, 1.0 / u AS ratio, u % 100 AS age FROM generate_series(1, 1200) u, generate_series(1, 3) i');

-- columns that tell the date of the row
SELECT feature, note FROM churn_audit('SELECT userid, as_of, churned, n_songs, as_of - DATE ''2018-10-01'' AS day, to_char(as_of, ''Mon DD'') AS word, as_of + interval ''3 h'' AS loaded, (as_of - DATE ''2018-10-01'') * 1000 + n_songs / 100 AS total,
	(DATE ''2019-01-01'' - as_of) * 1000 - n_songs / 100 AS remaining, date_trunc(''month'', as_of) AS month FROM snapshots') WHERE note IS NOT NULL ORDER BY feature;

-- features of the whole history beside those as of the date: they know what comes
CREATE VIEW whole AS
SELECT s.userid, s.as_of, s.churned, s.n_events, s.n_songs, s.n_help, s.n_sessions, s.days_active, s.thumbs_up_ratio, w.n_songs AS all_songs, w.n_help AS all_help, w.n_sessions AS all_sessions,
	   w.days_active AS all_days, w.avg_sess_songs AS all_average, w.gender_dum AS gender, s.userid % 70 AS age, 100000 + s.userid * 7919 % 90 * 1000 AS income,
	   first_value(s.n_songs) OVER (PARTITION BY s.userid ORDER BY as_of) AS songs_at_first
FROM snapshots s JOIN user_profiles p USING (userid), churn_features(p.profile) AS w;
SELECT feature, regexp_replace(note, '0\.[89]\d', 'x') AS note FROM churn_audit('whole') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
SELECT count(*) AS equal FROM (SELECT (array_agg(all_songs = n_songs ORDER BY as_of DESC))[1] AS equal, max(n_songs) > min(n_songs) AS grown FROM whole GROUP BY userid) u WHERE equal AND grown;
SELECT feature, regexp_replace(note, '0\.[89]\d', 'x') AS note FROM churn_audit('whole', exclude => '{userid,as_of,n_songs,all_help,all_sessions,all_days}') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
-- without users or dates nothing is known of that
SELECT feature, note FROM churn_audit('SELECT userid, churned, n_songs AS songs, all_songs FROM whole');
-- all of them are
SELECT feature, note FROM churn_audit('SELECT userid, as_of, churned, all_songs, all_days, gender FROM whole') ORDER BY feature COLLATE "C";
SELECT feature, note FROM churn_audit('SELECT userid, as_of, churned, gender FROM whole');

DROP VIEW ids, whole;
DROP TABLE snapshots, user_profiles, any_log;
DROP FUNCTION inactive_features;
DROP TYPE inactive_features_row;
