-- Samples of users: the predicate churn_sampled, and the option "sample" of training
CREATE TABLE sampled_users AS
SELECT n AS userid, d AS as_of, n % 7 AS songs, (n * 31 + d * 5) % 23 AS errors, (n % 7 < 2) <> ((n * 131) % 13 = 0) AS churned
FROM generate_series(1, 2000) AS n, generate_series(1, 3) AS d;

-- whole users, about as many as were asked for; those of a smaller fraction are among those of a larger one
SELECT count(DISTINCT userid) AS users, count(*) AS n FROM sampled_users WHERE churn_sampled(userid, 0.1);
SELECT f, count(*) FILTER (WHERE churn_sampled(n, f)) AS taken, count(*) FILTER (WHERE churn_sampled(n, f) AND NOT churn_sampled(n, f * 2)) AS lost
FROM generate_series(1, 100000) AS n, unnest('{0,0.01,0.05,0.1,0.25,0.5}'::float8[]) AS f GROUP BY f ORDER BY f;
SELECT count(*) AS all_of_them FROM generate_series(1, 1000) AS n WHERE churn_sampled(n, 1);

-- another seed has others: what one has left out is as likely to be in the next
SELECT count(*) FILTER (WHERE churn_sampled(n, 0.5, 1)) AS half, count(*) FILTER (WHERE churn_sampled(n, 0.5, 1) AND churn_sampled(n, 0.5)) AS quarter
FROM generate_series(1, 10000) AS n;

-- who is in: it belongs to what users have stored, and must never change
SELECT array_agg(n ORDER BY n) FROM generate_series(1, 100) AS n WHERE churn_sampled(n, 0.1);
SELECT name FROM unnest('{ann,Ann,ben,dora,"Ærøskøbing",東京,""}'::text[]) AS name WHERE churn_sampled(name, 0.4);

-- it goes by the text of an id, in whatever type a server has it
SELECT count(*) AS n, bool_and(same) AS same FROM (
	SELECT churn_sampled(n::bigint, 0.3) AS a, ARRAY[churn_sampled(n, 0.3), churn_sampled(n::smallint, 0.3), churn_sampled(n::numeric, 0.3),
		churn_sampled(n + 0.00, 0.3), churn_sampled(n::text, 0.3), churn_sampled(n::varchar, 0.3), churn_sampled(n::text::char(9), 0.3),
		churn_sampled(n::text::name, 0.3)] AS b
	FROM generate_series(-500, 500) AS n) AS s, LATERAL (SELECT a = ALL (b) AS same) AS t;
