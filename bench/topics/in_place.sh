# in_place: from the file to features, without a load.

in_place_where="WHERE auth NOT IN ('Logged Out', 'Guest')"
in_place_ours="SELECT userid, churn_features($event_arguments) FROM log $in_place_where GROUP BY userid"

# A user who does not know the wrapper: load, then ask
in_place_load()
{
	timed 'TRUNCATE loaded' "SELECT churn_load_events('loaded', '$log')" \
		"SELECT userid, churn_features($event_arguments) FROM loaded $in_place_where GROUP BY userid"
}

# in_place_rate CANDIDATE BYTES: its megabytes a second, of the report
in_place_rate()
{
	awk -F '|' -v bytes="$2" -v name="$1" 'index($2, name) { printf "%.0f", bytes / 1e6 / $3; exit }' "$report"
}

json_log "$SIZE"
foreign_log log "$log"
sql -c 'CREATE TABLE loaded OF churn_event' -c "CREATE VIEW ev AS SELECT * FROM log $in_place_where" -f bench/six.sql
sql -A -t -c "EXPLAIN $in_place_ours" | grep -q 'Workers Planned' || say "no parallel plan: $in_place_ours"

candidate "churn_features, all columns, two workers and the leader" timed "$in_place_ours"
candidate "the same, events as rows" with_settings sparkify.aggregate_pushdown=off timed "$in_place_ours"
candidate "the same, one worker and the leader" with_settings max_parallel_workers_per_gather=1 timed "$in_place_ours"
candidate "the same, serial" with_settings max_parallel_workers_per_gather=0 timed "$in_place_ours"
candidate "count(*) of the file" timed "SELECT count(*) FROM log"
candidate "the six features, two-level SQL over the file" timed "TABLE six_two_level"
candidate "churn_load_events, then churn_features" in_place_load
for peer in duckdb chdb polars pandas; do
	has_peer $peer || continue
	candidate "the six features, $peer" $python bench/peer_$peer.py json "$log"
done
before_each="sql -c CHECKPOINT"
bytes=$(stat -c %s "$log")
compare "$(awk "BEGIN { printf \"%.3f\", $bytes / 1e9 }") GB of JSON lines, in the system's cache"
printf '\nChurn features from the file: %s MB/s\n' \
	"$(awk -F '|' -v bytes="$bytes" '/two workers and the leader/ { printf "%.0f", bytes / 1e6 / $3 }' "$report")" | report_add

# The same in a script of which the writers of JSON escape every letter
json_log "$SIZE" japanese
japanese=$log
foreign_log japanese_log "$japanese"
in_place_japanese=${in_place_ours/FROM log/FROM japanese_log}
candidate "Japanese: churn_features, all columns, two workers and the leader" timed "$in_place_japanese"
candidate "Japanese: the same, serial" with_settings max_parallel_workers_per_gather=0 timed "$in_place_japanese"
candidate "Japanese: all columns decoded, serial" with_settings max_parallel_workers_per_gather=0 \
	timed "SELECT count(artist), count(song), count(location), count(lastname) FROM japanese_log"
candidate "Plain: all columns decoded, serial" with_settings max_parallel_workers_per_gather=0 \
	timed "SELECT count(artist), count(song), count(location), count(lastname) FROM log"
! has_peer duckdb || candidate "Japanese: the six features, duckdb" $python bench/peer_duckdb.py json "$japanese"
japanese_bytes=$(stat -c %s "$japanese")
compare "$(awk "BEGIN { printf \"%.3f\", $japanese_bytes / 1e9 }") GB of JSON lines in Japanese, every letter escaped"
printf '\nSerial, in MB/s: features %s, in Japanese %s; all columns %s, in Japanese %s\n' \
	"$(in_place_rate ' the same, serial' "$bytes")" "$(in_place_rate 'Japanese: the same, serial' "$japanese_bytes")" \
	"$(in_place_rate 'Plain: all' "$bytes")" "$(in_place_rate 'Japanese: all columns decoded' "$japanese_bytes")" | report_add
same "features of both logs" \
	"SELECT sum(hashtextextended(s::text, 0)) FROM ($in_place_ours) AS s" \
	"SELECT sum(hashtextextended(s::text, 0)) FROM ($in_place_japanese) AS s"
same "features in place" \
	"SELECT sum(hashtextextended(s::text, 0)) FROM ($in_place_ours) AS s" \
	"SELECT sum(hashtextextended(s::text, 0)) FROM (SELECT userid, churn_features($event_arguments) FROM loaded $in_place_where GROUP BY userid) AS s"
