# in_place: from the file to features, without a load.

in_place_where="WHERE auth NOT IN ('Logged Out', 'Guest')"
in_place_ours="SELECT userid, churn_features($event_arguments) FROM log $in_place_where GROUP BY userid"

# A user who does not know the wrapper: load, then ask
in_place_load()
{
	timed 'TRUNCATE loaded' "SELECT churn_load_events('loaded', '$log')" \
		"SELECT userid, churn_features($event_arguments) FROM loaded $in_place_where GROUP BY userid"
}

json_log "$SIZE"
foreign_log log "$log"
sql -c 'CREATE TABLE loaded OF churn_event' -c "CREATE VIEW ev AS SELECT * FROM log $in_place_where" -f bench/six.sql
sql -A -t -c "EXPLAIN $in_place_ours" | grep -q 'Workers Planned' || say "no parallel plan: $in_place_ours"

candidate "churn_features, all columns, two workers and the leader" timed "$in_place_ours"
candidate "the same, one worker and the leader" with_settings max_parallel_workers_per_gather=1 timed "$in_place_ours"
candidate "the same, serial" with_settings max_parallel_workers_per_gather=0 timed "$in_place_ours"
candidate "count(*) of the file" timed "SELECT count(*) FROM log"
candidate "the six features, two-level SQL over the file" timed "TABLE six_two_level"
candidate "churn_load_events, then churn_features" in_place_load
for peer in duckdb pandas; do
	has_peer $peer || continue
	candidate "the six features, $peer's read_json" $python bench/peer_$peer.py json "$log"
done
before_each="sql -c CHECKPOINT"
bytes=$(stat -c %s "$log")
compare "$(awk "BEGIN { printf \"%.3f\", $bytes / 1e9 }") GB of JSON lines, in the system's cache"
printf '\nChurn features from the file: %s MB/s\n' \
	"$(awk -F '|' -v bytes="$bytes" '/two workers and the leader/ { printf "%.0f", bytes / 1e6 / $3 }' "$report")" | report_add
same "features in place" \
	"SELECT sum(hashtextextended(s::text, 0)) FROM ($in_place_ours) AS s" \
	"SELECT sum(hashtextextended(s::text, 0)) FROM (SELECT userid, churn_features($event_arguments) FROM loaded $in_place_where GROUP BY userid) AS s"
