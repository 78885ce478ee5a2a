-- Logistic regression and naive Bayes: the figures of other software, and the whole way of a model
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;

-- the rows of test/reference/linear.py, which made the expected values below
CREATE TABLE plain AS
SELECT i AS userid, (i * 7919) % 1000 + 5 * ((i * 37) % 101) > 700 AS churned,
	   (i * 37) % 101 AS songs, ((i * 53) % 97) / 8.0 AS hours
FROM generate_series(1, 200) i;
CREATE TABLE scales AS
SELECT i AS userid, (i * 7919) % 1000 + 3 * ((i * 41) % 211) - 200 * (i % 2) > 600 AS churned,
	   1e9::float8 + ((i * 41) % 211) * 1e4::float8 AS bytes, ((i * 29) % 83) * 1e-5::float8 AS rate,
	   i % 2 = 1 AS paid
FROM generate_series(1, 300) i;
CREATE TABLE mixed AS
SELECT i AS userid, (i * 7919) % 1000 + 4 * ((i * 31) % 89) + 150 * ((i * 13 % 4 = 2)::int) > 700 AS churned,
	   CASE WHEN i % 9 <> 4 THEN (i * 31) % 89 END AS songs,
	   CASE WHEN i % 11 <> 3 THEN 'city ' || (i * 13) % 4 END AS city
FROM generate_series(1, 250) i;

-- the coefficients of a model, and how far they are from others, relative
CREATE FUNCTION coefficients(m churn_model) RETURNS TABLE (n bigint, name text, estimate float8, std_error float8, p float8)
LANGUAGE sql AS $$
	SELECT n, concat_ws(' ', c->>'feature', c->>'category', CASE WHEN c ? 'missing' THEN 'missing' END),
		   (c->>'estimate')::float8, (c->>'std_error')::float8, (c->>'p')::float8
	FROM jsonb_array_elements(churn_info(m)->'coefficients') WITH ORDINALITY AS e(c, n) $$;
CREATE FUNCTION near(a float8, b float8, within float8) RETURNS boolean
LANGUAGE sql AS 'SELECT abs(a - b) <= within * abs(b)';
CREATE FUNCTION trained(source text, algorithm text, options jsonb DEFAULT '{}') RETURNS churn_model
LANGUAGE sql AS 'SELECT model FROM churn_train(source, algorithm => $2, options => $3)';

-- without penalty: statsmodels' and R's glm
SELECT name, near(c.estimate, e.estimate, 1e-6) AS estimate, near(c.std_error, e.std_error, 1e-6) AS std_error,
	   near(c.p, e.p, 1e-6) AS p
FROM coefficients(trained('plain', 'logistic_regression', '{"l2": 0}')) c
JOIN (VALUES (1, -0.973953778736393, 0.390825323090416, 0.012701041455905),
			 (2, 0.0241248542500223, 0.00544531824490887, 9.40651619149747e-06),
			 (3, 0.00562991578095469, 0.0431895408447598, 0.896286608266513)) e(n, estimate, std_error, p) USING (n) ORDER BY n;
SELECT name, near(c.estimate, e.estimate, 1e-6) AS estimate, near(c.std_error, e.std_error, 1e-6) AS std_error,
	   near(c.p, e.p, 1e-6) AS p
FROM coefficients(trained('scales', 'logistic_regression', '{"l2": 0}')) c
JOIN (VALUES (1, -1335.74788943478, 231.024467180914, 7.38853343282872e-09),
			 (2, 1.33555318087883e-06, 2.30830014993965e-07, 7.21366456664816e-09),
			 (3, -277.768780786624, 546.049171480131, 0.610970781141201),
			 (4, -1.08393661375847, 0.265449372996918, 4.4381068832816e-05)) e(n, estimate, std_error, p) USING (n) ORDER BY n;
SELECT name, near(c.estimate, e.estimate, 1e-6) AS estimate, near(c.std_error, e.std_error, 1e-6) AS std_error,
	   near(c.p, e.p, 1e-6) AS p
FROM coefficients(trained('mixed', 'logistic_regression', '{"l2": 0}')) c
JOIN (VALUES (1, -0.708911230045441, 0.365550707891438, 0.0524652376250009),
			 (2, 0.0107513645337707, 0.00537430866566639, 0.0454450946367857),
			 (3, 0.419200386974139, 0.414075723426959, 0.311358237063717),
			 (4, 0.0623746378867745, 0.37958344817917, 0.86947615694056),
			 (5, 0.76254840324966, 0.387223895728721, 0.048922093647143),
			 (6, 0.253808207774496, 0.381133617980901, 0.505456015854122),
			 (7, 0.324604654940573, 0.501117497323631, 0.517139177257486)) e(n, estimate, std_error, p) USING (n) ORDER BY n;
