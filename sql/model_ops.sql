-- churn_model and churn_forest as values: operators, operator classes, casts to json
CREATE TABLE m AS
SELECT n AS name, t.model, t.model::churn_forest AS forest FROM generate_series(1, 2) n,
     churn_train('SELECT i % 2 = 0 AS churned, i AS x FROM generate_series(1, 100) AS i', options => '{"trees": 2}') t;
-- one stored out of line, as it is and compressed, and a small one that is no forest
CREATE TABLE stored AS SELECT 'plain' AS how, churn_set_threshold(model, 0.3) AS model FROM churn_train(
	'SELECT i % 3 = 0 AS churned, hashint4(i) AS x, hashint4(-i) AS y FROM generate_series(1, 2000) AS i', options => '{"trees": 20}');
ALTER TABLE stored ALTER model SET STORAGE EXTERNAL;
INSERT INTO stored SELECT 'external', churn_set_threshold(churn_set_threshold(model, 0.9), 0.3) FROM stored;
ALTER TABLE stored ALTER model SET STORAGE MAIN;
INSERT INTO stored SELECT 'main', churn_set_threshold(churn_set_threshold(model, 0.9), 0.3) FROM stored WHERE how = 'plain';
CREATE TABLE mixed AS
SELECT how AS name, model FROM stored
UNION ALL SELECT 'small ' || name, model FROM m
UNION ALL SELECT 'weights', model FROM churn_train('SELECT i % 3 = 0 AS churned, i AS x FROM generate_series(1, 100) AS i', algorithm => 'logistic_regression');
ANALYZE mixed;

-- the order is that of the bytes, wherever they are kept
SELECT bool_and((a.model = b.model) = (x = y)) AS eq, bool_and((a.model <> b.model) = (x <> y)) AS ne,
	bool_and((a.model < b.model) = (x < y)) AS lt, bool_and((a.model <= b.model) = (x <= y)) AS le,
	bool_and((a.model > b.model) = (x > y)) AS gt, bool_and((a.model >= b.model) = (x >= y)) AS ge,
	bool_and(sparkify_model_cmp(a.model, b.model) = CASE WHEN x < y THEN -1 WHEN x > y THEN 1 ELSE 0 END) AS cmp,
	count(*) FILTER (WHERE a.model = b.model) AS equal_pairs
FROM mixed AS a, mixed AS b, sparkify_model_send(a.model) AS x, sparkify_model_send(b.model) AS y;
SELECT count(*), count(DISTINCT pg_column_size(model)) AS sizes, count(DISTINCT model) AS distinct_ones,
	count(DISTINCT sparkify_model_hash(model)) AS hashes,
	bool_and(sparkify_model_hash_extended(model, 0)::bit(32) = sparkify_model_hash(model)::bit(32)) AS extended,
	bool_and(sparkify_model_hash_extended(model, 1) <> sparkify_model_hash_extended(model, 0)) AS seeded FROM stored;
SELECT model = NULL AS eq, model < NULL AS lt, model IS DISTINCT FROM NULL AS is_distinct FROM m LIMIT 1;

-- grouping, sets, joins, arrays and rows, of either type
SELECT count(*) FROM m GROUP BY model;
SELECT count(*) FROM m GROUP BY forest;
SELECT count(DISTINCT model) AS models, count(DISTINCT forest) AS forests FROM m;
SELECT churn_fingerprint(model) = churn_fingerprint((SELECT model FROM m LIMIT 1)) AS same FROM (SELECT model FROM m UNION SELECT model FROM m) u;
SELECT count(*) FROM (SELECT forest FROM m UNION SELECT model FROM m) u;
SELECT name FROM (SELECT name, model, forest FROM m EXCEPT SELECT name, model, forest FROM m) e;
SELECT count(*) FROM (SELECT model FROM mixed INTERSECT SELECT model FROM stored) i;
SELECT count(*) FROM m a JOIN m b USING (name) WHERE a.* IS DISTINCT FROM b.*;
SELECT array_agg(model) = array_agg(model) AS arrays, array_agg(forest) = array_agg(forest) AS of_forests,
	array_agg(forest)::churn_model[] = array_agg(model) AS mixed FROM m;
