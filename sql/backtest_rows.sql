-- churn_backtest over rows with dates and labels of one's own, and over profiles of any log
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;
SET datestyle = 'ISO';
SET TimeZone = 'UTC';

-- the music log's rows made by hand are those of its profiles: the same models and figures
CREATE TABLE user_profiles AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(150) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE TABLE snapshots AS
SELECT userid, d AS as_of, churn_label(profile, d, '14 days') AS churned, f.*
FROM user_profiles, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d, churn_features(profile, d) AS f;
SELECT count(*) AS same FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-22,2018-10-29,2018-11-05,2018-11-12}', options => '{"trees": 10}') p
JOIN churn_backtest('SELECT * FROM snapshots ORDER BY random()', '{2018-10-15,2018-10-22,2018-10-29,2018-11-05,2018-11-12}', '14 days', options => '{"trees": 10}') r
	USING (as_of, trained_from, trained_to, n_train, n_train_positive, metrics) WHERE p.model = r.model;

-- dates that differ by user, categories that come later, labels that are not known yet, ids of a name of their own
CREATE TABLE observed AS
SELECT u AS customer, as_of, as_of::timestamp + interval '7 hours' AS at, CASE WHEN n < 5 OR u % 5 > 0 THEN (noise < level)::int END AS left_us, level, noise * 3 AS other,
	CASE WHEN n > 3 AND u % 3 = 0 THEN 'new plan' WHEN u % 2 = 0 THEN 'basic' END AS plan
FROM (SELECT u, n, date '2024-01-03' + u % 20 + 30 * n AS as_of, (u * 7919 % 100) / 100.0 AS level, ((u * 104729 + n * 7907) % 1000) / 1000.0 AS noise
	FROM generate_series(1, 120) u, generate_series(0, 5) n) x;
CREATE TABLE judged AS SELECT * FROM churn_backtest('observed', '{2024-03-01,2024-05-01,2024-04-01,2024-03-01}', '28 days', algorithm => 'gradient_boosting', options => '{"trees": 10, "features_per_split": "all", "calibrate": "platt"}',
	id => 'customer', label => 'left_us', exclude => '{at}');
SELECT as_of, trained_from, trained_to, n_train, n_train_positive, (metrics).n, (metrics).positives, (metrics).auc > 0.6 AS learned, seconds >= 0 AS took_time FROM judged;
-- the same by hand: a label is known at a cut when its horizon has ended by then; rows up to the next cut judge
SELECT j.as_of, j.model = h.model AS model, j.n_train = h.n_rows AND j.n_train_positive = h.n_positive AS counts,
	j.metrics = (SELECT churn_metrics(left_us, churn_predict(h.model, o), (churn_info(h.model)->>'threshold')::float8)
		FROM observed o WHERE o.as_of >= j.as_of AND o.as_of < j.until AND left_us IS NOT NULL) AS metrics,
	(trained_from, trained_to) = (SELECT min(o.as_of), max(o.as_of) FROM observed o WHERE o.as_of + 28 <= j.as_of AND left_us IS NOT NULL) AS dates
FROM (SELECT *, lead(as_of, 1, 'infinity') OVER (ORDER BY as_of) AS until FROM judged) j,
	churn_train(format('SELECT * FROM observed WHERE as_of + 28 <= %L AND left_us IS NOT NULL', j.as_of), 'left_us', 'gradient_boosting', '{"trees": 10, "features_per_split": "all", "calibrate": "platt"}', '{at,as_of}', id => 'customer') h ORDER BY as_of;
