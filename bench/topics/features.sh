# features: from a table in cache to the features of every user.

features_where="WHERE auth NOT IN ('Logged Out', 'Guest')"
features_ours="SELECT userid, churn_features($event_arguments) FROM events $features_where GROUP BY userid"
features_floor="SELECT userid, count(*), max(ts), sum(length) FROM events $features_where GROUP BY userid"
features_all="SELECT userid, churn_features($event_arguments) FROM events GROUP BY userid"
features_all_floor="SELECT userid, count(*), max(ts), sum(length) FROM events GROUP BY userid"

# features_peers: what is installed, with the data in its own memory
features_peers()
{
	local peer csv=$SANDBOX/input/features.csv

	sql -c "COPY (SELECT userid AS \"userId\", sessionid AS \"sessionId\", (extract(epoch FROM ts) * 1000)::bigint AS ts,
		page, gender, auth FROM events) TO '$csv' WITH (FORMAT csv, HEADER)"
	for peer in pandas duckdb; do
		has_peer $peer || continue
		$python bench/peer_$peer.py keep "$csv" "$SANDBOX/input/features.$peer"
		candidate "the six features, $peer, data in its memory" \
			$python bench/peer_$peer.py memory "$SANDBOX/input/features.$peer"
	done
	rm "$csv"
}

json_log "$SIZE"
event_table events "$log"
sql -c "CREATE VIEW ev AS SELECT * FROM events $features_where" -f bench/six.sql
sql -f test/plain_features.sql
for query in "$features_ours" "$features_floor" "TABLE six_two_level"; do
	sql -A -t -c "EXPLAIN $query" | grep -q 'Workers Planned' || say "no parallel plan: $query"
done
sizes="$(value 'SELECT count(*) FROM events') events of $(value 'SELECT count(DISTINCT userid) FROM ev') users in shared buffers"

candidate "churn_features, all columns" timed "$features_ours"
candidate "floor: count(*), max(ts), sum(length)" timed "$features_floor"
candidate "the six features, two-level SQL" timed "TABLE six_two_level"
candidate "the six features, count(DISTINCT)" timed "TABLE six_distinct"
candidate "all columns in SQL" timed "SELECT * FROM plain_features(NULL)"
features_peers
compare "$sizes, two parallel workers and the leader"

serial="max_parallel_workers_per_gather=0"
candidate "churn_features, all columns" with_settings "$serial" timed "$features_ours"
candidate "floor: count(*), max(ts), sum(length)" with_settings "$serial" timed "$features_floor"
candidate "the six features, two-level SQL" with_settings "$serial" timed "TABLE six_two_level"
candidate "the six features, count(DISTINCT)" with_settings "$serial" timed "TABLE six_distinct"
candidate "all columns in SQL" with_settings "$serial" timed "SELECT * FROM plain_features(NULL)"
compare "The same without workers"

candidate "churn_features, all columns" timed "$features_all"
candidate "floor: count(*), max(ts), sum(length)" timed "$features_all_floor"
compare "Rows without a user not left out (all of them one more \"user\"), in parallel"

same "the six features" \
	"SELECT sum(hashtextextended((userid, round((f).avg_play_hour::numeric, 9), (f).gender_dum, (f).days_active, (f).n_sessions,
		round((f).avg_sess_songs::numeric, 9), (f).n_errors)::text, 0)) FROM ($features_ours) AS s (userid, f)" \
	"SELECT sum(hashtextextended((userid, round(avg_play_hour::numeric, 9), gender_dum, days_active, n_sessions,
		round(avg_sess_songs::numeric, 9), n_errors)::text, 0)) FROM six_two_level"
