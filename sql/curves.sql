-- churn_roc, churn_pr, churn_lift, churn_calibration, churn_threshold
\pset null NULL
\set SHOW_CONTEXT never
SET extra_float_digits = 0;

CREATE TABLE scored AS
SELECT i, s AS score, (37 * i + 11) % 89 < 50 * s * s + 10 AS churned
FROM generate_series(0, 499) AS i, LATERAL (SELECT ((7 * i * i + 3 * i) % 101)::float8 / 100) AS v(s);
CREATE TABLE few(churned boolean, score float8);
INSERT INTO few VALUES (true, 0.9), (true, 0.8), (false, 0.8), (true, 0.6), (false, 0.5), (false, 0.2);

-- every column says what it is
SELECT attrelid::regclass, attname, col_description(attrelid, attnum)
FROM pg_attribute
WHERE attrelid IN ('churn_roc_point'::regclass, 'churn_pr_point'::regclass, 'churn_lift_decile'::regclass,
				   'churn_calibration_bin'::regclass) AND attnum > 0
ORDER BY attrelid::regclass::text, attnum;

-- few rows
SELECT p.* FROM (SELECT churn_roc(churned, score) AS a FROM few) AS v, unnest(a) AS p;
SELECT p.* FROM (SELECT churn_pr(churned, score) AS a FROM few) AS v, unnest(a) AS p;
SELECT p.* FROM (SELECT churn_lift(churned, score) AS a FROM few) AS v, unnest(a) AS p;
SELECT p.* FROM (SELECT churn_calibration(churned, score) AS a FROM few) AS v, unnest(a) AS p;
SELECT p.* FROM (SELECT churn_calibration(churned, score, 2) AS a FROM few) AS v, unnest(a) AS p;
SELECT churn_threshold(churned, score) FROM few;
SELECT churn_roc(churned, score) FROM few WHERE score > 0.5;
SELECT (churn_pr(churned, score))[2].precision, (churn_pr(churned, score))[2].recall FROM few;

-- expected values from scikit-learn: test/reference/metrics.py
SELECT cardinality(a), a[5].threshold, abs(a[5].fpr - 0.08115942028985507) < 1e-12 AS fpr,
	   abs(a[5].tpr - 0.32903225806451614) < 1e-12 AS tpr
FROM (SELECT churn_roc(churned, score) AS a FROM scored) AS v;
SELECT count(*), sum(p.n) AS n, sum(p.n * abs(p.mean_score - p.rate)) / sum(p.n) AS ece
FROM (SELECT churn_calibration(churned, score) AS a FROM scored) AS v, unnest(a) AS p;

-- areas are those that churn_metrics knows
SELECT abs(sum((fpr - lag) * (tpr + lag_tpr) / 2) - (SELECT (churn_metrics(churned, score)).auc FROM scored)) < 1e-12 AS auc
FROM (SELECT fpr, tpr, lag(fpr) OVER w, lag(tpr) OVER w AS lag_tpr
	  FROM (SELECT churn_roc(churned, score) AS a FROM scored) AS v, unnest(a) AS p WINDOW w AS (ORDER BY threshold DESC)) AS v;
SELECT abs(sum((recall - lag) * precision) - (SELECT (churn_metrics(churned, score)).pr_auc FROM scored)) < 1e-12 AS pr_auc
FROM (SELECT recall, precision, lag(recall) OVER (ORDER BY threshold DESC)
	  FROM (SELECT churn_pr(churned, score) AS a FROM scored) AS v, unnest(a) AS p) AS v;

-- deciles: as ntile(10) makes them; ties are cut evenly
SELECT p.decile, p.n, p.churned, p.gain
FROM (SELECT churn_lift(i < 6, 0.5) AS a FROM generate_series(0, 23) AS i) AS v, unnest(a) AS p;
SELECT bool_and(p.n = n.n AND p.min_score = n.min AND p.max_score = n.max) AS same, sum(p.churned), max(p.gain)
FROM (SELECT churn_lift(churned, score) AS a FROM scored) AS v, unnest(a) AS p
JOIN (SELECT d, count(*) AS n, min(score), max(score)
	  FROM (SELECT score, ntile(10) OVER (ORDER BY score DESC) AS d FROM scored) AS t GROUP BY d) AS n ON n.d = p.decile;

