-- churn_metrics
\pset null NULL
\set SHOW_CONTEXT never
SET extra_float_digits = 0;

-- Expected values from scikit-learn: test/reference/metrics.py
CREATE TABLE scored AS
SELECT i, s AS score, (37 * i + 11) % 89 < 50 * s * s + 10 AS churned
FROM generate_series(0, 499) AS i, LATERAL (SELECT ((7 * i * i + 3 * i) % 101)::float8 / 100) AS v(s);

CREATE TABLE expected(name text, value float8);
INSERT INTO expected VALUES
	('n', 500), ('positives', 155), ('threshold', 0.5), ('tp', 117), ('fp', 125), ('tn', 220), ('fn', 38),
	('accuracy', 0.674), ('precision', 0.483471074380165), ('recall', 0.754838709677419),
	('f1', 0.589420654911839), ('weighted_f1', 0.686202990087347), ('macro_f1', 0.659552781850613),
	('auc', 0.768041140719963), ('pr_auc', 0.616536879796054), ('log_loss', 0.811806146949534),
	('brier', 0.2107476), ('baseline_weighted_f1', 0.563431952662722), ('best_threshold', 0.53),
	('best_f1', 0.620689655172414), ('ece', 0.15992);

SELECT name, round(m.value::numeric, 12) AS value, abs(m.value::float8 - expected.value) < 1e-12 AS same
FROM json_each_text((SELECT to_json(churn_metrics(churned, score)) FROM scored)) WITH ORDINALITY AS m(name, value, place)
FULL JOIN expected USING (name)
ORDER BY place;

-- every column says what it is
SELECT attname, col_description(attrelid, attnum)
FROM pg_attribute WHERE attrelid = 'churn_metrics'::regclass AND attnum > 0 ORDER BY attnum;

-- the ways to read it
SELECT churn_metrics(churned, score) FROM (VALUES (true, 1), (false, 0)) AS v(churned, score);
SELECT (churn_metrics(churned, score)).* FROM (VALUES (true, 1), (false, 0)) AS v(churned, score);
SELECT m.n, m.auc FROM (SELECT (churn_metrics(churned, score)).* FROM scored) AS m;
SELECT (churn_metrics(churned, score, 0.37)).weighted_f1::numeric(12, 9) FROM scored;
SELECT (churn_metrics(churned, score, 0.5)) = (churn_metrics(churned, score)) AS default_is_half FROM scored;
SELECT (churn_metrics(churned, score, 0)).recall FROM scored;
SELECT (m).tp, (m).fp FROM (SELECT churn_metrics(churned, score, 1) FROM scored) AS v(m);
SELECT (churn_metrics(churned, score, best)).f1 = (SELECT (churn_metrics(churned, score)).best_f1 FROM scored) AS best
FROM scored, (SELECT (churn_metrics(churned, score)).best_threshold FROM scored) AS v(best);
SELECT i % 3 AS grp, (churn_metrics(churned, score)).n, (churn_metrics(churned, score)).tp
FROM scored GROUP BY 1 ORDER BY 1;
SELECT (churn_metrics(churned, score) FILTER (WHERE i < 10)).n FROM scored;
SELECT i, (churn_metrics(churned, score) OVER (ORDER BY i)).tp FROM scored WHERE i < 5 ORDER BY i;
SELECT row(1, 1, 0.5, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, NULL, 1, 0, 0, 0, 1, 1, 0)::churn_metrics;

