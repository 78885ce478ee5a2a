-- The threshold that a model comes with: chosen alike for all algorithms, out of fold, and told
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- 2,000 users, one in twenty of whom leaves; what they do tells of it, loosely
CREATE TABLE rare AS
SELECT i AS userid, hashint4(i) % 1000 AS songs, hashint4(i + 10000) % 1000 AS adverts, hashint4(i + 20000) % 7 AS friends,
	   (ARRAY['free', 'paid'])[1 + abs(hashint4(i + 30000)) % 2] AS level,
	   hashint4(i) % 1000 + hashint4(i + 10000) % 1000 / 2 + hashint4(i + 40000) % 400 > 1080 AS churned
FROM generate_series(1, 4000) i;
SELECT count(*), count(*) FILTER (WHERE churned) AS left FROM rare WHERE userid <= 2000;
CREATE TABLE models AS
SELECT algorithm, model FROM unnest('{random_forest,decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a,
	 churn_train('SELECT * FROM rare WHERE userid <= 2000', algorithm => a);

-- each flags some users whom it has not seen, and finds leavers among them; at 0.5 most of them flag next to nobody
SELECT algorithm, churn_info(model)->>'threshold_rule' AS rule, churn_info(model)->>'threshold_rows' AS rows,
	   flagged BETWEEN 40 AND 300 AS some, (m).f1 > 0.25 AS finds, at_half < flagged AS fewer_at_half
FROM models, LATERAL (SELECT count(*) FILTER (WHERE churn_at_risk(model, r)) AS flagged, count(*) FILTER (WHERE churn_predict(model, r) >= 0.5) AS at_half,
	 churn_metrics(churned, churn_predict(model, r), (churn_info(model)->>'threshold')::float8) AS m FROM rare r WHERE userid > 2000) j ORDER BY algorithm;
-- what the rows that chose it say is near to what others say
SELECT algorithm, facts->>'cv_rows' AS rows, abs((facts->>'cv_auc')::float8 - (m).auc) < 0.1 AS auc, abs((facts->>'cv_f1')::float8 - (m).f1) < 0.15 AS f1
FROM models, LATERAL (SELECT churn_info(model)->'facts' AS facts) f,
	 LATERAL (SELECT churn_metrics(churned, churn_predict(model, r), (churn_info(model)->>'threshold')::float8) AS m FROM rare r WHERE userid > 2000) j
WHERE algorithm <> 'random_forest' ORDER BY algorithm;
-- a forest without bootstrap has nothing out of bag
SELECT churn_info(model)->>'threshold_rule' AS rule, churn_info(model)->>'threshold_rows' AS rows
FROM churn_train('rare', options => '{"bootstrap": false, "trees": 5, "features_per_split": 1}');

-- one of one's own, by option or later; what a model learns does not depend on it
SELECT m.algorithm, churn_info(t.model)->'threshold' AS threshold, churn_info(t.model)->'threshold_rule' AS rule,
	   churn_info(t.model)->'threshold_rows' AS rows, churn_info(t.model)->'options'->'threshold' AS option, churn_info(t.model)->'facts' ? 'cv_rows' AS cross_fitted,
	   t.model::text::jsonb->(CASE WHEN t.model::text::jsonb ? 'trees' THEN 'trees' ELSE 'terms' END) = m.model::text::jsonb->(CASE WHEN t.model::text::jsonb ? 'trees' THEN 'trees' ELSE 'terms' END) AS same
FROM models m, LATERAL churn_train('SELECT * FROM rare WHERE userid <= 2000', algorithm => m.algorithm, options => '{"threshold": 0.25}') t ORDER BY m.algorithm;
SELECT churn_info(churn_set_threshold(model, 0.9))->'threshold_rule' AS rule, churn_set_threshold(model, (churn_info(model)->>'threshold')::float8) = model AS as_it_was FROM models WHERE algorithm = 'naive_bayes';
SELECT (churn_info(model)->>'threshold')::float8 AS threshold, churn_info(model)->>'threshold_rule' AS rule, churn_info(model)->'facts' ? 'cv_rows' AS calibrated
FROM churn_train('rare', algorithm => 'naive_bayes', options => '{"threshold": 0.2, "calibrate": "platt"}');

-- few leavers: as many are flagged as left; all of one user: nothing can be chosen
SELECT t.algorithm, churn_info(model)->>'threshold_rule' AS rule, flagged BETWEEN 1 AND 60 AS some
FROM unnest('{random_forest,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a,
	 LATERAL churn_train('SELECT userid, songs, adverts, churned AND userid < 80 AS churned FROM rare', algorithm => a) t,
	 LATERAL (SELECT count(*) AS flagged FROM rare WHERE churn_at_risk(t.model, rare)) f;
SELECT algorithm, churn_info(model)->>'threshold_rule' AS rule, churn_info(model)->'threshold' AS threshold
FROM unnest('{decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a,
	 churn_train('SELECT userid % 20 AS userid, songs, userid % 20 = 3 AND adverts > 0 AS churned FROM rare', algorithm => a);

-- a user's rows stay together: who knows users by a feature gains nothing by it, but much when they are not told apart
CREATE TABLE fans AS SELECT userid, (userid * 7919) % 101 < 20 AS churned, (userid * 7919) % 10007 AS number FROM generate_series(1, 200) userid, generate_series(1, 5);
SELECT id, (churn_info(model)->'facts'->>'cv_auc')::float8 < 0.65 AS none, (churn_info(model)->'facts'->>'cv_auc')::float8 > 0.9 AS cheating
FROM (VALUES ('SELECT * FROM fans', 'together'), ('SELECT churned, number FROM fans', 'apart')) s(source, id),
	 churn_train(source, algorithm => 'decision_tree', options => '{"max_depth": 20}');

-- of many rows a part is drawn, whole users and all; neither order, plan nor workers leave a trace, and churn_compare chooses alike
CREATE TABLE many AS SELECT i / 3 AS userid, i % 991 AS songs, (i * 31) % 97 AS adverts, (i * 7919) % 1009 + 5 * (i % 991) > 5500 AS churned FROM generate_series(1, 60000) i;
ANALYZE many;
CREATE TABLE drawn AS SELECT algorithm, model FROM unnest('{decision_tree,gradient_boosting,naive_bayes}'::text[]) a,
	churn_train('many', algorithm => a, options => CASE a WHEN 'gradient_boosting' THEN '{"trees": 5}' ELSE '{}' END::jsonb);
SELECT algorithm, churn_info(model)->>'threshold_rule' AS rule, (churn_info(model)->'facts'->>'cv_rows')::int BETWEEN 9000 AND 22000 AS some FROM drawn ORDER BY 1;
SET max_parallel_maintenance_workers = 0;
SELECT t.algorithm, t.model = d.model AS same FROM drawn d, LATERAL churn_train('SELECT * FROM many ORDER BY md5(userid::text || songs)', algorithm => d.algorithm,
	options => CASE d.algorithm WHEN 'gradient_boosting' THEN '{"trees": 5}' ELSE '{}' END::jsonb) t ORDER BY 1;
RESET max_parallel_maintenance_workers;
SELECT c.algorithm, c.model = d.model AS same FROM drawn d JOIN churn_compare('many', holdout => 0, folds => 2, algorithms => '{decision_tree,gradient_boosting,naive_bayes}',
	grid => '{"gradient_boosting": {"trees": 5}}') c USING (algorithm) ORDER BY 1;

-- a comparison ranks models, not thresholds: a threshold of one's own changes F1, and not the rank by AUC
SELECT rank, algorithm, options->>'threshold' AS threshold, round((holdout).f1::numeric, 3) AS f1 FROM churn_compare('rare', algorithms => '{logistic_regression}',
	grid => '{"logistic_regression": [{"threshold": 0.5}, {}, {"threshold": 0.9}]}') ORDER BY rank;
SELECT rank, algorithm, options->>'threshold' AS threshold FROM churn_compare('rare', algorithms => '{logistic_regression}', metric => 'f1',
	grid => '{"logistic_regression": [{"threshold": 0.5}, {}, {"threshold": 0.9}]}') ORDER BY rank;

-- text keeps the rule
SELECT algorithm, model::text::churn_model = model AS same, model::text::jsonb->'facts'->'threshold_rule' AS rule FROM models ORDER BY algorithm;
SELECT replace(model::text, '"threshold_rule": 1', '"threshold_rule": 9')::churn_model FROM models WHERE algorithm = 'naive_bayes';
SELECT replace(model::text, '"threshold_rule": 1', '"threshold_rule": 1.5')::churn_model FROM models WHERE algorithm = 'naive_bayes';
SELECT churn_info(regexp_replace(model::text, ', "threshold_rule": 1', '')::churn_model)->'threshold_rule' AS unknown FROM models WHERE algorithm = 'naive_bayes';

-- refused
SELECT churn_train('rare', options => '{"threshold": 0}');
SELECT churn_train('rare', options => '{"threshold": 1}');
SELECT churn_train('rare', options => '{"threshold": "half"}');
SELECT churn_train('rare', options => '{"threshold": null}');

DROP TABLE rare, models, fans, many, drawn;
