-- How rows get from where they are collected to where they are combined: in the leader as
-- they are, from workers by the query's memory or, when they are few, by value.
-- The model is the same to the bit.
CREATE TABLE passed (userid int, part int, churned bool, a float8, b float8, c int, d float8, e float8, city text, plan text)
	PARTITION BY LIST (part);
CREATE TABLE passed_0 PARTITION OF passed FOR VALUES IN (0);
CREATE TABLE passed_1 PARTITION OF passed FOR VALUES IN (1);
CREATE TABLE passed_2 PARTITION OF passed FOR VALUES IN (2);
INSERT INTO passed
	SELECT i, i % 3, i * 7919 % 1000 + i * 31 % 400 > 900, i * 7919 % 1000 / 8.0, sqrt(i), i * 31 % 400, i % 77, NULLIF(i % 9, 4),
		'city ' || i % 40, CASE i % 4 WHEN 0 THEN 'free' WHEN 1 THEN 'paid' WHEN 2 THEN 'plan of part ' || i % 3 END
	FROM generate_series(1, 60000) i;
ALTER TABLE passed_0 SET (parallel_workers = 2);
ALTER TABLE passed_1 SET (parallel_workers = 2);
ALTER TABLE passed_2 SET (parallel_workers = 2);
ANALYZE passed;

CREATE FUNCTION fingerprint(from_part int) RETURNS text LANGUAGE sql AS $$
	SELECT churn_fingerprint(churn_forest_agg(churned, ROW(a, b, c, d, e, city, plan), '{"trees": 3, "max_depth": 6}'))
	FROM passed WHERE part >= from_part $$;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		RETURN NEXT substring(line FROM '^ *(?:->  )?((Finalize|Partial|Parallel)? ?(Aggregate|Gather|Append|GroupAggregate|HashAggregate))');
	END LOOP;
END $$;

SET max_parallel_workers_per_gather = 0;
SELECT fingerprint(0) AS all_rows, fingerprint(2) AS few_rows \gset

-- a leader that takes part, and one that does not
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM plan_of('SELECT churn_forest_agg(churned, ROW(a, b)) FROM passed') AS line WHERE line IS NOT NULL;
SELECT fingerprint(0) = :'all_rows' AS same, fingerprint(2) = :'few_rows' AS same_of_few;
SET parallel_leader_participation = off;
SELECT fingerprint(0) = :'all_rows' AS same, fingerprint(2) = :'few_rows' AS same_of_few;
RESET parallel_leader_participation;

-- so few that all travel by value
SELECT churn_fingerprint(churn_forest_agg(churned, ROW(a, c, city), '{"trees": 3}')) AS few FROM passed WHERE userid <= 900 \gset
SET max_parallel_workers_per_gather = 0;
SELECT churn_fingerprint(churn_forest_agg(churned, ROW(a, c, city), '{"trees": 3}')) = :'few' AS same FROM passed WHERE userid <= 900;
SET max_parallel_workers_per_gather = 2;

-- each partition aggregated by itself
SET enable_partitionwise_aggregate = on;
SELECT fingerprint(0) = :'all_rows' AS same, fingerprint(2) = :'few_rows' AS same_of_few;

-- by groups
SELECT part, n = lead(n) OVER (PARTITION BY part) AS same
FROM (SELECT part, churn_fingerprint(churn_forest_agg(churned, ROW(a, b, city), '{"trees": 2}')) AS n FROM passed GROUP BY part
	UNION ALL
	SELECT part, churn_fingerprint((SELECT churn_forest_agg(churned, ROW(a, b, city), '{"trees": 2}') FROM passed q WHERE q.part = p.part))
	FROM (VALUES (0), (1), (2)) AS p (part)) AS both_ways
ORDER BY part, same;

-- twice in one query, over and over within a query, and together
SELECT churn_fingerprint(churn_forest_agg(churned, ROW(a, b, c, d, e, city, plan), '{"trees": 3, "max_depth": 6}')) = :'all_rows' AS same,
	churn_fingerprint(churn_forest_agg(churned, ROW(a, b, c, d, e, city, plan), '{"trees": 3, "max_depth": 6}') FILTER (WHERE part >= 2)) = :'few_rows' AS same_of_few
FROM passed;
SELECT times, fingerprint(0) = :'all_rows' AS same FROM generate_series(1, 3) AS times;
SELECT part, (SELECT churn_fingerprint(churn_forest_agg(churned, ROW(a, b, c, d, e, city, plan), '{"trees": 3, "max_depth": 6}'))
	FROM passed WHERE passed.part >= p.part) = CASE part WHEN 0 THEN :'all_rows' ELSE :'few_rows' END AS same
FROM (VALUES (0), (2), (0)) AS p (part);

DROP FUNCTION fingerprint(int);
DROP FUNCTION plan_of(text);
DROP TABLE passed;
