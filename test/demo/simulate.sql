-- Writes a simulated log the way the real ones are written: one JSON object a
-- line, times in milliseconds, keys left out where there is nothing to say.
\echo
\echo '== A simulated log of 500 users in nine weeks'
\echo
COPY (
	SELECT json_strip_nulls(json_build_object(
		'ts', (extract(epoch FROM ts) * 1000)::bigint,
		'userId', userid, 'sessionId', sessionid, 'page', page, 'auth', auth,
		'method', method, 'status', status, 'level', level,
		'itemInSession', iteminsession, 'location', location, 'userAgent', useragent,
		'lastName', lastname, 'firstName', firstname, 'gender', gender,
		'registration', (extract(epoch FROM registration) * 1000)::bigint,
		'artist', artist, 'song', song, 'length', length))
	FROM churn_simulate_events(500)
) TO :'logs' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
