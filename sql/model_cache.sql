-- Many models in one query: what functions that apply them keep ready
\set SHOW_CONTEXT never
CREATE TABLE segments AS SELECT i, i % 30 AS seg, hashint4(i) % 10 > 3 AS churned, (hashint4(i * 3) % 1000)::float8 AS a,
	(hashint4(i * 5) % 1000)::float8 AS b FROM generate_series(1, 900) AS i;
CREATE TABLE segment_models AS SELECT grp::int AS seg, model FROM churn_train('segments', group_by => 'seg', exclude => '{i}', options => '{"trees": 5}');
CREATE FUNCTION alone(s segments, OUT p float8, OUT risk boolean, OUT parts float8, OUT reasons text[]) LANGUAGE plpgsql AS $$
BEGIN	-- a query for each row
	EXECUTE 'SELECT churn_predict(model, $1), churn_at_risk(model, $1), (SELECT sum(contribution) FROM churn_explain(model, $1)), churn_reasons(model, $1)
		FROM segment_models WHERE seg = ($1).seg' USING s INTO p, risk, parts, reasons;
END $$;
CREATE TABLE expected AS SELECT i, a.* FROM segments s, alone(s) AS a;
CREATE VIEW together AS
SELECT s.i, churn_predict(m.model, s) AS p, churn_at_risk(m.model, s) AS risk,
	(SELECT sum(contribution) FROM churn_explain(m.model, s)) AS parts, churn_reasons(m.model, s) AS reasons,
	sparkify_predict_values(m.model, s.a, s.b) AS v
FROM segments s JOIN segment_models m USING (seg);
SELECT count(*), count(*) FILTER (WHERE (e.p, e.risk, e.parts, e.reasons, e.p) IS NOT DISTINCT FROM (t.p, t.risk, t.parts, t.reasons, t.v)) AS same
FROM expected e JOIN together t USING (i);
SET sparkify.model_cache_memory = 0;	-- eight all the same
SELECT count(*), count(*) FILTER (WHERE (e.p, e.risk, e.parts, e.reasons, e.p) IS NOT DISTINCT FROM (t.p, t.risk, t.parts, t.reasons, t.v)) AS same
FROM expected e JOIN together t USING (i);
RESET sparkify.model_cache_memory;
SELECT name, setting, unit, context FROM pg_settings WHERE name = 'sparkify.model_cache_memory';

-- two models made to have one fingerprint answer for themselves
CREATE TABLE twins AS SELECT n, m::churn_model AS model FROM (VALUES
	(1, '{"sparkify_model": 1, "algorithm": "decision_tree", "threshold": 0.5, "options": {"max_depth": 5, "min_leaf": 20, "features_per_split": 0.5, "bins": 2, "class_weight": "balanced", "criterion": "gini", "seed": 42}, "facts": {}, "features": [{"name": "xxxxxxx", "kind": "number", "edges": [0, 100], "counts": [10, 20, 0, 0], "importance": 1.5}], "trees": [[[0, 0, "right", 30], [0.125, 10], [0.75, 20]]]}'),
	(2, '{"sparkify_model": 1, "algorithm": "decision_tree", "threshold": 0.5, "options": {"max_depth": 5, "min_leaf": 20, "features_per_split": 0.5, "bins": 2, "class_weight": "balanced", "criterion": "gini", "seed": 42}, "facts": {}, "features": [{"name": "xxxxxxx", "kind": "number", "edges": [0, 100], "counts": [10, 20, 0, 0], "importance": 1.5408250846248732e-63}], "trees": [[[0, 0, "right", 30], [0.875, 10], [0.00390625, 20]]]}')) v(n, m);
SELECT count(DISTINCT churn_fingerprint(model)) AS fingerprints, count(DISTINCT model) AS models FROM twins;
SELECT x, n, churn_predict(model, r), sparkify_predict_values(model, x), churn_reasons(model, r), churn_at_risk(model, r),
	(SELECT round(sum(contribution)::numeric, 9) FROM churn_explain(model, r)) AS sum
FROM (SELECT x, x AS xxxxxxx FROM (VALUES (-1), (50)) v(x)) r, twins ORDER BY x, n;

