\echo '== Train a random forest'
\echo
CREATE TABLE models AS
SELECT * FROM churn_train('SELECT * FROM training', options => '{"class_weight": "balanced"}');

SELECT algorithm, n_rows, n_positive, n_features, round(seconds::numeric, 2) AS seconds,
	   pg_size_pretty(pg_column_size(model)::bigint) AS size
FROM models;

\echo '== Judge it on what training never saw; baseline_weighted_f1 is what "nobody churns" scores'
\echo
\pset expanded on
SELECT (churn_metrics(j.churned, churn_predict(m.model, j))).*
FROM judging j, models m;
\pset expanded off

\echo '== What the model looks at most'
\echo
SELECT i.feature, round(i.importance::numeric, 3) AS importance
FROM models m, churn_importance(m.model) i
ORDER BY i.importance DESC
LIMIT 10;

\echo '== The ten users most at risk now'
\echo
SELECT u.userid, round(churn_predict(m.model, u)::numeric, 3) AS risk,
	   u.days_active, u.n_sessions, u.avg_sess_songs, u.n_errors
FROM users_now u, models m
ORDER BY risk DESC, u.userid
LIMIT 10;
