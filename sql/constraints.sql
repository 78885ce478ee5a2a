-- Monotone features and groups of features: the options monotone and interactions
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET max_parallel_maintenance_workers = 0;

-- complaints drive leaving, tenure keeps from it, and noise hides both in places
CREATE TABLE constrained AS
SELECT i AS userid, i % 12 AS complaints, nullif((i * 7919) % 40, 7) AS tenure, (i * 31) % 23 AS songs, (i * 17) % 11 AS friends,
	   (ARRAY['free', 'paid', 'family', NULL])[1 + i % 4] AS level,
	   6 * (i % 12) - 2 * ((i * 7919) % 40) + 7 * ((i * 31) % 23) % 40 + hashint4(i) % 60 > 20 AS churned,
	   1 + i % 3 AS weight
FROM generate_series(1, 1500) i;

CREATE TABLE constrained_models AS
SELECT a AS name, o AS free, model
FROM (VALUES ('random_forest', '{"trees": 20, "min_leaf": 2}'), ('random_forest', '{"trees": 5, "criterion": "entropy", "bootstrap": false, "weights": "weight"}'),
			 ('decision_tree', '{"max_depth": 12}'), ('decision_tree', '{"max_leaves": 40, "max_depth": 20, "class_weight": "balanced", "calibrate": "isotonic"}'),
			 ('gradient_boosting', '{"trees": 60, "max_depth": 5, "learning_rate": 0.3}'),
			 ('gradient_boosting', '{"trees": 30, "max_leaves": 12, "max_depth": 8, "min_leaf": 1, "models": 2, "weights": "weight", "calibrate": "platt"}')) v(a, o),
	 churn_train('constrained', algorithm => a, exclude => '{userid,weight}', options => o::jsonb || '{"monotone": {"complaints": "increasing", "tenure": -1, "songs": 0}}');

-- asked along a grid of each constrained feature, with all else as in many rows: how often a prediction goes the wrong way
CREATE FUNCTION wrong(m churn_model) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FILTER (WHERE w < 0) FROM (
		SELECT churn_predict(m, f) - lag(churn_predict(m, f)) OVER (PARTITION BY c.userid ORDER BY g) AS w
		FROM constrained c, generate_series(-1, 13) g, LATERAL (SELECT g AS complaints, c.tenure, c.songs, c.friends, c.level) f WHERE c.userid % 10 = 0
		UNION ALL
		SELECT lag(churn_predict(m, f)) OVER (PARTITION BY c.userid ORDER BY g) - churn_predict(m, f)
		FROM constrained c, generate_series(-1, 41) g, LATERAL (SELECT c.complaints, g AS tenure, c.songs, c.friends, c.level) f WHERE c.userid % 10 = 1) s $$;
SELECT m.name, m.free, wrong(m.model) AS wrong, wrong(t.model) > 0 AS without
FROM constrained_models m, churn_train('constrained', algorithm => name, exclude => '{userid,weight}', options => free::jsonb) t ORDER BY 1, 2;

-- told in the user's words, trained again from them, and kept by text and bytes
SELECT name, churn_info(model)->'options'->'monotone' AS monotone, churn_fingerprint(m.model::text::churn_model) = churn_fingerprint(m.model) AS text,
	   (SELECT churn_fingerprint(a.model) = churn_fingerprint(m.model)
		FROM churn_train('constrained', algorithm => name, exclude => '{userid,weight}', options => churn_info(m.model)->'options') a) AS again
FROM constrained_models m ORDER BY name, free;

-- groups: the pairs of features that meet on a way down some tree
CREATE FUNCTION meetings(m churn_model) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	model json := m::text::json;
	names text[] := ARRAY(SELECT f->>'name' FROM json_array_elements(model->'features') f);
	found text[] := '{}';
	tree json;
	node json;
	above int[][];
	n int;
	at int;
BEGIN
	FOR tree IN SELECT json_array_elements(model->'trees') LOOP
		-- the features above each node, as a text, by its place
		DECLARE
			ways text[] := ARRAY[''];
			f text;
			w text;
		BEGIN
			at := 0;
			FOR node IN SELECT json_array_elements(tree) LOOP
				at := at + 1;
				IF json_array_length(node) > 2 THEN
					f := names[1 + (node->>0)::int];
					FOREACH w IN ARRAY string_to_array(ways[at], ',') LOOP
						IF w <> f AND w <> '' THEN
							found := found || (least(w, f) || '+' || greatest(w, f));
						END IF;
					END LOOP;
					w := ways[at] || ',' || f;
					ways := ways || w || w;
				END IF;
			END LOOP;
		END;
	END LOOP;
	RETURN (SELECT string_agg(DISTINCT p, ' ' ORDER BY p) FROM unnest(found) p);
