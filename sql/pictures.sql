-- Pictures: every figure in them is that of the SQL function beside it
\set SHOW_CONTEXT never
SET client_min_messages = error;
\pset format unaligned
\pset tuples_only on

CREATE TABLE users AS
SELECT i AS userid, date '2024-01-01' + i % 40 AS as_of, (i * 7919) % 1000 + (i * 31) % 400 > 1100 AS churned,
	   (i * 7919) % 1000 AS songs, CASE WHEN i % 9 > 0 THEN ((i * 37) % 400) / 7.0 END::float8 AS adverts,
	   CASE i % 3 WHEN 0 THEN 'free' WHEN 1 THEN 'paid' END AS level, i % 5 = 0 AS asked,
	   date '2023-01-01' + i % 90 AS since
FROM generate_series(1, 900) i;
CREATE TABLE models AS
SELECT algorithm, model FROM churn_train('users', id => 'userid', "time" => 'as_of', options => '{"trees": 20, "importance": "permutation"}')
UNION ALL SELECT algorithm, model FROM churn_train('users', id => 'userid', "time" => 'as_of', algorithm => 'gradient_boosting', options => '{"trees": 20}');
CREATE TABLE scored AS
SELECT churned, churn_predict(model, u) AS score FROM users u, models WHERE algorithm = 'random_forest';

-- the marks of a picture that have this figure, with all their data
CREATE FUNCTION marks(svg text, figure text) RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT data FROM regexp_matches(svg, '<[a-z]+ [^<>]*>', 'g') WITH ORDINALITY AS m(tag, n),
		LATERAL (SELECT jsonb_object_agg(d[1], d[2]) AS data FROM regexp_matches(tag[1], ' data-([a-z0-9-]+)="([^"]*)"', 'g') AS d) AS s
	WHERE data ? figure ORDER BY n $$;
-- a list of figures of a line
CREATE FUNCTION list(svg text, figure text) RETURNS float8[] LANGUAGE sql AS $$
	SELECT string_to_array(m ->> figure, ' ')::float8[] FROM marks(svg, figure) m LIMIT 1 $$;

-- curves, with the model's threshold
SELECT list(svg, 'fpr') = ARRAY(SELECT fpr FROM unnest(roc)) AND list(svg, 'tpr') = ARRAY(SELECT tpr FROM unnest(roc)),
	(SELECT (m ->> 'auc')::float8 FROM marks(svg, 'auc') m) = (metrics).auc,
	(SELECT (m ->> 'recall')::float8 FROM marks(svg, 'threshold') m) = (metrics).recall
FROM (SELECT churn_roc(churned, score) AS roc, churn_metrics(churned, score, 0.3) AS metrics FROM scored) AS s, churn_plot_roc(roc, metrics) AS svg;
SELECT abs((SELECT (m ->> 'auc')::float8 FROM marks(churn_plot_roc(roc), 'auc') m) - (metrics).auc) < 1e-12 AS area_alone
FROM (SELECT churn_roc(churned, score) AS roc, churn_metrics(churned, score) AS metrics FROM scored) AS s;
SELECT list(svg, 'recall') = ARRAY(SELECT recall FROM unnest(pr)) AND list(svg, 'precision') = ARRAY(SELECT precision FROM unnest(pr)),
	(SELECT (m ->> 'pr-auc')::float8 FROM marks(svg, 'pr-auc') m) = (metrics).pr_auc,
	(SELECT (m ->> 'precision')::float8 FROM marks(svg, 'threshold') m) = (metrics).precision
FROM (SELECT churn_pr(churned, score) AS pr, churn_metrics(churned, score, 0.3) AS metrics FROM scored) AS s, churn_plot_pr(pr, metrics) AS svg;
SELECT abs((SELECT (m ->> 'pr-auc')::float8 FROM marks(churn_plot_pr(pr), 'pr-auc') m) - (metrics).pr_auc) < 1e-12 AS area_alone
FROM (SELECT churn_pr(churned, score) AS pr, churn_metrics(churned, score) AS metrics FROM scored) AS s;
SELECT count(*), count(DISTINCT m ->> 'name') FROM (
	SELECT churn_plot_roc(array_agg(p)) AS svg FROM (
		SELECT 'a & b' AS name, p.fpr, p.tpr FROM (SELECT churn_roc(churned, score) AS c FROM scored) AS s, unnest(c) AS p
		UNION ALL SELECT 'guess', x, x FROM generate_series(0, 1) x) AS p) AS s, marks(svg, 'auc') m;