SELECT f->>'converged' AS converged, (f->>'iterations')::int < 10 AS soon, (f->>'gradient')::float8 < 1e-8 AS flat,
	   near((f->>'deviance')::float8, 336.757681500621, 1e-9) AS deviance, f->>'separated' AS separated
FROM (SELECT churn_info(trained('mixed', 'logistic_regression', '{"l2": 0}'))->'facts' AS f) s;

-- with penalty: scikit-learn's, C = 1 / l2 on standardised numbers
SELECT name, near(estimate, expected, 1e-6) AS estimate
FROM coefficients(trained('plain', 'logistic_regression'))
JOIN unnest('{-0.945920140147568,0.0235383478596337,0.00563520025215959}'::float8[]) WITH ORDINALITY e(expected, n) USING (n) ORDER BY n;
SELECT name, near(estimate, expected, 1e-6) AS estimate
FROM coefficients(trained('plain', 'logistic_regression', '{"l2": 25, "class_weight": "balanced"}'))
JOIN unnest('{-0.784177602945185,0.015314688416891,0.00563008287822698}'::float8[]) WITH ORDINALITY e(expected, n) USING (n) ORDER BY n;
SELECT name, near(estimate, expected, 1e-6) AS estimate
FROM coefficients(trained('scales', 'logistic_regression', '{"l2": 25, "class_weight": "balanced"}'))
JOIN unnest('{-919.484543138915,9.19027248312935e-07,-175.864397318478,-0.749620666649153}'::float8[]) WITH ORDINALITY e(expected, n) USING (n) ORDER BY n;
SELECT name, near(estimate, expected, 1e-6) AS estimate
FROM coefficients(trained('mixed', 'logistic_regression'))
JOIN unnest('{-0.411014302949406,0.0104804462024587,0.356484391297047,-0.259163500240251,-0.201820049743485,0.447312116535979,-0.0227891982406326,0.0364606316883889}'::float8[])
	WITH ORDINALITY e(expected, n) USING (n) ORDER BY n;

-- naive Bayes: scikit-learn's probabilities of the first five rows
SELECT userid, near(churn_predict(m, t), expected, 1e-6) AS gaussian
FROM trained('plain', 'naive_bayes') m, plain t
JOIN unnest('{0.49300060905542,0.681331551097879,0.344524764789599,0.525813959966564,0.769832246614227}'::float8[])
	WITH ORDINALITY e(expected, userid) USING (userid) ORDER BY userid;
SELECT userid, near(churn_predict(m, t), expected, 1e-6) AS gaussian
FROM trained('scales', 'naive_bayes') m, scales t
JOIN unnest('{0.417993506941191,0.547225935971994,0.676654991270676,0.78892911907485,0.87291834786726}'::float8[])
	WITH ORDINALITY e(expected, userid) USING (userid) ORDER BY userid;
SELECT userid, near(churn_predict(m, t), expected, 1e-6) AS multinomial
FROM trained('plain', 'naive_bayes', '{"distribution": "multinomial"}') m, plain t
JOIN unnest('{0.552556031013889,0.588892001505201,0.536250644367393,0.572887222622869,0.565492112078431}'::float8[])
	WITH ORDINALITY e(expected, userid) USING (userid) ORDER BY userid;
SELECT userid, near(churn_predict(m, t), expected, 1e-6) AS multinomial
FROM trained('scales', 'naive_bayes', '{"distribution": "multinomial"}') m, scales t
JOIN unnest('{0.53188165602742,0.655488240682063,0.575957288951118,0.694608026326353,0.619660128402303}'::float8[])
	WITH ORDINALITY e(expected, userid) USING (userid) ORDER BY userid;
SELECT near(churn_predict(m, t), expected, 1e-6) AS gaussian_and_categories
FROM trained('SELECT * FROM mixed WHERE songs IS NOT NULL AND city IS NOT NULL', 'naive_bayes') m,
	 (SELECT *, row_number() OVER (ORDER BY userid) AS n FROM mixed WHERE songs IS NOT NULL AND city IS NOT NULL) t