-- thresholds: of best F1, of lowest cost, of a budget
SELECT t, m.best_threshold, m.f1 = m.best_f1 AS same
FROM (SELECT churn_threshold(churned, score) AS t FROM scored) AS v,
	 LATERAL (SELECT (churn_metrics(churned, score, t)).* FROM scored) AS m;
SELECT fa, missed, t, m.fp * fa + m.fn * missed AS cost
FROM (SELECT fa, missed, churn_threshold(churned, score, fa, missed) AS t
	  FROM scored, (VALUES (1, 1), (1, 5), (5, 1), (0, 1)) AS c(fa, missed) GROUP BY 1, 2) AS v,
	 LATERAL (SELECT (churn_metrics(churned, score, t)).* FROM scored) AS m
ORDER BY 1, 2;
SELECT churn_threshold(churned, score, 1, 0) FROM few;
SELECT b, churn_threshold(churned, score, b) AS t FROM few, generate_series(0, 7) AS b GROUP BY 1 ORDER BY 1;
SELECT b, count(*) FILTER (WHERE score >= t) AS flagged
FROM scored, (SELECT b, churn_threshold(churned, score, b) AS t FROM scored, (VALUES (0), (1), (100), (103), (1000)) AS v(b) GROUP BY 1) AS v
GROUP BY 1 ORDER BY 1;
SELECT churn_threshold(false, score, 3) FROM few;
SELECT churn_threshold(true, 1, 0);
SELECT churn_threshold(true, 1, 1);
SELECT churn_threshold(false, 1, 1, 1);
SELECT churn_threshold(true, 0, 1, 1);
SELECT churn_threshold(churned, score, 1e-300, 1e300) FROM few;
SELECT (churn_info(churn_set_threshold(model, t))->>'threshold')::float8 = t AS set
FROM (SELECT churn_threshold(churned, score) AS t FROM few) AS v,
	 churn_train('SELECT churned, score FROM few', options => '{"trees": 1}');

-- rows without a label or a score do not count
SELECT churn_roc(churned, score), churn_pr(churned, score), churn_lift(churned, score), churn_calibration(churned, score),
	   churn_calibration(churned, score, 3), churn_threshold(churned, score), churn_threshold(churned, score, 1, 1),
	   churn_threshold(churned, score, 1)
FROM few WHERE false;
SELECT churn_roc(churned, score) = (SELECT churn_roc(churned, score) FROM few) AS same
FROM (TABLE few UNION ALL VALUES (NULL, 0.3), (true, NULL), (NULL, NULL)) AS v;
SELECT churn_threshold(NULL::boolean, 0.5);

-- one class
SELECT churn_roc(true, score), churn_pr(true, score), churn_threshold(true, score) FROM few;
SELECT churn_roc(false, score), churn_pr(false, score), churn_threshold(false, score) FROM few;
SELECT p.* FROM (SELECT churn_lift(false, score) AS a FROM few WHERE score > 0.8) AS v, unnest(a) AS p;

