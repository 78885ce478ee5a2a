-- Which model is in use, and what it has said
\set SHOW_CONTEXT never
\set VERBOSITY default
CREATE TABLE users AS
SELECT i AS userid, abs(hashint4(i * 3) % 100) AS songs, abs(hashint4(i * 5) % 50) AS hours,
	abs(hashint4(i * 3) % 100) + abs(hashint4(i)) % 60 < 50 AS churned
FROM generate_series(1, 3000) AS i;
CREATE TABLE trained AS
SELECT 'good' AS kind, model FROM churn_train('SELECT userid, songs, hours, churned FROM users WHERE userid <= 1000')
UNION ALL SELECT 'poor', model FROM churn_train('SELECT userid, songs % 7 AS songs, hours, churned FROM users WHERE userid <= 1000', options => '{"trees": 5}')
UNION ALL SELECT 'other', model FROM churn_train('SELECT userid, songs, hours, churned FROM users WHERE userid <= 1000', options => '{"seed": 7}');
CREATE VIEW later AS SELECT * FROM users WHERE userid > 1000;

-- deployed, in use, rolled back; versions only grow
SELECT churn_active('daily');
SELECT churn_deploy('daily', model, 'users up to 1000', 'the first', 'later') FROM trained WHERE kind = 'poor';
SELECT churn_deploy('daily', model, note => 'better') FROM trained WHERE kind = 'good';
SELECT name, version, active, previous, source, note, options - 'seed' AS options, metrics IS NOT NULL AS judged, created_by = current_user AS own, created_at = now() AS now FROM churn_models ORDER BY 1, 2;
SELECT e.metric, m.metrics ->> e.metric = e.value::text AS value, (m.metrics ->> (e.metric || '_low'))::float8 = e.low AS low, (m.metrics ->> (e.metric || '_high'))::float8 = e.high AS high
FROM churn_models m, churn_evaluate(m.model, 'later') e WHERE version = 1 AND metric IN ('n', 'auc', 'recall') ORDER BY 1;
SELECT kind FROM trained WHERE model = churn_active('daily');
SELECT churn_rollback('daily');
SELECT kind FROM trained WHERE model = churn_active('daily');
SELECT churn_rollback('daily');
SELECT churn_deploy('daily', model) FROM trained WHERE kind = 'other';
SELECT churn_rollback('daily');
SELECT churn_rollback('daily', 2);
SELECT name, version, active, previous FROM churn_models ORDER BY 1, 2;
SELECT churn_deploy('weekly', churn_set_threshold(churn_active('daily'), 0.9));
SELECT name, version FROM churn_models WHERE active ORDER BY 1;

-- a view over it follows, and asks the registry and reads the model once in a query, whatever its plan
CREATE VIEW at_risk AS SELECT userid, churn_predict(churn_active('daily'), u) AS risk FROM users u;
CREATE FUNCTION reads(query text, OUT registry bigint, OUT model bigint, OUT risk float8) LANGUAGE plpgsql SET max_parallel_workers_per_gather = 0 AS $$
DECLARE toast oid := (SELECT reltoastrelid FROM pg_class WHERE oid = 'churn_models'::regclass);
BEGIN	-- scans of the table, and of what its large values are in
	registry := pg_stat_get_xact_numscans('churn_models'::regclass) + (SELECT sum(pg_stat_get_xact_numscans(indexrelid)) FROM pg_index WHERE indrelid = 'churn_models'::regclass);
	model := (SELECT sum(pg_stat_get_xact_numscans(indexrelid)) FROM pg_index WHERE indrelid = toast);
	EXECUTE query INTO risk;
	registry := pg_stat_get_xact_numscans('churn_models'::regclass) + (SELECT sum(pg_stat_get_xact_numscans(indexrelid)) FROM pg_index WHERE indrelid = 'churn_models'::regclass) - registry;
	model := (SELECT sum(pg_stat_get_xact_numscans(indexrelid)) FROM pg_index WHERE indrelid = toast) - model;
