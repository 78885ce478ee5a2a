-- The features of every user in the table ev (userid, ts, sessionid, page,
-- level, length, gender, registration), in plain SQL from the formulas of
-- docs/features.md: independent of the extension's code, to hold it against.
CREATE FUNCTION plain_features(as_of date) RETURNS TABLE (userid text, f churn_features)
LANGUAGE sql STABLE AS $$
WITH known AS (
	SELECT ev.*, ts AT TIME ZONE 'UTC' AS t, (ts AT TIME ZONE 'UTC')::date AS d
	FROM ev WHERE ts IS NOT NULL AND sessionid IS NOT NULL AND page IS NOT NULL
), person AS (
	SELECT k.userid,
		(array_agg(k.gender ORDER BY t DESC, k.gender DESC) FILTER (WHERE k.gender IN ('M', 'F')))[1] AS gender,
		min(registration) AT TIME ZONE 'UTC' AS registration
	FROM known k GROUP BY 1
), event AS (
	SELECT * FROM known WHERE as_of IS NULL OR t < as_of
), whole AS (					-- cancel pages included
	SELECT e.userid, max(d) - min(d) AS days_active, count(DISTINCT sessionid) AS n_sessions
	FROM event e GROUP BY 1
), used AS (
	SELECT * FROM event WHERE page NOT IN ('Cancel', 'Cancellation Confirmation')
), session AS (
	SELECT u.userid, sessionid, min(t) AS first, max(t) AS last, count(*) FILTER (WHERE page = 'NextSong') AS songs
	FROM used u GROUP BY 1, 2
), per_session AS (
	SELECT s.userid, count(*) AS n, count(*) FILTER (WHERE songs > 0) AS with_songs,
		sum(extract(epoch FROM last - first))::float8 / 3600 AS hours,
		extract(epoch FROM max(first) - min(first))::float8 / 86400 AS spread
	FROM session s GROUP BY 1
), counts AS (
	SELECT u.userid, min(d) AS first_day, max(d) AS last_day, max(t) AS last_t,
		count(*) AS events, count(*) FILTER (WHERE level = 'paid') AS paid, count(DISTINCT d) AS days,
		(array_agg(level ORDER BY t DESC, level DESC) FILTER (WHERE level IN ('free', 'paid')))[1] AS last_level,
		sum(extract(hour FROM t)) FILTER (WHERE page = 'NextSong')::float8 AS hours,
		coalesce(sum(length) FILTER (WHERE page = 'NextSong' AND length BETWEEN 0 AND 1e6), 0) AS listened,
		count(*) FILTER (WHERE page = 'NextSong') AS songs,
		count(*) FILTER (WHERE page = 'Thumbs Up') AS up,
		count(*) FILTER (WHERE page = 'Thumbs Down') AS down,
		count(*) FILTER (WHERE page = 'Add Friend') AS friends,
		count(*) FILTER (WHERE page = 'Add to Playlist') AS playlist,
		count(*) FILTER (WHERE page = 'Roll Advert') AS adverts,
		count(*) FILTER (WHERE page = 'Home') AS home,
		count(*) FILTER (WHERE page = 'Help') AS help,
		count(*) FILTER (WHERE page = 'Settings') AS settings,
		count(*) FILTER (WHERE page = 'Save Settings') AS save_settings,
		count(*) FILTER (WHERE page = 'Logout') AS logout,
		count(*) FILTER (WHERE page = 'About') AS about,
		count(*) FILTER (WHERE page = 'Upgrade') AS upgrade,
		count(*) FILTER (WHERE page = 'Submit Upgrade') AS upgraded,
		count(*) FILTER (WHERE page = 'Downgrade') AS downgrade,
		count(*) FILTER (WHERE page = 'Submit Downgrade') AS downgraded,
		count(*) FILTER (WHERE page = 'Error') AS errors
	FROM used u GROUP BY 1
), refs AS (
	SELECT c.userid, coalesce(as_of, last_day + 1) AS day, coalesce(as_of::timestamp, last_t) AS t
	FROM counts c
), recent AS (
	SELECT u.userid,
		count(*) FILTER (WHERE d >= r.day - 7)::float8 AS songs_7, count(*) FILTER (WHERE d >= r.day - 14)::float8 AS songs_14
	FROM used u JOIN refs r USING (userid) WHERE page = 'NextSong' GROUP BY 1
), rates AS (
	SELECT c.userid, n,
		coalesce(CASE n WHEN 7 THEN songs_7 ELSE songs_14 END, 0) / n AS r,
		(songs - coalesce(CASE n WHEN 7 THEN songs_7 ELSE songs_14 END, 0)) / nullif(greatest(day - first_day - n, 0), 0) AS s
	FROM counts c JOIN refs USING (userid) LEFT JOIN recent USING (userid), unnest(ARRAY[7, 14]) AS n
)
SELECT w.userid, ROW(
	coalesce(hours / nullif(songs, 0), 0),
	CASE p.gender WHEN 'M' THEN 1 WHEN 'F' THEN 0 END,
	days_active, n_sessions,
	coalesce(songs / nullif(with_songs, 0)::float8, 0),
	coalesce(errors, 0),
	extract(epoch FROM r.t - registration)::float8 / 86400,
	CASE last_level WHEN 'paid' THEN 1 WHEN 'free' THEN 0 END,
	paid / events::float8,
	coalesce(events, 0), coalesce(songs, 0), coalesce(listened, 0) / 3600,
	7 * s.n / (r.day - first_day)::float8,
	(SELECT ps.hours / ps.n FROM per_session ps WHERE ps.userid = w.userid),
	s.spread / nullif(s.n - 1, 0),
	songs / days::float8,
	extract(epoch FROM r.t - last_t)::float8 / 86400,
	coalesce(up, 0), coalesce(down, 0), up / nullif(up + down, 0)::float8,
	coalesce(friends, 0), coalesce(playlist, 0), coalesce(adverts, 0), adverts / nullif(songs, 0)::float8,
	coalesce(home, 0), coalesce(help, 0), coalesce(settings, 0), coalesce(save_settings, 0),
	coalesce(logout, 0), coalesce(about, 0), coalesce(upgrade, 0), coalesce(upgraded, 0),
	coalesce(downgrade, 0), coalesce(downgraded, 0),
	(SELECT (x.r - x.s) / nullif(x.r + x.s, 0) FROM rates x WHERE x.userid = w.userid AND x.n = 7),
	(SELECT (x.r - x.s) / nullif(x.r + x.s, 0) FROM rates x WHERE x.userid = w.userid AND x.n = 14)
	)::churn_features