SELECT churn_sampled('7', 0.3) = churn_sampled(7, 0.3) AS literal, churn_sampled(NULL::int, 0.5) IS NULL AS unknown;
SET timezone = 'Asia/Tokyo';
SET datestyle = 'German';
SELECT md5(string_agg(churn_sampled(t, 0.5)::int::text, '' ORDER BY n)) = md5(string_agg(churn_sampled(to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00', 0.5)::int::text, '' ORDER BY n)) AS utc
FROM (SELECT n, timestamptz '2018-10-01 00:00+00' + n * interval '61 minutes' AS t FROM generate_series(1, 200) AS n) AS s;
RESET timezone;
RESET datestyle;
CREATE DOMAIN sampled_id AS int;
SELECT churn_sampled(7::sampled_id, 0.3) = churn_sampled(7, 0.3) AS domain;
DROP DOMAIN sampled_id;

-- what cannot be sampled by
SELECT churn_sampled(1.5::float8, 0.1);
SELECT churn_sampled('{1}'::int[], 0.1);
SELECT churn_sampled(1, 1.1);
SELECT churn_sampled(1, -0.1);
SELECT churn_sampled(1, 'NaN');
SELECT provolatile, proparallel, proisstrict FROM pg_proc WHERE proname = 'churn_sampled';

-- training by the option is training on what the predicate takes
SELECT churn_info(model) -> 'options' -> 'sample' AS sample, churn_info(model) -> 'facts' -> 'rows' AS n, churn_info(model) -> 'facts' -> 'unsampled' AS unsampled
FROM churn_train('sampled_users', options => '{"trees": 5, "sample": 0.1}');
SELECT count(DISTINCT trees) AS models, count(*) AS n FROM (
	SELECT model::text::jsonb -> 'trees' AS trees FROM churn_train('sampled_users', options => '{"trees": 5, "sample": 0.1}')
	UNION ALL SELECT model::text::jsonb -> 'trees' FROM churn_train('SELECT * FROM sampled_users WHERE churn_sampled(userid, 0.1)', options => '{"trees": 5}')) AS s;

-- a sample of all is none
SELECT churn_fingerprint(a.model) = churn_fingerprint(b.model) AS same
FROM churn_train('sampled_users', options => '{"trees": 5, "sample": 1}') AS a, churn_train('sampled_users', options => '{"trees": 5}') AS b;

-- as text and back
SELECT model::text::churn_model::text = model::text AS same
FROM churn_train('sampled_users', options => '{"trees": 5, "sample": 0.25}');

-- every algorithm, each of the same users
SELECT a, t.n_rows FROM unnest('{random_forest,gradient_boosting,decision_tree,logistic_regression,naive_bayes,auto}'::text[]) AS a,
	churn_train('sampled_users', algorithm => a, options => '{"sample": 0.1}') AS t;

-- the aggregate, with the id as an argument; in workers as well
CREATE TYPE sampled_features AS (songs int, errors int);
CREATE TABLE sampled_models AS
SELECT 'serial' AS plan, churn_forest_agg(churned, (songs, errors)::sampled_features, '{"trees": 5, "sample": 0.1}', userid) AS model FROM sampled_users;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE sampled_users SET (parallel_workers = 2);
INSERT INTO sampled_models
SELECT 'parallel', churn_forest_agg(churned, (songs, errors)::sampled_features, '{"trees": 5, "sample": 0.1}', userid) FROM sampled_users;
INSERT INTO sampled_models
SELECT 'train', model::churn_forest FROM churn_train('SELECT churned, songs::int, errors::int, userid FROM sampled_users', options => '{"trees": 5, "sample": 0.1}');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT count(DISTINCT model::text) AS models, count(*) AS n FROM sampled_models;
DROP TABLE sampled_models;
SELECT churn_forest_agg(churned, (songs, errors)::sampled_features, '{"sample": 0.1}') FROM sampled_users;

-- a model for each group, each of its own sample; rows without an id or label
SELECT grp, n_rows FROM churn_train('SELECT *, errors % 2 AS half FROM sampled_users', options => '{"trees": 2, "sample": 0.5}', group_by => 'half');
SELECT n_rows, churn_info(model) -> 'facts' -> 'unsampled' AS unsampled, churn_info(model) -> 'facts' -> 'skipped' AS skipped
FROM churn_train('SELECT nullif(userid, 27) AS userid, CASE WHEN userid > 10 THEN churned END AS churned, songs, errors FROM sampled_users', options => '{"trees": 2, "sample": 0.5}');

-- the report tells it
SET client_min_messages = warning;
CREATE TABLE sampled_model AS SELECT model FROM churn_train('sampled_users', options => '{"trees": 2, "sample": 0.5}');
SELECT substring(churn_report((SELECT model FROM sampled_model), 'SELECT * FROM sampled_users WHERE NOT churn_sampled(userid, 0.5)') FROM '[0-9,]+ rows of users outside a sample of [0-9.]+ were left out');
DROP TABLE sampled_model;
RESET client_min_messages;

-- what is refused
SELECT churn_train('SELECT churned, songs, errors FROM sampled_users', options => '{"sample": 0.1}');
SELECT churn_train('SELECT userid::float8, churned, songs, errors FROM sampled_users', options => '{"sample": 0.1}');
SELECT churn_train('sampled_users', options => '{"sample": 0}');
SELECT churn_train('sampled_users', options => '{"sample": 1.5}');
SELECT churn_train('sampled_users', options => '{"sample": "half"}');
SELECT churn_train('SELECT userid, userid = 9 AS churned, songs, errors FROM sampled_users', options => '{"sample": 0.01}');
SELECT churn_train('SELECT * FROM sampled_users WHERE userid = 9', options => '{"sample": 0.01}');
SELECT grp, n_rows FROM churn_train('SELECT *, userid < 3 AS few FROM sampled_users', options => '{"trees": 2, "sample": 0.1}', group_by => 'few');
SELECT churn_train('SELECT *, CASE WHEN churn_sampled(userid, 0.1) THEN 0 ELSE 1 END AS weight FROM sampled_users', options => '{"sample": 0.1, "weights": "weight"}');
SELECT churn_train('SELECT *, CASE WHEN churned THEN 0 ELSE 1 END AS weight FROM sampled_users', options => '{"sample": 0.1, "weights": "weight"}');
SELECT grp, n_rows FROM churn_train('SELECT *, nullif(userid % 2, 0) AS weight, userid % 2 AS odd FROM sampled_users', options => '{"trees": 2, "sample": 0.1, "weights": "weight"}', group_by => 'odd');
SELECT count(*) FROM churn_compare('sampled_users', grid => '{"random_forest": {"sample": [0.1]}}');
SELECT count(*) FROM churn_backtest('sampled_users', as_of => '{2018-10-01}', options => '{"sample": 0.1}');

-- comparing and judging take a sampled source
SELECT algorithm, (holdout).n FROM churn_compare('SELECT * FROM sampled_users WHERE churn_sampled(userid, 0.2)', algorithms => '{naive_bayes}');
DROP TABLE sampled_users;
DROP TYPE sampled_features;
