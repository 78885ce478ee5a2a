-- churn_backtest: the past trains, what came then judges
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;

CREATE TABLE user_profiles AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(200) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
SELECT max(churn_last_day(profile)) AS last_day FROM user_profiles;

-- churn_last_day
SELECT churn_last_day(churn_profile('2018-10-01 12:00+00', 1, 'Home', 'free', NULL, 'F', NULL)),
	   churn_last_day(churn_profile('2018-10-01 23:59:59.999+00', 1, 'Cancellation Confirmation', NULL, NULL, NULL, NULL)),
	   churn_last_day(churn_profile('2018-10-02 00:00+00', 1, NULL, NULL, NULL, NULL, NULL));
SELECT churn_last_day(churn_profile(ts, 1, 'Home', NULL, NULL, NULL, NULL))
FROM unnest('{2018-11-05 10:00+00,2018-10-01 00:00+00,2018-12-03 00:30+00,2018-11-30 23:30+00}'::timestamptz[]) ts;

-- a row for each date that has training dates; the others train only
CREATE TABLE tested AS SELECT * FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-22,2018-10-29,2018-11-05,2018-11-12}',
	options => '{"trees": 20}');
SELECT as_of, trained_from, trained_to, n_train, n_train_positive, (metrics).n, (metrics).positives,
	   (metrics).auc BETWEEN 0.6 AND 1 AS learned, seconds > 0 AS took_time FROM tested ORDER BY as_of;

-- the same by hand: models to the bit, and figures at the models' own thresholds
CREATE VIEW snapshots AS
SELECT userid, d AS as_of, churn_label(profile, d, '14 days') AS churned, f.*
FROM user_profiles, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d, churn_features(profile, d) AS f
WHERE churn_label(profile, d, '14 days') IS NOT NULL;
SELECT t.as_of, t.model = h.model AS model, t.n_train = h.n_rows AND t.n_train_positive = h.n_positive AS counts,
	   t.metrics = (SELECT churn_metrics(s.churned, churn_predict(h.model, s), (churn_info(h.model)->>'threshold')::float8)
					FROM snapshots s WHERE s.as_of = t.as_of) AS metrics
FROM tested t, churn_train(format('SELECT * FROM snapshots WHERE as_of <= %L::date - 14', t.as_of), options => '{"trees": 20}') h ORDER BY t.as_of;

-- any order of dates, repeated ones, one of several columns, a query as source, names to be quoted
CREATE TABLE "Odd ""names" AS SELECT userid AS "User ""id""", profile AS "The profile", NULL::churn_profile AS other FROM user_profiles;
SELECT count(*) AS same FROM tested t
JOIN churn_backtest('"Odd ""names"', '{2018-11-12,2018-10-22,2018-10-15,2018-10-15,2018-11-05,2018-10-29}', options => '{"trees": 20}',
	id => 'User "id"', profile => 'The profile') o USING (as_of, trained_from, trained_to, n_train, n_train_positive, metrics)
WHERE o.model = t.model;
SELECT count(*) AS same FROM tested t
JOIN churn_backtest('SELECT profile AS as_of FROM user_profiles ORDER BY userid -- a comment', '{2018-10-15,2018-10-29}', options => '{"trees": 20}', id => NULL) o USING (as_of, metrics) WHERE o.model = t.model;
-- a user's rows stay together where rows are held out to calibrate by
SELECT b.model = t.model AS model, b.model = n.model AS without_id
FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-22,2018-11-12}', algorithm => 'naive_bayes', options => '{"calibrate": "platt"}') b,
	 churn_backtest('user_profiles', '{2018-10-15,2018-10-22,2018-11-12}', algorithm => 'naive_bayes', options => '{"calibrate": "platt"}', id => NULL) n,
	 churn_train('SELECT * FROM snapshots WHERE as_of <= ''2018-10-22''', algorithm => 'naive_bayes', options => '{"calibrate": "platt"}') t;

-- the end of a horizon may be the judged date itself, the end of the log the last day's
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-04,2018-11-05,2018-11-18,2018-11-19}', algorithm => 'decision_tree');
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-10-01,2018-10-31,2018-11-01,2018-11-02}', '1 month', algorithm => 'decision_tree');
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-05,2018-11-20}', algorithm => 'decision_tree');
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-05,2018-11-19}', NULL, NULL, 'decision_tree');
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-05,2018-11-06}', algorithm => 'decision_tree');