END $$;
SELECT registry, model, risk = (SELECT sum(churn_predict(m.model, u)) FROM trained m, users u WHERE kind = 'good') AS right FROM reads('SELECT sum(risk) FROM at_risk');
SELECT registry, model FROM reads('SELECT count(*) FROM at_risk WHERE risk > 0.5');
SELECT registry, model FROM reads('SELECT sum(churn_predict(m, u)) FROM users u, churn_active(''daily'') m');
SELECT registry, model FROM reads('SELECT count(*) FROM users u WHERE churn_at_risk(churn_active(''daily''), u)');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS off) SELECT sum(risk) FROM at_risk;
SELECT round(sum(risk)::numeric, 6) = (SELECT round(sum(churn_predict(m.model, u))::numeric, 6) FROM trained m, users u WHERE kind = 'good') AS right FROM at_risk;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT churn_rollback('daily', 1);
SELECT round(sum(risk)::numeric, 6) = (SELECT round(sum(churn_predict(m.model, u))::numeric, 6) FROM trained m, users u WHERE kind = 'poor') AS follows FROM at_risk;
-- also where a place in the code outlives the query: within one transaction, and by name
CREATE FUNCTION by_turns() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	kinds text[];
	used churn_model;
BEGIN
	FOR i IN 1 .. 6 LOOP
		PERFORM churn_rollback('daily', 1 + i % 3);
		used := churn_active(CASE WHEN i = 5 THEN 'weekly' ELSE 'daily' END);
		kinds := kinds || coalesce((SELECT kind FROM trained WHERE model = used), 'weekly');
	END LOOP;
	RETURN kinds;
END $$;
SELECT by_turns();
SELECT version, count(DISTINCT churn_fingerprint(churn_active(name))) FROM churn_models WHERE active GROUP BY 1 ORDER BY 1;
BEGIN;
PREPARE risk AS SELECT churn_fingerprint(churn_active('daily')) = churn_fingerprint(model) AS same FROM trained WHERE kind = $1;
EXECUTE risk('good');
SELECT churn_rollback('daily', 1);
EXECUTE risk('poor');
ROLLBACK;
EXECUTE risk('poor');
SELECT churn_rollback('daily', 2);
EXECUTE risk('good');
DEALLOCATE risk;

-- champion and challenger
SELECT churn_rollback('daily', 1);
SELECT deployed, version, n, positives, users, champion_auc < challenger_auc AS better, difference > low AND low > 0 AS sure, p_value < 0.001 AS p FROM trained, churn_challenge('daily', model, 'later', note => 'challenger') WHERE kind = 'good';
SELECT deployed, version, round(difference::numeric, 3) AS difference, p_value FROM churn_challenge('daily', churn_active('daily'), 'later');
SELECT deployed, version, difference < 0 AS worse, p_value < 0.001 AS p FROM trained, churn_challenge('daily', model, 'later') WHERE kind = 'poor';
SELECT deployed, version, p_value > 0.05 AS chance FROM trained, churn_challenge('daily', model, 'later') WHERE kind = 'other';
SELECT deployed, difference, p_value FROM trained, churn_challenge('daily', model, 'SELECT * FROM later WHERE churned') WHERE kind = 'other';
SELECT version, active, previous, note, metrics ->> 'n' AS n FROM churn_models WHERE name = 'daily' ORDER BY 1;