JOIN unnest('{0.459328060279556,0.645039142254202,0.543955402707085,0.51593072549684,0.459080486961397}'::float8[])
	WITH ORDINALITY e(expected, n) USING (n) ORDER BY n;

-- the whole way of a model, every kind of feature in it
CREATE TABLE training AS
SELECT i AS userid, i % 3 AS grp, (i * 7919) % 1000 + 4 * ((i * 31) % 89) > 700 AS churned,
	   nullif((i * 31) % 89, 7) AS songs, ((i * 17) % 53) / 7.0::float8 AS ratio, i % 5 = 0 AS paid,
	   DATE '2018-01-01' + (i * 37) % 300 AS joined, 3 AS constant, NULL::int AS never,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level, ('city ' || i % 40)::varchar(20) AS city
FROM generate_series(1, 6000) i;
ALTER TABLE training SET (parallel_workers = 4);
ANALYZE training;
CREATE TABLE models AS
SELECT n, model FROM (VALUES
	(1, 'logistic_regression', '{}'), (2, 'logistic_regression', '{"l2": 0, "class_weight": 3}'),
	(3, 'naive_bayes', '{}'), (4, 'naive_bayes', '{"distribution": "multinomial", "class_weight": "balanced"}')) v(n, algorithm, options),
	churn_train('training', algorithm => v.algorithm, options => v.options::jsonb, exclude => '{userid,grp}') t;
SELECT n, algorithm, n_rows, n_positive, n_features FROM models, LATERAL (
	SELECT churn_info(model)->>'algorithm' AS algorithm, churn_info(model)#>>'{facts,rows}' AS n_rows,
		   churn_info(model)#>>'{facts,positives}' AS n_positive,
		   jsonb_array_length(churn_info(model)->'features') AS n_features) i ORDER BY n;
SELECT n, churn_info(model)->'options' FROM models ORDER BY n;
SELECT n, (churn_metrics(churned, churn_predict(model, t))).auc > 0.55 AS learned,
	   min(churn_predict(model, t)) >= 0 AND max(churn_predict(model, t)) <= 1 AS probabilities,
	   count(*) FILTER (WHERE churn_at_risk(model, t) = (churn_predict(model, t) >= (churn_info(model)->>'threshold')::float8)) AS agree
FROM models, training t GROUP BY n ORDER BY n;
SELECT n, count(*) AS same FROM models, churn_score(model, 'training') s, training t
WHERE s.id = t.userid::text AND s.score = churn_predict(model, t) GROUP BY n ORDER BY n;
SELECT n, feature FROM models, LATERAL (SELECT * FROM churn_importance(model) LIMIT 1) i ORDER BY n;
SELECT n, round(sum(importance)::numeric, 12), count(*) FILTER (WHERE importance = 0) AS unused
FROM models, churn_importance(model) GROUP BY n ORDER BY n;
SELECT n, churn_info(model) ? 'trees' AS trees, churn_info(model) ? 'coefficients' AS coefficients,
	   churn_info(model) ? 'likelihoods' AS likelihoods FROM models ORDER BY n;
SELECT name, estimate, std_error FROM models, coefficients(model) WHERE models.n = 2 AND std_error IS NULL;
SELECT count(*) FROM models, coefficients(model) WHERE models.n = 1 AND name LIKE 'city%';
SELECT count(*) FROM models, coefficients(model) WHERE models.n = 2 AND name LIKE 'city%';

-- text and back, binary and back
SELECT n, model::text::churn_model = model AS text, churn_fingerprint(model::text::churn_model) = churn_fingerprint(model) AS print
FROM models ORDER BY n;
SELECT n, model::text::jsonb ? 'trees' AS trees, jsonb_array_length(model::text::jsonb->'terms') AS terms FROM models ORDER BY n;
CREATE TEMP TABLE copied (n int, model churn_model);
\set abs_builddir `echo "${PG_ABS_BUILDDIR:-$PWD}"`
\set file :abs_builddir '/results/linear.copy'
COPY models TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*) FROM models JOIN copied USING (n) WHERE models.model = copied.model;
SELECT n, churn_fingerprint(churn_set_threshold(model, 0.3)) <> churn_fingerprint(model) AS other FROM models ORDER BY n;

-- no trees, no forest
SELECT model::churn_forest FROM models WHERE n = 1;
SELECT model::text::churn_forest FROM models WHERE n = 3;

