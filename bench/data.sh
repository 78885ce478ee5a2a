#
# data.sh
#	  The simulated log, as a file and as a table.
#
# To be sourced.  A topic's tables go with it.
#

# Columns of a table or a foreign table of events
event_columns='ts timestamptz, sessionid bigint, length float8, registration timestamptz, status int,
	iteminsession int, page text, level text, gender text, userid text, auth text, method text,
	firstname text, lastname text, location text, useragent text, artist text, song text'

# The arguments of the aggregates
event_arguments='ts, sessionid, page, level, length, gender, registration'

# json_log USERS [japanese]: makes the log of so many users, once, and names its file in $log
json_log()
{
	local start=$EPOCHREALTIME

	log=$SANDBOX/input/log_$1${2:+_$2}.json
	[ ! -f "$log" ] || return 0
	need_disk $(($1 * 700 / 1000)) "a log of $1 users"
	say "Simulating the ${2:+$2 }log of $1 users"
	sql -v users="$1" -v file="$log" ${2:+-v "$2=1"} -f bench/simulate.sql
	say "$(stat -c %s "$log" | awk -v seconds="$(awk "BEGIN { print $EPOCHREALTIME - $start }")" \
		'{ printf "  %.0f MB in %.1f s", $1 / 1e6, seconds }')"
}

# need_disk MEGABYTES WHAT: refuses when there is no such room, and some to spare
need_disk()
{
	local free

	free=$(df -m --output=avail "$SANDBOX" | tail -n 1)
	if [ "$free" -lt $(($1 + 2000)) ]; then
		say "no room for $2: it takes $1 MB in $SANDBOX, and $((free)) MB are free;" \
			"set TMPDIR to a larger place"
		exit 1
	fi
}

# event_table NAME FILE: the log as a table, vacuumed and in shared buffers
event_table()
{
	sql -c "CREATE TABLE $1 OF churn_event" -o /dev/null \
		-c "SELECT churn_load_events('$1', '$2')" -c "VACUUM (FREEZE, ANALYZE) $1" -c "SELECT pg_prewarm('$1')" \
		-c CHECKPOINT
}

# foreign_log NAME FILE: the file as a foreign table
foreign_log()
{
	sql -c "CREATE FOREIGN TABLE $1 ($event_columns) SERVER logs OPTIONS (filename '$2')" -c "ANALYZE $1"
}

# Fills the memory with pages of a file that nobody needs, as on a server that has been up
# for a while.  A virtual machine gives its host the memory back that it leaves free, and
# to get it again, page by page, takes several times what it takes to use a page for
# something else; that would be measured at large sizes alone, since a small one gets by with
# what was in use a moment before.  The file is a new one each time: pages that are read
# twice count as needed.
fill_memory()
{
	rm -f "$SANDBOX/filler"
	truncate -s "$(awk '/^MemTotal/ { print $2 "K" }' /proc/meminfo)" "$SANDBOX/filler"
	cat "$SANDBOX/filler" >/dev/null
}

# Drops what the cache has of the log, so that at every size it is read from the
# disk, as the full one must be; and then fills the memory.
start_cold()
{
	dd of="$log" oflag=nocache conv=notrunc,fdatasync count=0 status=none
	fill_memory
}