-- tenths and bins
SELECT count(*), bool_and((m ->> 'lift')::float8 = lift AND (m ->> 'churned')::float8 = churned AND (m ->> 'n')::bigint = n AND (m ->> 'rate')::float8 = rate)
FROM (SELECT churn_lift(churned, score) AS l FROM scored) AS s, marks(churn_plot_lift(l), 'lift') m, unnest(l) WHERE (m ->> 'decile')::int = decile;
SELECT count(*), bool_and((m ->> 'gain')::float8 = gain)
FROM (SELECT churn_lift(churned, score) AS l FROM scored) AS s, marks(churn_plot_gain(l), 'decile') m, unnest(l) WHERE (m ->> 'decile')::int = decile;
SELECT cardinality(c) = count(*), bool_and((m ->> 'rate')::float8 = rate AND (m ->> 'n')::bigint = n)
FROM (SELECT churn_calibration(churned, score) AS c FROM scored) AS s, marks(churn_plot_calibration(c), 'n') m, unnest(c) WHERE (m ->> 'mean-score')::float8 = mean_score GROUP BY c;
SELECT sum((m ->> 'churned')::int), sum((m ->> 'stayed')::int)
FROM (SELECT churn_plot_scores(churn_calibration(churned, score, 20), 0.3) AS svg FROM scored) AS s, marks(svg, 'low') m;
SELECT count(*) FILTER (WHERE churned), count(*) FILTER (WHERE NOT churned) FROM scored;
SELECT key, value::int = (to_jsonb(metrics) ->> key)::int
FROM (SELECT churn_metrics(churned, score, 0.3) AS metrics FROM scored) AS j, unnest(ARRAY['tp', 'fp', 'tn', 'fn']) AS w,
	marks(churn_plot_confusion(metrics), w) AS m, jsonb_each_text(m) ORDER BY key;

-- what a model goes by
SELECT kind, count(*), bool_and((m ->> 'importance')::float8 = importance)
FROM models, unnest(ARRAY['impurity', 'permutation']) AS kind, marks(churn_plot_importance(model, kind), 'feature') m, churn_importance(model, kind) i
WHERE algorithm = 'random_forest' AND m ->> 'feature' = feature GROUP BY kind ORDER BY kind;
SELECT m ->> 'others', abs((m ->> 'importance')::float8 - 1 + (SELECT sum(importance) FROM (SELECT importance FROM churn_importance(model) LIMIT 2) AS i)) < 1e-12
FROM models, marks(churn_plot_importance(model, top => 2), 'others') m WHERE algorithm = 'random_forest';
SELECT algorithm, count(*), bool_and((m ->> 'contribution')::float8 = contribution AND m ->> 'value' IS NOT DISTINCT FROM value)
FROM models, (SELECT * FROM users WHERE userid = 9) AS u, marks(churn_plot_reasons(model, u), 'contribution') m, churn_explain(model, u) e
WHERE m ->> 'feature' = feature GROUP BY algorithm ORDER BY algorithm;
SELECT algorithm, abs((m ->> 'prediction')::float8 - (SELECT sum(contribution) FROM churn_explain(model, u))) < 1e-12,
	(SELECT (o ->> 'others')::float8 + (SELECT sum((c ->> 'contribution')::float8) FROM marks(svg, 'contribution') c) + (b ->> 'base')::float8 - (m ->> 'prediction')::float8
	 FROM marks(svg, 'others') o, marks(svg, 'base') b) BETWEEN -1e-12 AND 1e-12
