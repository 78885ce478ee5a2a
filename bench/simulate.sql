-- Writes the simulated log of :users users to :'file' as JSON lines, like the
-- real ones: times in milliseconds, keys left out where there is nothing to say,
-- and texts as Python's json.dumps writes them, which escapes every letter beyond
-- ASCII.  With :japanese the names of people, places, artists and songs are
-- Japanese, so that every line of somebody logged in has many such letters.
--
--	psql -v users=22278 -v file=/path/to/log.json -f bench/simulate.sql
--
-- The lines are made by hand, which takes less than half of the time of
-- json_build_object.  QUOTE and DELIMITER are bytes that JSON never has, so that COPY
-- escapes nothing.  The function of the events stands in the select list, where its
-- rows stream; in FROM the executor would first store all of them.
\if :{?japanese}
\else
	\set japanese false
\endif

-- A text of JSON without letters beyond ASCII; most have none
CREATE FUNCTION pg_temp.escaped(json text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(CASE WHEN part[1] ~ '^[\x01-\x7f]' THEN part[1]
			WHEN ascii(part[1]) < 65536 THEN '\u' || lpad(to_hex(ascii(part[1])), 4, '0')
			ELSE '\u' || to_hex(55232 + ascii(part[1]) / 1024) || '\u' || to_hex(56320 + ascii(part[1]) % 1024) END, '')
	FROM regexp_matches(json, '[\x01-\x7f]+|[^\x01-\x7f]', 'g') AS part
$$;
CREATE FUNCTION pg_temp.dumped(text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN octet_length($1) = length($1) THEN to_json($1)::text ELSE pg_temp.escaped(to_json($1)::text) END
$$;

-- Two words of a list, chosen by a text, in quotes
CREATE FUNCTION pg_temp.two_of(words text[], text) RETURNS text LANGUAGE sql AS $$
	SELECT '"' || words[1 + (hashtext($2) & 15)] || words[1 + (hashtext($2) >> 4 & 15)] || '"'
$$;

-- The function that writes a name
\if :japanese
	SELECT quote_literal(array_agg(trim('"' FROM pg_temp.escaped(to_json(word)::text)))) AS words
	FROM unnest('{東京,夜,星空,夢の,さくら,心,カフェ,永遠に,雨音,夏休み,レコード,海辺,青い,𠮷野,ラジオ,物語🎵}'::text[]) AS word \gset
	SELECT format('pg_temp.two_of(%s, ', :'words') AS name \gset
\else
	\set name 'pg_temp.dumped('
\endif

COPY (
	SELECT concat(
		'{"ts":', (extract(epoch FROM (e).ts) * 1000)::bigint, ',"userId":', to_json((e).userid),
		',"sessionId":', (e).sessionid, ',"page":', to_json((e).page), ',"auth":', to_json((e).auth),
		',"method":', to_json((e).method), ',"status":', (e).status, ',"level":', to_json((e).level),
		',"itemInSession":', (e).iteminsession, ',"location":' || :name (e).location),
		',"userAgent":' || to_json((e).useragent), ',"lastName":' || :name (e).lastname),
		',"firstName":' || :name (e).firstname), ',"gender":' || to_json((e).gender),
		',"registration":' || (extract(epoch FROM (e).registration) * 1000)::bigint,
		',"artist":' || :name (e).artist), ',"song":' || :name (e).song), ',"length":' || (e).length, '}')
	FROM (SELECT churn_simulate_events(:users) AS e OFFSET 0) AS log
) TO :'file' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
