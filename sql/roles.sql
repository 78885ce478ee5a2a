-- Which columns are users and dates, and what training rows give away
\set SHOW_CONTEXT never
\set VERBOSITY default

-- snapshots: 200 users on 6 dates, in which who songs falls leaves
CREATE TABLE own AS
SELECT u AS user_id, 'k' || u * 7 AS account, DATE '2018-10-08' + 7 * d AS snapshot_date,
	   TIMESTAMP '2018-10-01' + u % 37 * interval '1 hour' AS joined, (u * 37 + d * 11) % 23 AS songs, (u * 31 + d * 7) % 40 / 4.0 AS hours,
	   (u * 37 + d * 11) % 23 + (u * 7919 + d * 104729) % 17 < 11 AS churned
FROM generate_series(1, 200) AS u, generate_series(0, 5) AS d;
CREATE VIEW named AS SELECT user_id AS userid, snapshot_date AS as_of, songs, hours, churned FROM own;

-- nothing is named: all that is no feature is warned of, whatever learns
SELECT n_features FROM churn_train('own', algorithm => 'naive_bayes');
SELECT algorithm FROM churn_compare('own', algorithms => '{naive_bayes}', folds => 2, holdout => 0);
SELECT feature, note FROM churn_audit('own') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
SELECT churn_forest_agg(churned, f, '{"trees": 1}') IS NOT NULL AS trained FROM own, LATERAL (SELECT user_id, snapshot_date, songs) f;
-- named with id and time, neither is learnt from
SELECT n_features FROM churn_train('own', algorithm => 'naive_bayes', id => 'user_id', "time" => 'snapshot_date', exclude => '{account}');
SELECT n_features FROM churn_train('own', algorithm => 'naive_bayes', id => 'user_id', "time" => 'snapshot_date', exclude => NULL);
SELECT feature, note FROM churn_audit('own', id => 'user_id', "time" => 'snapshot_date', exclude => '{}') ORDER BY feature COLLATE "C";
SELECT feature, note FROM churn_audit('own', id => 'user_id', exclude => '{}') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
-- as their default names are
SELECT n_features, churn_fingerprint(model) = (SELECT churn_fingerprint(model) FROM churn_train(
	'SELECT user_id, snapshot_date, songs, hours, churned FROM own', algorithm => 'logistic_regression', id => 'user_id', "time" => 'snapshot_date',
	options => '{"calibrate": "platt"}')) AS same
FROM churn_train('named', algorithm => 'logistic_regression', options => '{"calibrate": "platt"}');
-- users stay together: without an id rows of one are on both sides
SELECT with_id.cv_mean = by_name.cv_mean AS same, with_id.cv_mean <> without.cv_mean AS differs
FROM churn_compare('SELECT user_id, snapshot_date, songs, hours, churned FROM own', algorithms => '{naive_bayes}', metric => 'auc', id => 'user_id', "time" => 'snapshot_date') with_id,
	 churn_compare('named', algorithms => '{naive_bayes}', metric => 'auc') by_name,
	 churn_compare('SELECT songs, hours, churned FROM own', algorithms => '{naive_bayes}', metric => 'auc') without
WHERE 'naive_bayes' = ALL (ARRAY[with_id.algorithm, by_name.algorithm, without.algorithm]);
-- the date is no user, though it is the first that is excluded
SELECT count(*) FROM churn_compare('SELECT as_of, songs, hours, churned FROM named', algorithms => '{naive_bayes}', folds => 10);
-- quoted, other types, a label of other names, groups
SELECT n_features FROM churn_train('SELECT user_id::text AS "The User", snapshot_date::timestamptz AS "As Of", songs, churned AS gone FROM own',
	'gone', id => 'The User', "time" => 'As Of', algorithm => 'naive_bayes');
SELECT count(*), count(model) FROM churn_train('SELECT *, user_id % 2 AS half FROM own', group_by => 'half', algorithm => 'naive_bayes', exclude => '{snapshot_date}');

-- what is no id: a row a user needs no dates; counts, floats, categories of many rows
SELECT n_features FROM churn_train('SELECT user_id AS userid, joined, snapshot_date, account, songs, hours, churned FROM own WHERE snapshot_date = ''2018-10-08''',
	algorithm => 'naive_bayes', exclude => '{userid,account}');
