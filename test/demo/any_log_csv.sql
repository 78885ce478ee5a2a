-- The columns are those of the header, which is split as CSV is; all text at first
\set ECHO none
SELECT d AS delimiter, rtrim(replace(:'header', U&'\FEFF', ''), E'\r') AS header
FROM (VALUES (',', 1), (';', 2), (E'\t', 3), ('|', 4)) AS delimiters (d, n),
	 regexp_replace(:'header', '"([^"]|"")*"', '', 'g') AS h
ORDER BY length(replace(h, d, '')), n LIMIT 1 \gset

CREATE TEMP TABLE columns AS
SELECT n, CASE WHEN name = '' OR name = ANY (array_agg(name) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
			THEN 'column_' || n ELSE name END AS name
FROM regexp_matches(:'delimiter' || :'header', format('[%1$s](?:"((?:[^"]|"")*)"|([^%1$s"]*))', :'delimiter'), 'g')
	 WITH ORDINALITY AS r (m, n),
	 trim(coalesce(replace(m[1], '""', '"'), m[2])) AS name;

SELECT count(*) > 0 AS lacks, format('the log has no column "%s"; its columns are: %s', min(wanted),
		(SELECT string_agg(name, ', ' ORDER BY n) FROM columns)) AS error
FROM unnest(ARRAY[:'user_id', :'time', :'event', :'session', :'amount', :'level']) AS wanted
WHERE wanted <> '' AND wanted NOT IN (SELECT name FROM columns) \gset
\if :lacks
	\ir fail.sql
\endif

SELECT format(E'CREATE TABLE app_log (\n\t%s\n);', string_agg(format('%I text', name), E',\n\t' ORDER BY n)) AS create_table,
	   format('COPY app_log FROM %L WITH (FORMAT csv, HEADER, DELIMITER %s);', :'file',
			  CASE :'delimiter' WHEN E'\t' THEN 'E''\t''' ELSE quote_literal(:'delimiter') END) AS copy
FROM columns \gset

\echo '== Load the log: a column for each of the header'
\echo
\set ECHO queries
:create_table
:copy
