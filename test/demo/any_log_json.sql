\echo '== Load the log: an object a line, of which the columns are taken'
\echo
CREATE TABLE app_lines (line jsonb);
\set ECHO none
SELECT format(E'COPY app_lines FROM %L\n\tWITH (FORMAT csv, QUOTE E''\\x01'', DELIMITER E''\\x02'');', :'file') AS copy \gset
\set ECHO queries
:copy

-- A key may be one of the object, or lead into it: properties.plan
\set ECHO none
CREATE TEMP TABLE columns AS
SELECT n, name, CASE WHEN name NOT LIKE '%.%' OR EXISTS (SELECT FROM app_lines WHERE line ? name)
			THEN format('line ->> %L', name) ELSE format('line #>> %L', string_to_array(name, '.')) END AS expression
FROM unnest(ARRAY[:'user_id', :'time', :'event', :'session', :'amount', :'level']) WITH ORDINALITY AS w (name, n)
WHERE name <> '';
DELETE FROM columns AS c WHERE EXISTS (SELECT FROM columns AS o WHERE o.name = c.name AND o.n < c.n);

SELECT format(E'CREATE TABLE app_log AS\nSELECT %s\nFROM app_lines;', string_agg(format('%s AS %I', expression, name), E',\n\t' ORDER BY n))
	   AS create_table
FROM columns \gset
\set ECHO queries
:create_table
\set ECHO none

SELECT string_agg(format('SELECT %L AS name, count(%I) FROM app_log', name, name), ' UNION ALL ') AS counts FROM columns \gset
SELECT count(*) > 0 AS lacks, format('no line of the log has the key "%s"; its keys are: %s', min(name),
		(SELECT string_agg(DISTINCT key, ', ') FROM (SELECT line FROM app_lines LIMIT 100000) AS l,
			jsonb_object_keys(CASE jsonb_typeof(line) WHEN 'object' THEN line ELSE '{}' END) AS key)) AS error
FROM (:counts) AS c WHERE count = 0 \gset
\if :lacks
	\ir fail.sql
\endif
\set ECHO queries
