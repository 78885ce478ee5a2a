-- churn_curve_metrics: predicted curves, judged
\pset null NULL
\set SHOW_CONTEXT never
SET extra_float_digits = 0;

-- every column says what it is
SELECT attname, col_description(attrelid, attnum) FROM pg_attribute
WHERE attrelid = 'churn_curve_metrics'::regclass AND attnum > 0 ORDER BY attnum;

CREATE TABLE formula AS
SELECT i, x, CASE WHEN churned THEN 2 * floor(u * (1.2 - x)) + 2 ELSE 2 * u + 1 END::int AS days, churned, ARRAY(SELECT (0.98 - 0.1 * x) ^ k FROM generate_series(1, 8) AS k ORDER BY k) AS curve
FROM generate_series(0, 499) AS i, LATERAL (SELECT ((7 * i * i + 3 * i) % 101)::float8 / 100 AS x, i * 7919 % 97 AS u) AS v, LATERAL (SELECT (i * 53 + 7) % 10 < 3 + 4 * x AS churned) AS w;

-- expected values from lifelines and scikit-survival: test/reference/survival.py
SELECT (m).n, (m).events, (m).periods, abs((m).concordance - 0.7098894791638859) < 1e-15 AS concordance,
	abs((m).integrated_brier - 0.14755470546591495) < 1e-11 AS integrated_brier, abs((m).baseline_brier - 0.17293208770401694) < 1e-11 AS baseline_brier
FROM (SELECT churn_curve_metrics(days, churned, curve, 10) AS m FROM formula) AS j;
SELECT bool_and(abs(b - e) < 1e-11) AS brier, count(*)
FROM (SELECT churn_curve_metrics(days, churned, curve, 10) AS m FROM formula) AS j,
	unnest((m).brier, '{0.056705814583567084, 0.09520602189068175, 0.12362932100757593, 0.14551060349676426, 0.16726738237015376, 0.18393153892074784, 0.19191007705539795, 0.1941501724565991}'::float8[]) AS u (b, e);
SELECT r.time, abs(p.survival - r.survival) < 1e-14 AS survival, abs(p.lower - r.lower) < 1e-14 AS lower, abs(p.upper - r.upper) < 1e-14 AS upper
FROM (VALUES (10, 0.937097451224144, 0.9117496375131947, 0.9553427371292037), (40, 0.7844299145966707, 0.7444378285606442, 0.8189368870024979), (70, 0.6228844428510978, 0.575611501502758, 0.6664799691171711)) AS r (time, survival, lower, upper),
	LATERAL (SELECT p.* FROM (SELECT churn_survival(days, churned) AS c FROM formula) AS j, unnest(c) AS p WHERE p.time <= r.time ORDER BY p.time DESC LIMIT 1) AS p;

-- all followed as long: the mean squared difference at each period's end, and all who stayed are there on the last day
CREATE TABLE few (days int, churned boolean, curve float8[]);
INSERT INTO few VALUES (3, true, '{0.5,0.2}'), (7, true, '{0.9,0.8}'), (8, true, '{0.6,0.3}'), (14, false, '{0.8,0.7}'), (14, false, '{1,0.9}');
SELECT (churn_curve_metrics(days, churned, curve, 7)).* FROM few;
SELECT ARRAY[avg((curve[1] - (days > 7)::int) ^ 2), avg((curve[2] - (NOT churned)::int) ^ 2)] AS brier FROM few;
-- pairs: those who left on one day are none; with one who was censored on that day it is known who stayed longer
SELECT (churn_curve_metrics(days, churned, ARRAY[stay], 1)).concordance AS c FROM (VALUES (5, true, 0.5), (5, true, 0.1), (5, false, 0.3)) AS v (days, churned, stay);
SELECT (churn_curve_metrics(days, churned, ARRAY[stay], 1)).concordance AS c FROM (VALUES (5, true, 0.5), (4, false, 0.3)) AS v (days, churned, stay);
SELECT (churn_curve_metrics(days, churned, ARRAY[0.5], 1)).concordance AS c FROM (VALUES (5, true), (8, false)) AS v (days, churned);
-- nobody leaves, all leave, nobody is followed to the end
SELECT (churn_curve_metrics(9, false, '{0.9,0.5}', 4)).* FROM generate_series(1, 3);
SELECT (churn_curve_metrics(2, true, '{0.25,0}', 4)).* FROM generate_series(1, 3);
SELECT (churn_curve_metrics(i, i = 2, '{0.9,0.5,0.2}', 4)).* FROM generate_series(1, 5) AS i;
SELECT (churn_curve_metrics(1, false, '{0.9}', 4)).*;

