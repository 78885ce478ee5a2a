-- How far what a model sees has moved from what it has learned from
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE TABLE history AS
SELECT i AS userid, hashint4(i) % 5 = 0 AS churned, abs(hashint4(i * 3) % 1000) AS songs, abs(hashint4(i * 5) % 4) AS helps,
	CASE WHEN i % 10 < 2 THEN NULL ELSE (ARRAY['web', 'ios', 'android'])[1 + abs(hashint4(i * 7)) % 3] END AS platform,
	CASE WHEN i % 4 > 0 THEN timestamp '2024-01-01' + abs(hashint4(i * 11) % 1000) * interval '1 hour' END AS seen, i % 2 = 0 AS paid
FROM generate_series(1, 4000) AS i;
CREATE TABLE models AS SELECT model FROM churn_train('history', options => '{"trees": 20}');
CREATE FUNCTION drift(source text, reference text DEFAULT NULL) RETURNS TABLE (feature text, psi numeric, psi_chance numeric, ks numeric, ks_chance numeric,
	missing_then numeric, missing_now numeric, new_categories text[], verdict text) LANGUAGE sql AS $$
	SELECT feature, round(psi::numeric, 4), round(psi_chance::numeric, 4), round(ks::numeric, 4), round(ks_chance::numeric, 4), round(missing_then::numeric, 3), round(missing_now::numeric, 3), new_categories, verdict
	FROM models, churn_drift(model, source, reference) $$;

-- nothing has moved, nor have others of the same kind
SELECT * FROM drift('history');
SELECT * FROM drift('SELECT * FROM history WHERE userid % 3 = 0');
-- each has moved in its own way
SELECT * FROM drift($$SELECT songs + 300 AS songs, helps, CASE WHEN userid % 3 = 0 THEN 'tv' WHEN userid % 30 = 1 THEN 'car' ELSE platform END AS platform,
	CASE WHEN userid % 2 = 0 THEN seen END AS seen, true AS paid FROM history$$);
-- so few rows tell nothing, and fewer than none less
SELECT feature, psi, psi_chance, verdict FROM drift('SELECT * FROM history WHERE userid <= 30');
-- of another source the scores are known, too
SELECT * FROM drift('SELECT * FROM history WHERE userid > 2000', 'SELECT * FROM history WHERE userid <= 2000');
SELECT feature, psi, ks, verdict FROM drift('SELECT userid, 999 AS songs, helps, platform, seen, paid FROM history', 'history') WHERE feature IN ('(score)', 'songs');

-- how scores were, the model knows by itself, of rows that it had not seen: others of the same kind are the same, moved ones not
CREATE TABLE people AS
SELECT i AS userid, abs(hashint4(i * 3) % 100) AS songs, abs(hashint4(i * 5) % 50) AS hours, (ARRAY['web', 'ios', 'android'])[1 + abs(hashint4(i * 7)) % 3] AS platform,
	abs(hashint4(i * 3) % 100) + abs(hashint4(i)) % 90 < 55 AS churned FROM generate_series(1, 4500) AS i;
CREATE VIEW trained_on AS SELECT * FROM people WHERE userid <= 1500;
CREATE VIEW alike AS SELECT userid, songs, hours, platform FROM people WHERE userid > 1500;
CREATE VIEW moved AS SELECT userid, songs / 2 AS songs, hours, platform FROM people WHERE userid > 1500;
CREATE TYPE features AS (songs int, hours int, platform text);
CREATE TABLE kinds AS
SELECT algorithm || coalesce(' ' || note, '') AS kind, algorithm, model FROM (VALUES ('random_forest', NULL, '{}'::jsonb), ('random_forest', 'platt', '{"calibrate": "platt", "trees": 50}'),
	('decision_tree', NULL, '{}'), ('gradient_boosting', NULL, '{"trees": 30}'), ('gradient_boosting', 'isotonic', '{"trees": 30, "calibrate": "isotonic"}'), ('logistic_regression', NULL, '{}'), ('naive_bayes', NULL, '{}'), ('auto', NULL, '{}')) AS v (algorithm, note, options),
	LATERAL (SELECT model FROM churn_train('trained_on', algorithm => v.algorithm, options => v.options)) AS t