FROM models, (SELECT * FROM users WHERE userid = 9) AS u, churn_plot_reasons(model, u, 2) AS svg, marks(svg, 'prediction') m ORDER BY algorithm;
CREATE TABLE dots AS SELECT m FROM models, marks(churn_plot_summary(model, 'users', rows => 50), 'contribution') m WHERE algorithm = 'random_forest';
SELECT count(*), count(DISTINCT m ->> 'feature') FROM dots;
SELECT count(*) FROM dots WHERE NOT EXISTS (
	SELECT FROM models, users u, churn_explain(model, u) e
	WHERE algorithm = 'random_forest' AND e.feature = m ->> 'feature' AND e.value IS NOT DISTINCT FROM m ->> 'value' AND e.contribution = (m ->> 'contribution')::float8);
-- the same users whatever the order of rows
SELECT churn_plot_summary(model, 'SELECT * FROM users ORDER BY userid DESC', rows => 50) = churn_plot_summary(model, 'users', rows => 50)
FROM models WHERE algorithm = 'random_forest';
SELECT m FROM (SELECT churn_plot_dependence(array_agg(d), 'songs') AS svg FROM (VALUES ('1', 1, 0.5, 0.25, 0.75, 3), (NULL, NULL, 0.25, NULL, NULL, 2), ('2', 2, 0.125, 0, 1, 4)) AS d(value, number, mean_score, q10, q90, n)) AS s, marks(svg, 'n') m;
SELECT m ->> 'number' FROM (SELECT churn_plot_dependence(array_agg(d), 'since') AS svg FROM (VALUES ('2000-01-01', 946684800, 0.5, 0.25, 0.75, 3), ('2000-01-03', 946857600, 0.125, 0, 1, 4)) AS d(value, number, mean_score, q10, q90, n)) AS s, marks(svg, 'number') m;
SELECT m FROM (SELECT churn_plot_dependence(array_agg(d)) AS svg FROM (VALUES ('a', NULL::float8, 0.5, 0.25, 0.75, 2), (NULL, NULL, 0.25, 0, 1, 1)) AS d(value, number, mean_score, q10, q90, n)) AS s, marks(svg, 'mean-score') m;

-- names stand beside curves that end at one time and apart, and are keys above others
SELECT least, (SELECT count(*) FROM regexp_matches(svg, '<text class="spk-f[ab] spk-halo"[^>]*>(free|family plan)<', 'g')) AS beside
FROM (VALUES (0.4, 9), (0.69, 9), (0.4, 5)) AS v (least, ends), LATERAL (SELECT churn_plot_survival(array_agg(p ORDER BY name, time)) AS svg
	FROM (VALUES ('free', 1, 9, 2, 0.8, 0.7, 0.9), ('free', ends, 5, 1, least, 0.3, 0.7), ('family plan', 2, 8, 1, 0.9, 0.8, 1), ('family plan', 9, 5, 1, 0.7, 0.6, 0.8))
		AS p (name, time, at_risk, events, survival, lower, upper)) AS s;

-- against each other: the interval ends where the p value would be 0.05
CREATE TABLE compared AS SELECT rank, algorithm, options, cv_mean, cv_sd, difference, p_value
FROM churn_compare('users', algorithms => '{decision_tree,logistic_regression,naive_bayes}', id => 'userid', "time" => 'as_of');
SELECT count(*), bool_and((m ->> 'cv-mean')::float8 = cv_mean AND (m ->> 'cv-sd')::float8 = cv_sd AND (m ->> 'difference')::float8 = difference
	AND (m ->> 'p-value')::float8 IS NOT DISTINCT FROM p_value)
FROM (SELECT churn_plot_compare(array_agg(c ORDER BY rank)) AS svg FROM compared c) AS s, marks(svg, 'cv-mean') m JOIN compared ON m ->> 'algorithm' = algorithm;
SELECT m FROM (SELECT churn_plot_compare(array_agg(c), folds) AS svg
	FROM (VALUES ('best', 0.9, 0.1, 0.0, NULL), ('other', 0.8, 0.1, -0.1, 0.05), ('same', 0.9, 0.1, 0.0, 1)) AS c(algorithm, cv_mean, cv_sd, difference, p_value), unnest(ARRAY[3, 11]) AS folds GROUP BY folds) AS s, marks(svg, 'high') m;
