\echo '== Features of whole histories'
\echo
\echo 'This log spans' :n_days 'days.  To train on some days and judge on later ones takes 42: a week'
\echo 'of history, two weeks each for the labels of training and of judging, and a week between'
\echo 'the days judged on.  So the rows below are whole histories, with a quarter of the users'
\echo 'kept for judging.  They show the way but flatter the model: whoever left has a short'
\echo 'history because they left.'
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

\echo '== In the end those are ranked who can still leave'
\echo
CREATE VIEW users_now AS SELECT * FROM histories WHERE NOT churned;
\echo

\ir trainable.sql