SELECT n_features FROM churn_train('SELECT i::float8 / 3 AS a, (i * 7919) % 5000 AS b, i % 60 AS c, ''city '' || i % 100 AS d, TIMESTAMPTZ ''2018-10-01'' + i * interval ''1 min'' AS e,
	i % 3 = 0 AS churned FROM generate_series(1, 300) AS i', algorithm => 'naive_bayes');
-- nor is what is a user's own by chance: amounts, seconds, ages of few users
CREATE VIEW attributes AS SELECT user_id AS userid, snapshot_date AS as_of, songs, 1500000000 + user_id * 60000 AS joined, (user_id * 7919) % 100003 AS cents, user_id * 3 AS age,
	'city ' || user_id AS city, churned FROM own;
SELECT n_features FROM churn_train('SELECT userid, as_of, songs, joined, cents, churned FROM attributes', algorithm => 'naive_bayes');
SELECT n_features FROM churn_train('SELECT userid, as_of, songs, age, city, churned FROM attributes WHERE userid <= 18', algorithm => 'naive_bayes');
SELECT feature, note FROM churn_audit('attributes') WHERE note IS NOT NULL ORDER BY feature COLLATE "C";
DROP VIEW attributes;
-- what is: close numbers, texts, and what is called so
SELECT n_features FROM churn_train('SELECT i + 1000000 AS a, i * 100003 AS b, i * 100003 AS some_id, md5(i::text) AS c, i * 100003 AS paid, i % 50 AS "CustomerID",
	i % 3 = 0 AS churned FROM generate_series(1, 300) AS i', algorithm => 'naive_bayes');

-- names in exclude that are no columns
SELECT n_features FROM churn_train('named', algorithm => 'naive_bayes', exclude => '{userid,As_Of,churn_date,hours}');
SELECT n_features FROM churn_train('SELECT songs, hours AS "UserId", churned FROM own', algorithm => 'naive_bayes');
SELECT n_features FROM churn_train('SELECT songs, hours, churned FROM own', algorithm => 'naive_bayes', exclude => '{userid,as_of}');
SELECT count(*) FROM churn_compare('named', algorithms => '{naive_bayes}', exclude => '{userid,as_of,nothing}');

-- numbers beyond 2^53
SELECT n_features FROM churn_train('SELECT i % 3 = 0 AS churned, 9007199254740992 + i % 20 AS large, 9007199254740992 - i % 20 AS exact, 4 * (9007199254740992 + i % 20) AS even,
	(9007199254740992 + i % 20)::numeric + 0.5 AS n, (i % 7) / 3.0 AS third, 1e300::numeric * (i % 7) AS huge, -9223372036854775807 + i % 20 AS lowest, 2e18::float8 * (i % 7) AS f
	FROM generate_series(1, 300) AS i', algorithm => 'naive_bayes');
SELECT feature, note FROM churn_audit('SELECT i % 3 = 0 AS churned, 9007199254740992 + i % 20 AS large, i % 7 AS x FROM generate_series(1, 300) AS i') ORDER BY feature;
-- not when they are no features; once for all groups
SELECT n_features FROM churn_train('SELECT i % 3 = 0 AS churned, 9007199254740993 + i AS userid, i % 7 AS x FROM generate_series(1, 300) AS i', algorithm => 'naive_bayes');
SELECT count(model) FROM churn_train('SELECT i % 3 = 0 AS churned, 9007199254740993 + i % 20 AS large, i % 7 AS g FROM generate_series(1, 300) AS i', algorithm => 'naive_bayes', group_by => 'g');

-- labels that the end of the log cuts off
CREATE VIEW cut_off AS SELECT *, churned AND snapshot_date < '2018-11-05' AS cut, churned AND (snapshot_date < '2018-11-12' OR user_id % 6 = 0) AS partly FROM own;
SELECT n_positive FROM churn_train('SELECT snapshot_date AS as_of, user_id AS userid, songs, cut FROM cut_off', 'cut', algorithm => 'naive_bayes');
SELECT n_positive FROM churn_train('SELECT snapshot_date, user_id AS userid, songs, cut FROM cut_off', 'cut', algorithm => 'naive_bayes', "time" => 'snapshot_date');
SELECT count(*) FROM churn_compare('SELECT snapshot_date AS as_of, user_id AS userid, songs, partly FROM cut_off', 'partly', algorithms => '{naive_bayes}');
SELECT count(*) FROM churn_audit('SELECT snapshot_date::timestamptz AS as_of, user_id AS userid, songs, cut FROM cut_off', 'cut');
-- not where labels are null, where dates are few in rows or all alike, and where they were rare before
SELECT n_positive FROM churn_train('SELECT snapshot_date AS as_of, user_id AS userid, songs, CASE WHEN snapshot_date < ''2018-11-05'' THEN churned END AS churned FROM cut_off', algorithm => 'naive_bayes');
SELECT n_positive FROM churn_train('SELECT snapshot_date AS as_of, user_id AS userid, songs, cut FROM cut_off WHERE user_id <= 8', 'cut', algorithm => 'naive_bayes');
SELECT n_positive FROM churn_train('named', algorithm => 'naive_bayes');
SELECT n_positive FROM churn_train('SELECT NULL::date AS as_of, songs, churned FROM own', algorithm => 'naive_bayes');
SELECT n_positive FROM churn_train('SELECT ''infinity''::timestamp AS as_of, songs, churned FROM own', algorithm => 'naive_bayes');

-- the same in parallel
ALTER TABLE own SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT n_features FROM churn_train('SELECT snapshot_date, user_id, account, songs, 9007199254740993 + songs AS large, churned AND snapshot_date < ''2018-11-05'' AS churned FROM own',
	algorithm => 'naive_bayes', "time" => 'snapshot_date', exclude => '{}');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- refusals
SELECT churn_train('own', id => 'nobody');
SELECT churn_train('own', id => 'User_Id');
SELECT churn_train('own', "time" => 'never');
SELECT churn_train('own', "time" => 'songs');
SELECT churn_train('own', id => 'churned');
SELECT churn_train('named', id => 'as_of');
SELECT churn_compare('own', id => 'songs', "time" => 'songs');
SELECT churn_compare('own', id => 'snapshot_date', "time" => 'snapshot_date');
SELECT churn_audit('own', 'churned', id => 'churned');
SELECT churn_compare('own', id => 'nobody');
SELECT churn_compare('own', "time" => 'account');
SELECT churn_audit('own', id => 'nobody');
SELECT churn_audit('own', "time" => 'churned');
SELECT churn_train('SELECT churned, user_id, snapshot_date FROM own', id => 'user_id', "time" => 'snapshot_date');

DROP VIEW named, cut_off;
DROP TABLE own;