SELECT svg ~ 'no result', (SELECT count(*) FROM marks(svg, 'algorithm')) FROM (SELECT churn_plot_compare(array_agg(c)) AS svg FROM (VALUES ('best', 0.9, 0.1, 0.0, NULL::float8), ('none', NULL, NULL, NULL, NULL)) AS c(algorithm, cv_mean, cv_sd, difference, p_value)) AS s;
-- t of 2 degrees of freedom is 4.302653 at 0.05 and 2.919986 at 0.1, as tables have it
SELECT round(((m ->> 'high')::float8 + 0.1)::numeric, 6), round((0.1 * 4.302653 / 2.919986)::numeric, 6)
FROM (SELECT churn_plot_compare(array_agg(c)) AS svg FROM (VALUES ('best', 0.9, 0.1, 0.0, NULL), ('other', 0.8, 0.1, -0.1, 0.1)) AS c(algorithm, cv_mean, cv_sd, difference, p_value)) AS s, marks(svg, 'high') m;
CREATE TABLE tested AS SELECT as_of, n_train, metrics
FROM churn_backtest('users', '{2024-01-20,2024-01-30}', '5 days', algorithm => 'logistic_regression');
SELECT metric, count(*), bool_and((m ->> 'value')::float8 = CASE metric WHEN 'auc' THEN (metrics).auc ELSE (metrics).brier END AND (m ->> 'n')::int = (metrics).n
	AND (m ->> 'positives')::int = (metrics).positives AND (m ->> 'n-train')::int = n_train)
FROM unnest(ARRAY['auc', 'brier']) AS metric, LATERAL (SELECT churn_plot_backtest(array_agg(t), metric) AS svg FROM tested t) AS s,
	marks(svg, 'as-of') m JOIN tested ON (m ->> 'as-of')::date = as_of GROUP BY metric ORDER BY metric;

-- users
SELECT list(svg, 'time') = ARRAY(SELECT time::float8 FROM unnest(c)) AND list(svg, 'survival') = ARRAY(SELECT survival FROM unnest(c)),
	list(svg, 'upper') = ARRAY(SELECT coalesce(upper, 'NaN') FROM unnest(c)) AND list(svg, 'lower') = ARRAY(SELECT coalesce(lower, 'NaN') FROM unnest(c))
FROM (SELECT churn_survival(songs / 10, churned) AS c FROM users) AS s, churn_plot_survival(c) AS svg;
SELECT count(*), count(DISTINCT m ->> 'name') FROM (
	SELECT churn_plot_survival(array_agg(p ORDER BY name, time)) AS svg FROM (
		SELECT s.name, p.* FROM (SELECT level AS name, churn_survival(songs / 10, churned) AS c FROM users GROUP BY level) AS s, unnest(c) AS p) AS p) AS s, marks(svg, 'time') m;
SELECT m FROM (SELECT churn_plot_retention(array_agg(r)) AS svg FROM (VALUES (date '2024-01-01', 0, 10, 10, 1.0), ('2024-01-01', 1, 10, 5, 0.5), ('2024-01-08', 0, 8, 8, 1.0), ('2024-01-08', 1, 8, NULL, NULL)) AS r(cohort, age, users, active, share)) AS s, marks(svg, 'share') m;
SELECT m ->> 'feature' AS feature, coalesce(m ->> 'value', '') AS value, round(coalesce(m ->> 'churned', m ->> 'stayed')::numeric, 6) AS shown,
	m ? 'churned' AS of_churned, round(real::numeric, 6) = round(coalesce(m ->> 'churned', m ->> 'stayed')::numeric, 6) AS same
FROM marks(churn_plot_features('users'), 'feature') m,
	LATERAL (SELECT CASE m ->> 'feature' WHEN 'songs' THEN avg(songs) WHEN 'adverts' THEN avg(adverts) WHEN 'asked' THEN avg(asked::int)
		ELSE count(*) FILTER (WHERE level = m ->> 'value')::float8 / count(*) END AS real FROM users WHERE churned = (m ? 'churned')) AS r;
