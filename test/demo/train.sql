\echo '== Train a random forest; those who leave are few, so they get more weight'
\echo
CREATE TABLE models AS
SELECT * FROM churn_train('SELECT * FROM training',
	options => '{"class_weight": "balanced"}');

SELECT algorithm, n_rows, n_positive, n_features, round(seconds::numeric, 2) AS seconds,
	   pg_size_pretty(pg_column_size(model)::bigint) AS size
FROM models;

\echo '== Judge it on what training never saw; the baseline is what knows nothing'
\echo
SELECT metric, round(value::numeric, 3) AS value, round(baseline::numeric, 3) AS baseline, meaning
FROM models, churn_evaluate(model, 'judging');

\echo '== The same rows in ten parts, from the highest risk to the lowest'
\echo
SELECT tenth, count(*) AS users, count(*) FILTER (WHERE churned) AS churned,
	   round(avg(risk)::numeric, 3) AS mean_risk
FROM (
	SELECT j.churned, r.risk, ntile(10) OVER (ORDER BY r.risk DESC, j.userid) AS tenth
	FROM judging j, models m, churn_predict(m.model, j) AS r (risk)
) parts
GROUP BY tenth
ORDER BY tenth;

\echo '== What the model looks at most'
\echo
SELECT i.feature, round(i.importance::numeric, 3) AS importance
FROM models m, churn_importance(m.model) i
ORDER BY i.importance DESC
LIMIT 10;

\echo '== The ten users most at risk now, and what raises their risk most'
\echo
SELECT u.userid, round(churn_predict(m.model, u)::numeric, 3) AS risk,
	   array_to_string(churn_reasons(m.model, u), ', ') AS reasons
FROM users_now u, models m
ORDER BY risk DESC, u.userid
LIMIT 10;

\if :{?report}
	\echo '== All of it on one page'
	\echo
	SELECT churn_report(m.model, 'judging', users => 'users_now') FROM models AS m
	\g (format=unaligned tuples_only=on) :report
\endif