-- the same rows give the same model, whatever the order, the plan and the workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE TEMP TABLE prints (n int, print text);
INSERT INTO prints SELECT n, churn_fingerprint(model) FROM models;
CREATE TABLE shuffled AS SELECT * FROM training ORDER BY (userid * 7919) % 6007;
INSERT INTO prints
SELECT n, churn_fingerprint(model) FROM (VALUES
	(1, 'logistic_regression', '{}'), (2, 'logistic_regression', '{"l2": 0, "class_weight": 3}'),
	(3, 'naive_bayes', '{}'), (4, 'naive_bayes', '{"distribution": "multinomial", "class_weight": "balanced"}')) v(n, algorithm, options),
	unnest('{training,shuffled,SELECT * FROM training ORDER BY songs}'::text[]) source,
	churn_train(source, algorithm => v.algorithm, options => v.options::jsonb, exclude => '{userid,grp}') t;
SELECT n, count(*), count(DISTINCT print) FROM prints GROUP BY n ORDER BY n;
RESET max_parallel_workers_per_gather;

-- one model for each group
SELECT grp, n_rows, churn_info(model)->>'algorithm' FROM churn_train('training', algorithm => 'naive_bayes', group_by => 'grp');
SELECT grp, n_rows, n_features FROM churn_train('training', algorithm => 'logistic_regression', group_by => 'grp');
SELECT grp, model IS NULL AS none, n_rows FROM churn_train('SELECT * FROM training WHERE NOT churned OR grp > 0', algorithm => 'naive_bayes', group_by => 'grp');

-- prediction: by name, missing and unseen values, the largest ones; infinite ones are refused as in training
SELECT n, churn_predict(model, t) = churn_predict(model, r) AS same
FROM models, training t, LATERAL (SELECT t.city, t.level, t.never, t.constant, t.joined, 1 AS more, t.paid, t.ratio, t.songs) r
WHERE t.userid = 77 ORDER BY n;
SELECT n, churn_predict(model, r) = churn_predict(model, s) AS unseen_is_missing
FROM models, (SELECT * FROM training WHERE userid = 77) t,
	 LATERAL (SELECT t.songs, t.ratio, t.paid, t.joined, t.constant, t.never, 'new' AS level, 'nowhere' AS city) r,
	 LATERAL (SELECT t.songs, t.ratio, t.paid, t.joined, t.constant, t.never, NULL::text AS level, NULL::text AS city) s ORDER BY n;
SELECT n, churn_predict(model, r) BETWEEN 0 AND 1 AS probability
FROM models, LATERAL (SELECT 7 AS songs, 1e300::float8 AS ratio, true AS paid, '4713-01-01 BC'::date AS joined, 1e300 AS constant,
	-1e300::float8 AS never, ''::text AS level, NULL::text AS city) r ORDER BY n;
SELECT churn_predict(model, r) FROM models, LATERAL (SELECT t.songs, t.ratio, t.paid, '-infinity'::date AS joined, t.constant, t.never, t.level, t.city FROM training t LIMIT 1) r;
SELECT churn_predict(model, r) FROM models, LATERAL (SELECT 1 AS songs, 2 AS ratio) r;
SELECT churn_predict(model, r) FROM models, LATERAL (SELECT 'x'::text AS songs) r;

-- classes that can be told apart: finite weights, and a notice
SELECT churn_info(m)#>>'{facts,separated}' AS separated, churn_info(m)#>>'{facts,converged}' AS converged,
	   churn_predict(m, s) < 1e-6 AS low, churn_predict(m, l) > 1 - 1e-6 AS high
FROM trained('SELECT i AS songs, i > 50 AS churned FROM generate_series(1, 100) i', 'logistic_regression', '{"l2": 0}') m,
	 (SELECT 1 AS songs) s, (SELECT 100 AS songs) l;
SELECT churn_info(m)#>>'{facts,separated}' AS separated
FROM trained('SELECT i AS songs, i % 5 = 0 AS left_early, i % 5 = 0 OR (i * 7919) % 13 > 6 AS churned FROM generate_series(1, 100) i',
			 'logistic_regression', '{"l2": 0}') m;
SELECT churn_info(m)#>>'{facts,separated}' AS separated, churn_info(m)#>>'{facts,converged}' AS converged
FROM trained('SELECT i AS songs, i > 50 AS churned FROM generate_series(1, 100) i', 'logistic_regression') m;