-- whatever the algorithm learns from, and however it is calibrated
SELECT a.name, j.model = h.model AS model, j.metrics = (SELECT churn_metrics(left_us, churn_predict(h.model, o), (churn_info(h.model)->>'threshold')::float8) FROM observed o WHERE o.as_of >= '2024-05-01' AND left_us IS NOT NULL) AS metrics
FROM (VALUES ('random_forest', '{"trees": 5}'::jsonb), ('decision_tree', '{"calibrate": "isotonic"}'), ('gradient_boosting', '{"trees": 5}'), ('logistic_regression', '{}'), ('naive_bayes', '{"calibrate": "isotonic"}')) a (name, options),
	churn_backtest('observed', '{2024-05-01}', '28 days', algorithm => a.name, options => a.options, id => 'customer', label => 'left_us', exclude => '{at}') j,
	churn_train('SELECT * FROM observed WHERE as_of + 28 <= ''2024-05-01'' AND left_us IS NOT NULL', 'left_us', a.name, a.options, '{at,as_of}', id => 'customer') h ORDER BY a.name;
-- rows of a user on one side where rows are held out: not without an id
SELECT count(*) AS other_models FROM judged j JOIN churn_backtest('SELECT as_of, at, left_us, level, other, plan FROM observed', '{2024-03-01,2024-05-01,2024-04-01}', '28 days', algorithm => 'gradient_boosting',
	options => '{"trees": 10, "features_per_split": "all", "calibrate": "platt"}', id => NULL, label => 'left_us', exclude => '{at}') o USING (as_of) WHERE j.model <> o.model;

-- times: each date of the rows, models from values, metrics where nobody is left to judge by
SELECT as_of, trained_from, trained_to, n_train, (metrics).n FROM churn_backtest('SELECT customer, at, left_us, level FROM observed WHERE customer % 20 < 3', horizon => '1 month', algorithm => 'logistic_regression',
	id => 'customer', label => 'left_us', "time" => 'at') ORDER BY as_of;
SELECT as_of, trained_to, n_train, (metrics).n, metrics IS NULL AS none, model IS NULL AS no_model FROM churn_backtest('SELECT customer, as_of, left_us, level FROM observed WHERE as_of < ''2024-04-01''', '{2024-02-15,2024-03-20,2025-01-01,2024-01-01}', '28 days', algorithm => 'naive_bayes',
	id => 'customer', label => 'left_us');
-- one class only
SELECT as_of, n_train, n_train_positive, (metrics).n, model IS NULL AS no_model FROM churn_backtest('SELECT customer, as_of, left_us * 0 AS churned, level FROM observed', '{2024-03-20}', '28 days', id => 'customer');
-- what the log does not reach is left out and told, rows without a date, too
SELECT as_of, n_train, (metrics).n FROM churn_backtest('SELECT customer, CASE WHEN customer < 118 THEN as_of END AS as_of, left_us, level FROM observed', '{2024-04-01,2024-05-01}', '28 days', algorithm => 'decision_tree', id => 'customer', label => 'left_us', log_end => '2024-06-10');
-- columns of profiles are no features, and a label that is a column makes rows of them
SELECT as_of, n_train, (metrics).n, jsonb_array_length(churn_info(model)->'features') AS n_features FROM churn_backtest('SELECT s.userid, s.as_of, s.churned, s.n_songs, p.profile FROM snapshots s JOIN user_profiles p USING (userid)', '{2018-11-05}', '14 days', algorithm => 'decision_tree', label => 'churned');

-- a shop: an event of its own, features and labels by functions of one's own
CREATE TABLE shop_profiles AS
SELECT u AS userid, churn_profile(ts, event) AS profile
FROM (SELECT u, timestamp '2024-01-01' + ((u * 7919 + n * 104729 + n * n * 31) % 15552000) * interval '1 second' AS ts, (ARRAY['visit', 'order', 'mail'])[1 + (u * n + n) % 3] AS event
	FROM generate_series(1, 150) u, LATERAL generate_series(1, 5 + u % 60) n
	UNION ALL SELECT u, timestamp '2024-02-15' + (u * 37 % 100) * interval '1 day', 'close account' FROM generate_series(3, 150, 3) u) e GROUP BY u;
