-- A model judged for each part of the users
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE TABLE users AS
SELECT i AS userid, abs(hashint4(i * 3) % 1000) AS songs, (ARRAY['free', 'paid', 'trial'])[1 + abs(hashint4(i * 7)) % 3] AS level, i % 20 AS town
FROM generate_series(1, 6000) AS i;
-- of the free ones songs tell who leaves, of those on trial nothing does, and the paid ones leave half as often later on
ALTER TABLE users ADD churned boolean;
UPDATE users SET churned = CASE level WHEN 'trial' THEN abs(hashint4(userid)) % 4 = 0 WHEN 'paid' THEN (songs + abs(hashint4(userid)) % 500 < CASE WHEN userid > 3000 THEN 150 ELSE 400 END)
	ELSE songs + abs(hashint4(userid)) % 500 < 400 END;
UPDATE users SET level = NULL WHERE userid % 50 = 0;
CREATE TABLE models AS SELECT model FROM churn_train('SELECT userid, songs, churned FROM users WHERE userid <= 3000');
CREATE VIEW later AS SELECT * FROM users WHERE userid > 3000;
CREATE TABLE judged AS SELECT row_number() OVER () AS place, s.* FROM models, churn_segments(model, 'later', by => 'level') s;
SELECT place, segment, verdict, n, users, positives, round(mean_score::numeric, 3) AS mean_score, round(rate::numeric, 3) AS rate, round(rate_low::numeric, 3) AS low, round(rate_high::numeric, 3) AS high,
	round(auc::numeric, 3) AS auc, round(auc_low::numeric, 3) AS low, round(auc_high::numeric, 3) AS high FROM judged ORDER BY place;

-- each as churn_metrics and churn_evaluate have it of the same rows
SELECT j.segment, j.metrics = m.metrics AS metrics, (j.auc, j.precision, j.recall, j.f1) = ((m.metrics).auc, (m.metrics).precision, (m.metrics).recall, (m.metrics).f1) AS figures,
	abs(j.mean_score - m.score) < 1e-12 AS score, j.rate = m.rate AS rate
FROM judged j JOIN (SELECT level, churn_metrics(churned, churn_predict(model, u), threshold) AS metrics, avg(churn_predict(model, u)) AS score, avg(churned::int)::float8 AS rate
	FROM (SELECT model, (churn_info(model) ->> 'threshold')::float8 AS threshold FROM models OFFSET 0) t, later u GROUP BY 1) m ON m.level IS NOT DISTINCT FROM j.segment ORDER BY 1;
SELECT segment, count(*) AS same FROM judged j, LATERAL (VALUES ('auc', auc_low, auc_high), ('precision', precision_low, precision_high), ('recall', recall_low, recall_high), ('f1', f1_low, f1_high)) v(metric, low, high),
	models, churn_evaluate(model, format('SELECT * FROM later WHERE level IS NOT DISTINCT FROM %L', segment)) e WHERE e.metric = v.metric AND e.low = v.low AND e.high = v.high GROUP BY 1 ORDER BY 1;

-- by what is no text, by an expression; users with several rows; in workers the same
SELECT segment, verdict, n FROM models, churn_segments(model, 'SELECT churned, songs, town < 10 AS near, userid FROM later', by => 'near');
SELECT count(*), min(n), max(users) FROM models, churn_segments(model, 'SELECT u.churned, songs, town, userid / 4 AS customer_id FROM later u', by => 'town') WHERE verdict <> '';
SELECT segment, n, users, verdict FROM models, churn_segments(model, 'SELECT churned, songs, level, 1 AS one FROM later WHERE userid < 3100', by => 'one');
SELECT segment, verdict, n, positives, auc, recall, recall_high FROM models, churn_segments(model, 'SELECT * FROM later WHERE NOT churned OR level = ''free''', by => 'level');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) AS same FROM models, churn_segments(model, 'later', 'churned', 'level', 'userid') s JOIN judged j ON (s.*) = (j.segment, j.verdict, j.n, j.users, j.positives, j.mean_score, j.rate, j.rate_low, j.rate_high, j.auc, j.auc_low, j.auc_high,
	j.precision, j.precision_low, j.precision_high, j.recall, j.recall_low, j.recall_high, j.f1, j.f1_low, j.f1_high, j.metrics);
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- refusals
SELECT churn_segments(model, 'later') FROM models;
SELECT churn_segments(model, 'later', by => 'gone') FROM models;
SELECT churn_segments(model, 'later', NULL, 'level') FROM models;
SELECT churn_segments(model, 'later', by => 'userid') FROM models;
SELECT churn_segments(model, 'SELECT songs, NULL::boolean AS churned, level FROM later', by => 'level') FROM models;
SELECT churn_segments(model, 'SELECT churned, level FROM later', by => 'level') FROM models;
DROP VIEW later;
DROP TABLE users, models, judged;
