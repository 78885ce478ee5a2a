-- Writes the simulated log of :users users to :'file' as JSON lines, like the
-- real ones: times in milliseconds, keys left out where there is nothing to say.
--
--	psql -v users=22278 -v file=/path/to/log.json -f bench/simulate.sql
--
-- The bytes are those of json_strip_nulls(json_build_object(…)), in less than
-- half of its time.  QUOTE and DELIMITER are bytes that JSON never has, so that
-- COPY escapes nothing.  The function stands in the select list, where its rows
-- stream; in FROM the executor would first store all of them.
COPY (
	SELECT concat(
		'{"ts":', (extract(epoch FROM (e).ts) * 1000)::bigint, ',"userId":', to_json((e).userid),
		',"sessionId":', (e).sessionid, ',"page":', to_json((e).page), ',"auth":', to_json((e).auth),
		',"method":', to_json((e).method), ',"status":', (e).status, ',"level":', to_json((e).level),
		',"itemInSession":', (e).iteminsession, ',"location":' || to_json((e).location),
		',"userAgent":' || to_json((e).useragent), ',"lastName":' || to_json((e).lastname),
		',"firstName":' || to_json((e).firstname), ',"gender":' || to_json((e).gender),
		',"registration":' || (extract(epoch FROM (e).registration) * 1000)::bigint,
		',"artist":' || to_json((e).artist), ',"song":' || to_json((e).song), ',"length":' || (e).length, '}')
	FROM (SELECT churn_simulate_events(:users) AS e OFFSET 0) AS log
) TO :'file' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