SELECT ROW(a.model, a.forest) = ROW(b.model, b.forest) AS rows, a.forest IN (b.forest, b.model) AS listed,
	a.forest = ANY (ARRAY[b.model, b.forest]) AS any_of FROM m a, m b WHERE a.name < b.name;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM mixed a JOIN mixed b USING (model);
SELECT count(*) FROM mixed a JOIN mixed b USING (model);
SELECT count(*) FROM m JOIN mixed b ON m.forest = b.model;
RESET enable_mergejoin;
SET enable_hashjoin = off;
SELECT count(*) FROM mixed a JOIN mixed b USING (model);
SELECT count(*) FROM m JOIN mixed b ON m.forest = b.model;
RESET enable_hashjoin;
RESET enable_nestloop;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT model FROM mixed GROUP BY model) g;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) FROM (SELECT model FROM mixed GROUP BY model) g;
RESET enable_sort;
RESET enable_hashagg;

-- either type against the other means one operator, with no cast
SELECT a.forest = b.model AS fm, b.model = a.forest AS mf, a.forest = b.forest AS ff, a.forest <> b.model AS ne,
	a.forest < b.model AS lt, a.forest >= b.forest AS ge FROM m a, m b WHERE a.name < b.name;
\set VERBOSITY terse
SELECT count(*) FROM m WHERE model = (SELECT forest::text FROM m LIMIT 1);
\set VERBOSITY default

-- indexes and partitions
CREATE INDEX mixed_hash ON mixed USING hash (model);
CREATE INDEX m_forest ON m (forest) WHERE name = 1;
SET enable_seqscan = off;
SELECT count(*) FROM mixed WHERE model = (SELECT model FROM m LIMIT 1);
RESET enable_seqscan;
SELECT amname, opcname, opcintype::regtype, opcdefault, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am AS a ON a.oid = opcmethod
WHERE opcintype IN ('churn_model'::regtype, 'churn_forest'::regtype) ORDER BY 1;
CREATE TABLE parted (name text, model churn_forest) PARTITION BY HASH (model);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO parted SELECT name, forest FROM m;
SELECT count(*) FROM parted;

-- what did not change is not written again
CREATE UNIQUE INDEX ON m (name);
INSERT INTO m AS o SELECT * FROM m ON CONFLICT (name) DO UPDATE SET model = EXCLUDED.model
WHERE o.model IS DISTINCT FROM EXCLUDED.model OR o.forest IS DISTINCT FROM EXCLUDED.forest;
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE UPDATE ON m FOR EACH ROW EXECUTE FUNCTION changed();
WITH u AS (UPDATE m SET model = model RETURNING 1) SELECT count(*) FROM u;
WITH u AS (UPDATE m SET model = churn_set_threshold(model, 0.123) WHERE name = 1 RETURNING 1) SELECT count(*) FROM u;
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'changed'; RETURN NEW; END $$;
CREATE TRIGGER t2 BEFORE UPDATE ON m FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION told();
UPDATE m SET name = name;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM m;
CREATE UNIQUE INDEX ON kept (name);
REFRESH MATERIALIZED VIEW CONCURRENTLY kept;

-- as JSON they are objects
SELECT jsonb_typeof(to_jsonb(model)) AS to_jsonb, json_typeof(to_json(forest)) AS to_json,
	jsonb_typeof(to_jsonb(m) -> 'model') AS in_row, json_typeof(row_to_json(m) -> 'forest') AS in_row_to_json,
	jsonb_typeof(jsonb_agg(forest) -> 0) AS aggregated, model::jsonb = to_jsonb(model) AS cast_to_jsonb,
	model::json::text = model::text AS cast_to_json, forest::jsonb = model::text::jsonb AS of_forest,
	to_json(model)::text::churn_model = model AS comes_back, to_jsonb(forest) -> 'algorithm' AS algorithm
FROM m WHERE name = 2 GROUP BY name, model, forest, m.*;
SELECT to_jsonb(NULL::churn_model) IS NULL AS nothing, to_json(NULL::churn_forest) IS NULL AS no_forest;

DROP MATERIALIZED VIEW kept;
DROP TABLE m, stored, mixed, parted;
DROP FUNCTION changed(), told();
