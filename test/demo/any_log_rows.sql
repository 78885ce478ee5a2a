\echo '== One profile a user: the log is scanned once, many questions come later'
\echo
\set ECHO none
SELECT note AS profiles FROM look WHERE topic = 'next' AND name = 'profiles' \gset
\set ECHO queries
:profiles

SELECT count(*) AS profiles, pg_size_pretty(sum(pg_column_size(profile))) AS profiles_size,
	   pg_size_pretty(pg_total_relation_size('app_log')) AS log_size
FROM app_log_profiles;

\echo '== Features of the names that this log has; not of what says that somebody left'
\echo
SELECT kind, subject, users, cardinality(columns) AS columns, left_out
FROM churn_define_features('app_features', 'SELECT profile FROM app_log_profiles',
	exclude => :excluded)
LIMIT 20;

\echo '== Training rows: what was known on a day, and who left in the days after'
\echo
\if :by_silence
CREATE TABLE training AS
SELECT p.:id_column, d AS as_of, churned, f.*
FROM app_log_profiles AS p,
	 churn_dates(:'first_date', :'last_date', :'step') AS d,
	 churn_inactive(p.profile, d, :'horizon', log_end => :'log_end') AS churned,
	 app_features(p.profile, d) AS f
WHERE churned IS NOT NULL:and_staying;
\else
CREATE TABLE training AS
SELECT p.:id_column, d AS as_of, churned, f.*
FROM app_log_profiles AS p,
	 churn_dates(:'first_date', :'last_date', :'step') AS d,
	 churn_label(p.profile, d, :'horizon', event => :'churn', log_end => :'log_end') AS churned,
	 app_features(p.profile, d) AS f
WHERE churned IS NOT NULL;
\endif

SELECT as_of, count(*) AS users, count(*) FILTER (WHERE churned) AS churned
FROM training GROUP BY as_of ORDER BY as_of;

\set ECHO none
SELECT coalesce(bool_or(churned) AND NOT bool_and(churned), false) AS trainable FROM training \gset
\if :trainable
\else
	\echo 'These rows are of one kind only, all churned or none, so there is nothing to learn from.'
\endif
\set ECHO queries