-- scores night by night
SELECT churn_record('daily', 'SELECT * FROM later WHERE userid % 3 > 0', '2024-01-01');
SELECT churn_record('daily', 'SELECT userid, CASE WHEN userid = 1501 THEN 0 ELSE songs END AS songs, hours FROM later WHERE userid % 3 < 2', '2024-01-02');
SELECT churn_rollback('daily', 1);
SELECT churn_record('daily', 'SELECT userid AS uid, songs, hours FROM later WHERE userid % 3 < 2', '2024-01-04', 'uid');
SELECT churn_record('daily', 'SELECT * FROM later WHERE userid % 3 < 2', '2024-01-04');
SELECT as_of, version, users, round(mean_score::numeric, 4) AS mean_score, at_risk, became_at_risk, no_longer_at_risk, came, went, round(mean_change::numeric, 4) AS mean_change, changed_most, round(largest_change::numeric, 4) AS largest FROM churn_history('daily');
SELECT as_of, users, came FROM churn_history('daily', 1);
SELECT h.as_of, h.users = n AND abs(h.mean_score - mean) < 1e-12 AND h.at_risk = r AS right FROM churn_history('daily') h
	JOIN (SELECT as_of, count(*) AS n, avg(score) AS mean, count(*) FILTER (WHERE at_risk) AS r FROM churn_scores GROUP BY 1) s USING (as_of);
SELECT id, score = score_before + change AS sum, change > 0 AS up FROM churn_changes('daily', '2024-01-02', 3);
SELECT count(*), bool_and(abs(change) >= lag) AS sorted FROM (SELECT change, lead(abs(change), 1, 0::float8) OVER () AS lag FROM churn_changes('daily', top => 50)) c;
SELECT churn_record('daily', 'later');
SELECT count(*) AS today FROM churn_history('daily') WHERE as_of = (now() AT TIME ZONE 'UTC')::date;
SELECT count(*) FROM churn_changes('daily', '2024-01-01');

-- refusals
SELECT churn_active('nightly');
SELECT churn_active(NULL);
SELECT churn_deploy(NULL, model) FROM trained;
SELECT churn_deploy('daily', NULL);
SELECT churn_deploy('', model) FROM trained;
SELECT churn_deploy('daily', model, judged_on => 'nowhere') FROM trained;
SELECT churn_rollback('nightly');
SELECT churn_rollback('daily', 99);
SELECT churn_rollback('weekly');
SELECT churn_challenge('nightly', model, 'later') FROM trained;
SELECT churn_challenge('daily', model, 'later', level => 2) FROM trained;
SELECT churn_record('nightly', 'later');
SELECT churn_record('daily', 'SELECT 1 AS userid, songs, hours FROM later LIMIT 2', '2024-02-01');
SELECT churn_history('nightly');
SELECT churn_changes('nightly');
SELECT version, active FROM churn_models WHERE name = 'daily' ORDER BY 1;
SELECT churn_rollback(NULL);
SELECT churn_challenge(NULL, model, 'later') FROM trained;
SELECT churn_challenge('daily', NULL, 'later');
SELECT churn_challenge('daily', model, NULL) FROM trained;
SELECT churn_challenge('daily', model, 'later', level => NULL) FROM trained;
SELECT churn_deploy('daily', model, judged_on => 'later', label => NULL) FROM trained;
SELECT churn_deploy('daily', model, judged_on => 'later', label => 'left') FROM trained;
SELECT churn_record(NULL, 'later');
SELECT churn_record('daily', NULL);
SELECT churn_record('daily', 'later', id => NULL);
SELECT churn_history(NULL);
SELECT churn_history('daily', -1);
SELECT churn_changes('daily', top => -1);
SELECT churn_active('');
SELECT churn_rollback('');
-- all nights, or none
SELECT (SELECT count(*) FROM churn_history('daily', NULL)) AS nights, (SELECT count(*) FROM churn_history('daily', 0)) AS none, (SELECT count(*) > 1000 FROM churn_changes('daily', '2024-01-04', NULL)) AS changes;

-- any name that fits into an index, with the places where others would break
CREATE FUNCTION use(name text) RETURNS TABLE (version int, back int, known boolean, recorded bigint, nights bigint, changes bigint) LANGUAGE plpgsql AS $$
BEGIN
	version := churn_deploy(name, (SELECT model FROM trained WHERE kind = 'poor'));
	version := churn_deploy(name, (SELECT model FROM trained WHERE kind = 'good'));
	back := churn_rollback(name);
	known := churn_active(name) = (SELECT model FROM trained WHERE kind = 'poor');
	recorded := churn_record(name, 'SELECT * FROM later LIMIT 5');
	SELECT count(*) INTO nights FROM churn_history(name);
	SELECT count(*) INTO changes FROM churn_changes(name);
	RETURN NEXT;