CREATE FUNCTION shop_features(p churn_profile, d date, OUT silent_7 boolean, OUT silent_14 boolean, OUT silent_28 boolean, OUT orders boolean, OUT days int) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT public.churn_inactive(p, d - 7, '7 days', '{mail}'), public.churn_inactive(p, d - 14, '14 days'), public.churn_inactive(p, d - 28, '28 days'), public.churn_label(p, d - 30, '30 days', 'order'), d - date '2024-01-01' $$;
CREATE SCHEMA "My schema";
CREATE FUNCTION "My schema"."The label"(p churn_profile, d date, h interval) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT public.churn_inactive(p, d, h, '{mail,close account}') OR public.churn_label(p, d, h, 'close account') $$;
CREATE TABLE dates AS SELECT array_agg(d) AS dates FROM churn_dates('2024-02-01', '2024-05-10', '14 days') d;
CREATE VIEW shop_rows AS SELECT userid, d AS as_of, churn_label(profile, d, '14 days', 'close account') AS churned, churn_inactive(profile, d, '14 days') AS silent, "My schema"."The label"(profile, d, '14 days') AS own, f.*
FROM shop_profiles, dates, unnest(dates) d, shop_features(profile, d) f;
SELECT count(*), count(*) FILTER (WHERE p.model = r.model) AS same FROM dates, churn_backtest('shop_profiles', dates, event => 'close account', features => 'shop_features', algorithm => 'decision_tree') p
JOIN churn_backtest('shop_rows', (SELECT dates FROM dates), '14 days', label => 'churned', algorithm => 'decision_tree', exclude => '{userid,as_of,silent,own}') r USING (as_of, trained_from, trained_to, n_train, n_train_positive, metrics);
SELECT count(*), count(*) FILTER (WHERE p.model = r.model) AS same FROM dates, churn_backtest('shop_profiles', dates, label => 'churn_inactive', features => 'shop_features', algorithm => 'decision_tree', exclude => '{days}') p
JOIN churn_backtest('shop_rows', (SELECT dates FROM dates), '14 days', label => 'silent', algorithm => 'decision_tree', exclude => '{userid,as_of,churned,own,days}') r USING (as_of, trained_from, trained_to, n_train, n_train_positive, metrics);
SELECT count(*), count(*) FILTER (WHERE p.model = r.model) AS same FROM dates, churn_backtest('shop_profiles', dates, label => '"My schema"."The label"', features => 'public.shop_features', algorithm => 'decision_tree') p
JOIN churn_backtest('shop_rows', (SELECT dates FROM dates), '14 days', label => 'own', algorithm => 'decision_tree', exclude => '{userid,as_of,silent,churned}') r USING (as_of, trained_from, trained_to, n_train, n_train_positive, metrics);
-- a label of one's own with the music log's features
CREATE FUNCTION quiet(p churn_profile, d date, h interval) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT churn_inactive(p, d, h) $$;
SELECT as_of, n_train, (metrics).n FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', label => 'quiet', algorithm => 'decision_tree');

-- each row is made once, however many dates there are
CREATE SEQUENCE made;
SELECT count(*) AS judged FROM churn_backtest('SELECT customer, as_of, left_us, level, 0 * nextval(''made'') AS zero FROM observed', '{2024-03-01,2024-03-15,2024-04-01,2024-04-15,2024-05-01}', '28 days', algorithm => 'decision_tree', id => 'customer', label => 'left_us');
SELECT currval('made') = (SELECT count(*) FROM observed) AS once;
CREATE FUNCTION counted(p churn_profile, d date, OUT x int) LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('made'); x := (churn_last_day(p) - d) % 7; END $$;
SELECT setval('made', 1, false);
SELECT count(*) AS judged FROM dates, churn_backtest('shop_profiles', dates, event => 'close account', features => 'counted', algorithm => 'decision_tree');
SELECT currval('made') = (SELECT count(*) FROM shop_rows WHERE churned IS NOT NULL) AS once;

