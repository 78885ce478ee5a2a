-- Dates at equal distances
\set SHOW_CONTEXT never

SELECT d FROM churn_dates('2018-10-08', '2018-11-19', '7 days') AS d;
SELECT churn_dates('2018-10-08', '2018-10-15', '1 week');
SELECT array_agg(d) FROM churn_dates('2018-10-08', '2018-10-11', '48 hours') AS d;
-- a month's end stays one, also before year 1
SELECT array_agg(d) FROM churn_dates('2020-01-31', '2020-06-30', '1 month') AS d;
SELECT array_agg(d) FROM churn_dates('2016-02-29', '2024-12-31', '1 year') AS d;
SELECT array_agg(d) FROM churn_dates('0003-12-31 BC', '0001-12-31', '6 months') AS d;
SELECT array_agg(d) FROM churn_dates('2018-01-31', '2018-06-30', '1 month 1 day') AS d;
SELECT array_agg(d) FROM churn_dates('2018-10-08', '2018-10-08', '1 day') AS d;
SELECT count(*) FROM churn_dates('2018-10-08', '2018-10-07', '1 day');

-- whatever the time zone and the changes of its clocks
SELECT zone, count(*), min(d), max(d), count(DISTINCT d)
FROM (VALUES ('UTC'), ('America/New_York'), ('Asia/Kathmandu'), ('Pacific/Apia')) AS z(zone),
	 set_config('TimeZone', zone, true), churn_dates('2011-12-01', '2012-11-30', '1 day') AS d
GROUP BY zone ORDER BY zone;

-- up to the ends of the calendar, and counted from the first date on
SELECT array_agg(d) FROM churn_dates('5874897-12-01', '5874897-12-31', '15 days') AS d;
SELECT array_agg(d) FROM churn_dates('4713-11-24 BC', '5874897-12-31', '178000000 years') AS d;
SELECT array_agg(d) FROM churn_dates('4713-11-24 BC', '5874897-12-31', '2147483647 days') AS d;
SELECT array_agg(d) FROM churn_dates('4713-11-24 BC', '5874897-12-31', '2147483647 months 2147483647 days') AS d;
SELECT count(*), count(*) FILTER (WHERE d <> (timestamp '1900-01-31' + (n - 1) * interval '1 month')::date) AS others
FROM churn_dates('1900-01-31', '2099-12-31', '1 month') WITH ORDINALITY AS c(d, n);

-- refusals
SELECT churn_dates('2018-10-08', '2018-11-19', '0 days');
SELECT churn_dates('2018-10-08', '2018-11-19', '-7 days');
SELECT churn_dates('2018-10-08', '2018-11-19', '1 month -1 day');
SELECT churn_dates('2018-10-08', '2018-11-19', '12 hours');
SELECT churn_dates('2018-10-08', '2018-11-19', '1 day 1 second');
SELECT churn_dates('-infinity', '2018-11-19', '1 day');
SELECT churn_dates('2018-10-08', 'infinity', '1 day');
SELECT churn_dates(NULL, '2018-11-19', '1 day');
SELECT churn_dates('2018-10-08', NULL, '1 day');
SELECT churn_dates('2018-10-08', '2018-11-19', NULL);

-- the planner knows how many there are
CREATE FUNCTION planned_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT planned_rows('SELECT * FROM churn_dates(''2018-10-08'', ''2018-11-19'', ''7 days'')');
SELECT planned_rows('SELECT * FROM churn_dates(''2018-10-08'', ''2019-10-08'', ''1 month'')');
SELECT planned_rows('SELECT * FROM churn_dates(''2018-10-08'', ''2018-10-01'', ''1 day'')');
SELECT planned_rows('SELECT * FROM churn_dates(''2018-10-08'', ''2018-10-11'', ''0 days'')');
SELECT planned_rows('SELECT * FROM (VALUES (date ''2018-10-08'')) v(x), churn_dates(x, (now() AT TIME ZONE ''UTC'')::date, ''1 day'')') > 1000 AS live;

-- and a long list ends when it is told to
SET statement_timeout = 200;
SELECT sum(d - date '2000-01-01') FROM churn_dates('4713-11-24 BC', '5874897-12-31', '1 day') AS d;
SELECT count(*) FROM (SELECT churn_dates('4713-11-24 BC', '5874897-12-31', '1 day')) AS d;
RESET statement_timeout;
DROP FUNCTION planned_rows;