END $$;
SELECT use.* FROM (VALUES (1, repeat('name ', 60)), (2, '📉 churn 🇩🇪'), (3, 'it''s "quoted" \ $1 %s; --'), (4, ' '), (5, E'two\nlines')) v (i, name), use(name) ORDER BY i;
SELECT use.* FROM use(repeat('ü', 500));
SELECT * FROM use(repeat('ü', 500) || 'x');
SELECT churn_active(repeat('no such name ', 20));
SELECT churn_active('🇩🇪');
DROP FUNCTION use;

-- what a savepoint takes back was never deployed
BEGIN;
SELECT churn_deploy('saved', model) FROM trained WHERE kind = 'poor';
SAVEPOINT s;
SELECT churn_deploy('saved', model) FROM trained WHERE kind = 'good';
SELECT kind FROM trained WHERE model = churn_active('saved');
SAVEPOINT t;
SELECT churn_rollback('saved', 9);
ROLLBACK TO s;
SELECT kind FROM trained WHERE model = churn_active('saved');
SELECT churn_deploy('saved', model) FROM trained WHERE kind = 'other';
RELEASE s;
COMMIT;
SELECT version, active, previous, kind FROM churn_models JOIN trained USING (model) WHERE name = 'saved' ORDER BY 1;
-- a query sees one state of the registry, whatever it deploys
SELECT churn_deploy('saved', model), (SELECT kind FROM trained WHERE model = churn_active('saved')) AS as_before FROM trained WHERE kind = 'good';
-- nothing is changed in a transaction that only reads
BEGIN READ ONLY;
SELECT kind FROM trained WHERE model = churn_active('saved');
SELECT count(*) FROM churn_history('daily');
SAVEPOINT s;
SELECT churn_deploy('saved', model) FROM trained;
ROLLBACK TO s;
SELECT churn_rollback('saved');
ROLLBACK TO s;
SELECT churn_challenge('saved', model, 'later') FROM trained;
ROLLBACK TO s;
SELECT churn_record('saved', 'later');
ROLLBACK;

-- with the caller's rights: to score needs SELECT, to deploy INSERT and UPDATE
CREATE ROLE regress_scorer;
CREATE ROLE regress_deployer;
GRANT SELECT ON users, trained, later, at_risk TO regress_scorer, regress_deployer;
SET ROLE regress_scorer;
SELECT churn_active('daily');
SELECT count(*) FROM at_risk;
RESET ROLE;
GRANT SELECT ON churn_models TO regress_scorer, regress_deployer;
GRANT INSERT, UPDATE ON churn_models TO regress_deployer;
SET ROLE regress_scorer;
SELECT count(*) FROM at_risk WHERE risk > 0;
SELECT churn_deploy('daily', model) FROM trained;
SELECT churn_rollback('daily');
SELECT churn_record('daily', 'later');
SELECT deployed FROM trained, churn_challenge('daily', model, 'later') WHERE kind = 'poor';
SELECT churn_history('daily');
SELECT churn_changes('daily');
SET ROLE regress_deployer;
SELECT churn_deploy('mine', model) FROM trained WHERE kind = 'good';
SELECT created_by FROM churn_models WHERE name = 'mine';
RESET ROLE;
-- rows that a role may not see are not there
ALTER TABLE churn_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON churn_models TO regress_scorer USING (name = 'daily');
SET ROLE regress_scorer;
SELECT churn_fingerprint(churn_active('daily')) IS NOT NULL AS daily;
SELECT churn_active('mine');
RESET ROLE;
DROP POLICY own ON churn_models;
ALTER TABLE churn_models DISABLE ROW LEVEL SECURITY;