-- subscriptions: each user has dates of their own
CREATE TABLE subscriptions AS SELECT u AS userid, date '2023-01-01' + u % 30 + n * 30 AS started_at, date '2023-01-01' + u % 30 + (n + 1) * 30 AS ended_at
FROM generate_series(1, 150) u, LATERAL generate_series(0, 3 + (u * 37) % 14) n;
SELECT as_of, n_train, n_train_positive, (metrics).n, (metrics).positives FROM churn_backtest($$SELECT o.userid, o.as_of, o.churned, o.as_of - o.started_at::date AS tenure, o.userid::int % 7 AS segment
	FROM churn_observations('subscriptions', '10 days', '5 days', log_end => '2024-02-01') o$$, '{2023-07-01,2023-09-01,2023-11-01}', '16 days', algorithm => 'decision_tree');

-- refusals
SELECT churn_backtest('SELECT userid FROM snapshots', horizon => '14 days');
SELECT churn_backtest('snapshots');
SELECT churn_backtest('snapshots', horizon => '0 days');
SELECT churn_backtest('snapshots', horizon => '1 year');
SELECT churn_backtest('snapshots', '{2018-10-16}', '14 days');
SELECT churn_backtest('snapshots', '{}', '14 days');
SELECT churn_backtest('snapshots', '{infinity}', '14 days');
SELECT churn_backtest('snapshots', horizon => '14 days', event => 'cancel');
SELECT churn_backtest('snapshots', horizon => '14 days', features => 'churn_features');
SELECT churn_backtest('snapshots', horizon => '14 days', profile => 'profile');
SELECT churn_backtest('snapshots', horizon => '14 days', label => 'left_us');
SELECT churn_backtest('snapshots', horizon => '14 days', "time" => 'day');
SELECT churn_backtest('snapshots', horizon => '14 days', "time" => 'n_songs');
SELECT churn_backtest('snapshots', horizon => '14 days', id => 'customer');
SELECT churn_backtest('SELECT userid, as_of AS day, churned, n_songs FROM snapshots', horizon => '14 days');
SELECT churn_backtest('SELECT * FROM snapshots WHERE false', horizon => '14 days');
SELECT churn_backtest('SELECT date ''2024-01-01'' + n AS as_of, n % 2 AS churned, n % 3 AS x FROM generate_series(1, 103) n', horizon => '2 days', id => NULL, algorithm => 'decision_tree');
SELECT churn_backtest('snapshots', horizon => '14 days', log_end => '2018-10-20');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', event => 'close account');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', features => 'shop_features');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', '36 hours', 'close account', features => 'shop_features');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', event => 'close account', label => 'churn_inactive', features => 'shop_features');
\set VERBOSITY terse
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', event => 'close account', features => 'no_features');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', event => 'close account', features => 'shop_features(1); DROP TABLE dates');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', label => 'no_label', features => 'shop_features');
\set VERBOSITY default
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-03-01}', label => 'churn_inactive', features => 'shop_features', "time" => 'as_of');
SELECT churn_backtest('shop_profiles', '{2024-02-01,2024-06-25}', label => 'churn_inactive', features => 'shop_features');
SELECT churn_backtest('shop_profiles', NULL, label => 'churn_inactive', features => 'shop_features');

-- an event that nobody has, by another spelling, is told once
SELECT as_of, n_train, n_train_positive, model IS NULL AS no_model FROM churn_backtest('shop_profiles', '{2024-02-01,2024-03-01,2024-04-01}', event => 'Close account', features => 'shop_features');
SELECT churn_audit('SELECT churn_label(profile, ''2024-03-01'', ''14 days'', ''Close account'') AS churned, f.* FROM shop_profiles, shop_features(profile, ''2024-03-01'') f');

-- somebody's function in our schema does not come between
CREATE FUNCTION churn_label(churn_profile, date, interval, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
SELECT as_of, n_train, (metrics).n FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', algorithm => 'decision_tree');
DROP FUNCTION churn_label(churn_profile, date, interval, text);

DROP VIEW shop_rows;
DROP TABLE user_profiles, snapshots, observed, judged, shop_profiles, dates, subscriptions;
DROP FUNCTION shop_features, quiet, counted;
DROP SEQUENCE made;
DROP SCHEMA "My schema" CASCADE;
