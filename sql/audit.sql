-- churn_audit: what single columns tell, and whether they may
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;

CREATE TABLE users AS
SELECT i AS userid, i % 5 = 0 AS churned, (i % 5 = 0)::int AS label_again, 1 - (i % 5 = 0)::int AS stayed,
	   CASE WHEN i % 5 = 0 THEN 'price' END AS reason, (ARRAY['left', 'Monday', 'Tuesday', 'both', 'none'])[1 + i % 5] AS tells,
	   CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 37) % 101 - (i % 5 = 0)::int * 30 END AS songs,
	   ((CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 37) % 101 - (i % 5 = 0)::int * 30 END) + 1000) / 8.0 AS songs_again,
	   -(CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 37) % 101 - (i % 5 = 0)::int * 30 END)::float8 AS minus_songs,
	   (i % 5 = 0)::int * 100 + (i * 37) % 103 AS score, i + 1000 AS account, 'n' || i AS name, 'n' || i % 290 AS nearly,
	   7 AS seven, NULL::text AS never, CASE WHEN i % 5 <> 0 OR i % 4 = 0 THEN 1.5::numeric END AS survey,
	   (i * 31) % 9 AS noise, '2018-10-01'::date + (i * 7919) % 300 AS joined, i % 2 = 0 AS even,
	   (ARRAY['a', 'b'])[1 + i % 2] AS parity, (ARRAY['x', 'y', 'z'])[1 + (i * 31) % 3] AS city
FROM generate_series(1, 300) i;
SELECT feature, round(auc::numeric, 6) AS auc, note FROM churn_audit('users');

-- pairs counted one by one
SELECT abs(a.auc - b.auc) < 1e-12 AS same FROM churn_audit('users') a,
	(SELECT avg(CASE WHEN p.songs > n.songs THEN 1 WHEN p.songs = n.songs THEN 0.5 ELSE 0 END)::float8 AS auc
	 FROM users p, users n WHERE p.churned AND NOT n.churned AND p.songs IS NOT NULL AND n.songs IS NOT NULL) b WHERE feature = 'songs';
-- a score's AUC is that of churn_metrics
SELECT a.auc = (m).auc AS same FROM churn_audit('users') a, (SELECT churn_metrics(churned, noise / 10.0::float8) AS m FROM users) s WHERE feature = 'noise';
-- many categories do not look telling
SELECT feature, round(auc::numeric, 1) AS auc FROM churn_audit('SELECT md5(i::text) < ''4'' AS churned, md5((i % 700)::text) AS city, substring(md5((-i)::text), 1, 2) AS name FROM generate_series(1, 2000) i');

-- of few rows no more is said than what chance does not do
SELECT feature, auc, note FROM churn_audit('SELECT i % 5 = 0 AS churned, (i % 5 = 0)::int AS again, ''n'' || i AS name FROM generate_series(1, 19) i');

-- labels of any kind, NULL ones left out, columns left out, queries, quoted names
SELECT feature, auc FROM churn_audit('SELECT label_again AS "The label", churned::int AS x FROM users', 'The label');
SELECT feature, auc, note FROM churn_audit('SELECT nullif(label_again, i.n)::float8 AS y, songs FROM users, (VALUES (2)) i(n)', 'y', NULL) WHERE feature = 'songs';
SELECT count(*) FROM churn_audit('users', exclude => '{userid,songs,nothing}');
SELECT feature FROM churn_audit('SELECT churned, userid, noise FROM users', exclude => NULL) ORDER BY feature COLLATE "C";
SELECT feature, auc FROM churn_audit('SELECT CASE WHEN userid <= 100 THEN churned END AS churned, CASE WHEN userid > 100 THEN noise END AS unlabelled FROM users');

-- days since what few users do differ on each date, and numbers of a wide range by chance: neither is an id
CREATE TABLE rare AS SELECT u, d AS as_of, (u * 7919 + d) % 11 < 3 AS churned, CASE WHEN u % 10 = 0 AND d > u / 5 THEN d - u / 5 END AS refund_days_since
FROM generate_series(1, 600) u, generate_series(35, 175, 7) d;
SELECT feature, note FROM churn_audit('SELECT date ''2024-01-01'' + as_of AS as_of, churned, refund_days_since FROM rare');
SELECT feature, note FROM churn_audit('SELECT date ''2024-01-01'' + as_of AS as_of, churned, u FROM rare');
SELECT feature, note FROM churn_audit('SELECT u, churned, refund_days_since, CASE WHEN u % 5 = 0 THEN u * u END AS square, u / 5 AS fifth, CASE WHEN u % 5 = 0 THEN u / 5 END AS one_in_five FROM rare WHERE as_of = 175', exclude => '{u}');
DROP TABLE rare;