-- too few iterations: a notice
SELECT churn_info(m)#>>'{facts,iterations}' AS iterations, churn_info(m)#>>'{facts,converged}' AS converged
FROM trained('mixed', 'logistic_regression', '{"l2": 0, "max_iter": 1}') m;

-- columns that say nothing new are set aside, without penalty
SELECT name, round(estimate::numeric, 6) AS estimate, round(std_error::numeric, 6) AS std_error
FROM coefficients(trained('SELECT songs, 2 * songs + 1 AS twice, hours, 5 AS five, churned FROM plain', 'logistic_regression', '{"l2": 0}'));
SELECT name, round(estimate::numeric, 6) AS estimate
FROM coefficients(trained('SELECT songs, 2 * songs + 1 AS twice, hours, 5 AS five, churned FROM plain', 'logistic_regression'));
-- nothing known at all
SELECT churn_predict(m, ROW(1)::record) FROM trained('SELECT NULL::int AS songs, churned FROM plain', 'logistic_regression', '{"l2": 0}') m;
SELECT round(churn_predict(m, s)::numeric, 6) AS logistic
FROM trained('SELECT NULL::int AS songs, churned FROM plain', 'logistic_regression', '{"l2": 0}') m, (SELECT 1 AS songs) s;
SELECT round(churn_predict(m, s)::numeric, 6) AS bayes
FROM trained('SELECT NULL::int AS songs, churned FROM plain', 'naive_bayes') m, (SELECT 1 AS songs) s;
SELECT round(avg(churned::int), 6) AS share FROM plain;

-- wrong options
SELECT churn_train('plain', algorithm => 'logistic_regression', options => '{"trees": 5}');
SELECT churn_train('plain', algorithm => 'logistic_regression', options => '{"l2": -1}');
SELECT churn_train('plain', algorithm => 'logistic_regression', options => '{"max_iter": 0}');
SELECT churn_train('plain', algorithm => 'logistic_regression', options => '{"smoothing": 1}');
SELECT churn_train('plain', algorithm => 'naive_bayes', options => '{"l2": 1}');
SELECT churn_train('plain', algorithm => 'naive_bayes', options => '{"smoothing": 0}');
SELECT churn_train('plain', algorithm => 'naive_bayes', options => '{"distribution": "normal"}');
SELECT churn_train('plain', algorithm => 'naive_bayes', options => '{"var_smoothing": 2}');
SELECT churn_train('plain', options => '{"l2": 1}');

-- wrong rows
SELECT churn_train('SELECT * FROM plain WHERE churned', algorithm => 'logistic_regression');
SELECT churn_train('SELECT * FROM plain WHERE false', algorithm => 'naive_bayes');
SELECT churn_train('SELECT ''infinity''::float8 AS songs, churned FROM plain', algorithm => 'logistic_regression');
SELECT churn_train((SELECT 'SELECT i % 2 = 0 AS churned' || string_agg(', ''c'' || (i * ' || c || ') % 254 AS c' || c, '') ||
						   ' FROM generate_series(1, 2000) i' FROM generate_series(1, 25, 2) c), algorithm => 'logistic_regression');

SET sparkify.max_training_memory = '1MB';
SELECT n_rows FROM churn_train('SELECT t.* FROM training t, generate_series(1, 2)', algorithm => 'naive_bayes');
SELECT n_rows FROM churn_train('SELECT songs, churned, city || city AS a, city || userid % 200 AS b FROM training', algorithm => 'logistic_regression');
SELECT n_rows FROM churn_train('mixed', algorithm => 'logistic_regression');
RESET sparkify.max_training_memory;

-- wrong text: one thing wrong at a time
CREATE FUNCTION wrong(which int, was text, is_now text) RETURNS churn_model LANGUAGE plpgsql AS $$
DECLARE
	model text := (SELECT CASE which WHEN 1 THEN logistic ELSE bayes END FROM small);
BEGIN
	IF position(was in model) = 0 THEN RAISE 'nothing to replace in %', model; END IF;
	RETURN replace(model, was, is_now)::churn_model;
END $$;
CREATE TABLE small (logistic text, bayes text);
INSERT INTO small VALUES (
'{"sparkify_model": 1, "algorithm": "logistic_regression", "threshold": 0.5,
  "options": {"class_weight": "none", "l2": 1, "max_iter": 100}, "facts": {"rows": 10},
  "features": [{"name": "songs", "kind": "number", "edges": [1.5], "counts": [5, 4, 1], "importance": 0.5},
			   {"name": "level", "kind": "category", "categories": ["free", "paid"], "counts": [5, 5, 0], "importance": 0.5}],
  "intercept": [-1.5, 0.25], "terms": [[2,0.5,0.75,0.125,0,0,0.25], [0.5,-0.5,0,1,1,0,-0.125]]}',