END $$;
CREATE TABLE grouped_models AS
SELECT a AS name, g AS groups, model
FROM unnest('{random_forest,decision_tree,gradient_boosting}'::text[]) a,
	 unnest(ARRAY['[["complaints", "tenure"], ["songs", "friends"]]', '[["complaints", "tenure"], ["tenure", "songs", "level"]]', '[["friends"]]']) g,
	 churn_train('constrained', algorithm => a, exclude => '{userid,weight}',
				 options => jsonb_build_object('interactions', g::jsonb) || CASE a WHEN 'decision_tree' THEN '{"max_depth": 10}' ELSE '{"trees": 10, "max_depth": 6}' END::jsonb);
SELECT name, groups, meetings(model) FROM grouped_models ORDER BY 2, 1;
SELECT name, churn_info(model)->'options'->'interactions' = groups::jsonb AS told,
	   churn_fingerprint(m.model::text::churn_model) = churn_fingerprint(m.model) AS text,
	   (SELECT churn_fingerprint(a.model) = churn_fingerprint(m.model)
		FROM churn_train('constrained', algorithm => name, exclude => '{userid,weight}', options => churn_info(m.model)->'options') a) AS again
FROM grouped_models m ORDER BY name, groups;

-- both together, in any order and with any number of workers: the same bits
ALTER TABLE constrained SET (parallel_workers = 3);
SET max_parallel_workers_per_gather = 3;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_maintenance_workers = 2;
SELECT a AS name, count(DISTINCT churn_fingerprint(model)) AS different
FROM unnest('{random_forest,decision_tree,gradient_boosting}'::text[]) a,
	 (VALUES ('constrained', 2), ('constrained', 0), ('SELECT * FROM constrained ORDER BY songs, userid DESC', 2)) s(source, workers),
	 LATERAL (SELECT set_config('max_parallel_maintenance_workers', workers::text, true)) w,
	 LATERAL churn_train(source, algorithm => a, exclude => '{userid}', options =>
		'{"monotone": {"complaints": 1}, "interactions": [["complaints", "tenure", "level"], ["songs", "friends"]], "weights": "weight"}') GROUP BY a ORDER BY a;
RESET max_parallel_workers_per_gather;
SET max_parallel_maintenance_workers = 0;

-- the aggregate; comparisons, whose models may have rules of their own; backtests
SELECT churn_info(churn_forest_agg(churned, f, '{"trees": 3, "monotone": {"complaints": 1}, "interactions": [["complaints", "songs"]]}'))->'options'->'monotone' AS monotone
FROM constrained c, LATERAL (SELECT c.complaints, c.songs) f;
SELECT options->'monotone' AS monotone, options->'interactions' AS interactions, wrong(model) = 0 AS right_way, meetings(model) AS meet
FROM churn_compare('constrained', exclude => '{userid,weight}', algorithms => '{gradient_boosting}', holdout => 0,
				   grid => '{"gradient_boosting": {"trees": [10], "max_depth": 3, "monotone": [{"complaints": 1, "tenure": -1}, {}], "interactions": [["complaints", "tenure"], ["songs", "friends"]]}}')
ORDER BY 1, 2;
SELECT count(*) AS models
FROM churn_compare('constrained', exclude => '{userid,weight}', algorithms => '{decision_tree}', holdout => 0,
				   grid => '{"decision_tree": {"interactions": [[["complaints", "tenure"]], [["songs"]]]}}');
SELECT as_of, churn_info(model)->'options'->'monotone' AS monotone
FROM churn_backtest('SELECT userid, DATE ''2024-01-01'' + 10 * (userid % 3) AS as_of, churned, complaints, songs FROM constrained',
					horizon => '10 days', algorithm => 'decision_tree', options => '{"monotone": {"complaints": 1}}') ORDER BY 1;

