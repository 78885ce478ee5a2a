-- Writes the simulated log of :users users to :'file' as JSON lines, like the
-- real ones: times in milliseconds, keys left out where there is nothing to say.
--
--	psql -v users=22278 -v file=/path/to/log.json -f bench/simulate.sql
--
-- The bytes are those of json_strip_nulls(json_build_object(…)), in less than
-- half of its time.  QUOTE and DELIMITER are bytes that JSON never has, so that
-- COPY escapes nothing.
COPY (
	SELECT concat(
		'{"ts":', (extract(epoch FROM ts) * 1000)::bigint, ',"userId":', to_json(userid),
		',"sessionId":', sessionid, ',"page":', to_json(page), ',"auth":', to_json(auth),
		',"method":', to_json(method), ',"status":', status, ',"level":', to_json(level),
		',"itemInSession":', iteminsession, ',"location":' || to_json(location),
		',"userAgent":' || to_json(useragent), ',"lastName":' || to_json(lastname),
		',"firstName":' || to_json(firstname), ',"gender":' || to_json(gender),
		',"registration":' || (extract(epoch FROM registration) * 1000)::bigint,
		',"artist":' || to_json(artist), ',"song":' || to_json(song), ',"length":' || length, '}')
	FROM churn_simulate_events(:users)
) TO :'file' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