-- the end of the log as said, which may be before its last event
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-05,2018-11-19}', algorithm => 'decision_tree', log_end => '2018-12-03');
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-05,2018-11-19}', algorithm => 'decision_tree', log_end => '2018-12-02');
SELECT as_of, trained_to FROM churn_backtest('user_profiles', '{2018-11-05,2018-11-19}', algorithm => 'decision_tree', log_end => 'infinity');

-- every algorithm, another event
SELECT a.name, as_of, (metrics).threshold = 0.5 AS at_half, (metrics).auc > 0.5 AS learned
FROM unnest('{decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) WITH ORDINALITY a(name, n),
	 churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', algorithm => a.name) ORDER BY a.n;
SELECT (metrics).positives, (SELECT count(*) FROM user_profiles WHERE churn_label(profile, '2018-11-05', '21 days', 'downgrade')) AS expected
FROM churn_backtest('user_profiles', '{2018-10-15,2018-11-05}', '21 days', 'downgrade', 'naive_bayes', NULL);

-- dates of one class: no model, or none of the figures that need both
CREATE TABLE few AS
SELECT churn_profile(ts, 1, page, 'free', NULL, 'F', '2018-01-01') AS profile
FROM (SELECT u, '2018-10-01'::timestamptz + (d || ' days')::interval + (u || ' minutes')::interval AS ts, 'Home' AS page
	  FROM generate_series(1, 40) u, generate_series(0, 60, 5) d WHERE u > 10 OR d < 27
	  UNION ALL SELECT u, '2018-10-28 12:00+00', 'Cancellation Confirmation' FROM generate_series(1, 10) u) e GROUP BY u;
SELECT as_of, n_train, n_train_positive, (metrics).n, (metrics).positives, (metrics).auc, (metrics).accuracy IS NULL AS none, model IS NULL AS no_model
FROM churn_backtest('few', '{2018-09-01,2018-10-02,2018-10-16,2018-11-01,2018-11-15}', algorithm => 'decision_tree', id => NULL);

-- in workers too
CREATE TABLE plan AS SELECT * FROM user_profiles;
ALTER TABLE plan SET (parallel_workers = 2);
ANALYZE plan;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
EXPLAIN (COSTS OFF) SELECT sparkify_train_agg(s.churned, s.*, 'random_forest', '{}', '{churned,userid}', 'userid', NULL, NULL)
FROM (SELECT churn_label(profile, as_of, '14 days') AS churned, userid, f.* FROM plan CROSS JOIN unnest('{2018-10-15,2018-10-22}'::date[]) d(as_of)
	  CROSS JOIN LATERAL churn_features(profile, as_of) AS f WHERE churn_label(profile, as_of, '14 days') IS NOT NULL) AS s;
SELECT count(*) AS same FROM tested t
JOIN churn_backtest('plan', '{2018-10-15,2018-10-29}', options => '{"trees": 20}') o USING (as_of, metrics) WHERE o.model = t.model;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;

-- refusals
SELECT churn_backtest(NULL, '{2018-10-15}');
SELECT churn_backtest('user_profiles', NULL);
SELECT churn_backtest('user_profiles', '{}');
SELECT churn_backtest('user_profiles', '{2018-10-15,NULL}');
SELECT churn_backtest('user_profiles', '{2018-10-15,infinity}');
SELECT churn_backtest('user_profiles', '{2018-10-15}');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-28}');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', '0 days');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', '-1 month');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', event => 'leave');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', algorithm => 'magic');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', options => '{"tree": 1}');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', profile => 'profiles');
SELECT churn_backtest('user_profiles', '{2018-10-15,2018-10-29}', profile => 'userid');
SELECT churn_backtest('"Odd ""names"', '{2018-10-15,2018-10-29}', profile => 'other');
SELECT churn_backtest('"Odd ""names"', '{2018-10-15,2018-10-29}', id => NULL);
SELECT churn_backtest('SELECT userid FROM user_profiles', '{2018-10-15,2018-10-29}');
SELECT churn_backtest('SELECT * FROM user_profiles WHERE false', '{2018-10-15,2018-10-29}');
SELECT churn_backtest('nowhere', '{2018-10-15,2018-10-29}');
SELECT churn_backtest('DELETE FROM user_profiles', '{2018-10-15,2018-10-29}');

-- with nothing of ours in the search path
SET search_path = pg_catalog;
SELECT as_of, trained_to FROM public.churn_backtest('public.user_profiles', '{2018-10-15,2018-10-29}', algorithm => 'decision_tree');
RESET search_path;

DROP VIEW snapshots;
DROP TABLE user_profiles, tested, "Odd ""names", few, plan;