FROM whole w JOIN person p USING (userid) LEFT JOIN refs r USING (userid)
	LEFT JOIN (SELECT c.*, c.hours AS play_hours FROM counts c) c USING (userid)
	LEFT JOIN (SELECT ps.userid, ps.n, ps.with_songs, ps.spread FROM per_session ps) s USING (userid)
$$;

-- How two ways to the same features differ: users and values compared, and
-- every value that is not the same to 12 digits.
CREATE FUNCTION compare_features(as_of date)
RETURNS TABLE (users bigint, compared bigint, differing bigint, example text)
LANGUAGE sql STABLE AS $$
WITH ours AS (
	SELECT userid, CASE WHEN as_of IS NULL THEN churn_features(ts, sessionid, page, level, length, gender, registration)
		ELSE churn_features(churn_profile(ts, sessionid, page, level, length, gender, registration), as_of) END AS f
	FROM ev GROUP BY userid
), pair AS (
	SELECT userid, a.key, a.value::float8 AS ours, b.value::float8 AS plain
	FROM ours FULL JOIN plain_features(as_of) AS plain (userid, g) USING (userid),
		jsonb_each_text(to_jsonb(f)) AS a JOIN jsonb_each_text(to_jsonb(g)) AS b USING (key)
	WHERE f IS DISTINCT FROM NULL OR g IS DISTINCT FROM NULL
), fault AS (
	SELECT * FROM pair
	WHERE (ours IS NULL) <> (plain IS NULL)
		OR abs(ours - plain) > 1e-12 * greatest(abs(ours), abs(plain), 1)
)
SELECT count(DISTINCT userid), count(*), (SELECT count(*) FROM fault),
	(SELECT format('%s.%s: %s, not %s', userid, key, ours, plain) FROM fault ORDER BY userid, key LIMIT 1)
FROM pair
$$;