SELECT count(*) FROM marks(churn_plot_features('SELECT churned::int AS gone, level, songs FROM users', 'gone', '{songs}'), 'feature') m;
SELECT m FROM (SELECT churn_plot_timeline(array_agg(e), 'c', 2) AS svg FROM (VALUES (date '2024-01-01', 'a', 5), ('2024-01-03', 'b', 2), ('2024-01-09', 'c', 1), ('2024-01-09', 'a', 1)) AS e(day, event, events)) AS s, marks(svg, 'event') m;
SELECT m FROM (SELECT churn_plot_timeline(array_agg(e)) AS svg FROM (SELECT churn_profile(timestamp '2024-01-01' + i * interval '1 day', 'e' || i % 2) AS p FROM generate_series(1, 4) AS i) AS s, churn_events(p) AS e) AS s, marks(svg, 'event') m;

-- any text is text, and the whole of it where it is cut; all of it is ASCII
SELECT svg ~ '^[\x01-\x7e]*$' AS ascii, svg ~ '<script|<b>' AS tags, svg ~ '&lt;b&gt;' AS escaped, svg ~ (repeat('x', 200) || '</title>') AS whole, svg ~ (repeat('x', 50) || '[x]*</text>') AS too_long
FROM (SELECT churn_plot_timeline(array_agg(e), title => '<script>alert("' || repeat('x', 200)) AS svg
	FROM (VALUES (date '2024-01-01', '<b>"''&' || chr(8364), 1), ('2024-01-02', repeat('x', 200), 1), ('2024-01-03', E'a\tb\x01', 1)) AS e(day, event, events)) AS s;
SELECT churn_plot_gain(churn_lift(churned, score), title => 'Mine') ~ '<title>Mine</title>' FROM scored;

-- numbers that are hard to draw: what has one mean, of one class; ticks that tell each other apart; one of a kind
SELECT m ->> 'feature', m ->> 'churned', m ->> 'stayed', (regexp_match(svg, 'width="([^"]*)"[^<>]*data-feature="x"'))[1]::float8 < 220
FROM churn_plot_features('SELECT songs > 500 AS churned, CASE WHEN songs > 500 THEN 1000 END AS x FROM users') AS svg, marks(svg, 'feature') m;
SELECT size, (SELECT array_agg(t[1]) FROM regexp_matches(svg, 'class="spk-muted spk-small"[^<>]*text-anchor="middle">([^<]*)<', 'g') t)
FROM (SELECT size, churn_plot_dependence(array_agg(d), 'x') AS svg FROM (SELECT size, i::text AS value, i * size AS number, 0 AS mean_score, NULL::float8 AS q10, NULL::float8 AS q90, 1 AS n
	FROM generate_series(0, 4) i, unnest(ARRAY[1e-300, 1e-9, 1e12, 2e307]::float8[]) AS size) AS d GROUP BY size) AS s ORDER BY size;
SELECT churn_plot_timeline(array_agg(e)) ~ '>1 event;.*>\(empty\)<' FROM (VALUES (date '2024-01-01', '', 1)) AS e(day, event, events);
SELECT churn_plot_summary(model, 'SELECT * FROM users WHERE userid = 1') ~ '>1 user, a dot' FROM models LIMIT 1;
-- a heat map without figures has a key
SELECT n, (SELECT count(*) FROM regexp_matches(churn_plot_retention(array_agg(r)), 'fill-opacity=', 'g')) - count(*) AS shades
FROM unnest(ARRAY[5, 50]) AS n, LATERAL (SELECT 'c' AS cohort, i AS age, 5 AS users, 1 AS active, 0.2 AS share FROM generate_series(1, n) i) AS r GROUP BY n ORDER BY n;

-- for terminals
SELECT churn_plot_importance(model, 'permutation', 3, format => 'text') FROM models WHERE algorithm = 'random_forest';
SELECT churn_plot_lift(churn_lift(churned, score), format => 'text') FROM scored;
SELECT churn_plot_scores(churn_calibration(churned, score, 5), format => 'text') FROM scored;
SELECT churn_plot_reasons(model, u, title => 'User 9', format => 'text') FROM models, (SELECT * FROM users WHERE userid = 9) AS u ORDER BY algorithm;
SELECT bool_and(length(line) <= 80) FROM models, regexp_split_to_table(churn_plot_importance(model, title => repeat('wide ', 40), format => 'text'), '\n') AS line;

