-- Models by hand: their types, their text and what they say about themselves

SET extra_float_digits = 0;		-- the text is exact all the same

CREATE TABLE texts (name text PRIMARY KEY, model text);
INSERT INTO texts VALUES ('forest', $$
{"sparkify_model": 1, "algorithm": "random_forest", "threshold": 0.4,
 "options": {"trees": 2, "max_depth": 8, "min_leaf": 1, "features_per_split": "sqrt", "bins": 255,
             "bootstrap": true, "class_weight": 2.5, "criterion": "entropy", "seed": -7},
 "facts": {"rows": 300, "positives": 70},
 "features": [
   {"name": "songs", "kind": "number", "edges": [-1.5, 0.1, 12345.5], "counts": [100, 100, 50, 30, 20], "importance": 0.7},
   {"name": "level", "kind": "category", "categories": ["", "free", "paid \"x\"\u00e9"], "counts": [1, 149, 140, 10], "importance": 0.3},
   {"name": "seen", "kind": "time", "edges": [], "counts": [300], "importance": 0}],
 "trees": [
   [[0, 1, "left", 300], [1, [0, 2, 255], 200], [0.25, 100], [0, 120], [0, 3, "right", 80], [0.10000000149011612, 60], [1, 20]],
   [[0.5, 300]]]}
$$), ('tree', $$
{"sparkify_model": 1, "algorithm": "decision_tree", "threshold": 0.5,
 "options": {"max_depth": 5, "min_leaf": 20, "features_per_split": 0.5, "bins": 2, "class_weight": "balanced", "criterion": "gini", "seed": 42},
 "facts": {},
 "features": [{"name": "x", "kind": "number", "edges": [-0.0, 1e300], "counts": [10, 20, 0, 0], "importance": 1}],
 "trees": [[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]]}
$$);

CREATE TABLE models AS SELECT name, model::churn_model FROM texts;
SELECT name, model FROM models ORDER BY name;

-- Text in and out is exact; neither space nor the order of keys matters
SELECT name, model::text::churn_model = model AS same FROM models ORDER BY name;
SELECT jsonb_pretty(model::text::jsonb)::churn_model = model AS same FROM models WHERE name = 'forest';
SELECT a.name, b.name, a.model = b.model AS eq, a.model <> b.model AS ne FROM models a, models b ORDER BY 1, 2;

-- Fingerprints, thresholds
SELECT name, churn_fingerprint(model) FROM models ORDER BY name;
SELECT churn_fingerprint(churn_set_threshold(model, 0.4)) = churn_fingerprint(model) AS same,
       churn_fingerprint(churn_set_threshold(model, 0.6)) = churn_fingerprint(model) AS other,
       churn_info(churn_set_threshold(model, 0.6)) -> 'threshold' AS threshold
FROM models WHERE name = 'forest';
SELECT pg_typeof(churn_set_threshold(model, 0.6)), pg_typeof(churn_set_threshold(model::churn_forest, 0.6)) FROM models LIMIT 1;
SELECT churn_set_threshold(model, 0) FROM models;
SELECT churn_set_threshold(model, 1) FROM models;
SELECT churn_set_threshold(model, 'NaN') FROM models;

-- NULL is no threshold, and never takes the place of a model; where there is no model there is none
SELECT churn_set_threshold(model, NULL) FROM models;
SELECT churn_set_threshold(model::churn_forest, NULL) FROM models;
UPDATE models SET model = churn_set_threshold(model, (SELECT churn_threshold(false, 0.3) FROM generate_series(1, 10)));
UPDATE models SET model = churn_set_threshold(model, coalesce((SELECT churn_threshold(false, 0.3)), 0.4)) WHERE name = 'forest';
SELECT name, model IS NULL AS lost FROM models ORDER BY name;
SELECT churn_set_threshold(NULL::churn_model, 0.5) IS NULL AS no_model, churn_set_threshold(NULL::churn_forest, NULL) IS NULL AS nor_threshold,
       churn_info(NULL) IS NULL AS info, churn_fingerprint(NULL) IS NULL AS fingerprint;

