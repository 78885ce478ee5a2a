# scale: the cost of an event at a hundredth, a tenth and, with SIZE=full, all of
# the log of 22,278 users.
. bench/memory.sh

scale_where="WHERE auth NOT IN ('Logged Out', 'Guest')"

declare -A peaks

# scale_note USERS NAME SECONDS CPU: a row of the table
scale_note()
{
	[ $sampling = no ] || return 0
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$events" "$3" "$4" "${peaks[$1 $2]:-– –}" |
		tee -a "$SANDBOX/scale.rows" >&2
}

# scale_step USERS NAME COMMAND...: runs it once and notes its time, which it leaves
# in $seconds and $cpu too; or its memory, in a run of its own, since to look at
# processes all the time takes a good part of a core
scale_step()
{
	local before start end

	if [ $sampling = yes ]; then
		watch_memory "${@:3}"
		peaks[$1 $2]="$private_mb $process_mb"
		return
	fi
	before=$(server_cpu)
	start=$EPOCHREALTIME
	"${@:3}" >/dev/null
	end=$EPOCHREALTIME
	await_sessions
	seconds=$(awk "BEGIN { print $end - $start }")
	cpu=$(awk "BEGIN { print $(server_cpu) - $before }")
	scale_note "$1" "$2" "$seconds" "$cpu"
}

# Until the table is on the disk: most of a large one is by the end of its load,
# a small one is still to be written.
scale_load()
{
	local other

	sql -o /dev/null -c "SELECT churn_load_events('loaded', '$log', part => 1, parts => 2)" &
	other=$!
	sql -o /dev/null -c "SELECT churn_load_events('loaded', '$log', part => 2, parts => 2)" &&
		wait $other
	sql -c CHECKPOINT
}

scale_features()
{
	timed "SELECT userid, churn_features($event_arguments) FROM $1 $scale_where GROUP BY userid"
}

# What the disk takes for as many bytes, whatever is done with them.
scale_copy()
{
	dd if="$log" of="$SANDBOX/copy" bs=1M conv=fsync status=none
}

# scale_size USERS: all steps at this size, the best of three runs, of two at full
# size, after one for the memory.  That one also makes the segments of
# write-ahead log that later ones use again.
scale_size()
{
	local users=$1 run runs=3 load load_cpu sampling=yes

	[ "$users" != $full_users ] || runs=2
	json_log "$users"
	events=$(wc -l <"$log")
	foreign_log log "$log"
	for ((run = 0; run <= runs; run++)); do
		sql -c 'DROP TABLE IF EXISTS loaded' -c 'CREATE TABLE loaded OF churn_event' -c CHECKPOINT 2>/dev/null
		start_cold
		scale_step "$users" "load, two sessions, and a checkpoint" scale_load
		load=${seconds:-0} load_cpu=${cpu:-0}
		scale_step "$users" "features from the table, first scan" scale_features loaded
		scale_note "$users" "log to features through a load" "$(awk "BEGIN { print $load + ${seconds:-0} }")" \
			"$(awk "BEGIN { print $load_cpu + ${cpu:-0} }")"
		scale_step "$users" "features from the table, again" scale_features loaded
		start_cold
		scale_step "$users" "the log copied, for comparison" scale_copy
		rm "$SANDBOX/copy"
		start_cold
		scale_step "$users" "features in place" scale_features log
		sampling=no
	done
	sql -c 'DROP TABLE loaded' -c 'DROP FOREIGN TABLE log'
	rm "$SANDBOX/filler"
	[ "$users" != $full_users ] || rm "$log"
}

scale_table()
{
	printf '\n| step | users | events | seconds | events/s | µs an event | times that at a tenth | CPU µs an event | private MB | VmHWM MB |\n'
	printf '|---|---|---|---|---|---|---|---|---|---|\n'
	sort -t $'\t' -k 2,2 -k 1,1n -k 4,4g "$SANDBOX/scale.rows" | awk -F '\t' -v tenth=2228 '
		seen[$1, $2]++ { next }
		{ key = ++n; row[n] = $0; if ($1 == tenth) base[$2] = $4 / $3 }
		END {
			for (i = 1; i <= n; i++) {
				split(row[i], f, "\t")
				split(f[6], memory, " ")
				ratio = (f[2] in base) ? sprintf("%.2f", f[4] / f[3] / base[f[2]]) : ""
				printf "| %s | %d | %d | %.2f | %.0f | %.3f | %s | %.3f | %s | %s |\n", f[2], f[1], f[3], f[4],
					f[3] / f[4], 1e6 * f[4] / f[3], ratio, 1e6 * f[5] / f[3], memory[1], memory[2]
			}
		}'
}

: >"$SANDBOX/scale.rows"
[ "$SIZE" != $full_users ] || need_disk 54000 "the full log (12 GB as JSON and once more as a copy, 11 GB as a table, 16 GB of write-ahead log)"
scale_size 223
scale_size 2228
[ "$SIZE" != $full_users ] || scale_size $full_users
scale_table | report_add
