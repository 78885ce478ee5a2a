--
-- any_log.sql
--    The demo for a log of any kind, from the file to the ranking.  Variables: file,
--    its first line (header), is_json; user_id, time, event, session, amount and level,
--    names of columns, the last three maybe empty; churn, the event that means
--    leaving, or days, of which none without an event means it (else 0).
--
\set ON_ERROR_STOP on
\pset footer off
\pset null '-'
SET client_min_messages = warning;
SET timezone = 'UTC';

\echo
\echo '== Once in each database'
\echo
\set ECHO queries
CREATE EXTENSION sparkify;

\if :is_json
	\ir any_log_json.sql
\else
	\ir any_log_csv.sql
\endif
\ir any_log_types.sql
\ir any_log_look.sql
\if :learnable
	\ir any_log_rows.sql
	\if :trainable
		\ir any_log_train.sql
	\endif
\endif