-- What a model says about itself
SELECT jsonb_pretty(churn_info(model)) FROM models WHERE name = 'forest';
SELECT churn_info(model) - 'features' FROM models WHERE name = 'tree';
SELECT i.* FROM models, churn_importance(model) AS i WHERE name = 'forest';
SELECT name, churn_importance(model) FROM models WHERE name = 'tree';
SELECT count(*) FROM churn_importance(NULL);
SELECT count(*) FROM models, churn_importance(model, NULL);
SELECT churn_importance(n.model) FROM models m LEFT JOIN models n ON n.name = m.name || '?';

-- A churn_forest is a churn_model; the way back is checked and needs an assignment or a cast
CREATE TABLE forests (name text, model churn_forest);
INSERT INTO forests SELECT * FROM models;
SELECT f.name, f.model = m.model AS same, churn_fingerprint(f.model) = churn_fingerprint(m.model) AS fingerprint
FROM forests f JOIN models m USING (name) ORDER BY 1;
INSERT INTO models SELECT 'copy of ' || name, model FROM forests;
SELECT name, model::text::churn_forest = model AS same FROM forests ORDER BY 1;
SELECT model::churn_forest::churn_model = model AS same FROM models ORDER BY name;
SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod FROM pg_cast
WHERE 'churn_model'::regtype IN (castsource, casttarget) ORDER BY 1, 2;

-- Binary out and in
\set abs_builddir `echo "${PG_ABS_BUILDDIR:-$PWD}"`
\set file :abs_builddir '/results/model.copy'
COPY models TO :'file' (FORMAT binary);
CREATE TABLE models_back (LIKE models);
COPY models_back FROM :'file' (FORMAT binary);
SELECT count(*), bool_and(b.model = m.model) AS same FROM models_back b JOIN models m USING (name);
COPY forests TO :'file' (FORMAT binary);
CREATE TABLE forests_back (LIKE forests);
COPY forests_back FROM :'file' (FORMAT binary);
SELECT count(*), bool_and(b.model = f.model) AS same FROM forests_back b JOIN forests f USING (name);
CREATE TABLE bytes AS SELECT name, sparkify_model_send(model) AS b FROM models WHERE name IN ('forest', 'tree');
SELECT name, length(b), substr(b, 1, 8), encode(reverse_bytes, 'hex') = churn_fingerprint(model) AS fingerprint
FROM bytes JOIN models USING (name),
     LATERAL (SELECT string_agg(substr(b, i, 1), NULL ORDER BY i DESC) AS reverse_bytes FROM generate_series(9, 16) AS i) AS r
ORDER BY name;

-- Binary that is no model: changed, cut off, or something else
COPY (SELECT name, b FROM bytes WHERE name = 'tree') TO :'file' (FORMAT binary);
COPY models_back FROM :'file' (FORMAT binary);
COPY (SELECT name, set_byte(b, 40, 1) FROM bytes WHERE name = 'tree') TO :'file' (FORMAT binary);
COPY models_back FROM :'file' (FORMAT binary);
COPY (SELECT name, substr(b, 1, 20) FROM bytes WHERE name = 'tree') TO :'file' (FORMAT binary);
COPY forests_back FROM :'file' (FORMAT binary);
COPY (SELECT name, ''::bytea FROM bytes WHERE name = 'tree') TO :'file' (FORMAT binary);
COPY models_back FROM :'file' (FORMAT binary);
COPY (SELECT name, 'no model'::bytea FROM bytes WHERE name = 'tree') TO :'file' (FORMAT binary);
COPY models_back FROM :'file' (FORMAT binary);
SELECT count(*) FROM models_back;