UNION ALL SELECT 'aggregate', 'random_forest', churn_forest_agg(churned, ROW(x.songs, x.hours, x.platform)::features)::churn_model FROM trained_on x;
SELECT kind, model::text::jsonb->>'algorithm' AS algorithm, s.verdict, s.ks < 0.1 AS near, m.verdict AS moved, m.ks > 0.1 AS far, s.missing_then, s.new_categories
FROM kinds, churn_drift(model, 'alike') s, churn_drift(model, 'moved') m WHERE s.feature = '(score)' AND m.feature = '(score)' ORDER BY kind COLLATE "C";
-- where it does not, the training rows are the reference, but for forests
SELECT kind, d.verdict, d.ks < 0.1 AS near FROM kinds, churn_drift(model, 'alike', 'trained_on') d WHERE d.feature = '(score)' AND kind ~ 'tree|boosting' ORDER BY kind COLLATE "C";
-- boosting knows them where all of its models have as many trees; not where each stops by itself
SELECT o.options, s.verdict, m.verdict AS moved
FROM (VALUES (1, '{"trees": 60}'::jsonb), (2, '{"trees": 60, "early_stopping": 0}'), (3, '{"trees": 60, "calibrate": "platt"}'), (4, '{"trees": 60, "calibrate": "platt", "early_stopping": 0}')) AS o (n, options),
	LATERAL (SELECT model FROM churn_train('SELECT * FROM people WHERE userid <= 3500', algorithm => 'gradient_boosting', options => o.options)) AS t,
	churn_drift(model, 'SELECT * FROM people WHERE userid > 3500') s, churn_drift(model, 'SELECT * FROM moved WHERE userid > 3500') m
