-- A log to follow docs/any-log.md with, and to test the demo on: nine months of an
-- app whose 400 customers pay month by month.  app_events is the log, with the faults
-- that logs have; subscriptions has a row for each month paid.  The same every time.
CREATE OR REPLACE FUNCTION pg_temp.draw(customer int, n int, kind int) RETURNS float8 LANGUAGE sql IMMUTABLE
AS 'SELECT (hashint8extended(customer::bigint * 1000003 + n, kind) & 1048575) / 1048576.0';

-- How content a customer is each month decides how often he or she comes, and
-- whether another month follows.
CREATE TEMP TABLE months AS
SELECT *, bool_or(leaves) OVER (PARTITION BY u ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) IS TRUE AS gone
FROM (
	SELECT u, k, started_at, (joined + (k + 1) * interval '1 month')::date AS ended_at, mood,
		pg_temp.draw(u, k, 3) < 0.02 + 0.75 * (1 - mood) ^ 3 AS leaves, pg_temp.draw(u, k, 4) < 0.7 AS clicks
	FROM generate_series(1, 400) AS u, generate_series(0, 8) AS k,
		LATERAL (SELECT date '2024-01-01' + (pg_temp.draw(u, 0, 1) * 240)::int) AS j (joined),
		LATERAL (SELECT (joined + k * interval '1 month')::date, 0.6 * pg_temp.draw(u, 0, 2) + 0.4 * pg_temp.draw(u, k, 2)) AS m (started_at, mood)
	WHERE started_at < '2024-10-01') AS made;
DELETE FROM months WHERE gone;

CREATE TABLE subscriptions AS
SELECT 'c' || u AS customer_id, started_at, ended_at, CASE WHEN u % 3 = 0 THEN 'team' ELSE 'solo' END AS plan FROM months;

-- A visit is of up to nine events; whoever cancels does so in the last nine days
-- of a month, and does not come back.
CREATE TEMP TABLE visits AS
SELECT u, k, mood, day, row_number() OVER (PARTITION BY u ORDER BY day) AS visit,
	day::timestamp AT TIME ZONE 'UTC' + interval '7 hours' + pg_temp.draw(u, day - date '2024-01-01', 6) * interval '15 hours' AS at,
	leaves AND day > ended_at - 10 AS over
FROM months, churn_dates(started_at, ended_at - 1, '1 day') AS day
WHERE day < '2024-10-01' AND (day = started_at AND k = 0 OR pg_temp.draw(u, day - date '2024-01-01', 5) < 0.4 * mood * (1 - 0.5 * leaves::int));

CREATE TABLE app_events AS
SELECT 'c' || u AS customer_id, at + e * interval '40 seconds' + pg_temp.draw(u, visit::int * 10 + e, 7) * interval '30 seconds' AS created_at,
	type, md5(u || '-' || visit)::uuid AS session_id,
	CASE type WHEN 'purchase' THEN round((5 + 90 * pg_temp.draw(u, visit::int * 10 + e, 8) ^ 3)::numeric, 2)
		WHEN 'refund' THEN -round((5 + 30 * pg_temp.draw(u, visit::int * 10 + e, 8) ^ 3)::numeric, 2) END AS price,
	CASE WHEN u % 3 = 0 THEN 'team' ELSE 'solo' END AS plan
FROM visits, generate_series(0, (8 * pg_temp.draw(u, visit::int, 9))::int) AS e,
	LATERAL (SELECT CASE WHEN visit = 1 AND e = 0 THEN 'sign_up' WHEN e = 0 THEN 'login'
		WHEN pg_temp.draw(u, visit::int * 10 + e, 10) < 0.12 * (1 - mood) ^ 2 THEN 'support_ticket'
		ELSE (ARRAY['search', 'view_item', 'view_item', 'view_item', 'add_to_cart', 'purchase', 'invite_friend', 'refund'])
			[1 + (pg_temp.draw(u, visit::int * 10 + e, 11) ^ 1.6 * 7.2)::int] END) AS t (type)
WHERE NOT over
UNION ALL
SELECT 'c' || u, (ended_at - 1 - (pg_temp.draw(u, k, 12) * 8)::int)::timestamp AT TIME ZONE 'UTC' + interval '23 hours', 'cancel_subscription',
	md5(u || '-last')::uuid, NULL, CASE WHEN u % 3 = 0 THEN 'team' ELSE 'solo' END
FROM months WHERE leaves AND clicks AND ended_at <= '2024-10-01';

-- What is wrong in it: rows that were sent twice, visitors without a name, a clock
-- that is years ahead
INSERT INTO app_events SELECT * FROM app_events WHERE extract(second FROM created_at)::int = 7;
INSERT INTO app_events SELECT '', created_at, 'view_item', NULL, NULL, NULL FROM app_events WHERE extract(second FROM created_at)::int = 8;
INSERT INTO app_events VALUES ('c7', '2037-01-01 00:00Z', 'login', NULL, NULL, 'solo');
DROP TABLE months, visits;
