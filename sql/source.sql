-- What a source is: mistaken texts, and whose functions the queries around one may call

CREATE FUNCTION fails(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
    context text;
BEGIN
    PERFORM churn_train(source);
    RETURN 'trained';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    RETURN SQLSTATE || ' ' || SQLERRM || coalesce(' | ' || nullif(hint, ''), '')
        || CASE WHEN context ~ 'sparkify_train_agg|AS q' THEN ' | shows our query: ' || context ELSE '' END;
END $$;
SELECT source, fails(source) FROM (VALUES
    (''), (E' \n'), ('-- nothing'), ('/* nothing */'), (';'), (' ; -- nothing'), ('"'), ('""'), ('a..b'),
    ('no_such_table'), ('no_such_schema.t'), ('pg_catalog.no_such_table'), ('no_such_database.public.t'),
    ('/tmp/events.jsonl'), ('events/2018.jsonl'), ('C:\logs\events.jsonl'), ('selct * from t'),
    ('select'), ('SELECT 1 AS churned, FROM t'), ('EXPLAIN SELECT 1'), ('COPY t TO STDOUT'), ('churn_train')) AS s(source);

-- An error in a source points into it, one in a value tells of it alone
SELECT churn_train('SELECT true AS churned, ''é'' || lenght AS x');
SELECT churn_audit('SELECT i % 2 AS churned, 1 / (i - 1) AS x FROM generate_series(1, 10) AS i');
SELECT churn_compare('SELECT i % 2 AS churned, ''é'' || i AS x FROM generate_series(1, 10) AS i WHERE j > 1');
CREATE TABLE source_rows AS SELECT i AS userid, i % 3 = 0 AS churned, i % 7 AS x FROM generate_series(1, 300) AS i;
SELECT churn_train('SELECT * FROM source_rows FOR UPDATE');
-- What has a name but no rows is no function in the way
CREATE INDEX source_index ON source_rows (userid);
CREATE TYPE source_pair AS (a int, b int);
SELECT churn_train('source_index');
SELECT churn_audit('source_pair');
\set VERBOSITY sqlstate
SELECT churn_train('SELECT * FROM source_index');
\set VERBOSITY default
DROP TYPE source_pair;

-- Rights are looked at before the lock is taken
CREATE ROLE regress_churn_reader;
CREATE ROLE regress_churn_intruder;
SET ROLE regress_churn_reader;
SELECT churn_train('source_rows');
SELECT count(*) FROM pg_locks WHERE relation = 'source_rows'::regclass;
RESET ROLE;
GRANT SELECT (userid, churned) ON source_rows TO regress_churn_reader;
SET ROLE regress_churn_reader;
SELECT churn_train('source_rows');
SELECT n_rows FROM churn_train('SELECT churned, userid AS x FROM source_rows', algorithm => 'naive_bayes');
RESET ROLE;
GRANT SELECT (x) ON source_rows TO regress_churn_reader;
SET ROLE regress_churn_reader;
SELECT n_rows FROM churn_train('source_rows', algorithm => 'naive_bayes');
RESET ROLE;
REVOKE ALL (userid, churned, x) ON source_rows FROM regress_churn_reader;

-- Functions that match better than ours: none of them is ever called
CREATE TABLE source_profiles AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(60, 60, 7) WHERE auth <> 'Logged Out' GROUP BY userid;
CREATE VIEW source_whole AS SELECT userid, profile, churn_label(profile, NULL, NULL, 'cancel') AS churned, f.*
FROM source_profiles, churn_features(profile, NULL) AS f;
CREATE TABLE source_model AS SELECT model FROM churn_train('source_rows', algorithm => 'decision_tree');
CREATE SCHEMA intruders;
GRANT CREATE, USAGE ON SCHEMA public, intruders TO regress_churn_intruder;
CREATE FUNCTION intrude(signature text, result text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($f$
        CREATE FUNCTION %s RETURNS %s LANGUAGE plpgsql AS $b$
        BEGIN RAISE EXCEPTION 'the intruder runs as %%', current_user; END $b$ $f$, signature, result);
END $$;
CREATE FUNCTION repel(signature text, result text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    SET ROLE regress_churn_intruder;
    PERFORM intrude(signature, result);
    RESET ROLE;
    BEGIN
        EXECUTE call;
        hint := 'no error';
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
        hint := SQLERRM || ' | ' || hint;
    END;
    EXECUTE 'DROP FUNCTION ' || signature;
    RETURN hint;
END $$;
SELECT repel('public.sparkify_train_agg(boolean, source_rows, text, jsonb, text[], text, text, text[])', 'bigint',
    $$SELECT churn_train('source_rows')$$);
SELECT repel('public.sparkify_train_agg(boolean, record, text, jsonb, text[], text, text, text[])', 'record',
    $$SELECT churn_train('SELECT * FROM source_rows')$$);
SELECT repel('public.sparkify_rows_agg(boolean, source_rows, text[], text, text, text, text[])', 'int',
    $$SELECT churn_compare('source_rows', algorithms => '{naive_bayes}')$$);
SELECT repel('public.sparkify_rows_agg(boolean, source_rows, text[], text, text, text, text[])', 'bigint',
    $$SELECT churn_audit('source_rows')$$);
SELECT repel('public.sparkify_predict_values(churn_model, int)', 'float8',
    $$SELECT churn_score(model, 'source_rows') FROM source_model$$);
SELECT repel('public.churn_predict(churn_model, source_rows)', 'float8',
    $$SELECT churn_score(model, 'source_rows') FROM source_model$$);
SELECT repel('public.sparkify_judge(boolean, float8, float8, bigint, int)', 'bytea',
    $$SELECT churn_evaluate(model, 'source_rows') FROM source_model$$);
SELECT repel('public.sparkify_user_tally(timestamptz, text, text, numeric, text, timestamptz, boolean)', 'bytea',
    $$SELECT churn_describe_log('SELECT 1 AS u, now() AS t, ''e''::text AS e', 'u', 't', 'e')$$);
CREATE TABLE source_other AS SELECT userid FROM source_rows;
SELECT repel('public.churn_predict(churn_model, source_other)', 'float8',
    $$SELECT churn_score(model, 'source_other') FROM source_model$$);
SELECT repel('public.churn_features(churn_profile)', 'churn_features',
    $$SELECT churn_audit('source_whole')$$);
SELECT repel('public.churn_label(churn_profile, date, interval)', 'boolean',
    $$SELECT churn_audit('source_whole')$$);
SELECT repel('public.sparkify_rows_agg(boolean, record, text[], text, text, text, text[])', 'int',
    $$SELECT churn_backtest('source_profiles', '{2018-10-15,2018-10-29}', algorithm => 'decision_tree')$$);
CREATE TABLE source_dated AS SELECT userid, churned, x / 2 AS x, date '2024-01-01' + x AS as_of FROM source_rows;
SELECT repel('public.sparkify_rows_agg(boolean, source_dated, text[], text, text, text, text[])', 'int',
    $$SELECT churn_backtest('source_dated', '{2024-01-03}', '1 day', algorithm => 'decision_tree')$$);
DROP TABLE source_dated;

-- What a source itself calls is the user's business; so are the casts and names of elsewhere
SET search_path = intruders, public;
SET ROLE regress_churn_intruder;
SELECT intrude('intruders.max(date)', 'date'), intrude('intruders.sparkify_train_agg(boolean, public.source_rows, text, jsonb, text[], text, text, text[])', 'int'),
    intrude('intruders.count()', 'bigint');
CREATE FUNCTION intruders.float8eq(float8, float8) RETURNS boolean LANGUAGE sql AS 'SELECT 1 / 0 = 1';
CREATE FUNCTION intruders.own(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1';
RESET ROLE;
SELECT n_rows FROM churn_train('source_rows', algorithm => 'naive_bayes');
SELECT n_rows FROM churn_train('SELECT userid, churned, own(x) AS x FROM source_rows', algorithm => 'naive_bayes');
SELECT count(*) FROM churn_audit('source_whole');
SELECT count(*) FROM churn_backtest('source_profiles', '{2018-10-15,2018-10-29}', algorithm => 'decision_tree');
RESET search_path;
CREATE TYPE source_key AS (k int);
CREATE FUNCTION source_key_text(source_key) RETURNS text LANGUAGE sql AS 'SELECT ''key '' || $1.k';
CREATE CAST (source_key AS text) WITH FUNCTION source_key_text(source_key) AS ASSIGNMENT;
SELECT s.id FROM source_model, churn_score(model, 'SELECT row(userid)::source_key AS userid, x FROM source_rows WHERE userid < 3') AS s;

-- Whatever PostgreSQL runs in a worker, rows get to those who asked for them
SELECT count(set_config(name, 'on', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT n_rows FROM churn_train('source_rows', algorithm => 'naive_bayes');
SELECT count(*) FROM churn_audit('source_rows');
SELECT count(*) FROM churn_audit('source_whole');
SELECT count(*) FROM churn_compare('source_rows', folds => 2, algorithms => '{naive_bayes}');
SELECT count(*) FROM churn_backtest('source_profiles', '{2018-10-15,2018-10-29}', algorithm => 'naive_bayes');
SELECT count(*) FROM source_model, churn_score(model, 'source_rows');
SELECT sparkify_rows_agg(churned, t, '{}', NULL, NULL, NULL, NULL) FROM source_rows AS t;
SELECT count(set_config(name, 'off', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');

-- Types that are read as text, and all at once those that are no features
CREATE TYPE source_text;
SET client_min_messages = warning;
CREATE FUNCTION source_text_in(cstring) RETURNS source_text AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION source_text_out(source_text) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
RESET client_min_messages;
CREATE TYPE source_text (INPUT = source_text_in, OUTPUT = source_text_out, LIKE = text, CATEGORY = 'S');
CREATE CAST (source_text AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE TABLE source_texts AS
SELECT i AS userid, i % 3 = 0 AS churned, ('c' || i % 4)::source_text AS a, ('c' || i % 5)::name AS b,
    chr(65 + i % 3)::"char" AS c, ('c' || i % 4) AS d FROM generate_series(1, 200) AS i;
SELECT feature, auc FROM churn_audit('source_texts') ORDER BY feature;
WITH m AS (SELECT churn_fingerprint(model) AS print FROM churn_train('SELECT churned, a, b, c FROM source_texts')),
n AS (SELECT churn_fingerprint(model) AS print
    FROM churn_train('SELECT churned, a::text, b::text, c::text FROM source_texts'))
SELECT m.print = n.print AS as_text FROM m, n;
WITH m AS (SELECT model FROM churn_train('SELECT churned, a, b, c FROM source_texts', algorithm => 'naive_bayes'))
SELECT count(DISTINCT churn_predict(model, t)) > 1 AS varied FROM m, source_texts AS t;
SELECT churn_train('SELECT churned, ''\xff''::bytea AS x, d FROM source_texts');
SELECT churn_train('SELECT userid, churned, now() - now() AS gap, ''{}''::jsonb AS facts, d, point(0, 0) AS place, ARRAY[1] AS list FROM source_texts');

DROP SCHEMA intruders CASCADE;
REVOKE ALL ON SCHEMA public FROM regress_churn_intruder;
DROP VIEW source_whole;
DROP TABLE source_rows, source_other, source_profiles, source_model, source_texts;
DROP TYPE source_text CASCADE;
DROP CAST (source_key AS text);
DROP FUNCTION source_key_text, fails, intrude, repel;
DROP TYPE source_key;
DROP ROLE regress_churn_reader, regress_churn_intruder;
