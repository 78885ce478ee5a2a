-- churn_survival: when users leave
\pset null NULL
\set SHOW_CONTEXT never
SET extra_float_digits = 0;

-- every column says what it is
SELECT attname, col_description(attrelid, attnum) FROM pg_attribute
WHERE attrelid = 'churn_survival_point'::regclass AND attnum > 0 ORDER BY attnum;

-- Weeks of remission in leukemia, of Freireich et al. (1963), Blood 21, 699-716.  The 6-MP arm's curve and its standard
-- errors are in every textbook (.857, .807, .753, .690, .627, .538, .448, as in Kleinbaum, Klein: Survival Analysis);
-- limits are those of R 4.2's survfit(Surv(weeks, relapse) ~ 1, conf.type = "log-log").
CREATE TABLE remission (arm text, weeks int, relapse int);
INSERT INTO remission SELECT '6-MP', unnest('{6,6,6,6,7,9,10,10,11,13,16,17,19,20,22,23,25,32,32,34,35}'::int[]), unnest('{1,1,1,0,1,0,1,0,0,1,1,0,0,0,1,1,0,0,0,0,0}'::int[]);
INSERT INTO remission SELECT 'placebo', unnest('{1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23}'::int[]), 1;
SELECT arm, p.time, p.at_risk, p.events, p.censored, round(p.survival::numeric, 3) AS survival, round(p.lower::numeric, 4) AS lower, round(p.upper::numeric, 4) AS upper
FROM (SELECT arm, churn_survival(weeks, relapse) AS curve FROM remission GROUP BY arm) AS c, unnest(curve) AS p ORDER BY arm, p.time;
SELECT count(*), bool_and(abs(p.survival - r.survival) < 1e-15 AND abs(p.lower - r.lower) < 1e-15 AND abs(p.upper - r.upper) < 1e-15) AS as_r
FROM (SELECT churn_survival(weeks, relapse) AS curve FROM remission WHERE arm = '6-MP') AS c, unnest(curve) AS p
JOIN (VALUES (6, 0.85714285714285710, 0.61971795526598394, 0.95155174764699701), (7, 0.80672268907563016, 0.56314656462223334, 0.92280901920288039),
	(10, 0.75294117647058811, 0.50319951079995651, 0.88936183516926537), (13, 0.69019607843137243, 0.43161022248618408, 0.84906596334945061),
	(16, 0.62745098039215674, 0.36751085598750205, 0.80491218947184118), (22, 0.53781512605042003, 0.26777893676713499, 0.74679071763539440),
	(23, 0.44817927170868338, 0.18805200595923241, 0.68014262849524132), (35, 0.44817927170868338, 0.18805200595923241, 0.68014262849524132))
	AS r (time, survival, lower, upper) ON r.time = p.time;
-- half of them have relapsed by
SELECT arm, min(p.time) FILTER (WHERE p.survival <= 0.5) AS median
FROM (SELECT arm, churn_survival(weeks, relapse = 1) AS curve FROM remission GROUP BY arm) AS c, unnest(curve) AS p GROUP BY arm ORDER BY arm;

-- without censoring it is the share that is left, whose product of ratios has no error to speak of
SELECT bool_and(abs(p.survival - (SELECT avg((weeks > p.time)::int) FROM remission WHERE arm = 'placebo')) < 1e-15) AS share
FROM (SELECT churn_survival(weeks, true) AS curve FROM remission WHERE arm = 'placebo') AS c, unnest(curve) AS p;
-- nobody leaves, everybody leaves, one leaves at once, the last time that can be
SELECT churn_survival(weeks, false) FROM (VALUES (3), (3), (5)) AS v (weeks);
SELECT churn_survival(3, true) FROM generate_series(1, 4);
SELECT churn_survival(days, days = 0) FROM (VALUES (0), (100000)) AS v (days);

-- what does not count is told
SELECT churn_survival(days, churned) FROM (VALUES (1, true), (2, NULL), (NULL, false), (NULL, NULL)) AS v (days, churned);
SELECT churn_survival(NULL, true);
SELECT churn_survival(1, true) WHERE false;
-- refused
SELECT churn_survival(-1, true);
SELECT churn_survival(100001, true);
SELECT churn_survival(NULL, 'yes'::text);
SELECT churn_survival(1, 2);
SELECT churn_survival(1, 0.5);
\set VERBOSITY terse
SELECT churn_survival(1.5, true);
\set VERBOSITY default

-- the same to the bit in parallel, serial and shuffled
CREATE TABLE leavers AS
SELECT i, i % 7 AS grp, (abs(hashint8(i)::bigint) % 400)::int AS days, abs(hashint8(i + 1)::bigint) % 100 < 30 AS churned FROM generate_series(1, 30000) AS i;
INSERT INTO leavers SELECT i, 7, NULL, NULL FROM generate_series(1, 5) AS i;
ALTER TABLE leavers SET (parallel_workers = 4);
ANALYZE leavers;
CREATE TABLE serial AS SELECT churn_survival(days, churned) AS curve FROM leavers;
CREATE TABLE serial_groups AS SELECT grp, churn_survival(days, churned) AS curve FROM leavers WHERE days IS NOT NULL GROUP BY grp;
SELECT cardinality(curve), curve[400].at_risk, curve[1].at_risk FROM serial;
SELECT c.curve = s.curve AS same FROM serial AS s, (SELECT churn_survival(days, churned) AS curve FROM (SELECT * FROM leavers ORDER BY md5(i::text)) AS l) AS c;
-- rows so far, of a state that goes on
SELECT bool_and(c = w) AS window FROM (SELECT i, churn_survival(days, churned) OVER (ORDER BY i) AS c FROM leavers WHERE i < 50 AND days IS NOT NULL) AS o,
	LATERAL (SELECT churn_survival(days, churned) AS w FROM leavers WHERE i <= o.i AND days IS NOT NULL) AS n;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF) SELECT churn_survival(days, churned) FROM leavers;
SELECT c.curve = s.curve AS same FROM serial AS s, (SELECT churn_survival(days, churned) AS curve FROM leavers) AS c;
SELECT count(*), bool_and(c.curve = s.curve) AS same
FROM (SELECT grp, churn_survival(days, churned) AS curve FROM leavers WHERE days IS NOT NULL GROUP BY grp) AS c JOIN serial_groups AS s USING (grp);
RESET ALL;
\set SHOW_CONTEXT never
DROP TABLE remission, leavers, serial, serial_groups;
