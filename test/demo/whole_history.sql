\echo '== Features of whole histories'
\echo
\echo 'This log spans' :n_days 'days.  To train on some days and judge on later ones takes 42: a week'
\echo 'of history, and two weeks each for the labels of training and of judging, a week between.'
\echo 'So the rows below are whole histories, with a quarter of the users kept for judging.'
\echo 'They show the way but flatter the model: whoever left has a short history because they'
\echo 'left.'
\echo
CREATE VIEW histories AS
SELECT p.userid, substr(md5(p.userid), 1, 1) < '4' AS kept, churn_label(p.profile) AS churned, f.*
FROM user_profiles p, churn_features(p.profile) AS f;

CREATE TABLE training AS SELECT * FROM histories WHERE NOT kept;
CREATE TABLE judging AS SELECT * FROM histories WHERE kept;
ALTER TABLE training DROP COLUMN kept;

SELECT 'training' AS rows, count(*) AS users, count(*) FILTER (WHERE churned) AS churned
FROM training
UNION ALL
SELECT 'judging', count(*), count(*) FILTER (WHERE churned)
FROM judging;

-- Those to rank in the end: whoever can still leave.
CREATE VIEW users_now AS SELECT * FROM histories WHERE NOT churned;

\ir trainable.sql
