# memory: does any step need more of it when there are more events?
. bench/memory.sh

# memory_of NAME FILE: the steps over this log
memory_of()
{
	local name=$1 file=$2 events

	sql -c 'CREATE TABLE loaded OF churn_event'
	foreign_log log "$file"
	watch_memory sql -c "SELECT churn_load_events('loaded', '$file')"
	events=$(value 'SELECT count(*) FROM loaded')
	memory_row "$name" "$events" "churn_load_events"
	sql -c 'VACUUM (ANALYZE) loaded'
	watch_memory timed "SELECT userid, churn_features($event_arguments) FROM loaded WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid"
	memory_row "$name" "$events" "churn_features from the table"
	watch_memory timed "SELECT userid, churn_features($event_arguments) FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid"
	memory_row "$name" "$events" "churn_features in place"
	sql -c 'DROP TABLE loaded' -c 'DROP FOREIGN TABLE log'
}

memory_row()
{
	printf '| %s | %s | %s | %s | %s |\n' "$3" "$1" "$2" "$private_mb" "$process_mb" | tee -a "$SANDBOX/memory.rows" >&2
}

: >"$SANDBOX/memory.rows"
tenth=$(((SIZE + 9) / 10))
json_log $tenth
memory_of "$tenth" "$log"
json_log "$SIZE"
memory_of "$SIZE" "$log"
# the same users' log twice: more events, not more users
cat "$log" "$log" >"$SANDBOX/input/twice.json"
memory_of "$SIZE, log twice" "$SANDBOX/input/twice.json"
rm "$SANDBOX/input/twice.json"
{
	printf '\n| step | users | events | private MB, all processes | VmHWM, largest process, MB |\n|---|---|---|---|---|\n'
	sort -s -t '|' -k 2,2 "$SANDBOX/memory.rows"
} | report_add
