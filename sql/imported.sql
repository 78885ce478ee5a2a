-- A model of another program goes everywhere that ours go, or it is said why not
\set SHOW_CONTEXT never
CREATE TABLE users AS
SELECT i AS userid, (i * 7919) % 499 AS songs, CASE WHEN i % 11 > 0 THEN sqrt((i * 31) % 400) END::real AS adverts,
	   (ARRAY['free', 'paid', 'family', NULL])[1 + (i / 3) % 4] AS plan,
	   (i * 7919) % 499 * 2 + (i * 31) % 400 + (i * i * 17) % 611 > 1200 AS churned
FROM generate_series(1, 1000) AS i;
CREATE TABLE models AS
SELECT t.model AS ours, churn_import(churn_export(t.model, 'xgboost'), 'xgboost') AS model
FROM churn_train('users', algorithm => 'gradient_boosting', options => '{"trees": 20, "early_stopping": 0}', id => 'userid') AS t;

-- as bytes and as text, which a dump is made of
SELECT model::text::churn_model = model AS text, churn_fingerprint(model) <> churn_fingerprint(ours) AS another FROM models;
COPY (SELECT model FROM models) TO '/dev/null' (FORMAT binary);

-- scores, reasons, batches and figures are those of the model that it is of
SELECT bool_and(churn_predict(model, u) = churn_predict(ours, u)) AS same_score, bool_and(churn_at_risk(model, u) = (churn_predict(ours, u) >= 0.5)) AS same_risk,
	   bool_and(churn_reasons(model, u) = churn_reasons(ours, u)) AS same_reasons FROM models, users u;
SELECT count(*), bool_and(s.score = churn_predict(m.ours, u)) AS same
FROM models m, churn_score(m.model, 'users') AS s, users u WHERE u.userid = s.id::int;
SELECT count(*) AS features, max(abs(a.contribution - b.contribution)) < 1e-12 AS same
FROM models, (SELECT * FROM users WHERE userid = 7) AS u, churn_explain(model, u) AS a, churn_explain(ours, u) AS b WHERE a.feature = b.feature;
SELECT count(*) AS metrics, bool_and(a.value = b.value OR a.value IS NULL AND b.value IS NULL) AS same
FROM models, churn_evaluate(model, 'users', 'churned') AS a, churn_evaluate(churn_set_threshold(ours, 0.5), 'users', 'churned') AS b WHERE a.metric = b.metric AND a.metric <> 'threshold';

-- what is not known of its training is not told
SELECT i - '{features,fingerprint,depth,nodes,leaves}'::text[] AS info, i->'features'->0 AS songs FROM models, churn_info(model) AS i;

-- drift has nothing to compare with, unless rows of that time are given
SELECT * FROM models, churn_drift(model, 'users');
SELECT feature, psi, missing_then, verdict FROM models, churn_drift(model, 'users', 'users') AS d ORDER BY feature COLLATE "C";
SELECT count(*) AS points, bool_and((a.mean_score, a.q10, a.n) = (b.mean_score, b.q10, b.n)) AS same
FROM models, churn_dependence(model, 'users', 'plan') AS a, churn_dependence(ours, 'users', 'plan') AS b WHERE a.value IS NOT DISTINCT FROM b.value;

-- a report leaves out what it cannot tell, and says so
SELECT regexp_matches(r, 'gradient_boosting with 3 features[^;<]*') AS title, r LIKE '%does not know the rows that it was trained on.%' AS told,
	   regexp_replace(r, ' data-[a-z0-9-]+="[^"]*"', '', 'g') ~* '\mnan\M' AS has_nan, count(*) OVER () AS reports
FROM models, churn_report(model, 'SELECT * FROM users WHERE userid <= 300', 'churned', id => 'userid') AS r;

-- it is deployed, challenged and recorded like others
SELECT churn_deploy('imported', model) FROM models;
SELECT version, active, options FROM churn_models WHERE name = 'imported';
SELECT churn_predict(churn_active('imported'), u) = churn_predict(model, u) AS same FROM models, users AS u WHERE userid = 1;

-- it leaves again, and is the same there but for the last digits of importances
SELECT regexp_replace(churn_import(churn_export(model, 'xgboost'), 'xgboost')::text, '"importance": [0-9.e-]+', '', 'g')
	= regexp_replace(model::text, '"importance": [0-9.e-]+', '', 'g') AS same FROM models;
SELECT split_part(churn_export(model, 'python'), E'\n', 1) = format('# A churn model of sparkify as plain Python: gradient_boosting, fingerprint %s.', churn_fingerprint(model)) AS python FROM models;

-- which program it is of is one of those that we know
SELECT replace(model::text, '"imported": 2', '"imported": 3')::churn_model IS NULL FROM models;
SELECT replace(model::text, '"imported": 2', '"imported": 1.5')::churn_model IS NULL FROM models;

DELETE FROM churn_models WHERE name = 'imported';
DROP TABLE users, models;
