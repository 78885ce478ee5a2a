-- Rows that are there already
\set SHOW_CONTEXT never
CREATE TABLE once AS
SELECT i AS userid, DATE '2018-11-05' + i % 2 AS as_of, hashint4(i) % 100 + i % 7 * 12 > 60 AS churned, abs(hashint4(-i)) / 1e6 AS tenure, i % 7 AS sessions,
	   abs(hashint4(i + 1000)) % 5 AS errors
FROM generate_series(1, 1200) AS i;
-- rows that come again: the same user, date, label and features
CREATE VIEW fanned AS SELECT * FROM once UNION ALL SELECT * FROM once WHERE userid % 5 = 0;
SELECT n_rows > 1000 AS trained FROM churn_train('fanned', algorithm => 'naive_bayes');
SELECT count(*) FROM churn_compare('fanned', algorithms => '{naive_bayes}', folds => 2);
SELECT count(*) FROM churn_audit('fanned');
-- once in a query, and without a date only by the way
SELECT count(*) FROM churn_train('SELECT *, userid % 3 AS half FROM fanned', algorithm => 'naive_bayes', group_by => 'half');
SELECT n_rows > 1000 AS trained FROM churn_train('SELECT userid, churned, sessions, errors FROM fanned', algorithm => 'naive_bayes');
-- without users only what chance does not explain: many distinct rows come again, and not those who do nothing
SELECT n_rows > 1000 AS trained FROM churn_train('SELECT tenure, sessions, errors, churned FROM fanned', algorithm => 'naive_bayes');
SELECT n_rows > 1000 AS trained FROM churn_train('SELECT tenure, sessions, errors, churned FROM once', algorithm => 'naive_bayes');
SELECT n_rows FROM churn_train('SELECT i % 3 AS a, i % 5 AS b, i % 7 = 0 AS churned FROM generate_series(1, 500) i', algorithm => 'naive_bayes');
SELECT n_rows FROM churn_train('SELECT CASE WHEN i % 4 > 0 THEN i / 7.0 ELSE 0 END AS a, i % 7 = 0 AS churned FROM generate_series(1, 500) i', algorithm => 'naive_bayes');

DROP VIEW fanned;
DROP TABLE once;