-- kinds of labels
CREATE DOMAIN flag AS int CHECK (VALUE IN (0, 1));
SELECT (churn_metrics(label::boolean, 1)).tp FROM (VALUES (1), (0)) AS v(label);
CREATE DOMAIN did_churn AS boolean;
SELECT (churn_metrics(label::boolean::did_churn, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::smallint, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::int, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::bigint, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::numeric(3, 2), 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::real, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::float8, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT (churn_metrics(label::flag, 1)).tp FROM (VALUES (1), (0)) AS v(label);
SELECT churn_metrics('yes', 1);
SELECT churn_metrics(label, 1) FROM (SELECT 'yes' AS label) AS v;
SELECT churn_metrics(label, 1) FROM (SELECT NULL AS label) AS v;
SELECT churn_metrics(date '2018-10-01', 1);
SELECT churn_metrics(ARRAY[1], 1);
SELECT churn_metrics(2, 1);
SELECT churn_metrics((-1)::smallint, 1);
SELECT churn_metrics(9223372036854775807, 1);
SELECT churn_metrics(1.00000000000000000001, 1);
SELECT churn_metrics('NaN'::numeric, 1);
SELECT churn_metrics('t', 1);
SELECT churn_metrics(NULL, 1);
SELECT churn_metrics(0.5::real, 1);
SELECT churn_metrics('NaN'::float8, 1);
SELECT churn_metrics('Infinity'::float8, 1);

-- scores
SELECT (churn_metrics(true, score)).brier FROM (VALUES (0), (1)) AS v(score);
SELECT (churn_metrics(true, score)).brier FROM (VALUES (0.25::real), (0.5)) AS v(score);
SELECT (churn_metrics(true, '-0'::float8, 0)).tp;
SELECT churn_metrics(true, 1.5);
SELECT churn_metrics(true, -0.1);
SELECT churn_metrics(true, -1e-300);
SELECT churn_metrics(true, 'NaN');
SELECT churn_metrics(true, '-Infinity');
SELECT churn_metrics(true, 'high');

-- thresholds
SELECT churn_metrics(true, 0.5, 1.1);
SELECT churn_metrics(true, 0.5, -0.1);
SELECT churn_metrics(true, 0.5, 'NaN');
SELECT churn_metrics(true, 0.5, NULL);
SELECT churn_metrics(true, 0.5, threshold) FROM (VALUES (0.5), (0.25)) AS v(threshold);
SELECT threshold, (churn_metrics(true, 0.4, threshold)).tp FROM (VALUES (0.5), (0.25)) AS v(threshold) GROUP BY 1 ORDER BY 1;

-- rows without a label or a score do not count
SELECT (churn_metrics(label, score)).n FROM (VALUES (true, 0.1), (NULL, 0.2), (true, NULL), (NULL, NULL)) AS v(label, score);
SELECT (churn_metrics(label, score, threshold)).n FROM (VALUES (true, 0.1, 0.5), (NULL, 0.2, 7), (false, NULL, NULL)) AS v(label, score, threshold);
SELECT churn_metrics(NULL::boolean, 0.5);
SELECT churn_metrics(churned, score) FROM scored WHERE false;
SELECT churn_metrics(churned, score) FROM scored WHERE false GROUP BY i;
SELECT (churn_metrics(churned, score)) IS NULL FROM scored WHERE false;

-- few rows, one class, equal scores
SELECT to_json(churn_metrics(true, 0.5));
SELECT to_json(churn_metrics(false, 0.25));
SELECT (m).f1, (m).weighted_f1, (m).macro_f1, (m).auc, (m).pr_auc, (m).best_threshold, (m).best_f1, (m).baseline_weighted_f1
FROM (SELECT churn_metrics(false, score) FROM scored) AS v(m);
SELECT (m).f1, (m).recall, (m).auc, (m).pr_auc, (m).best_threshold, (m).best_f1, (m).baseline_weighted_f1
FROM (SELECT churn_metrics(true, score) FROM scored) AS v(m);
SELECT (m).precision, (m).auc, (m).pr_auc, (m).best_threshold
FROM (SELECT churn_metrics(churned, 0.25) FROM scored) AS v(m);

-- the same to the bit in parallel, serial and shuffled
CREATE TABLE many AS
SELECT i, i % 7 AS grp, abs(hashint8(i)::float8 / 2147483648) AS score, abs(hashint8(i + 1)::float8 / 2147483648) < 0.23 AS churned
FROM generate_series(1, 30000) AS i;
ALTER TABLE many SET (parallel_workers = 2);
ANALYZE many;
CREATE TABLE serial AS SELECT churn_metrics(churned, score) AS m FROM many;
CREATE TABLE serial_groups AS SELECT grp, churn_metrics(churned, score, 0.9) AS m FROM many GROUP BY 1;

SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;

EXPLAIN (COSTS OFF) SELECT churn_metrics(churned, score) FROM many;
EXPLAIN (COSTS OFF) SELECT grp, churn_metrics(churned, score, 0.9) FROM many GROUP BY 1;
SELECT p.m *= s.m AS same FROM (SELECT churn_metrics(churned, score) AS m FROM many) AS p, serial AS s;
SELECT count(*), bool_and(p.m *= s.m) AS same
FROM (SELECT grp, churn_metrics(churned, score, 0.9) AS m FROM many GROUP BY 1) AS p JOIN serial_groups AS s USING (grp);
SELECT churn_metrics(churned, score, CASE WHEN i > 15000 THEN 0.5 ELSE 0.25 END) FROM many;
SELECT churn_metrics(churned, CASE WHEN i = 29999 THEN 1.5 ELSE score END) FROM many;
SELECT churn_metrics(churned::text, score) FROM many;
SELECT churn_metrics(churned, score) FROM many WHERE score > 1;

SET parallel_leader_participation = off;
SELECT p.m *= s.m AS same FROM (SELECT churn_metrics(churned::int, score) AS m FROM many) AS p, serial AS s;
RESET parallel_leader_participation;

SET max_parallel_workers_per_gather = 0;
SELECT p.m *= s.m AS same FROM (SELECT churn_metrics(churned, score ORDER BY hashint8(i + 7)) AS m FROM many) AS p, serial AS s;
SELECT p.m *= s.m AS same FROM (SELECT churn_metrics(churned, score ORDER BY score DESC) AS m FROM many) AS p, serial AS s;

DROP TABLE scored, expected, many, serial, serial_groups;
DROP DOMAIN flag;