-- what does not count is told
SELECT (churn_curve_metrics(days, churned, curve, 7)).n FROM (TABLE few UNION ALL VALUES (NULL, true, '{1,1}'::float8[]), (1, NULL, '{1,1}'), (1, true, NULL)) AS v;
SELECT churn_curve_metrics(NULL, true, '{1}', 7);
SELECT churn_curve_metrics(1, true, '{1}', 7) WHERE false;
-- refused
SELECT churn_curve_metrics(-1, true, '{1}', 7);
SELECT churn_curve_metrics(1, 2, '{1}', 7);
SELECT churn_curve_metrics(1, 'yes'::text, '{1}', 7);
SELECT churn_curve_metrics(1, true, '{}', 7);
SELECT churn_curve_metrics(1, true, '{1,NULL}', 7);
SELECT churn_curve_metrics(1, true, '{{1,1}}', 7);
SELECT churn_curve_metrics(1, true, '{1,1.5}', 7);
SELECT churn_curve_metrics(1, true, '{NaN}', 7);
SELECT churn_curve_metrics(1, true, '{1}', 0);
SELECT churn_curve_metrics(1, true, '{1}', NULL);
SELECT churn_curve_metrics(1, true, array_fill(1::float8, '{1001}'), 1);
SELECT churn_curve_metrics(1, true, array_fill(1::float8, '{1000}'), 7);
SELECT churn_curve_metrics(1, true, array_fill(1::float8, ARRAY[i]), 7) FROM generate_series(2, 3) AS i;
SELECT churn_curve_metrics(1, true, '{1}', i) FROM generate_series(2, 3) AS i;
SELECT churn_curve_metrics(1, true, '{1}', 1) FROM generate_series(1, 4194305);

-- the same to the bit in parallel, serial and shuffled
CREATE TABLE many AS
SELECT i, i % 5 AS grp, (abs(hashint8(i)::bigint) % 90)::int AS days, abs(hashint8(i + 1)::bigint) % 100 < 40 AS churned,
	ARRAY(SELECT (1 - (abs(hashint8(i + 2)::bigint) % 997) / 9970.0::float8) ^ k FROM generate_series(1, 6) AS k ORDER BY k) AS curve FROM generate_series(1, 20000) AS i;
ALTER TABLE many SET (parallel_workers = 4);
ANALYZE many;
CREATE TABLE serial AS SELECT churn_curve_metrics(days, churned, curve, 14) AS m FROM many;
CREATE TABLE serial_groups AS SELECT grp, churn_curve_metrics(days, churned, curve, 14) AS m FROM many GROUP BY grp;
SELECT a.m *= s.m AS same FROM serial AS s, (SELECT churn_curve_metrics(days, churned, curve, 14) AS m FROM (SELECT * FROM many ORDER BY md5(i::text)) AS l) AS a;
SELECT bool_and(o.m *= n.m) AS window FROM (SELECT i, churn_curve_metrics(days, churned, curve, 14) OVER (ORDER BY i) AS m FROM many WHERE i < 40) AS o,
	LATERAL (SELECT churn_curve_metrics(days, churned, curve, 14) AS m FROM many WHERE i <= o.i) AS n;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT churn_curve_metrics(days, churned, curve, 14) FROM many;
SELECT a.m *= s.m AS same FROM serial AS s, (SELECT churn_curve_metrics(days, churned, curve, 14) AS m FROM many) AS a;
SELECT count(*), bool_and(a.m *= s.m) AS same
FROM (SELECT grp, churn_curve_metrics(days, churned, curve, 14) AS m FROM many GROUP BY grp) AS a JOIN serial_groups AS s USING (grp);
SELECT (churn_curve_metrics(days, churned, CASE WHEN i = 7 THEN '{1}' ELSE curve END, 14)).n FROM many;
SELECT (churn_curve_metrics(days, churned, CASE WHEN i % 2 = 0 THEN NULL WHEN i > 15000 THEN curve END, 14)).n FROM many;
RESET ALL;
DROP TABLE formula, few, many, serial, serial_groups;