-- nothing to draw
SELECT churn_plot_roc(NULL) IS NULL, churn_plot_confusion(NULL) IS NULL, churn_plot_reasons(NULL, u) IS NULL FROM users u LIMIT 1;
SELECT churn_plot_roc('{}'::churn_roc_point[]) ~ 'no points', churn_plot_backtest('{}'::churn_metrics[]) ~ 'no dates',
	churn_plot_compare('{}'::churn_metrics[]) ~ 'no models', churn_plot_survival('{}'::churn_metrics[]) ~ 'no times', churn_plot_retention('{}'::churn_metrics[]) ~ 'no cohorts',
	churn_plot_timeline('{}'::churn_metrics[]) ~ 'no events', churn_plot_dependence('{}'::churn_metrics[]) ~ 'no points', churn_plot_calibration('{}'::churn_metrics[]) ~ 'no scores';
SELECT churn_plot_lift(churn_lift(false, score)) ~ 'Nobody churned', churn_plot_gain(churn_lift(false, score)) ~ 'Nobody churned',
	churn_plot_scores(churn_calibration(false, score)) ~ 'of 0 users who churned', churn_plot_confusion(churn_metrics(false, score)) ~ 'missed 0' FROM scored;
SELECT churn_plot_summary(model, 'SELECT * FROM users WHERE false') ~ 'no rows' FROM models;

-- refused
SELECT churn_plot_roc(array_agg(u)) FROM users u;
SELECT churn_plot_roc(array_agg(p)) FROM (VALUES (0.0, 'x')) AS p(fpr, tpr);
SELECT churn_plot_roc(array_agg(p)) FROM (VALUES (0.0, 1.5)) AS p(fpr, tpr);
SELECT churn_plot_roc(array_agg(p)) FROM (VALUES (0.0, NULL::float8)) AS p(fpr, tpr);
SELECT churn_plot_roc(ARRAY[NULL]::churn_roc_point[]);
SELECT churn_plot_roc(array_agg(p)) FROM (SELECT i::text AS name, 0.0 AS fpr, 1.0 AS tpr FROM generate_series(1, 5) i) AS p;
SELECT churn_plot_roc(array_agg(p)) FROM (VALUES ('a', 0, 0), ('b', 0, 0), ('a', 1, 1)) AS p(name, fpr, tpr);
SELECT churn_plot_roc(array_agg(p)) FROM (SELECT 0.0 AS fpr, 1.0 AS tpr FROM generate_series(1, 20001) i) AS p;
SELECT churn_plot_lift(churn_lift(churned, score), format => 'png') FROM scored;
SELECT churn_plot_importance(NULL);
SELECT churn_plot_importance(model, 'nothing') FROM models;
SELECT churn_plot_importance(model, top => 0) FROM models;
SELECT churn_plot_reasons(model, u) FROM models, (SELECT 1 AS songs) AS u;
SELECT churn_plot_summary(model, 'nowhere') FROM models;
SELECT churn_plot_scores(churn_calibration(churned, score), 1.5) FROM scored;
SELECT churn_plot_compare(array_agg(c), 1) FROM compared c;
SELECT churn_plot_backtest(array_agg(t), 'luck') FROM tested t;
SELECT churn_plot_backtest(array_agg(t)) FROM (SELECT as_of, n_train, 1 AS metrics FROM tested) AS t;
SELECT churn_plot_timeline(array_agg(e)) FROM (VALUES ('infinity'::date, 'a', 1)) AS e(day, event, events);
SELECT churn_plot_retention(array_agg(r)) FROM (VALUES ('a', 0.5, 1, 1, 1.0)) AS r(cohort, age, users, active, share);
SELECT churn_plot_retention(array_agg(r)) FROM (VALUES ('a', 0, -1, 1, 1.0)) AS r(cohort, age, users, active, share);
SELECT churn_plot_lift(array_agg(d), format => 'text') FROM (VALUES (1, 10, 5, 0.5, 'Infinity'::float8, 1.0)) AS d(decile, n, churned, rate, lift, gain);
SELECT churn_plot_features('users', 'gone');
SELECT churn_plot_features('users', 'songs');
SELECT churn_plot_features('users', features => '{since}');
SELECT churn_plot_features('SELECT NULL::boolean AS churned, 1 AS x');

DROP TABLE users, models, scored, dots, compared, tested;
DROP FUNCTION marks, list;