-- refused
SELECT churn_roc('yes', 0.5);
SELECT churn_roc(2, 0.5);
SELECT churn_roc(true, 1.5);
SELECT churn_pr(true, 'NaN');
SELECT churn_lift(true, -0.1);
SELECT churn_calibration(true, 'Infinity');
SELECT churn_calibration(true, 0.5, 0);
SELECT churn_calibration(true, 0.5, 1001);
SELECT churn_calibration(true, 0.5, NULL);
SELECT churn_calibration(true, 0.5, b) FROM generate_series(2, 3) AS b;
SELECT churn_threshold(date '2018-10-01', 0.5);
SELECT churn_threshold(true, 0.5, -1);
SELECT churn_threshold(true, 0.5, NULL);
SELECT churn_threshold(true, 0.5, b) FROM generate_series(2, 3) AS b;
SELECT churn_threshold(true, 0.5, 0, 0);
SELECT churn_threshold(true, 0.5, -1, 1);
SELECT churn_threshold(true, 0.5, 1, 'NaN');
SELECT churn_threshold(true, 0.5, 'Infinity', 1);
SELECT churn_threshold(true, 0.5, NULL, 1);
SELECT churn_threshold(true, 0.5, 1, c) FROM generate_series(2, 3) AS c;

-- the same to the bit in parallel, serial and shuffled
CREATE TABLE many AS
SELECT i, i % 7 AS grp, abs(hashint8(i)::float8 / 2147483648) AS score, abs(hashint8(i + 1)::float8 / 2147483648) < 0.23 AS churned
FROM generate_series(1, 30000) AS i;
ALTER TABLE many SET (parallel_workers = 4);
ANALYZE many;
CREATE VIEW judged AS
SELECT churn_roc(churned, score), churn_pr(churned, score), churn_lift(churned, score), churn_calibration(churned, score),
	   churn_calibration(churned, score, 100) AS hundred, churn_threshold(churned, score),
	   churn_threshold(churned, score, 1, 4) AS by_cost, churn_threshold(churned, score, 1000) AS by_budget
FROM many;
CREATE TABLE serial AS TABLE judged;
CREATE TABLE serial_groups AS SELECT grp, churn_roc(churned, score) AS r FROM many GROUP BY 1;
-- more than fit one by one
CREATE VIEW judged_cells AS
SELECT churn_metrics(churned, score), churn_roc(churned, score), churn_pr(churned, score), churn_lift(churned, score),
	   churn_calibration(churned, score), churn_threshold(churned, score, 1000000)
FROM many, generate_series(1, 150);
CREATE TABLE serial_cells AS TABLE judged_cells;
SELECT (churn_metrics).n, (churn_metrics).tp = 150 * (SELECT (churn_metrics(churned, score)).tp FROM many) AS tp,
	   abs((churn_metrics).auc - (SELECT (churn_metrics(churned, score)).auc FROM many)) < 1e-7 AS auc,
	   cardinality(churn_roc) <= 1002 AS roc, (churn_lift[10]).n
FROM serial_cells;
SELECT count(*) * 150 BETWEEN 999000 AND 1000000 AS budget FROM many, serial_cells WHERE score >= churn_threshold;

SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;

EXPLAIN (COSTS OFF) TABLE judged;
SELECT j *= s AS same FROM judged AS j, serial AS s;
SELECT count(*), bool_and(p.r = s.r) AS same
FROM (SELECT grp, churn_roc(churned, score) AS r FROM many GROUP BY 1) AS p JOIN serial_groups AS s USING (grp);
SELECT churn_threshold(churned, score, CASE WHEN i > 15000 THEN 5 ELSE 6 END) FROM many;
EXPLAIN (COSTS OFF) TABLE judged_cells;
SELECT j *= s AS same FROM judged_cells AS j, serial_cells AS s;

SET max_parallel_workers_per_gather = 2;
SELECT j *= s AS same FROM judged AS j, serial AS s;
SET max_parallel_workers_per_gather = 0;
SELECT churn_lift(churned, score ORDER BY hashint8(i + 7)) = (SELECT churn_lift FROM serial) AS same FROM many;
SELECT churn_calibration(churned, score ORDER BY score DESC) = (SELECT churn_calibration FROM serial) AS same FROM many;
SELECT i, churn_threshold(churned, score) OVER (ORDER BY i) FROM scored WHERE i < 5 ORDER BY i;

DROP VIEW judged, judged_cells;
DROP TABLE scored, few, many, serial, serial_groups, serial_cells;
