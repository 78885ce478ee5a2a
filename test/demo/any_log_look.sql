\set ECHO none
SELECT quote_nullable(nullif(:'session', '')) AS session_argument, quote_nullable(nullif(:'amount', '')) AS amount_argument,
	   quote_nullable(nullif(:'level', '')) AS level_argument \gset
\set ECHO queries
\echo
\echo '== Look first: what is in it, what is wrong with it, what could be churn in it'
\echo
CREATE TABLE look AS
SELECT * FROM churn_describe_log('app_log', user_id => :'user_id', ts => :'time', event => :'event',
	session => :session_argument, amount => :amount_argument, level => :level_argument);

SELECT name, rows, users, first_at::date AS first, last_at::date AS last, note
FROM look WHERE topic = 'log' AND (rows > 0 OR rows IS NULL);

SELECT name AS event, rows, users, ended AS nothing_after, percent, amount
FROM look WHERE topic = 'event' LIMIT 20;

SELECT name AS churn, users, ended, percent, note FROM look WHERE topic = 'churn';

-- The plan: rows from a week or more after the log's beginning on, so that users
-- have a history, until so long before its end that labels are known.  A date is
-- judged by what could be learnt from labels that were known by then.
\set ECHO none
SELECT coalesce(sum(rows), 0) = 0 AS empty, coalesce(min(first_at)::date::text, '') AS log_begin,
	   coalesce((SELECT last_at::date::text FROM look WHERE topic = 'log' AND name = 'complete until'), '') AS log_end
FROM look WHERE topic = 'log' AND name = 'events' \gset
\if :empty
	\set error 'nothing in the log has a user, a time and an event'
	\ir fail.sql
\endif
SELECT :days > 0 AS by_silence,
	   CASE WHEN :days > 0 THEN :days WHEN n_days >= 120 THEN 30 WHEN n_days >= 56 THEN 14 ELSE 7 END AS horizon, n_days
FROM (SELECT :'log_end'::date - :'log_begin'::date AS n_days) AS span \gset
SELECT greatest(CASE WHEN :days > 0 THEN :days ELSE least(28, :n_days / 4) END, 7) AS history \gset
SELECT :n_days >= :history + 2 * :horizon AS long_enough,
	   EXISTS (SELECT FROM app_log WHERE :"event" = :'churn') OR :'by_silence'::boolean AS happens,
	   :'log_end'::date - :horizon AS last_date,
	   greatest(7, (:n_days - :history - :horizon) / 105 * 7) AS step,
	   format('the log has no event "%s"; its events are: %s', :'churn',
		   (SELECT string_agg(name, ', ') FROM (SELECT name FROM look WHERE topic = 'event' LIMIT 30) AS e)) AS error \gset
\if :happens
\else
	\ir fail.sql
\endif
SELECT :'last_date'::date - (:'last_date'::date - (:'log_begin'::date + :history)) / :step * :step AS first_date,
	   CASE WHEN :'user_id' IN ('profile', 'as_of', 'churned', 'model') THEN 'user_id' ELSE :'user_id' END AS id,
	   (SELECT coalesce('ARRAY[' || string_agg(quote_literal(name), ', ') || ']', '''{}''') FROM (
			SELECT name FROM look WHERE topic = 'churn' AND name IN (SELECT name FROM look WHERE topic = 'event')
			UNION SELECT :'churn' WHERE NOT :'by_silence'::boolean) AS leavers) AS excluded,
	   -- who has left by an event needs no model that tells silence
	   (SELECT coalesce(string_agg(format(E'\n\tAND churn_count(p.profile, %L, d) = 0', name), ''), '') FROM look
			WHERE topic = 'churn' AND name IN (SELECT name FROM look WHERE topic = 'event')) AS and_staying,
	   CASE WHEN :n_days >= 21 THEN format('CHURN=inactive:%s would be short enough.', :n_days / 3) ELSE '' END AS shorter,
	   :'long_enough'::boolean AS learnable, :horizon || ' days' AS horizon, :step || ' days' AS step \gset
SELECT quote_ident(:'id') AS id_column \gset
\if :learnable
\else
	\echo 'This log spans' :n_days 'days, which is too short to learn from some dates and judge later ones:'
	\echo 'that takes' :history 'days of history and twice the' :horizon 'in which users may leave.'
	\if :by_silence
		\echo :shorter
	\endif
\endif
\set ECHO queries