WHERE s.feature = '(score)' AND m.feature = '(score)' ORDER BY n;
-- as many rows as the facts say that were out of bag or cross-fitted, in bins of about as many each
SELECT kind, (j#>>'{facts,scored_rows}')::numeric = coalesce(j#>>'{facts,cv_rows}', j#>>'{facts,oob_rows}')::numeric AS rows,
	(SELECT sum(c::int) FROM jsonb_array_elements_text(j#>'{scores,counts}') c) = (j#>>'{facts,scored_rows}')::numeric AS sum,
	jsonb_array_length(j#>'{scores,counts}') AS bins, model::text::churn_model = model AS text
FROM (SELECT kind, model, model::text::jsonb AS j FROM kinds) k WHERE j ? 'scores' ORDER BY kind COLLATE "C";
-- of a part of a blend they say nothing, and so are not kept
SELECT count(*) AS parts FROM kinds, jsonb_array_elements(model::text::jsonb->'parts') p WHERE p ? 'scores' OR p->'facts' ? 'scored_rows';
-- by plain SQL: both figures, from the counts in the model's text and the predictions
CREATE TABLE by_hand AS
WITH b AS MATERIALIZED (SELECT kind, ordinality AS bin, c::numeric AS was FROM (SELECT kind, model, model::text::jsonb AS j FROM kinds) k, jsonb_array_elements_text(j#>'{scores,counts}') WITH ORDINALITY AS c (c)),
	e AS MATERIALIZED (SELECT kind, ordinality AS bin, edge::float8 FROM (SELECT kind, model::text::jsonb AS j FROM kinds) k, jsonb_array_elements_text(j#>'{scores,edges}') WITH ORDINALITY AS e (edge)),
	p AS (SELECT kind, 1 + (SELECT count(*) FROM e WHERE e.kind = s.kind AND e.edge < s.score) AS bin, count(*) AS now FROM (SELECT kind, score FROM kinds, churn_score(model, 'moved')) s GROUP BY 1, 2),
	h AS (SELECT kind, bin, b.was, coalesce(now, 0) AS now, sum(b.was) OVER w - b.was / 2 AS middle, sum(b.was) OVER k AS all_then, sum(coalesce(now, 0)) OVER k AS all_now,
			sum(b.was) OVER w AS below_then, sum(coalesce(now, 0)) OVER w AS below_now
		FROM b LEFT JOIN p USING (kind, bin) WINDOW k AS (PARTITION BY kind), w AS (PARTITION BY kind ORDER BY bin)),
	g AS (SELECT kind, sum(h.was) + 0.5 AS a, sum(now) + 0.5 AS b FROM h GROUP BY kind, least(9, floor(10 * middle / all_then))),
	s AS (SELECT kind, a / sum(a) OVER k AS p, b / sum(b) OVER k AS q FROM g WINDOW k AS (PARTITION BY kind))
SELECT kind, (SELECT sum((q - p) * ln(q / p)) FROM s WHERE s.kind = h.kind)::float8 AS psi, max(abs(below_then / all_then - below_now / all_now))::float8 AS ks FROM h GROUP BY kind;
SELECT kind, abs(d.psi - h.psi) < 1e-9 AS psi, abs(d.ks - h.ks) < 1e-9 AS ks FROM kinds JOIN by_hand h USING (kind), churn_drift(model, 'moved') d WHERE d.feature = '(score)' AND model::text::jsonb ? 'scores' ORDER BY kind COLLATE "C";
-- a model that needed no such scores has none
SET client_min_messages = notice;
SELECT feature, psi, ks, verdict FROM churn_train('trained_on', algorithm => 'logistic_regression', options => '{"threshold": 0.3}') t, churn_drift(t.model, 'alike') WHERE feature = '(score)';
SELECT feature, verdict FROM churn_train('trained_on', options => '{"trees": 5, "bootstrap": false, "threshold": 0.3}') t, churn_drift(t.model, 'alike') WHERE feature = '(score)';
SET client_min_messages = warning;
-- the same model, whatever the plan and the order of rows
SELECT churn_fingerprint(k.model) = churn_fingerprint(t.model) AS same FROM kinds k, churn_train('SELECT * FROM trained_on ORDER BY userid DESC', algorithm => 'naive_bayes') t WHERE kind = 'naive_bayes';
-- hostile texts
CREATE FUNCTION with_scores(kind text, scores jsonb) RETURNS churn_model LANGUAGE sql AS $$
	SELECT CASE WHEN scores IS NULL THEN j - 'scores' ELSE jsonb_set(j, '{scores}', scores) END::text::churn_model FROM (SELECT model::text::jsonb AS j FROM kinds k WHERE k.kind = with_scores.kind) m $$;
SELECT with_scores('naive_bayes', NULL);
SELECT with_scores('naive_bayes', '{"edges": [], "counts": [1500]}') IS NOT NULL AS one_bin;
SELECT with_scores('naive_bayes', '{"edges": [0.5], "counts": [1, 2]}');
SELECT with_scores('naive_bayes', '{"edges": [0.5], "counts": [1500]}');
SELECT with_scores('naive_bayes', '{"edges": [0.5], "counts": [1500, 0, 0]}');
SELECT with_scores('naive_bayes', '{"edges": [0.1], "counts": [1500, 0]}');
SELECT with_scores('naive_bayes', '{"edges": [0.5, 0.25], "counts": [1500, 0, 0]}');
SELECT with_scores('naive_bayes', '{"edges": [1], "counts": [1500, 0]}');
SELECT with_scores('naive_bayes', '{"edges": [0.5], "counts": [-1, 1501]}');
SELECT with_scores('naive_bayes', '{"edges": [0.5], "counts": [1.5e3, 0.5]}');
SELECT with_scores('naive_bayes', '{"edges": "none", "counts": [1500]}');
SELECT with_scores('naive_bayes', '{"counts": [1500]}');
SELECT with_scores('naive_bayes', '{"edges": [], "counts": [1500], "more": 1}');
SELECT with_scores('naive_bayes', '[1500]');
SELECT with_scores('naive_bayes', jsonb_build_object('edges', (SELECT jsonb_agg(i / 64.0) FROM generate_series(1, 40) i), 'counts', (SELECT jsonb_agg(CASE i WHEN 1 THEN 1500 ELSE 0 END) FROM generate_series(1, 41) i)));
DROP FUNCTION with_scores;
DROP TABLE by_hand;
DROP TABLE kinds;
DROP TYPE features;
DROP VIEW trained_on, alike, moved;
DROP TABLE people;

-- by plain SQL: categories with half a row more, and the distance at the ends of bins, of a number with a bin for each value
CREATE VIEW now AS SELECT churned, songs, least(helps, 2) AS helps, CASE WHEN userid % 3 = 0 THEN 'tv' ELSE platform END AS platform, seen, paid FROM history WHERE userid % 7 < 3;
WITH c AS (SELECT platform, count(*) FILTER (WHERE old) AS a, count(*) FILTER (WHERE NOT old) AS b
		FROM (SELECT platform, true AS old FROM history UNION ALL SELECT platform, false FROM now) u GROUP BY 1),
	s AS (SELECT (a + 0.5) / (sum(a) OVER () + 0.5 * count(*) OVER ()) AS p, (b + 0.5) / (sum(b) OVER () + 0.5 * count(*) OVER ()) AS q FROM c)
SELECT abs(d.psi - j.psi) < 1e-9 AS psi FROM models, churn_drift(model, 'now') d, (SELECT sum((q - p) * ln(q / p)) AS psi FROM s) j WHERE feature = 'platform';
SELECT abs(d.ks - j.ks) < 1e-9 AS ks, d.ks > 0.2 AS large FROM models, churn_drift(model, 'now') d,
	(SELECT max(abs(a - b)) AS ks FROM generate_series(0, 3) v, LATERAL (SELECT avg((helps <= v)::int) AS a FROM history) h, LATERAL (SELECT avg((helps <= v)::int) AS b FROM now) n) j WHERE feature = 'helps';
SELECT abs(d.missing_now - j.missing) < 1e-9 AS missing FROM models, churn_drift(model, 'now') d, (SELECT avg((seen IS NULL)::int) AS missing FROM now) j WHERE feature = 'seen';
-- the model counts what the rows have, so that both ways are the same
SELECT count(*) AS same FROM models, churn_drift(model, 'now') a JOIN churn_drift(model, 'now', 'history') b ON a = b;

-- many new categories, in any order: those that most rows have
CREATE VIEW urls AS SELECT songs, helps, 'page ' || (userid % 40 + CASE WHEN n > 1 THEN userid * 10 + n ELSE 0 END) AS platform, seen, paid FROM history, generate_series(1, 3) n;
SELECT a.new_categories = b.new_categories AS same, cardinality(a.new_categories) AS shown, a.verdict
FROM models, churn_drift(model, 'urls') a, churn_drift(model, 'SELECT * FROM urls ORDER BY platform DESC') b WHERE a.feature = 'platform' AND b.feature = 'platform';
SELECT new_categories FROM models, churn_drift(model, 'SELECT songs, helps, repeat(''ü'', 200) || userid % 2 AS platform, seen, paid FROM history') WHERE feature = 'platform';

-- in workers the same
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE once AS SELECT d.* FROM models, churn_drift(model, 'history', 'now') d;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS same FROM models, churn_drift(model, 'history', 'now') d JOIN once o ON d = o;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- a model of one class knows its features; one whose feature was never known, too
SELECT feature, psi > 1 AS moved, ks, missing_then, missing_now, verdict FROM (SELECT model FROM churn_train('SELECT userid, churned, songs, NULL::float8 AS late FROM history', options => '{"trees": 3}')) m,
	churn_drift(model, 'SELECT songs, songs::float8 AS late FROM history') ORDER BY 1;

-- refusals
SELECT churn_drift(NULL, 'history');
SELECT churn_drift(model, NULL) FROM models;
SELECT churn_drift(model, 'SELECT * FROM history WHERE false') FROM models;
SELECT churn_drift(model, 'history', 'SELECT * FROM history LIMIT 0') FROM models;
SELECT churn_drift(model, 'SELECT songs, helps FROM history') FROM models;
SELECT churn_drift(model, 'SELECT songs, helps, platform, seen::timestamptz, paid FROM history') FROM models;
SELECT churn_drift(model, 'SELECT ''infinity''::float8 AS songs, helps, platform, seen, paid FROM history') FROM models;
SELECT churn_drift(model, 'history', 'DELETE FROM history') FROM models;
CREATE ROLE regress_drift;
GRANT SELECT ON models TO regress_drift;
SET ROLE regress_drift;
SELECT churn_drift(model, 'history') FROM models;
RESET ROLE;
REVOKE ALL ON models FROM regress_drift;
DROP ROLE regress_drift;
DROP FUNCTION drift;
DROP VIEW now, urls;
DROP TABLE history, models, once;
