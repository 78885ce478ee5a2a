--
-- demo.sql
--    The demo from the log to the ranking.  Variables: logs, paths of JSON-lines
--    files, one a line; simulated, whether to write the (only) one first.
--
\set ON_ERROR_STOP on
\pset footer off
\pset null '-'
SET client_min_messages = warning;
SET extra_float_digits = -9;

\echo
\echo '== Once in each database'
\echo
\set ECHO queries
CREATE EXTENSION sparkify;
SET timezone = 'UTC';

\if :simulated
	\ir simulate.sql
\endif
\ir load.sql
\ir profiles.sql
\if :learnable
	\if :long_enough
		\ir point_in_time.sql
	\else
		\ir whole_history.sql
	\endif
	\if :trainable
		\ir train.sql
	\endif
\endif
