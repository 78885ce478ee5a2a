# look: from a table in cache to all that a first look at a log tells.

look_ours="SELECT * FROM churn_describe_log('events', 'userid', 'ts', 'page', 'sessionid')"
look_profiles="SELECT userid, churn_profile(ts, page, sessionid) FROM events GROUP BY userid"
look_floor="SELECT userid, count(*), max(ts), max(page), max(sessionid) FROM events GROUP BY userid"

# the rows of its topic "event" alone
look_names="WITH pairs AS (
		SELECT userid, page, count(*) AS n, min(ts) AS first_at, max(ts) AS last_at FROM events GROUP BY 1, 2
	), ends AS (SELECT userid, max(last_at) AS last_at FROM pairs GROUP BY 1)
	SELECT page, sum(n)::bigint AS rows, count(*) AS users, count(*) FILTER (WHERE p.last_at = e.last_at) AS ended,
		min(p.first_at) AS first_at, max(p.last_at) AS last_at
	FROM pairs AS p JOIN ends AS e USING (userid) WHERE userid <> '' GROUP BY 1"

json_log "$SIZE"
event_table events "$log"
sizes="$(value 'SELECT count(*) FROM events') events of $(value 'SELECT count(DISTINCT userid) FROM events') users in shared buffers"

candidate "churn_describe_log" timed "$look_ours"
candidate "churn_profile" timed "$look_profiles"
candidate "the names of events alone, in SQL" timed "$look_names"
candidate "floor: count(*), max(ts), max(page), max(sessionid)" timed "$look_floor"
compare "$sizes, two parallel workers and the leader"

same "names of events" \
	"SELECT sum(hashtextextended((name, rows, users, ended, first_at, last_at)::text, 0)) FROM ($look_ours) AS l WHERE topic = 'event'" \
	"SELECT sum(hashtextextended((n)::text, 0)) FROM ($look_names) AS n"
