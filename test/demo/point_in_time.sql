\echo '== Point-in-time rows: what was known on a day, and who left in the two weeks after'
\echo
CREATE VIEW snapshots AS
SELECT p.userid, d AS as_of, churn_label(p.profile, d, '14 days') AS churned, f.*
FROM user_profiles p,
	 churn_dates(:'first_train', :'last_test', '7 days') AS d,
	 churn_features(p.profile, d) AS f
WHERE churn_label(p.profile, d, '14 days') IS NOT NULL;

\echo
\echo '== Learn from early days; judge on days when every label learnt from had become known'
\echo
CREATE TABLE training AS SELECT * FROM snapshots WHERE as_of <= :'last_train';
CREATE TABLE judging AS SELECT * FROM snapshots WHERE as_of >= :'first_test';

SELECT 'training' AS rows, as_of, count(*) AS users, count(*) FILTER (WHERE churned) AS churned
FROM training GROUP BY as_of
UNION ALL
SELECT 'judging', as_of, count(*), count(*) FILTER (WHERE churned)
FROM judging GROUP BY as_of
ORDER BY as_of;

\echo '== In the end those are ranked who can still leave'
\echo
CREATE VIEW users_now AS
SELECT p.userid, f.*
FROM user_profiles p, churn_features(p.profile, :'now_date') AS f
WHERE churn_label(p.profile, :'now_date', '14 days') IS NOT NULL;
\echo

\ir trainable.sql