'{"sparkify_model": 1, "algorithm": "naive_bayes", "threshold": 0.5,
  "options": {"class_weight": "none", "smoothing": 1, "var_smoothing": 1e-9, "distribution": "gaussian"}, "facts": {"rows": 10},
  "features": [{"name": "songs", "kind": "number", "edges": [1.5], "counts": [5, 4, 1], "importance": 0.5},
			   {"name": "level", "kind": "category", "categories": ["free", "paid"], "counts": [5, 5, 0], "importance": 0.5}],
  "intercept": [-0.5, -1], "terms": [[2,3,0.5,0.75,-1.5], [-0.5,-1,-2,-0.25,0.5]]}');
SELECT logistic::churn_model::text::churn_model = logistic::churn_model AS logistic,
	   bayes::churn_model::text::churn_model = bayes::churn_model AS bayes FROM small;
SELECT churn_predict(logistic::churn_model, r) AS logistic, churn_predict(bayes::churn_model, r) AS bayes
FROM small, (VALUES (2, 'free'), (NULL, NULL)) AS r(songs, level);
SELECT jsonb_array_elements(churn_info(logistic::churn_model)->'coefficients') - 'p' AS coefficient FROM small;
SELECT churn_info(bayes::churn_model)->'classes' AS classes, jsonb_array_elements(churn_info(bayes::churn_model)->'likelihoods') AS likelihood FROM small;
SELECT wrong(1, '"terms"', '"trees"');
SELECT wrong(1, '"intercept": [-1.5, 0.25], ', '');
SELECT wrong(1, '[-1.5, 0.25]', '[-1.5]');
SELECT wrong(1, '[-1.5, 0.25]', '[-1.5, -0.25]');
SELECT wrong(1, '[-1.5, 0.25]', '[1e200, 0.25]');
SELECT wrong(1, ', [0.5,-0.5,0,1,1,0,-0.125]', '');
SELECT wrong(1, '[0.5,-0.5,0,1,1,0,-0.125]', '[0.5,-0.5,0,1,1,0]');
SELECT wrong(1, '[0.5,-0.5,0,1,1,0,-0.125]', '[0.5,-0.5,0,1,1,0,-0.125,0]');
SELECT wrong(1, '[0.5,-0.5,0,1,1,0,-0.125]', '{"a": [0.5,-0.5,0,1,1,0,-0.125]}');
SELECT wrong(1, '[0.5,-0.5,0,1,1,0,-0.125]', '[0.5,-0.5,0,1,1,0,"0"]');
SELECT wrong(1, '[0.5,-0.5,0,1,1,0,-0.125]', '[0.5,-0.5,0,1,-1,0,-0.125]');
SELECT wrong(1, '[2,0.5,0.75,', '[2,0,0.75,');
SELECT wrong(1, '[2,0.5,0.75,', '[2,-0.5,0.75,');
SELECT wrong(1, '[2,0.5,0.75,', '[2,1e-310,0.75,');
SELECT wrong(1, '[2,0.5,0.75,', '[2,0.5,1e101,');
SELECT wrong(1, '-0.125]', '-1e117]');
SELECT wrong(2, '-1.5]', '1e999]');
SELECT wrong(1, '"l2": 1', '"l2": -1');
SELECT wrong(1, 'logistic_regression', 'random_forest');
SELECT wrong(1, 'logistic_regression', 'naive_bayes');
SELECT wrong(2, '[-0.5, -1]', '[0.5, -1]');
SELECT wrong(2, '[2,3,0.5,0.75,', '[2,3,0.5,0,');
SELECT wrong(2, '[2,3,0.5,0.75,', '[2,3,-0.5,0.75,');
SELECT wrong(2, '[2,3,0.5,0.75,', '[2,3,0.5,-0.75,0,');
SELECT wrong(2, '-0.25,0.5]', '0.25,0.5]');
SELECT wrong(2, '"gaussian"', '"multinomial"');

DROP TABLE plain, scales, mixed, training, shuffled, models, small;
DROP FUNCTION coefficients, near, trained, wrong;
