-- wide.sql
--	  Rows for training, of :rows and 36 features, in the table :table; ten rows a user.
--
-- Eight features tell something, by themselves and together, and 28 nothing.  :first is
-- the number of the first row, so that tables need share neither users nor chance.
SELECT 'CREATE UNLOGGED TABLE ' || :'table' || ' (userid bigint, churned boolean, ' || string_agg(format('x%s float4', n), ', ') || ')'
FROM generate_series(1, 36) AS n \gexec
SELECT setseed(0.42 + :first / 1e10);
SELECT format($f$INSERT INTO %s
SELECT i / 10, random() < 1 / (1 + exp(2.2 - 1.5 * x1 - 1.2 * x2 * x3 - 0.8 * x4 * x4 + CASE WHEN x5 > 0.5 THEN 1.2 ELSE 0 END - x6 * x7 + 0.7 * x8)), %s
FROM (SELECT i, %s FROM generate_series(%s::bigint, %s::bigint + %s - 1) AS i OFFSET 0) AS s$f$, :'table',
	string_agg(format('x%s', n), ', ' ORDER BY n), string_agg(format('((random() + random() + random() - 1.5) * 2)::float4 AS x%s', n), ', ' ORDER BY n),
	:first, :first, :rows)
FROM generate_series(1, 36) AS n \gexec
ANALYZE :table;
