-- churn_audit: values that only those have who left, or who stayed
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;

-- what is set when users leave, in several forms: 1,000 of 10,000 left
CREATE VIEW leavers AS
SELECT i AS userid, i % 10 = 0 AS churned, (i * 31) % 97 AS noise, i % 10 = 0 AND i % 70 = 0 AS few, i % 10 = 0 AND i % 60 = 0 AS many FROM generate_series(1, 10000) i;
CREATE TABLE users AS
SELECT userid, churned, noise, CASE WHEN few THEN 'cancelled' ELSE (ARRAY['active', 'paused', 'trial'])[1 + noise % 3] END AS status,
	   CASE WHEN many THEN DATE '2024-01-01' + noise END AS closed_at, CASE WHEN many THEN 1704067200 + noise * 86400 ELSE 0 END AS closed_epoch,
	   CASE WHEN many THEN TIMESTAMPTZ '2024-01-01 12:00:00+00' + noise * interval '1 h' ELSE '9999-12-31 00:00:00+00' END AS closed_tz,
	   CASE WHEN many THEN noise + 0.5 ELSE 0 END AS refund, CASE WHEN many THEN -1 ELSE noise % 13 END AS code, many AS flag,
	   CASE WHEN few THEN 'left: ' || noise % 5 ELSE 'ok' || noise % 4 END AS reasons, CASE WHEN many THEN 'note ' || noise ELSE '' END AS note,
	   CASE WHEN NOT few THEN noise END AS survey, CASE WHEN NOT churned AND userid % 3 = 0 THEN 'y' END AS renewed,
	   CASE WHEN few OR userid = 1 THEN 'gone' ELSE 'here' END AS nearly, CASE WHEN few OR userid < 3 THEN 'gone' ELSE 'here' END AS more
FROM leavers;
SELECT feature, round(auc::numeric, 3) AS auc, note FROM churn_audit('users');
-- the figures are those of a query
SELECT count(*) FILTER (WHERE status = 'cancelled' AND churned) AS status, count(*) FILTER (WHERE closed_at IS NOT NULL AND churned) AS closed_at, count(*) FILTER (WHERE renewed = 'y' AND NOT churned) AS renewed,
	   count(*) FILTER (WHERE churned) AS churned FROM users;

-- of few users little is told, and of fewer nothing
SELECT n, feature, note FROM generate_series(100, 400, 100) n, churn_audit(format('SELECT churned, status, refund FROM users WHERE userid <= %s', n * 2)) WHERE note IS NOT NULL ORDER BY n, feature;

-- ranges: half of those who left are beyond all others; who stays may be where nobody leaves
SELECT feature, note FROM churn_audit('SELECT churned, CASE WHEN churned AND noise % 2 = 0 THEN 1000 + noise * 7.25 ELSE noise * 9 END AS above, CASE WHEN churned AND noise % 2 = 0 THEN -noise - 1 ELSE noise * 9 END AS below,
	CASE WHEN churned THEN noise * 9 ELSE noise * 20 END AS stayed, CASE WHEN churned THEN DATE ''2024-01-01'' + noise ELSE DATE ''2024-01-01'' + noise * 2 END AS last_seen FROM users') ORDER BY feature;

-- whatever the values are, a note is one line
SELECT feature, note, length(note) FROM churn_audit($$SELECT churned, CASE WHEN few THEN E'x\n''; DROP\\\x1b[2J' ELSE noise::text END AS hostile, CASE WHEN few THEN repeat('ä', 400) ELSE noise::text END AS long,
	CASE WHEN few THEN '' ELSE noise::text END AS empty, CASE WHEN few THEN 1e-300 ELSE noise / 8.0 END AS tiny FROM leavers$$) ORDER BY feature;

-- a user counts once, whatever the number of his rows
CREATE VIEW several AS SELECT userid % 50 AS userid, churned, CASE WHEN few AND userid % 50 IN (0, 20) THEN 'x' ELSE 'y' END AS word FROM leavers;
SELECT note FROM churn_audit('several');
SELECT note FROM churn_audit('several', exclude => NULL) WHERE feature = 'word';
SELECT note FROM churn_audit('SELECT userid / 2 AS userid, churned, status FROM (SELECT userid, status, churned FROM users UNION ALL SELECT userid, status, churned FROM users) u');

-- the same in any order and plan
CREATE TABLE shuffled AS SELECT * FROM users ORDER BY md5(userid::text);
ALTER TABLE shuffled SET (parallel_workers = 4);
ANALYZE shuffled;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) AS columns, count(*) FILTER (WHERE a.note IS NOT DISTINCT FROM b.note) AS same FROM churn_audit('users') a JOIN churn_audit('shuffled') b USING (feature);
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

DROP VIEW leavers CASCADE;
DROP TABLE users, shuffled;