-- A large model, stored out of line and compressed
INSERT INTO models
SELECT 'large', jsonb_set(jsonb_set(f, '{trees}', t), '{options,trees}', '5000')::text::churn_model
FROM (SELECT model::jsonb FROM texts WHERE name = 'forest') AS forest(f),
     LATERAL (SELECT jsonb_agg(tree) FROM (SELECT f #> '{trees,0}' FROM generate_series(1, 5000)) AS t(tree)) AS trees(t);
SELECT pg_column_size(model) < 100000 AS compressed, length(model::text), churn_info(model) -> 'nodes' AS nodes,
       churn_fingerprint(model), model::text::churn_model = model AS same
FROM models WHERE name = 'large';

-- Text that is no model
\set VERBOSITY sqlstate
SELECT ''::churn_model;
\set VERBOSITY default
SELECT 'x'::churn_model;
SELECT '[]'::churn_model;
SELECT '{"features": [], "trees": []}'::churn_model;
SELECT '{"features": [], "trees": [}'::churn_model;
SELECT '{"features": [], "trees": []'::churn_model;
SELECT '{"features": [], "trees": []} {}'::churn_model;
SELECT '{"features": [], "trees": {}}'::churn_model;
SELECT '{"features": [], "a": {"trees": []}}'::churn_model;

-- One thing wrong at a time: what is replaced, and what with
CREATE FUNCTION wrong(was text, is_now text, which text DEFAULT 'tree') RETURNS churn_model LANGUAGE plpgsql AS $$
DECLARE
	good text := (SELECT model FROM texts WHERE name = which);
BEGIN
	IF position(was IN good) = 0 THEN
		RAISE EXCEPTION 'not there: %', was;
	END IF;
	RETURN replace(good, was, is_now)::churn_model;
END $$;

\set SHOW_CONTEXT never
SELECT wrong('"threshold": 0.5', '"threshold": 0.5') = model AS same FROM models WHERE name = 'tree';
SELECT wrong('"sparkify_model": 1', '"sparkify_model": 2');
SELECT wrong('"sparkify_model": 1', '"sparkify_model": 1.5');
SELECT wrong('"sparkify_model": 1,', '');
SELECT wrong('"decision_tree"', '"oak"');
SELECT wrong('"decision_tree"', '"naive_bayes"');
SELECT wrong('"decision_tree"', '1');
SELECT wrong('"threshold": 0.5', '"threshold": 1');
SELECT wrong('"threshold": 0.5', '"threshold": NaN');
SELECT wrong('"threshold": 0.5', '"threshold": 1e999');
SELECT wrong('"threshold": 0.5', '"threshold": "0.5"');
SELECT wrong('"threshold": 0.5', '"threshold": 0.5, "threshold": 0.5');
SELECT wrong('"threshold": 0.5', '"threshold": 0.5, "note": 1');
SELECT wrong('"threshold": 0.5', '"threshold": 0.5, "trees": []');
SELECT wrong('"threshold": 0.5', '"threshold": 0.5, "tre\u0065s": []');
SELECT wrong('"threshold": 0.5', '"threshold": 0.5, "\u0000": 1');
SELECT wrong('"threshold": 0.5', '"threshold": 0.5, /* half */ "note": 1');
SELECT wrong('"threshold": 0.5', '"threshold": [[[[[[[[[[0.5]]]]]]]]]]');
SELECT wrong('"threshold": 0.5', '''threshold'': 0.5');
SELECT wrong('"max_depth": 5', '"max_depth": 65');
SELECT wrong('"max_depth": 5', '"max_depth": "deep"');
SELECT wrong('"max_depth": 5', '"max_depth": true');
SELECT wrong('"max_depth": 5', '"max_depth": null');
SELECT wrong('"max_depth": 5', '"max_depth": 5, "max_depth": 5');
SELECT wrong('"max_depth": 5', '"max_depth": 5, "trees": 1');
SELECT wrong('"max_depth": 5,', '');
SELECT wrong('"class_weight": "balanced"', '"class_weight": -1');
SELECT wrong('"seed": 42', '"seed": -0.0');
SELECT wrong('"facts": {}', '"facts": {"rows": 29}');
SELECT wrong('"facts": {}', '"facts": {"rows": 30}') = model AS same FROM models WHERE name = 'tree';
SELECT wrong('"facts": {}', '"facts": {"rows": -30}');
SELECT wrong('"facts": {}', '"facts": {"cows": 30}');
SELECT wrong('"facts": {}', '"facts": []');
SELECT wrong('{"name": "x", "kind": "number", "edges": [-0.0, 1e300], "counts": [10, 20, 0, 0], "importance": 1}', '');
SELECT wrong('{"name": "x"', '5, {"name": "x"');
SELECT wrong('{"name": "x"', '["x"], {"name": "x"');
SELECT wrong('{"name": "x"', '{"name": "x", "name": "y"');
SELECT wrong('"name": "x"', '"name": ""');
SELECT wrong('"name": "x"', '"name": 1');
SELECT wrong('"name": "x"', format('"name": "%s"', repeat('x', 64)));
SELECT wrong('"level"', '"songs"', 'forest');
SELECT wrong('"kind": "number"', '"kind": "complex"');
SELECT wrong('"kind": "number"', '"kind": "category"');
SELECT wrong('[-0.0, 1e300]', '[-0.0, 1e300], "categories": []');
SELECT wrong('[-0.0, 1e300]', '[-0.0, 1e300, 1e301]');
SELECT wrong('[-0.0, 1e300]', '[-0.0, "a"]');
SELECT wrong('[-0.0, 1e300]', '[-0.0, Infinity]');
SELECT wrong('[-0.0, 1e300]', format('[-0.0, %s]', 1e300::numeric));
SELECT wrong('[-1.5, 0.1, 12345.5]', '[-1.5, -1.5, 1e300]', 'forest');
SELECT wrong('"free"', '"zzz"', 'forest');
SELECT wrong('"free"', '7', 'forest');
SELECT wrong('"free"', format('"%s"', repeat('x', 1001)), 'forest');
SELECT wrong('"counts": [10, 20, 0, 0]', '"counts": []');
SELECT wrong('"counts": [10, 20, 0, 0]', '"counts": [10, 20.5, 0, 0]');
SELECT wrong('"counts": [10, 20, 0, 0]', '"counts": [10, -20, 0, 0]');
SELECT wrong('"counts": [10, 20, 0, 0]', format('"counts": [%s0]', repeat('0, ', 256)));
SELECT wrong('[1, 149, 140, 10]', '[1, 149, 140, 11]', 'forest');
SELECT wrong('"importance": 1', '"importance": -1');
SELECT wrong('[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]', '');
SELECT wrong('[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]', '[]');
SELECT wrong('[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]', '{}');
SELECT wrong('[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]', '[[0.5, 1]], [[0.5, 1]]');
SELECT wrong('[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]', '[[0.5, 1]],');
SELECT wrong('[0.75, 20]', '[0.75, 20],');
SELECT wrong('[0.75, 20]', '[0.75, 20,]');
SELECT wrong('[0.75, 20]', '5');
SELECT wrong('[0.75, 20]', '{"a": 1}');
SELECT wrong('[0.75, 20]', '[0.75]');
SELECT wrong('[0.75, 20]', '[0.75, 21]');
SELECT wrong('[0.75, 20]', '[0.75, 0]');
SELECT wrong('[0.75, 20]', '[0.75, 5000000000]');
SELECT wrong('[0.75, 20]', '[0.1, 20]');
SELECT wrong('[0.75, 20]', '[1.5, 20]');
SELECT wrong('[0.75, 20]', '[NaN, 20]');
SELECT wrong('[0.75, 20]', '[0, 0, "left", 20]');
SELECT wrong(', [0.75, 20]', '');
SELECT wrong('[0.75, 20]', '[0.75, 20], [0.5, 1], [0.5, 1]');
SELECT wrong('[0, 0, "right", 30]', '[1, 0, "right", 30]');
SELECT wrong('[0, 0, "right", 30]', '[70000, 0, "right", 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, 2, "left", 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, 2, "right", 30]') IS NULL AS refused;
SELECT wrong('[0, 0, "right", 30]', '[0, 3, "right", 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, 256, "right", 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, 0, "up", 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, 0, true, 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, [0], 30]');
SELECT wrong('[0, 0, "right", 30]', '[0, 0, 30]');
SELECT wrong('[1, [0, 2, 255], 200]', '[1, [0, 3], 200]', 'forest');
SELECT wrong('[1, [0, 2, 255], 200]', '[1, [0, 256], 200]', 'forest');
SELECT wrong('[1, [0, 2, 255], 200]', '[1, 0, "left", 200]', 'forest');

DROP FUNCTION wrong;
DROP TABLE texts, models, forests, models_back, forests_back, bytes;
