-- The data sets of the topic accuracy that are simulated, as CSV files in the folder :dir.
--
--	psql -v dir=FOLDER -f bench/accuracy_sets.sql
--
-- The first column is userid, the last is y.  Chance is a hash of the row's number,
-- so that the rows are the same on every machine.

SET client_min_messages = warning;

-- users at one date, and a fifth of them at five dates
CREATE TEMP TABLE users AS
	SELECT (e).userid::bigint, churn_profile((e).ts, (e).sessionid, (e).page, (e).level, (e).length, (e).gender, (e).registration) AS profile
	FROM (SELECT churn_simulate_events(8000) AS e OFFSET 0) AS log
	WHERE (e).auth NOT IN ('Logged Out', 'Guest') GROUP BY 1;
CREATE TEMP VIEW at_dates AS
	SELECT d AS as_of, userid, f.*, churn_label(profile, d, '14 days')::int AS y
	FROM users, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d, churn_features(profile, d) AS f
	WHERE churn_label(profile, d, '14 days') IS NOT NULL;

CREATE TEMP TABLE users_at_a_date AS SELECT * FROM at_dates WHERE as_of = '2018-11-12';
ALTER TABLE users_at_a_date DROP COLUMN as_of;
\set file :dir '/users_at_a_date.csv'
COPY (SELECT * FROM users_at_a_date ORDER BY userid) TO STDOUT (FORMAT csv, HEADER) \g :file

CREATE TEMP TABLE snapshots AS SELECT * FROM at_dates WHERE hashint8(userid) % 5 = 0 ORDER BY userid, as_of;
ALTER TABLE snapshots DROP COLUMN as_of;
\set file :dir '/snapshots.csv'
COPY (SELECT * FROM snapshots) TO STDOUT (FORMAT csv, HEADER) \g :file

-- draw(row, which): a number between 0 and 1
CREATE FUNCTION pg_temp.draw(i bigint, which bigint) RETURNS float8 LANGUAGE SQL IMMUTABLE
AS $$ SELECT (hashint8extended(i, which) & 4503599627370495) / 4503599627370496.0 $$;

-- twenty numbers, of which five say something, two of them together
SELECT format('SELECT i AS userid, %s, (draw_y + x1 * 0.5 + x2 * x3 * 0.8 + (x4 > 0.7)::int * 0.4 - x5 * 0.3 > 1.25)::int AS y
		FROM (SELECT i, pg_temp.draw(i, 0) AS draw_y, %s FROM generate_series(1, 20000) AS i OFFSET 0) AS q',
	string_agg('x' || n, ', ' ORDER BY n), string_agg(format('pg_temp.draw(i, %s) AS x%s', n, n), ', ' ORDER BY n)) AS numbers
FROM generate_series(1, 20) AS n \gset
\set file :dir '/numbers.csv'
COPY (:numbers ORDER BY i) TO STDOUT (FORMAT csv, HEADER) \g :file

-- a category of 1,000 values, some of them rare, each with an effect of its own, and numbers
CREATE FUNCTION pg_temp.effect(value bigint) RETURNS float8 LANGUAGE SQL IMMUTABLE
AS $$ SELECT sqrt(-2 * ln(1 - pg_temp.draw(value, 101))) * cos(2 * pi() * pg_temp.draw(value, 102)) $$;
CREATE TEMP TABLE many_values AS
	SELECT i AS userid, 'v' || value AS category, 'c' || floor(12 * pg_temp.draw(i, 3)) AS channel, x1, x2, x3,
		(pg_temp.draw(i, 0) < 1 / (1 + exp(1.6 - 1.2 * pg_temp.effect(value) - 1.5 * (x1 - 0.5)
			- 1.5 * (x2 - 0.5) * (x3 > 0.5)::int)))::int AS y
	FROM (SELECT i, floor(1000 * pg_temp.draw(i, 1) * pg_temp.draw(i, 2))::bigint AS value,
			pg_temp.draw(i, 4) AS x1, pg_temp.draw(i, 5) AS x2, pg_temp.draw(i, 6) AS x3
		FROM generate_series(1, 20000) AS i OFFSET 0) AS q;
\set file :dir '/many_values.csv'
COPY (SELECT * FROM many_values ORDER BY userid) TO STDOUT (FORMAT csv, HEADER) \g :file
