-- The notebook's six features, in two ways.

-- One pass over the events, one over the sessions
CREATE VIEW six_two_level AS
WITH session AS (
	SELECT userid, sessionid, max(gender) AS gender, min(ts) AS first, max(ts) AS last,
		count(*) FILTER (WHERE page = 'NextSong') AS songs,
		sum(extract(hour FROM ts AT TIME ZONE 'UTC')::int) FILTER (WHERE page = 'NextSong') AS hours,
		count(*) FILTER (WHERE page = 'Error') AS errors
	FROM ev GROUP BY userid, sessionid
)
SELECT userid, coalesce(sum(hours) / nullif(sum(songs), 0)::float8, 0) AS avg_play_hour,
	CASE max(gender) WHEN 'M' THEN 1 WHEN 'F' THEN 0 END AS gender_dum,
	(max(last) AT TIME ZONE 'UTC')::date - (min(first) AT TIME ZONE 'UTC')::date AS days_active,
	count(*) AS n_sessions,
	coalesce(sum(songs)::float8 / nullif(count(*) FILTER (WHERE songs > 0), 0), 0) AS avg_sess_songs,
	sum(errors)::bigint AS n_errors
FROM session GROUP BY userid;

-- As one writes it first
CREATE VIEW six_distinct AS
SELECT userid,
	coalesce(avg(extract(hour FROM ts AT TIME ZONE 'UTC')) FILTER (WHERE page = 'NextSong'), 0)::float8 AS avg_play_hour,
	CASE max(gender) WHEN 'M' THEN 1 WHEN 'F' THEN 0 END AS gender_dum,
	(max(ts) AT TIME ZONE 'UTC')::date - (min(ts) AT TIME ZONE 'UTC')::date AS days_active,
	count(DISTINCT sessionid) AS n_sessions,
	coalesce(count(*) FILTER (WHERE page = 'NextSong')::float8 /
		nullif(count(DISTINCT sessionid) FILTER (WHERE page = 'NextSong'), 0), 0) AS avg_sess_songs,
	count(*) FILTER (WHERE page = 'Error') AS n_errors
FROM ev GROUP BY userid;
