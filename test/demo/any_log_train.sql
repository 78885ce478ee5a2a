\echo '== Would it have worked?  Each date is judged by a model of the dates before'
\echo
CREATE TABLE backtest AS
SELECT * FROM churn_backtest('training', horizon => :'horizon', id => :'id',
	options => '{"class_weight": "balanced"}');

SELECT as_of, n_train, n_train_positive AS churned, (metrics).n AS judged, (metrics).positives AS churned,
	   round((metrics).auc::numeric, 3) AS auc, round((metrics).precision::numeric, 3) AS precision,
	   round((metrics).recall::numeric, 3) AS recall
FROM backtest ORDER BY as_of;

\echo '== The model of the middle one of these dates, judged on all rows from then on'
\echo
\set ECHO none
SELECT as_of AS middle FROM backtest WHERE model IS NOT NULL ORDER BY abs(as_of - (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY as_of) FROM backtest)), as_of LIMIT 1 \gset
\set ECHO queries
SELECT metric, round(value::numeric, 3) AS value, round(baseline::numeric, 3) AS baseline, meaning
FROM backtest, churn_evaluate(model, format('SELECT * FROM training WHERE as_of >= %L', as_of))
WHERE as_of = :'middle';

\echo '== Now train on all rows'
\echo
CREATE TABLE models AS
SELECT * FROM churn_train('training', id => :'id', "time" => 'as_of', options => '{"class_weight": "balanced"}');

\echo '== What the model looks at most'
\echo
SELECT i.feature, round(i.importance::numeric, 3) AS importance
FROM models AS m, churn_importance(m.model) AS i
ORDER BY i.importance DESC
LIMIT 10;

\echo '== The ten users most at risk where the log ends, and what raises their risk most'
\echo
\if :by_silence
CREATE VIEW users_now AS
SELECT p.:id_column, f.*
FROM (VALUES (date :'log_end')) AS today (d), app_log_profiles AS p, app_features(p.profile, d) AS f
WHERE churn_inactive(p.profile, d, :'horizon') IS NOT NULL:and_staying;
\else
CREATE VIEW users_now AS
SELECT p.:id_column, f.*
FROM (VALUES (date :'log_end')) AS today (d), app_log_profiles AS p, app_features(p.profile, d) AS f
WHERE churn_label(p.profile, d, event => :'churn') IS NOT NULL;
\endif

SELECT u.:id_column, round(churn_predict(m.model, u)::numeric, 3) AS risk,
	   array_to_string(churn_reasons(m.model, u), ', ') AS reasons
FROM users_now AS u, models AS m
ORDER BY risk DESC, u.:id_column
LIMIT 10;

\if :{?report}
	\echo '== All of it on one page, for the model of the middle date'
	\echo
	SELECT churn_report(model, format('SELECT * FROM training WHERE as_of >= %L', as_of), users => 'users_now', id => :'id')
	FROM backtest WHERE as_of = :'middle'
	\g (format=unaligned tuples_only=on) :report
\endif