-- refusals
SELECT churn_train('constrained', options => '{"monotone": {"nobody": 1}}');
SELECT churn_train('constrained', options => '{"monotone": {"userid": 1}}');
SELECT churn_train('constrained', options => '{"weights": "weight", "monotone": {"weight": 1}}');
SELECT churn_train('constrained', options => '{"monotone": {"level": "increasing"}}');
SELECT churn_train('constrained', options => '{"monotone": {"tenure": "up"}}');
SELECT churn_train('constrained', options => '{"monotone": {"tenure": 0.5}}');
SELECT churn_train('constrained', options => '{"monotone": {"tenure": true}}');
SELECT churn_train('constrained', options => '{"monotone": ["tenure"]}');
SELECT churn_train('constrained', options => '{"monotone": "tenure"}');
SELECT churn_train('constrained', options => '{"interactions": [["complaints", "nobody"]]}');
SELECT churn_train('constrained', options => '{"interactions": [["complaints", "complaints"]]}');
SELECT churn_train('constrained', options => '{"interactions": []}');
SELECT churn_train('constrained', options => '{"interactions": [[]]}');
SELECT churn_train('constrained', options => '{"interactions": ["complaints"]}');
SELECT churn_train('constrained', options => '{"interactions": [["complaints", 1]]}');
SELECT churn_train('constrained', algorithm => 'logistic_regression', options => '{"monotone": {"tenure": 1}}');
SELECT churn_train('constrained', algorithm => 'naive_bayes', options => '{"interactions": [["tenure"]]}');
SELECT churn_compare('constrained', algorithms => '{decision_tree}', grid => '{"decision_tree": [{"monotone": {"nobody": 1}}]}');

-- text that is not sound
CREATE TABLE sound (t text);
INSERT INTO sound SELECT model::text FROM churn_train('SELECT complaints, tenure, level, weight, churned FROM constrained', algorithm => 'decision_tree',
	options => '{"max_depth": 1, "monotone": {"complaints": 1}, "interactions": [["complaints"], ["tenure", "level"]], "weights": "weight"}');
SELECT churn_info(t::churn_model)->'options' AS options FROM sound;
SELECT replace(t, '"complaints": "increasing"', '"complaints": "sideways"')::churn_model FROM sound;
SELECT replace(t, '"complaints": "increasing"', '"nobody": "increasing"')::churn_model FROM sound;
SELECT replace(t, '"complaints": "increasing"', '"level": "increasing"')::churn_model FROM sound;
SELECT replace(t, '{"complaints": "increasing"}', '{}')::churn_model FROM sound;
SELECT replace(t, '[["complaints"], ["tenure", "level"]]', '[["complaints"], ["tenure", "tenure"]]')::churn_model FROM sound;
SELECT replace(t, '[["complaints"], ["tenure", "level"]]', '[["complaints"], []]')::churn_model FROM sound;
SELECT replace(t, '[["complaints"], ["tenure", "level"]]', '[["complaints"], ["nobody"]]')::churn_model FROM sound;
SELECT replace(t, '[["complaints"], ["tenure", "level"]]', '[]')::churn_model FROM sound;
SELECT replace(t, '"weights": "weight"', '"weights": "level"')::churn_model FROM sound;
SELECT replace(t, '"weights": "weight"', '"weights": ""')::churn_model FROM sound;
SELECT replace(t, '"weights": "weight"', '"weights": 1')::churn_model FROM sound;

-- text whose options say what its trees do not keep: a direction, or groups
CREATE FUNCTION refusal(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	RETURN 'taken: ' || churn_fingerprint(t::churn_model);
EXCEPTION WHEN invalid_text_representation THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END $$;
SELECT name, refusal(t::text) = 'taken: ' || churn_fingerprint(model) AS as_it_is,
	   refusal(jsonb_set(t, '{options,monotone,complaints}', '"decreasing"')::text) AS turned,
	   refusal(jsonb_set(t, '{options,interactions}', '[["complaints"], ["tenure"], ["songs", "friends", "level"]]')::text) AS apart
FROM constrained_models, LATERAL (SELECT model::text::jsonb) j(t) ORDER BY name, free;
SELECT name, split_part(refusal(jsonb_set(t, '{options,interactions}', (SELECT jsonb_agg(jsonb_build_array(f->>'name')) FROM jsonb_array_elements(t->'features') f))::text), ':', 1) AS alone
FROM grouped_models, LATERAL (SELECT model::text::jsonb) j(t) ORDER BY name, groups;

DROP FUNCTION wrong, meetings, refusal;
DROP TABLE constrained, constrained_models, grouped_models, sound;
