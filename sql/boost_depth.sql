-- How deep boosted trees are: max_depth, min_leaf and l2 "auto"
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET max_parallel_maintenance_workers = 0;

-- churn that follows from the features without error, nearly, and hardly
CREATE TABLE deep_rows AS
SELECT i AS id, i / 3 AS userid, n AS noise, 1 + i % 3 AS weight, (i * 7919) % 101 AS a, (i * 104729) % 97 AS b, (i * 31) % 89 AS c, (i * 1299709) % 83 AS d,
	   (ARRAY['free', 'paid', 'family', NULL])[1 + i % 4] AS level,
	   CASE WHEN abs(hashint4(i)::bigint) % 100 < n THEN hashint4(-i) % 2 = 0
	   ELSE (i * 7919) % 101 + 2 * ((i * 104729) % 97) > 150 + ((i * 31) % 89) % 60 - 40 * (i % 4 / 2) END AS churned
FROM generate_series(1, 1500) i, unnest('{0,8,70}'::int[]) n;
CREATE FUNCTION told(model churn_model) RETURNS text LANGUAGE SQL AS $$
	SELECT format('depth %s (%s, %s, %s) by %s of %s, %s trees of depth %s', f->'chosen_depth', o->'max_depth', o->'min_leaf', o->'l2',
		CASE WHEN (f->>'deep_log_loss')::float8 < (f->>'shallow_log_loss')::float8 THEN 'deep' WHEN f ? 'deep_log_loss' THEN 'shallow' WHEN f ? 'shallow_log_loss' THEN 'one' END,
		CASE WHEN (f->>'shallow_log_loss')::float8 < (f->>'base_log_loss')::float8 / 2 THEN 'little' WHEN f ? 'base_log_loss' THEN 'much' END,
		CASE WHEN (i->>'trees')::int > 10 THEN 'many' ELSE 'few' END, i->'depth')
	FROM churn_info(model) i, LATERAL (SELECT i->'facts', i->'options') s(f, o) $$;

-- by default, and told; a group's rows choose for themselves
CREATE TABLE deep_models AS
SELECT grp::int AS noise, model FROM churn_train('deep_rows', algorithm => 'gradient_boosting', exclude => '{id,weight}', id => 'userid', group_by => 'noise');
SELECT noise, told(model) FROM deep_models ORDER BY noise;

-- the options that are told make the same model again, and so does what was chosen, in numbers, but for the facts
SELECT noise, churn_fingerprint(m.model) = churn_fingerprint(a.model) AS again, m.model::text::json->>'trees' = n.model::text::json->>'trees' AS by_numbers,
	   churn_info(n.model)->'facts' ? 'chosen_depth' AS chosen, churn_fingerprint(m.model::text::churn_model) = churn_fingerprint(m.model) AS text
FROM deep_models m,
	 churn_train(format('SELECT * FROM deep_rows WHERE noise = %s', noise), algorithm => 'gradient_boosting', exclude => '{id,weight,noise}', id => 'userid',
				 options => churn_info(m.model)->'options') a,
	 churn_train(format('SELECT * FROM deep_rows WHERE noise = %s', noise), algorithm => 'gradient_boosting', exclude => '{id,weight,noise}', id => 'userid',
				 options => CASE (churn_info(m.model)->'facts'->>'chosen_depth')::int WHEN 3 THEN '{"max_depth": 3, "min_leaf": 10, "l2": 3}' ELSE '{"max_depth": 8, "min_leaf": 3, "l2": 1}' END::jsonb) n
ORDER BY noise;

-- any number of workers, any order, weights, several models, a calibration: the same bits
SET max_parallel_workers_per_gather = 3;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE deep_rows SET (parallel_workers = 3);
CREATE TABLE deep_many AS SELECT r.* FROM deep_rows r, generate_series(1, 8) WHERE noise = 0;
ALTER TABLE deep_many SET (parallel_workers = 3);
SELECT o AS options, count(DISTINCT churn_fingerprint(model)) AS different, min(told(model)) AS told
FROM unnest('{"{}","{\"weights\": \"weight\", \"trees\": 60}","{\"models\": 2, \"trees\": 60, \"learning_rate\": 0.3, \"refit\": false}","{\"calibrate\": \"platt\", \"trees\": 60, \"learning_rate\": 0.3}"}'::text[]) o,
	 (VALUES ('SELECT * FROM deep_many', 2), ('SELECT * FROM deep_many', 0), ('SELECT * FROM deep_many ORDER BY d, id DESC', 1)) s(source, workers),
	 LATERAL (SELECT set_config('max_parallel_maintenance_workers', workers::text, true)) w,
	 LATERAL churn_train(source, algorithm => 'gradient_boosting', exclude => CASE WHEN o LIKE '%weights%' THEN '{id,noise}' ELSE '{id,noise,weight}' END::text[], id => 'userid', options => o::jsonb)
GROUP BY o ORDER BY o;
RESET max_parallel_workers_per_gather;
SET max_parallel_maintenance_workers = 0;

-- what is given is kept, also by deeper trees; without rows held out, trees are shallow
SELECT o AS options, told(model)
FROM unnest('{"{\"max_depth\": 4}","{\"min_leaf\": 20}","{\"l2\": 0}","{\"early_stopping\": 0, \"trees\": 20}","{\"max_leaves\": 5}","{\"max_depth\": \"auto\", \"min_leaf\": \"auto\", \"l2\": \"auto\"}"}'::text[]) o,
	 churn_train('SELECT * FROM deep_rows WHERE noise = 0', algorithm => 'gradient_boosting', exclude => '{id,noise,weight}', id => 'userid', options => o::jsonb) ORDER BY o;

-- compared, each fold chooses; the model of all rows tells
SELECT rank, options->'max_depth' AS depth, options->'l2' AS l2, told(model) FROM churn_compare('SELECT * FROM deep_rows WHERE noise = 8', algorithms => '{gradient_boosting}',
	grid => '{"gradient_boosting": {"max_depth": [2, "auto"], "trees": [80]}}', exclude => '{id,noise,weight}', id => 'userid') WHERE options ? 'max_depth' ORDER BY rank;

-- elsewhere "auto" is the default
SELECT a AS algorithm, churn_fingerprint(d.model) = churn_fingerprint(m.model) AS same, churn_info(m.model)->'options'->'max_depth' AS depth, churn_info(m.model)->'options'->'l2' AS l2
FROM (VALUES ('random_forest', '{"max_depth": "auto"}'), ('decision_tree', '{"max_depth": "auto"}'), ('logistic_regression', '{"l2": "auto"}')) v(a, o),
	 churn_train('SELECT a, b, churned FROM deep_rows WHERE noise = 8', algorithm => a) d, churn_train('SELECT a, b, churned FROM deep_rows WHERE noise = 8', algorithm => a, options => o::jsonb) m ORDER BY 1;

-- refused
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"max_depth": 0}');
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"max_depth": 65}');
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"max_depth": "deep"}');
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"max_depth": true}');
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"l2": -1}');
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"l2": "none"}');
SELECT churn_train('deep_rows', algorithm => 'gradient_boosting', options => '{"min_leaf": 0}');

DROP FUNCTION told;
DROP TABLE deep_rows, deep_models, deep_many;
