-- The option calibrate: probabilities that come true

-- users with three rows each, who churn with a probability that follows from their features
CREATE TABLE snapshots AS
SELECT i / 3 AS userid, i % 3 AS as_of, i * 48271 % 65537 * 7919 % 1000 < 4 * songs + 5 * adverts AS churned, songs, adverts,
       (ARRAY['free', 'paid', 'free', NULL])[i / 3 % 4 + 1] AS level
FROM generate_series(1::bigint, 4500) AS i, LATERAL (SELECT (i / 3 * 7919) % 97 AS songs, (i * 31) % 41 AS adverts) AS f;

-- the class weight lets what is not calibrated promise far too much
CREATE TABLE models AS
SELECT a AS algorithm, c AS calibrate, model
FROM unnest('{random_forest,decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) WITH ORDINALITY AS a(a, n),
     unnest('{none,platt,isotonic}'::text[]) AS c,
     churn_train('SELECT * FROM snapshots WHERE userid % 7 <> 0', algorithm => a,
                 options => jsonb_build_object('calibrate', c, 'class_weight', 5) ||
                            CASE a WHEN 'random_forest' THEN '{"trees": 20, "min_leaf": 5}' WHEN 'gradient_boosting' THEN '{"trees": 20}' ELSE '{}' END::jsonb) AS t;

-- What is not calibrated is as it always was
SELECT m.algorithm, churn_fingerprint(m.model) = churn_fingerprint(t.model) AS same, churn_info(m.model) ? 'calibration' AS calibrated
FROM models AS m, churn_train('SELECT * FROM snapshots WHERE userid % 7 <> 0', algorithm => m.algorithm, options => '{"class_weight": 5}') AS t
WHERE m.algorithm IN ('decision_tree', 'naive_bayes') AND calibrate = 'none' ORDER BY 1;

-- What is calibrated has one part more; the others are the same, and so are importances
SELECT algorithm, churn_info(model) #> '{options,calibrate}' AS calibrate,
       (SELECT string_agg(key || ' ' || jsonb_typeof(value), ', ' ORDER BY key DESC) FROM jsonb_each(churn_info(model) -> 'calibration')) AS parts,
       (model::text::jsonb - '{options,facts,threshold,calibration,scores}'::text[]) = (SELECT n.model::text::jsonb - '{options,facts,threshold,scores}'::text[]
        FROM models n WHERE n.algorithm = m.algorithm AND n.calibrate = 'none') AS same_model
FROM models m WHERE calibrate <> 'none' ORDER BY algorithm, calibrate DESC;

-- Text and binary are exact
SELECT bool_and(model::text::churn_model = model) AS text, bool_and(jsonb_pretty(model::text::jsonb)::churn_model = model) AS jsonb,
       count(DISTINCT churn_fingerprint(model)) AS different
FROM models;
CREATE TABLE models_back (LIKE models);
\set abs_builddir `echo "${PG_ABS_BUILDDIR:-$PWD}"`
\set file :abs_builddir '/results/calibrate.copy'
COPY models TO :'file' (FORMAT binary);
COPY models_back FROM :'file' (FORMAT binary);
SELECT count(*), bool_and(b.model = m.model) AS same FROM models_back b JOIN models m USING (algorithm, calibrate);

-- Predictions: those of the model without, mapped
CREATE TABLE scored AS
SELECT algorithm, calibrate, userid, as_of, churned, p, plain
FROM models AS m, LATERAL (SELECT model AS plain_model FROM models n WHERE n.algorithm = m.algorithm AND n.calibrate = 'none' OFFSET 0) AS n,
     LATERAL (SELECT userid, as_of, churned, churn_predict(model, r) AS p, churn_predict(plain_model, r) AS plain
              FROM snapshots AS r WHERE userid % 7 = 0 OFFSET 0) AS s;
SELECT algorithm, bool_and(abs(p - 1 / (1 + exp(-(slope * ln(q / (1 - q)) + intercept)))) < 1e-12) AS by_the_formula
FROM scored JOIN models USING (algorithm, calibrate), jsonb_to_record(churn_info(model) -> 'calibration') AS c(slope float8, intercept float8),
     LATERAL (SELECT 0.001 + 0.998 * plain) AS q(q)
WHERE calibrate = 'platt' GROUP BY algorithm ORDER BY algorithm;
CREATE TABLE points AS
SELECT algorithm, s.n, s.v::float8 AS score, p.v::float8 AS probability
FROM models, jsonb_array_elements_text(churn_info(model) #> '{calibration,scores}') WITH ORDINALITY AS s(v, n),
     jsonb_array_elements_text(churn_info(model) #> '{calibration,probabilities}') WITH ORDINALITY AS p(v, n)
WHERE calibrate = 'isotonic' AND s.n = p.n;
SELECT s.algorithm, bool_and(abs(p - coalesce(l.probability + (plain - l.score) / (h.score - l.score) * (h.probability - l.probability),
                                            l.probability, h.probability)) < 1e-9) AS by_the_points
FROM scored AS s
     LEFT JOIN LATERAL (SELECT * FROM points WHERE algorithm = s.algorithm AND score <= plain ORDER BY score DESC LIMIT 1) AS l ON true
     LEFT JOIN LATERAL (SELECT * FROM points WHERE algorithm = s.algorithm AND score > plain ORDER BY score LIMIT 1) AS h ON true
WHERE calibrate = 'isotonic' GROUP BY s.algorithm ORDER BY s.algorithm;

-- They keep the order, Platt's all of it
SELECT algorithm, calibrate, count(*) FILTER (WHERE p < before) AS turned_round, min(p) >= 0 AND max(p) <= 1 AS probabilities
FROM (SELECT *, lag(p - 1e-15) OVER (PARTITION BY algorithm, calibrate ORDER BY plain, p) AS before FROM scored) AS s
GROUP BY algorithm, calibrate HAVING calibrate <> 'none' ORDER BY algorithm, calibrate DESC;
SELECT algorithm, abs((churn_metrics(churned, p)).auc - (churn_metrics(churned, plain)).auc) < 1e-3 AS same_auc
FROM scored WHERE calibrate = 'platt' GROUP BY algorithm ORDER BY algorithm;

-- They come true: the expected calibration error falls
SELECT algorithm, round(max(ece) FILTER (WHERE calibrate = 'none')::numeric, 1) AS before,
       bool_and(ece < 0.06) FILTER (WHERE calibrate <> 'none') AS small_since
FROM (SELECT algorithm, calibrate, (churn_metrics(churned, p)).ece FROM scored GROUP BY algorithm, calibrate) AS e
GROUP BY algorithm ORDER BY algorithm;

-- The threshold is on the same scale, and is that of the best F1
SELECT algorithm, calibrate, bool_and(churn_at_risk(model, r) = (churn_predict(model, r) >= threshold)) AS by_the_threshold,
       count(DISTINCT churn_at_risk(model, r)) AS answers
FROM models, snapshots AS r, LATERAL (SELECT (churn_info(model) ->> 'threshold')::float8) AS t(threshold)
WHERE userid % 35 = 0 AND calibrate <> 'none' GROUP BY algorithm, calibrate ORDER BY algorithm, calibrate DESC;
SELECT count(*), bool_and(score = churn_predict(model, r)) AS predicted, bool_and(at_risk = churn_at_risk(model, r)) AS at_risk
FROM models, churn_score(model, 'SELECT *, userid || ''.'' || as_of AS id FROM snapshots WHERE userid % 35 = 0', 'id') AS s
     JOIN snapshots r ON s.id = userid || '.' || as_of
WHERE calibrate = 'isotonic' AND algorithm = 'naive_bayes';
SELECT churn_info(churn_set_threshold(model, 0.9)) -> 'calibration' = churn_info(model) -> 'calibration' AS kept FROM models WHERE calibrate = 'platt' LIMIT 1;

-- What the scores of rows held out are worth
SELECT calibrate, (SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_object_keys(churn_info(model) -> 'facts') AS key WHERE key LIKE 'cv%') AS facts,
       churn_info(model) #> '{facts,cv_rows}' AS rows,
       (churn_info(model) #>> '{facts,cv_auc}')::float8 BETWEEN 0.6 AND 0.9 AS auc
FROM models WHERE algorithm = 'logistic_regression' ORDER BY calibrate;

-- The same to the bit, whatever the order of rows and the algorithm
SELECT m.algorithm, calibrate, churn_fingerprint(t.model) = churn_fingerprint(m.model) AS same
FROM models AS m, churn_train('SELECT * FROM snapshots WHERE userid % 7 <> 0 ORDER BY (userid * 31 + as_of) * 7919 % 1009, userid, as_of', algorithm => m.algorithm, options => churn_info(m.model) -> 'options') AS t
WHERE calibrate <> 'none' ORDER BY m.algorithm, calibrate DESC;

-- Rows of one user are never on both sides: rows that are there thrice would be known by heart
CREATE VIEW thrice AS
SELECT i % 300 AS userid, (i % 300) * 7919 % 1000 < 300 AS churned, (i % 300) * 31 % 300 AS x FROM generate_series(1, 900) AS i;
SELECT round((churn_info(model) #>> '{facts,cv_auc}')::numeric, 1) AS auc
FROM churn_train('thrice', algorithm => 'decision_tree', options => '{"calibrate": "platt", "max_depth": 20}', exclude => '{as_of,userid}');
SELECT round((churn_info(model) #>> '{facts,cv_auc}')::numeric, 1) AS auc
FROM churn_train('SELECT x, churned FROM thrice', algorithm => 'decision_tree', options => '{"calibrate": "platt", "max_depth": 20}');
-- names that need quotes, and other types than numbers
SELECT churn_info(model) #> '{facts,cv_rows}' AS rows
FROM churn_train($$ SELECT 'user ' || userid AS "The ""User""", churned, songs FROM snapshots $$, algorithm => 'naive_bayes',
                 options => '{"calibrate": "isotonic"}', exclude => '{userid,"The \"User\""}');
-- a model per group, an aggregate, no exclude
SELECT grp, churn_info(model) #> '{facts,cv_rows}' AS rows
FROM churn_train('snapshots', algorithm => 'naive_bayes', options => '{"calibrate": "platt"}', group_by => 'level');
SELECT churn_info(churn_forest_agg(churned, ROW(songs, adverts), '{"trees": 5, "calibrate": "isotonic"}')) #> '{facts,cv_rows}' AS rows FROM snapshots;
SELECT churn_info(model) #> '{facts,cv_rows}' AS rows
FROM churn_train('snapshots', algorithm => 'naive_bayes', options => '{"calibrate": "platt"}', exclude => NULL);

-- Scores that say nothing: everybody has the share of all
SELECT c, round(min(churn_predict(model, r))::numeric, 2) AS least, round(max(churn_predict(model, r))::numeric, 2) AS most, churn_info(model) -> 'threshold' AS threshold
FROM unnest('{platt,isotonic}'::text[]) AS c,
     churn_train('SELECT i % 4 = 0 AS churned, 1 AS x FROM generate_series(1, 400) AS i', algorithm => 'decision_tree', options => jsonb_build_object('calibrate', c)) AS t,
     (VALUES (0), (1), (2)) AS r(x)
GROUP BY c, threshold ORDER BY c;

-- Refusals
SELECT churn_train('snapshots', options => '{"calibrate": "beta"}');
SELECT churn_train('snapshots', options => '{"calibrate": 1}');
SELECT churn_train('snapshots', options => '{"calibrate": true}');
SELECT churn_forest_agg(churned, ROW(songs), '{"calibrate": null}') FROM snapshots;
SELECT churn_train('SELECT i % 20 AS userid, i % 20 = 0 AS churned, i AS x FROM generate_series(1, 100) AS i', options => '{"calibrate": "platt"}');
SELECT churn_train('SELECT i <> 7 AS churned, i AS x FROM generate_series(1, 100) AS i', algorithm => 'naive_bayes', options => '{"calibrate": "isotonic"}');
SET sparkify.max_training_memory = '1MB';
SELECT n_rows FROM churn_train('SELECT i AS userid, i % 7 = 0 AS churned, i AS a FROM generate_series(1, 18000) AS i', algorithm => 'naive_bayes', options => '{"threshold": 0.5}');
-- choosing a threshold takes more, too
SELECT churn_train('SELECT i AS userid, i % 7 = 0 AS churned, i AS a FROM generate_series(1, 18000) AS i', algorithm => 'naive_bayes');
SELECT churn_train('SELECT i AS userid, i % 7 = 0 AS churned, i AS a FROM generate_series(1, 18000) AS i', algorithm => 'naive_bayes', options => '{"calibrate": "platt"}');
RESET sparkify.max_training_memory;

-- Text of a calibration that no training makes
CREATE FUNCTION wrong(method text, path text[], is_now jsonb) RETURNS churn_model LANGUAGE sql AS $$
	SELECT CASE WHEN is_now IS NULL THEN model::text::jsonb #- path ELSE jsonb_set(model::text::jsonb, path, is_now) END::text::churn_model
	FROM models WHERE algorithm = 'decision_tree' AND calibrate = method
$$;
\set SHOW_CONTEXT never
SELECT wrong('platt', '{calibration,slope}', '0.5') IS NOT NULL AS fine;
SELECT wrong('platt', '{calibration,slope}', '-0.5');
SELECT wrong('platt', '{calibration,slope}', '"steep"');
SELECT wrong('platt', '{calibration,slope}', '1e200');
SELECT wrong('platt', '{calibration,slope}', NULL);
SELECT wrong('platt', '{calibration,intercept}', '-1e200');
SELECT wrong('platt', '{calibration,more}', '1');
SELECT wrong('platt', '{calibration}', '[1, 2]');
SELECT wrong('platt', '{calibration}', NULL);
SELECT wrong('platt', '{options,calibrate}', '"isotonic"');
SELECT wrong('platt', '{options,calibrate}', '"none"');
SELECT wrong('platt', '{options,calibrate}', NULL);
SELECT wrong('none', '{options,calibrate}', '"platt"');
SELECT wrong('none', '{calibration}', '{}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5], "probabilities": [0.25]}') IS NOT NULL AS fine;
SELECT wrong('isotonic', '{calibration}', '{"scores": [], "probabilities": []}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, 0.6], "probabilities": [0.25]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, 0.5], "probabilities": [0.25, 0.5]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, 0.6], "probabilities": [0.25, 0.2]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, 1.1], "probabilities": [0.25, 0.5]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, 1], "probabilities": [-0.25, 0.5]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, "x"], "probabilities": [0.25, 0.5]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5, [1]], "probabilities": [0.25, 0.5]}');
SELECT wrong('isotonic', '{calibration}', '{"scores": [0.5], "probabilities": [0.25], "more": 1}');
SELECT wrong('isotonic', '{calibration}', (SELECT jsonb_build_object('scores', jsonb_agg(i / 2000.0), 'probabilities', jsonb_agg(i / 2000.0)) FROM generate_series(0, 1000) AS i));
SELECT wrong('isotonic', '{calibration}', (SELECT jsonb_build_object('scores', jsonb_agg(i / 2000.0), 'probabilities', jsonb_agg(i / 2000.0)) FROM generate_series(0, 999) AS i)) IS NOT NULL AS fine;

DROP FUNCTION wrong;
DROP VIEW thrice;
DROP TABLE snapshots, models, models_back, scored, points;
