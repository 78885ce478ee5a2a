-- What the planner thinks of us: nothing is compiled for little work, and workers share much of it
\set SHOW_CONTEXT never
SET client_min_messages = warning;
RESET jit;
RESET jit_above_cost;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SET max_parallel_workers_per_gather = 2;
SELECT count(set_config(name, 'off', false)) AS settings FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');

-- without statistics, as right after they were made
CREATE TABLE user_profiles AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(100) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE VIEW snapshots AS
SELECT p.userid, d AS as_of, churn_label(p.profile, d, '14 days') AS churned, f.*
FROM user_profiles p, churn_dates('2018-10-08', '2018-11-19', '7 days') AS d, churn_features(p.profile, d) AS f
WHERE churn_label(p.profile, d, '14 days') IS NOT NULL;
CREATE TABLE models (name text PRIMARY KEY, model churn_model);
INSERT INTO models SELECT 'first', model FROM churn_train('snapshots', options => '{"trees": 10}');
CREATE VIEW users_at_risk AS
SELECT p.userid, churn_predict(m.model, f) AS risk, churn_at_risk(m.model, f) AS at_risk, churn_reasons(m.model, f) AS reasons
FROM user_profiles p, churn_features(p.profile, '2018-12-03') AS f, models m
WHERE churn_label(p.profile, '2018-12-03') IS NOT NULL AND m.name = 'first';

CREATE FUNCTION plan_of(query text) RETURNS TABLE (workers int, compiles boolean, cost float8) LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN QUERY SELECT coalesce((jsonb_path_query_first(plan, '$.**."Workers Planned"'))::int, 0),
		(plan #>> '{0,Plan,Total Cost}')::float8 > current_setting('jit_above_cost')::float8,
		(plan #>> '{0,Plan,Total Cost}')::float8;
END $$;

-- the recipes, over a hundred users
CREATE TABLE recipes (n int, query text);
INSERT INTO recipes VALUES
	(1, 'SELECT * FROM snapshots'),
	(2, 'SELECT as_of, count(*) FROM snapshots GROUP BY as_of'),
	(3, 'SELECT (churn_metrics(s.churned, churn_predict(m.model, s))).* FROM snapshots s, models m WHERE m.name = ''first'''),
	(4, 'SELECT (m).* FROM (SELECT churn_metrics(s.churned, churn_predict((SELECT model FROM models), s)) AS m FROM snapshots s) j'),
	(5, 'SELECT * FROM users_at_risk'),
	(6, 'SELECT * FROM users_at_risk ORDER BY risk DESC LIMIT 10'),
	(7, 'SELECT * FROM users_at_risk ORDER BY risk DESC LIMIT 0'),
	(8, 'SELECT * FROM users_at_risk WHERE false'),
	(9, 'SELECT * FROM churn_train(''snapshots'')'),
	(10, 'SELECT m.name, t.* FROM models m, churn_train(''snapshots'') t, churn_importance(t.model)'),
	(11, 'SELECT * FROM models m, churn_evaluate(m.model, ''snapshots'') e'),
	(12, 'SELECT s.* FROM churn_score((SELECT model FROM models), ''snapshots'') s ORDER BY score LIMIT 10');
-- (13 counts an aggregate for each column that is taken from it)
SELECT n, query FROM recipes, plan_of(query)
WHERE (compiles OR workers > 0) AND NOT (n = 3 AND current_setting('server_version_num')::int < 140000) ORDER BY n;
-- with statistics, also where no key says that there is one model
ANALYZE user_profiles;
ANALYZE models;
ALTER TABLE models DROP CONSTRAINT models_pkey;
SELECT n, query FROM recipes, plan_of(replace(query, 'WHERE m.name = ''first''', '')) WHERE compiles OR workers > 0 ORDER BY n;
-- and once for each column, as it should not be done, is dearer by far
SELECT round(once_each.cost / once.cost) > 10 AS dearer
FROM plan_of('SELECT f.* FROM user_profiles, churn_features(profile, ''2018-12-03'') f') once,
	 plan_of('SELECT (churn_features(profile, ''2018-12-03'')).* FROM user_profiles') once_each;

-- an aggregate of the same arguments is computed once, whatever is taken of it; each subquery is one of its own
CREATE FUNCTION initplans(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN (SELECT count(*) FROM jsonb_path_query(plan, 'strict $.**."Subplan Name"', silent => true));
END $$;
SELECT initplans('SELECT (churn_metrics(churned, churn_predict((SELECT model FROM models), s))).* FROM snapshots s') AS each,
	   initplans(query) AS once FROM recipes WHERE n = 4;

-- LIMIT 0, as clients ask for the columns, calls none of them
CREATE SEQUENCE calls;
CREATE FUNCTION called() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('calls'); RETURN 'snapshots'; END $$;
SELECT * FROM churn_train(called()) LIMIT 0;
SELECT metric FROM models, churn_evaluate(model, called()) LIMIT 0;
SELECT userid, churn_predict((SELECT model FROM churn_train(called())), f) FROM user_profiles, churn_features(profile) f ORDER BY 2 LIMIT 0;
SELECT is_called FROM calls;

-- many rows, though each is cheap to read: workers, with the settings as they come
CREATE TABLE many AS SELECT s.*, repeat('x', 150) AS note FROM snapshots s, generate_series(1, 60);
ANALYZE many;
SELECT pg_relation_size('many') > 8 * 1024 * 1024 AS large;
SELECT workers > 0 AS parallel FROM plan_of('SELECT sum(churn_predict((SELECT model FROM models), t)) FROM many t');
SELECT workers > 0 AS parallel FROM plan_of('SELECT sum(churn_predict(m.model, t)) FROM many t, models m');
SELECT workers > 0 AS parallel FROM plan_of('SELECT (churn_metrics(churned, churn_predict(m.model, t))).* FROM many t, models m');
SELECT workers > 0 AS parallel FROM plan_of('SELECT userid, churn_reasons(m.model, t) FROM many t, models m');
SELECT workers > 0 AS parallel FROM plan_of('SELECT (e).feature, avg((e).contribution) FROM (SELECT churn_explain(m.model, t) AS e FROM many t, models m) s GROUP BY 1');
SELECT workers > 0 AS parallel FROM plan_of('SELECT userid FROM many t, models m WHERE churn_at_risk(m.model, t)');
-- features of many profiles, too
CREATE TABLE many_profiles AS SELECT userid || n AS userid, profile, repeat('x', 1000) AS note FROM user_profiles, generate_series(1, 100) n;
ANALYZE many_profiles;
SELECT workers > 0 AS parallel FROM plan_of(
	'SELECT sum(churn_predict((SELECT model FROM models), f)) FROM many_profiles, churn_dates(''2018-10-08'', ''2018-11-19'', ''7 days'') d,
	 churn_features(profile, d) f WHERE churn_label(profile, d, ''14 days'') IS NOT NULL');

DROP VIEW users_at_risk, snapshots;
DROP TABLE user_profiles, models, recipes, many, many_profiles;
DROP FUNCTION plan_of, initplans, called;
DROP SEQUENCE calls;
