-- Users with several rows: they are drawn and held out whole
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE FUNCTION fact(model churn_model, name text) RETURNS float8 LANGUAGE sql
AS $$ SELECT (churn_info(model) #>> ARRAY['facts', name])::float8 $$;

-- snapshots of a simulated log, each user on up to six dates; strangers has them without users and dates
CREATE TABLE snapshots AS
SELECT p.userid, d AS as_of, churn_label(p.profile, d, '14 days') AS churned, f.*
FROM (SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
	  FROM churn_simulate_events(2500, 63) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS p,
	 churn_dates('2018-10-15', '2018-11-19', '7 days') AS d, churn_features(p.profile, d) AS f
WHERE churn_label(p.profile, d, '14 days') IS NOT NULL;
CREATE TABLE strangers AS TABLE snapshots;
ALTER TABLE strangers DROP COLUMN userid, DROP COLUMN as_of;
SELECT count(*) > 5000 AS enough, count(*) > 4 * count(DISTINCT userid) AS several FROM snapshots;

-- out of bag a forest is worth what it is worth to users held out; without users it seems to be worth more
CREATE TABLE forests AS
SELECT rows, model FROM unnest('{users,strangers}'::text[], '{snapshots,strangers}'::text[]) AS s(rows, source), churn_train(source, options => '{"min_leaf": 5}');
CREATE TABLE held_out AS
SELECT algorithm, cv_mean, cv_sd FROM churn_compare('snapshots', algorithms => '{random_forest,gradient_boosting}', folds => 5,
	metric => 'auc', holdout => 0, grid => '{"random_forest": {"min_leaf": [5]}, "gradient_boosting": {"early_stopping": [10], "trees": [300], "calibrate": ["platt"], "max_depth": [6],
		"learning_rate": [0.1], "subsample": [1], "features_per_split": ["all"], "min_leaf": [20], "l2": [1]}}');
SELECT rows, abs(fact(model, 'oob_auc') - cv_mean) < 1.5 * cv_sd AS agrees, fact(model, 'oob_auc') > cv_mean + 2 * cv_sd AS promises
FROM forests, held_out WHERE algorithm = 'random_forest' ORDER BY rows DESC;

-- likewise boosting, whose early stopping and calibration hold users out: without users it stops too late
CREATE TABLE boosted AS
SELECT rows, model FROM unnest('{users,strangers}'::text[], '{snapshots,strangers}'::text[]) AS s(rows, source),
	churn_train(source, algorithm => 'gradient_boosting', options => '{"early_stopping": 10, "trees": 300, "calibrate": "platt", "max_depth": 6, "learning_rate": 0.1, "subsample": 1, "features_per_split": "all", "min_leaf": 20, "l2": 1}');
SELECT rows, abs(fact(model, 'cv_auc') - cv_mean) < 1.5 * cv_sd AS agrees, fact(model, 'cv_auc') > cv_mean + 2 * cv_sd AS promises
FROM boosted, held_out WHERE algorithm = 'gradient_boosting' ORDER BY rows DESC;
SELECT bool_and((churn_info(u.model) ->> 'trees')::int < (churn_info(s.model) ->> 'trees')::int) AS sooner
FROM boosted u, boosted s WHERE u.rows = 'users' AND s.rows = 'strangers';

-- and so it is by default: boosting's figures are of a fifth of the users, as a fold's are, so that one of them may be as far off as that
SELECT c.algorithm, abs(t.auc - cv_mean) < cv_sd AS agrees
FROM churn_compare('snapshots', algorithms => '{random_forest,gradient_boosting}', folds => 5, holdout => 0) AS c,
	 LATERAL (SELECT avg(coalesce(fact(model, 'oob_auc'), fact(model, 'cv_auc'))) AS auc FROM generate_series(42, 46) AS s(seed),
			  churn_train('snapshots', algorithm => c.algorithm, options => jsonb_build_object('seed', seed))) AS t
WHERE c.algorithm <> 'baseline' ORDER BY c.algorithm;

-- the importance by permutation, too, is that for users who are not known
SELECT s.importance > 2 * u.importance AS by_heart
FROM churn_train('strangers', options => '{"importance": "permutation"}') AS a, churn_train('snapshots', options => '{"importance": "permutation"}') AS b,
	 churn_importance(a.model, 'permutation') AS s JOIN LATERAL churn_importance(b.model, 'permutation') AS u USING (feature) WHERE feature = 'tenure_days';

-- the same bits whatever the order of rows and the workers, and whatever type users have
CREATE TABLE shuffled AS SELECT * FROM snapshots ORDER BY md5(userid || as_of::text);
CREATE TABLE prints (how text, algorithm text, print text);
CREATE FUNCTION prints(how text, source text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO prints SELECT how, t.algorithm, churn_fingerprint(model)
	FROM jsonb_each('{"random_forest": {"trees": 20}, "gradient_boosting": {"trees": 20, "subsample": 0.7, "early_stopping": 5},
					  "decision_tree": {"calibrate": "platt"}}') AS a, churn_train(source, algorithm => a.key, options => a.value) AS t
$$;
SET max_parallel_maintenance_workers = 0;
SELECT prints('alone', 'snapshots');
SET max_parallel_maintenance_workers = 2;
SELECT prints('in parallel', 'shuffled');
SELECT algorithm, count(DISTINCT print) AS prints FROM prints GROUP BY algorithm ORDER BY algorithm;
RESET max_parallel_maintenance_workers;
INSERT INTO prints SELECT 'compared', algorithm, churn_fingerprint(model) FROM churn_compare('shuffled', algorithms => '{random_forest}', folds => 2, holdout => 0, grid => '{"random_forest": [{"trees": 20}]}') WHERE model IS NOT NULL;
SELECT count(DISTINCT print) AS prints FROM prints WHERE algorithm = 'random_forest';

-- who has one row is drawn as a row is: the models are those without an id, and so they are where no id is known
CREATE TABLE once AS SELECT * FROM snapshots WHERE as_of = '2018-11-05';
CREATE TABLE unknown AS TABLE once;
UPDATE unknown SET userid = NULL;
CREATE TABLE nobody AS TABLE once;
ALTER TABLE nobody DROP COLUMN userid;
SELECT a.key AS algorithm, count(*), count(DISTINCT churn_fingerprint(model)) AS prints
FROM unnest('{once,unknown,nobody}'::text[]) AS source, jsonb_each('{"random_forest": {"trees": 20}, "gradient_boosting": {"trees": 20, "subsample": 0.7, "early_stopping": 5, "threshold": 0.5}}') AS a,
	churn_train(source, algorithm => a.key, options => a.value) GROUP BY a.key ORDER BY a.key;

-- users are the same when SQL takes their ids to be equal, whatever they look like and whatever the session's settings are
CREATE TABLE spelled AS SELECT row_number() OVER (ORDER BY userid::int, as_of) % 3 AS spelling, s.* FROM snapshots AS s;
SELECT a.type, count(DISTINCT churn_fingerprint(model)) AS prints
FROM (VALUES ('numeric', '(userid || CASE spelling WHEN 0 THEN '''' WHEN 1 THEN ''.0'' ELSE ''.00'' END)::numeric'), ('numeric', 'userid::numeric'), ('interval', 'CASE spelling WHEN 0 THEN userid::int * interval ''1 day'' ELSE userid::int * interval ''24 hours'' END'),
			 ('interval', 'userid::int * interval ''1 day''')) AS a (type, id),
	churn_train(format('SELECT %s AS userid, as_of, churned, n_songs, days_since_last FROM spelled', id), options => '{"trees": 5}') GROUP BY a.type ORDER BY a.type;
SELECT churn_fingerprint(model) AS print FROM churn_train('SELECT date ''2020-01-01'' + userid::int AS who, churned, n_songs, days_since_last FROM snapshots', exclude => '{who}', id => 'who', options => '{"trees": 5}') \gset
SET datestyle = 'SQL, DMY';
SELECT churn_fingerprint(model) = :'print' AS same FROM churn_train('SELECT date ''2020-01-01'' + userid::int AS who, churned, n_songs, days_since_last FROM snapshots', exclude => '{who}', id => 'who', options => '{"trees": 5}');
RESET datestyle;
DROP TABLE spelled;

-- what is excluded is no id of users unless it is called one
CREATE TABLE named AS SELECT *, userid AS who, userid::int % 2 AS half FROM snapshots;
SELECT id, churn_fingerprint(model) = (SELECT print FROM prints WHERE how = 'alone' AND algorithm = 'random_forest') AS whole
FROM unnest('{userid,who}'::text[]) AS id, churn_train('named', options => '{"trees": 20}', exclude => '{half,who,userid,as_of}', id => id);
CREATE TABLE half AS SELECT *, 'even' AS half FROM strangers;
SELECT churn_fingerprint(h.model) = churn_fingerprint(s.model) AS same
FROM churn_train('half', exclude => '{half}', options => '{"trees": 5}') h, churn_train('strangers', options => '{"trees": 5}') s;
ALTER TABLE half RENAME half TO account_no;
SELECT fact(model, 'oob_auc') IS NULL AS nobody_out FROM churn_train('half', exclude => '{account_no}', options => '{"trees": 5}');

-- the aggregate takes the id itself, of any type, beside the features
SELECT string_agg(quote_ident(attname), ',' ORDER BY attnum) AS features FROM pg_attribute WHERE attrelid = 'strangers'::regclass AND attnum > 0
	AND NOT attisdropped AND attname <> 'churned' \gset
INSERT INTO prints SELECT 'stranger', 'random_forest', churn_fingerprint(model) FROM churn_train('strangers', options => '{"trees": 20}');
SELECT id, string_agg(p.how, ', ') AS as_trained
FROM (SELECT churn_fingerprint(churn_forest_agg(churned, f, '{"trees": 20}', userid)) AS text, churn_fingerprint(churn_forest_agg(churned, f, '{"trees": 20}', userid::int)) AS int,
			 churn_fingerprint(churn_forest_agg(churned, f, '{"trees": 20}', ROW(userid, 1))) AS record, churn_fingerprint(churn_forest_agg(churned, f, '{"trees": 20}', NULL)) AS nothing,
			 churn_fingerprint(churn_forest_agg(churned, f, '{"trees": 20}')) AS "without"
	  FROM snapshots, LATERAL (SELECT :features) AS f) AS a, jsonb_each_text(to_jsonb(a)) AS print(id, print)
	 LEFT JOIN prints AS p ON p.print = print.print AND how IN ('alone', 'stranger') GROUP BY id ORDER BY id COLLATE "C";
SELECT half, (churn_info(model) #>> '{facts,oob_rows}')::int > 1000 AS judged, churn_fingerprint(churn_forest) = churn_fingerprint(model) AS same
FROM churn_train('named', group_by => 'half', exclude => '{userid,as_of,who}', options => '{"trees": 20}') AS t JOIN
	(SELECT half::text, churn_forest_agg(churned, f, '{"trees": 20}', userid) FROM named, LATERAL (SELECT :features) AS f GROUP BY half) AS a(half, churn_forest) ON grp = half ORDER BY half;

-- an id that tells nobody from another
SELECT n_rows > 1000 AS trained FROM churn_train('SELECT *, 7 AS person FROM once', id => 'person', algorithm => 'naive_bayes');

DROP TABLE snapshots, strangers, forests, held_out, boosted, shuffled, prints, once, unknown, nobody, named, half;
DROP FUNCTION fact, prints;
