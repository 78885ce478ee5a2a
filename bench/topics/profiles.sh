# profiles: made, asked, merged day by day; and how large they are.

profiles_where="WHERE auth NOT IN ('Logged Out', 'Guest')"
profiles_last=2018-12-02		# the last of the log's 63 days
profiles_day="ts >= '$profiles_last 00:00Z'"

# The profiles of all days but the last, for the next merge
profiles_before()
{
	sql -c 'TRUNCATE user_profiles, merged_days' -c 'INSERT INTO user_profiles TABLE profiles_before' \
		-c 'VACUUM ANALYZE user_profiles' -c CHECKPOINT
}

# profiles_memory QUERY: a serial hash aggregate's memory in bytes a user; with a small
# work_mem memory is taken in small blocks, so that the figure is fine
profiles_memory()
{
	PGOPTIONS='-c max_parallel_workers_per_gather=0 -c enable_sort=off -c work_mem=4MB' \
		value "EXPLAIN (ANALYZE, FORMAT JSON) $1" |
		awk -v users="$users" '/"Peak Memory Usage"/ { gsub(/[^0-9]/, ""); printf "%.0f", $0 * 1024 / users }'
}

json_log "$SIZE"
event_table events "$log"
sql -c 'SET TimeZone = UTC' \
	-c 'CREATE TABLE user_profiles (userid text PRIMARY KEY, profile churn_profile NOT NULL)' \
	-c 'CREATE TABLE merged_days (day date PRIMARY KEY, merged_at timestamptz NOT NULL DEFAULT now())' \
	-c 'CREATE INDEX events_ts ON events USING brin (ts) WITH (pages_per_range = 16)' \
	-c "CREATE TABLE profiles AS SELECT userid, churn_profile($event_arguments) AS profile FROM events $profiles_where GROUP BY userid" \
	-c "CREATE TABLE profiles_before AS SELECT userid, churn_profile($event_arguments) AS profile FROM events $profiles_where AND NOT $profiles_day GROUP BY userid" \
	-c 'VACUUM ANALYZE profiles'
users=$(value 'SELECT count(*) FROM profiles')
sizes="$(value 'SELECT count(*) FROM events') events of $users users"

candidate "churn_profile of all events" timed \
	"SELECT userid, churn_profile($event_arguments) FROM events $profiles_where GROUP BY userid"
candidate "churn_features of all events" timed \
	"SELECT userid, churn_features($event_arguments) FROM events $profiles_where GROUP BY userid"
candidate "churn_features(profile, date) of all profiles" timed "SELECT churn_features(profile, '2018-11-12') FROM profiles"
candidate "churn_label(profile, date, …) of all profiles" timed "SELECT churn_label(profile, '2018-11-12', '14 days') FROM profiles"
compare "$sizes"

profiles_merge="WITH note AS (INSERT INTO merged_days (day) VALUES ('$profiles_last'))
	INSERT INTO user_profiles AS u
	SELECT userid, churn_profile($event_arguments) FROM events $profiles_where AND $profiles_day GROUP BY userid
	ON CONFLICT (userid) DO UPDATE SET profile = churn_profile_merge(u.profile, EXCLUDED.profile)"
candidate "the last day merged into the profiles of the days before" timed "$profiles_merge"
candidate "all profiles made anew" timed \
	"CREATE TEMP TABLE anew AS SELECT userid, churn_profile($event_arguments) FROM events $profiles_where GROUP BY userid"
before_each=profiles_before
compare "One of 63 days ($(value "SELECT count(*) FROM events WHERE $profiles_day") events) merged, as in docs/incremental.md"

profiles_before
sql -c "$profiles_merge"
checksum='SELECT sum(hashtextextended(userid || profile::text, 0)) FROM'
same "merged profiles" "$checksum user_profiles" "$checksum profiles"

{
	printf '\n| of a profile, on average | bytes |\n|---|---|\n'
	printf '| serialized | %s |\n' "$(value 'SELECT round(avg(octet_length(sparkify_profile_send(profile)))) FROM profiles')"
	printf '| stored (compressed where PostgreSQL does) | %s |\n' "$(value 'SELECT round(avg(pg_column_size(profile))) FROM profiles')"
	printf '| table and its TOAST | %s |\n' "$(value "SELECT pg_table_size('profiles') / $users")"
	printf '| memory of the aggregate | %s |\n' "$(profiles_memory "SELECT userid, churn_profile($event_arguments) FROM events $profiles_where GROUP BY userid")"
	printf '| memory of the floor: count(*), max(ts), sum(length) | %s |\n' "$(profiles_memory "SELECT userid, count(*), max(ts), sum(length) FROM events $profiles_where GROUP BY userid")"
} | report_add
