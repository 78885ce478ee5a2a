-- what knows only the music log, given a profile of another one
CREATE TABLE other AS
SELECT u AS userid, churn_profile('2024-03-01 00:00:00+00'::timestamptz + n * interval '1 day', CASE WHEN n % 5 = u THEN 'cancel' ELSE 'view' END) AS profile
FROM generate_series(1, 3) AS u, generate_series(1, 30) AS n GROUP BY u;

SELECT churn_features(profile) FROM other;
\echo :SQLSTATE
SELECT churn_features(profile, '2024-03-10') FROM other;
SELECT churn_features(NULL::churn_profile) IS NULL AS nothing;
SELECT churn_label(profile, '2024-03-10', '7 days') FROM other;
SELECT * FROM churn_backtest('other', ARRAY['2024-03-10', '2024-03-20']::date[], '7 days');
SELECT * FROM churn_audit('SELECT userid, profile, userid > 1 AS churned, 3 AS n_sessions FROM other');
-- of columns that churn_features does not have, no profile is asked
SELECT * FROM churn_audit('SELECT userid, profile, userid > 1 AS churned, userid * 3 AS views FROM other');
-- the last day is there for both
SELECT userid, churn_last_day(profile) FROM other ORDER BY 1;
SELECT churn_last_day('{"version": 1, "slices": [{"session": 1, "day": "2018-10-01", "pages": {"Cancel": 1}}]}');
DROP TABLE other;