-- the same in any order and plan
CREATE TABLE many AS SELECT u.* FROM users u, generate_series(1, 40) ORDER BY md5(userid::text);
ALTER TABLE many SET (parallel_workers = 4);
ANALYZE many;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE parallel AS SELECT * FROM churn_audit('many');
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS same FROM churn_audit('many') a JOIN parallel p USING (feature)
WHERE a.auc IS NOT DISTINCT FROM p.auc AND a.note IS NOT DISTINCT FROM p.note;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- the whole history leaks: by name; measured, when there are profiles
CREATE TABLE user_profiles AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(200) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
SELECT feature, auc < 0.3 AS telling, note FROM churn_audit('SELECT churn_label(profile) AS churned, f.* FROM user_profiles, churn_features(profile) AS f')
WHERE feature IN ('days_active', 'thumbs_up_ratio', 'gender_dum');
SELECT feature, auc < 0.3 AS telling, regexp_replace(note, '\d.\d\d\d', 'x') AS note, abs(substring(note from '\d.\d\d\d')::float8 - 0.5) < 0.1 AS not_before
FROM churn_audit('SELECT profile, churn_label(profile) AS churned, f.* FROM user_profiles, churn_features(profile) AS f')
WHERE feature IN ('days_active', 'gender_dum');
SELECT feature, note FROM churn_audit('SELECT churn_label(profile) AS churned, ''x'' AS days_active, now() AS n_songs FROM user_profiles');

-- features of a date, which hold nothing from after it
CREATE VIEW snapshots AS
SELECT userid, profile, d AS as_of, churn_label(profile, d, '14 days') AS churned, f.*
FROM user_profiles, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d, churn_features(profile, d) AS f;
SELECT count(*), count(note) FILTER (WHERE note ~ 'as_of|history') AS suspected FROM churn_audit('snapshots');
SELECT count(*), count(note) FILTER (WHERE note ~ 'as_of|history') AS suspected FROM churn_audit('SELECT churned, as_of, days_active, n_songs FROM snapshots');

-- and some that do; a number is compared as it is stored
CREATE VIEW leaking AS
SELECT userid, profile AS p, profile AS "Another", d::timestamptz AS as_of, churn_label(profile, d::date, '14 days') AS churned,
	   (churn_features(profile, d::date)).n_songs::float4, (churn_features(profile, d::date)).n_sessions::text AS n_sessions,
	   (churn_features(profile, d::date)).avg_session_hours::numeric(12, 3), (churn_features(profile, d::date)).songs_per_active_day::int AS songs_per_active_day,
	   (churn_features(profile)).days_active, (churn_features(profile, d::date + 3)).n_events, (churn_features(profile, d::date - 3)).n_home
FROM user_profiles, generate_series('2018-10-15'::date, '2018-11-12', '7 days') AS d;
SELECT feature, note FROM churn_audit('leaking') ORDER BY feature COLLATE "C";
SELECT count(*) FILTER (WHERE s.days_active <> w.days_active) AS days_active, count(*) FILTER (WHERE s.n_events <> e.n_events AND e.n_events = w.n_events) AS n_events,
	   count(*) FILTER (WHERE s.n_events <> e.n_events AND e.n_events <> w.n_events) AS n_events_too,
	   count(*) FILTER (WHERE s.n_home IS DISTINCT FROM h.n_home AND h.n_home IS DISTINCT FROM w.n_home) AS n_home
FROM snapshots s, churn_features(profile) w, churn_features(profile, as_of + 3) e, churn_features(profile, as_of - 3) h WHERE s.churned IS NOT NULL;

