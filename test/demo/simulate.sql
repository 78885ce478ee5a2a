-- Writes a simulated log the way the real ones are written: one JSON object a
-- line, times in milliseconds, keys left out where there is nothing to say, letters
-- beyond ASCII escaped.
\echo
\echo '== A simulated log of 500 users in nine weeks'
\echo
\set users 500
\set file :logs
\set ECHO none
\ir ../../bench/simulate.sql
\set ECHO queries