-- plain values, of which those of a parameter or a constant are not always compared to the end: two of one length by turns
CREATE TABLE large AS SELECT model, pg_column_size(model::text) > 100000 AS large
FROM churn_train('SELECT hashint4(i) % 10 > 3 AS churned, (hashint4(i * 3) % 1000)::float8 AS a FROM generate_series(1, 3000) AS i', options => '{"trees": 10, "min_leaf": 5}');
ALTER TABLE large ALTER model SET STORAGE PLAIN;
SELECT large FROM large;
CREATE FUNCTION by_turns() RETURNS TABLE (n int, risk boolean, p float8) LANGUAGE plpgsql AS $$
DECLARE
	trained churn_model := (SELECT model FROM large);
	m churn_model;
	s record := (SELECT r FROM (SELECT 1::float8 AS a) r);
BEGIN	-- a variable, each at the address of the one before
	FOR i IN 1..6 LOOP
		n := i;
		m := NULL;
		m := churn_set_threshold(trained, CASE WHEN i % 2 = 0 THEN 0.001 ELSE 0.999 END);
		risk := churn_at_risk(m, s);
		p := churn_predict(m, s);
		RETURN NEXT;
	END LOOP;
	FOR i IN 7..10 LOOP
		n := i;
		SELECT model INTO m FROM twins WHERE twins.n = 1 + i % 2;
		p := churn_predict(m, (SELECT r FROM (SELECT 1 AS xxxxxxx) r));
		risk := churn_at_risk(m, (SELECT r FROM (SELECT 1 AS xxxxxxx) r));
		RETURN NEXT;
	END LOOP;
	p := NULL;
	FOR i IN 11..14 LOOP
		n := i;
		PERFORM set_config('plan_cache_mode', CASE WHEN i < 13 THEN 'force_generic_plan' ELSE 'force_custom_plan' END, true);
		m := churn_set_threshold(trained, CASE WHEN i % 2 = 0 THEN 0.001 ELSE 0.999 END);
		SELECT bool_and(churn_at_risk(m, r)) INTO risk FROM (SELECT 1::float8 AS a FROM generate_series(1, 3) OFFSET 0) r;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT n, risk, CASE WHEN n > 6 THEN p END AS p, n > 6 OR p = lag(p, 1, p) OVER (ORDER BY n) AS same FROM by_turns();
-- of the query, of the outer side of a nested loop, of a subquery
SELECT n, churn_at_risk(m, r), q.*
FROM (SELECT n, churn_set_threshold(model, CASE WHEN n % 2 = 0 THEN 0.001 ELSE 0.999 END) AS m FROM large, generate_series(1, 4) n OFFSET 0) l,
	LATERAL (SELECT bool_and(churn_at_risk(l.m, o)) AS lateral FROM generate_series(1, 2) i, (SELECT 1::float8 AS a OFFSET 0) o OFFSET 0) q, (SELECT 1::float8 AS a) r;
SELECT n, (SELECT bool_or(churn_at_risk((SELECT churn_set_threshold(model, CASE WHEN n % 2 = 0 THEN 0.001 ELSE 0.999 END) FROM large), r))
	FROM generate_series(1, 2) i, (SELECT 1::float8 AS a) r) FROM generate_series(1, 4) n;
DROP TABLE large;
DROP FUNCTION by_turns;

-- how many are kept: all of them, or eight; 13 has no view that shows it
CREATE FUNCTION kept() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c CURSOR FOR SELECT churn_predict(m.model, s) FROM (SELECT * FROM segments ORDER BY seg OFFSET 0) s JOIN segment_models m USING (seg);
	n bigint;
BEGIN
	OPEN c;
	MOVE 899 IN c;
	IF to_regclass('pg_backend_memory_contexts') IS NOT NULL THEN
		SELECT count(*) INTO n FROM pg_backend_memory_contexts WHERE name = 'churn model';
	END IF;
	RETURN n;
END $$;
SELECT coalesce(kept() = 30, true) AS all_of_them;
SET sparkify.model_cache_memory = 0;
SELECT coalesce(kept() = 8, true) AS eight;
RESET sparkify.model_cache_memory;

-- a model that cannot be used leaves the others as they are
DO $$
DECLARE
	s segments;
	m churn_model;
	refused int := 0;
	predicted int := 0;
BEGIN
	SELECT * INTO s FROM segments WHERE i = 1;
	FOR m IN SELECT model FROM segment_models UNION ALL SELECT model FROM twins LOOP
		BEGIN
			predicted := predicted + (churn_predict(m, s) IS NOT NULL)::int;
		EXCEPTION WHEN undefined_column THEN
			refused := refused + 1;
		END;
	END LOOP;
	RAISE NOTICE '% predicted, % refused', predicted, refused;
END $$;

DROP VIEW together;
DROP FUNCTION alone, kept;
DROP TABLE segments, segment_models, expected, twins;