-- times after the date
SELECT feature, note FROM churn_audit('SELECT i % 5 = 0 AS churned, DATE ''2018-11-05'' + i % 3 AS as_of, DATE ''2018-11-07'' - i % 30 AS d, TIMESTAMPTZ ''2018-11-05 00:00:00+00'' + i % 2 * interval ''1 us'' AS tz
	FROM generate_series(1, 60) i') ORDER BY feature;
SELECT count(*) FILTER (WHERE DATE '2018-11-07' - i % 30 > DATE '2018-11-05' + i % 3) AS d, count(*) FILTER (WHERE i % 2 = 1 AND i % 3 = 0) AS tz FROM generate_series(1, 60) i;
SELECT feature, note FROM churn_audit('SELECT churned, joined, ''x''::text AS as_of FROM users');

-- profiles of another log: what is called like a feature of the music log's is another one
CREATE TABLE shop AS SELECT u AS userid, u % 3 = 0 AS churned, date '2024-03-01' AS as_of, u % 7 AS n_songs, u % 11 AS days_active, churn_profile(ts, 'visit') AS profile
FROM generate_series(1, 60) u, generate_series('2024-01-01'::timestamptz, '2024-02-01', '7 days') ts GROUP BY u;
SELECT feature, note FROM churn_audit('shop') ORDER BY feature;
SELECT feature, note FROM churn_audit('SELECT userid, churned, n_songs, profile FROM shop') ORDER BY feature;
DROP TABLE shop;
-- an event that nearly all do before they leave, and hardly anybody else, foretells it
CREATE TABLE shop AS SELECT u AS userid, date '2024-03-01' + u % 3 AS as_of, u % 7 AS x, u % 4 = 0 AS churned, CASE WHEN u % 50 > 0 THEN churn_profile(ts, event) END AS profile
FROM (SELECT u, '2024-02-20'::timestamptz AS ts, 'visit' AS event FROM generate_series(1, 200) u UNION ALL SELECT u, '2024-02-25', 'click "cancel"' FROM generate_series(4, 200, 4) u
	UNION ALL SELECT u, '2024-01-20', 'long before' FROM generate_series(4, 200, 4) u UNION ALL SELECT u, '2024-03-05', 'afterwards' FROM generate_series(4, 200, 4) u
	UNION ALL SELECT u, '2024-02-25', 'half' FROM generate_series(8, 200, 8) u UNION ALL SELECT u, '2024-02-27', 'kündigen' FROM generate_series(4, 180, 4) u UNION ALL SELECT 1, '2024-02-27', 'kündigen') e GROUP BY u;
SELECT feature, note FROM churn_audit('shop');
SELECT feature, note FROM churn_audit('SELECT userid, as_of AS day, churned::int AS left_us, x, profile FROM shop ORDER BY random()', 'left_us', '{userid}', "time" => 'day');
SELECT feature, note FROM churn_audit('SELECT * FROM shop WHERE userid <= 60');
DROP TABLE shop;

-- refusals
SELECT churn_audit(NULL);
SELECT churn_audit('users', NULL);
SELECT churn_audit('users', 'churn');
SELECT churn_audit('users', 'name');
SELECT churn_audit('users', 'noise');
SELECT churn_audit('nowhere');
SELECT churn_audit('users; users');
SELECT churn_audit('SELECT * FROM users WHERE false');
SELECT churn_audit('SELECT * FROM users WHERE churned');
SELECT churn_audit('SELECT * FROM users WHERE NOT churned');
SELECT churn_audit('SELECT NULL::boolean AS churned, 1 AS x');
SELECT churn_audit('SELECT churned FROM users');
SELECT churn_audit('SELECT churned, ARRAY[1] AS a FROM users');
SELECT churn_audit('SELECT churned, ''infinity''::float8 AS a FROM users');
SELECT churn_audit('SELECT churned, 1 AS a, 2 AS a FROM users');
SELECT churn_audit('users', exclude => '{userid,NULL}');
SET sparkify.max_training_memory = '1MB';
SELECT count(*) FROM churn_audit('SELECT userid % 5 = 0 AS churned, userid::float8 AS x FROM generate_series(1, 50000) userid', exclude => NULL);
SELECT count(*) FROM churn_audit('SELECT userid % 5 = 0 AS churned, userid::float8 AS x FROM generate_series(1, 20000) userid', exclude => NULL);
RESET sparkify.max_training_memory;

-- with nothing of ours in the search path
SET search_path = pg_catalog;
SELECT count(*) FROM public.churn_audit('public.leaking');
RESET search_path;

DROP VIEW snapshots, leaking;
DROP TABLE users, many, parallel, user_profiles;