-- what is called alike elsewhere is not taken
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.trap);
CREATE FUNCTION hostile.trap(int, int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR hostile.+ (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.trap);
CREATE FUNCTION hostile.trap(jsonb, jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR hostile.|| (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = hostile.trap);
CREATE FUNCTION hostile.trap(float8, float8) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR hostile.> (LEFTARG = float8, RIGHTARG = float8, FUNCTION = hostile.trap);
CREATE OPERATOR hostile.< (LEFTARG = float8, RIGHTARG = float8, FUNCTION = hostile.trap);
CREATE FUNCTION hostile.trap(date, date) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR hostile.= (LEFTARG = date, RIGHTARG = date, FUNCTION = hostile.trap);
CREATE FUNCTION hostile.trap(bigint, bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION hostile.trap_equal(int, int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION hostile.trap_minus(float8, float8) RETURNS float8 LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR hostile.= (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.trap_equal);
CREATE OPERATOR hostile.<> (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.trap_equal);
CREATE OPERATOR hostile.- (LEFTARG = float8, RIGHTARG = float8, FUNCTION = hostile.trap_minus);
CREATE OPERATOR hostile.- (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = hostile.trap);
CREATE OPERATOR hostile.< (LEFTARG = date, RIGHTARG = date, FUNCTION = hostile.trap);
CREATE FUNCTION hostile.abs(float8) RETURNS float8 LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION hostile.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION hostile.churn_info(churn_model) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE DOMAIN hostile.jsonb AS int;
CREATE DOMAIN hostile.date AS int;
CREATE DOMAIN hostile.text AS int;
SET client_min_messages = warning;
CREATE TABLE hostile.churn_models AS SELECT * FROM churn_models WHERE false;
CREATE TABLE hostile.churn_scores AS SELECT * FROM churn_scores WHERE false;
SET search_path = hostile, pg_catalog, public;
SELECT public.churn_deploy('safe', model, 's', 'n', 'public.later') FROM public.trained WHERE kind OPERATOR(pg_catalog.=) 'poor';
SELECT deployed, version FROM public.trained, public.churn_challenge('safe', model, 'public.later') WHERE kind OPERATOR(pg_catalog.=) 'good';
SELECT public.churn_rollback('safe');
SELECT public.churn_record('safe', 'public.later');
SELECT public.churn_record('safe', 'public.later', as_of) FROM (VALUES ('2024-01-01'::pg_catalog.date)) v (as_of);
SELECT users FROM public.churn_history('safe');
SELECT pg_catalog.count(*) FROM public.churn_changes('safe');
SELECT public.churn_fingerprint(public.churn_active('safe')) IS NOT NULL AS active;
SELECT count(*) FROM hostile.churn_models;
RESET search_path;
DROP SCHEMA hostile CASCADE;
-- nor is what somebody who may create in the extension's schema makes beside it
CREATE FUNCTION churn_evaluate(churn_model, text, text, text, int) RETURNS TABLE (metric text, value float8, low float8, high float8) LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION churn_score(churn_model, text, varchar) RETURNS TABLE (id text, score float8, at_risk boolean) LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION churn_paired_test(churn_model, churn_model, text, text, varchar) RETURNS TABLE (n bigint) LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
SELECT churn_deploy('safe', model, judged_on => 'later') FROM trained WHERE kind = 'poor';
SELECT deployed FROM trained, churn_challenge('safe', model, 'later') WHERE kind = 'good';
SELECT churn_record('safe', 'later');
DROP FUNCTION churn_evaluate(churn_model, text, text, text, int), churn_score(churn_model, text, varchar), churn_paired_test(churn_model, churn_model, text, text, varchar);

-- nobody gets rights by calling
SELECT proname FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' WHERE prosecdef AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'sparkify');
DELETE FROM churn_models;
DELETE FROM churn_scores;
REVOKE ALL ON churn_models FROM regress_scorer, regress_deployer;
DROP VIEW at_risk, later;
DROP FUNCTION reads, by_turns;
DROP TABLE users, trained;
DROP ROLE regress_scorer, regress_deployer;
