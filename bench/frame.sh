#
# frame.sh
#	  Candidates measured in turn, and tables of what came out.
#
# To be sourced.  A topic names its candidates, ours first, and compares them:
#
#	candidate "ours" timed "SELECT ..."
#	candidate "a peer" some_function argument
#	compare "Title"
#
# Candidates run in turn, one round to warm up and RUNS that count.  The time
# of a run is what it says itself in lines "Time: N ms", as psql's \timing
# does, else the time on the wall; CPU is that of the server's processes and
# of the client, or what a line "CPU: N ms" says.
#
export LC_ALL=C.UTF-8

candidate_names=()
candidate_commands=()
before_each=true				# command to run before each run, not counted
slow=15						# a candidate that takes longer counts one run only
report=
export PYTHONPATH=$PWD/bench/peers PYTHONDONTWRITEBYTECODE=1
python=/usr/bin/python3

say()
{
	printf '%s\n' "$*" >&2
}

sql()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# value SQL: the one value of a query
value()
{
	sql -A -t -c "$1"
}

# timed SQL...: statements in one session, timed by psql, results thrown away
timed()
{
	local arguments=() statement

	for statement in "$@"; do
		arguments+=(-c "$statement")
	done
	sql -o /dev/null -c '\timing on' "${arguments[@]}"
}

# with_settings "NAME=VALUE ..." COMMAND...: the command's sessions have these settings
with_settings()
{
	local setting options=

	for setting in $1; do
		options+=" -c $setting"
	done
	PGOPTIONS=$options "${@:2}"
}

# The server's settings, as docs/benchmarks.md gives them: durable, with room so
# that no checkpoint falls into a run, and memory enough for peers not to spill.
bench_server_start()
{
	server_start
	cat >>"$SANDBOX/data/postgresql.conf" <<-END
		fsync = on
		synchronous_commit = on
		full_page_writes = on
		shared_buffers = 2GB
		work_mem = 256MB
		maintenance_work_mem = 512MB
		effective_cache_size = 8GB
		max_wal_size = 16GB
		min_wal_size = 12GB
		checkpoint_timeout = 1h
		max_parallel_workers_per_gather = 2
		jit = off
		client_min_messages = warning
	END
	pg_ctl -s -w -D "$SANDBOX/data" -l "$SANDBOX/server.log" restart
	postmaster=$(head -n 1 "$SANDBOX/data/postmaster.pid")
}

# Seconds of CPU of all backends and workers that have ended
server_cpu()
{
	awk -v tick="$(getconf CLK_TCK)" '{ print ($16 + $17) / tick }' "/proc/$postmaster/stat"
}

# Waits until the postmaster has noted the ends of all sessions.
await_sessions()
{
	local others='^postgres: (checkpointer|background writer|walwriter|autovacuum launcher|logical replication launcher)'

	# one that unmaps its memory has no title any more
	while ps --ppid "$postmaster" -o args= | grep -Evq "$others"; do
		sleep 0.02
	done
}

# measure COMMAND: runs it; leaves its figures in $seconds and $cpu
measure()
{
	local out=$SANDBOX/run.out before start end TIMEFORMAT='%U %S'

	before=$(server_cpu)
	start=$EPOCHREALTIME
	if ! { time eval "$1" >"$out" 2>"$out.err"; } 2>"$out.times"; then
		say "failed: $1"
		cat "$out.err" >&2
		exit 1
	fi
	end=$EPOCHREALTIME
	await_sessions
	awk -v wall="$start $end" -v server="$before $(server_cpu)" '
		FILENAME ~ /times$/ { client = $1 + $2; next }
		$1 == "Time:" { told += $2 / 1000; has_told = 1 }
		$1 == "CPU:" { told_cpu += $2 / 1000; has_cpu = 1 }
		END {
			split(wall, w, " ")
			split(server, s, " ")
			printf "%.4f %.2f\n", has_told ? told : w[2] - w[1],
				has_cpu ? told_cpu : client + s[2] - s[1]
		}' "$out.times" "$out" >"$out.figures"
	read -r seconds cpu <"$out.figures"
}

candidate()
{
	candidate_names+=("$1")
	candidate_commands+=("$(printf '%q ' "${@:2}")")
}

# compare TITLE: measures the candidates named since the last time
compare()
{
	local samples=$SANDBOX/samples i round
	local -a done_with=()

	: >"$samples"
	for ((round = 0; round <= RUNS; round++)); do
		for i in "${!candidate_names[@]}"; do
			[ -z "${done_with[i]:-}" ] || continue
			$before_each
			measure "${candidate_commands[i]}"
			say "$(printf '  %-60s %9.3f s %8.2f s CPU%s' "${candidate_names[i]}" "$seconds" "$cpu" \
				"$([ $round != 0 ] || echo ' (warm-up)')")"
			[ $round = 0 ] || printf '%d\t%s\t%s\t%s\n' "$i" "$seconds" "$cpu" "${candidate_names[i]}" >>"$samples"
			if [ $round != 0 ] && awk "BEGIN { exit !($seconds > $slow) }"; then
				done_with[i]=1
			fi
		done
	done
	{
		printf '\n%s (load average %s)\n\n' "$1" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
		compare_table "$samples"
	} | report_add
	candidate_names=()
	candidate_commands=()
	before_each=true
	compare_rows=
}

compare_table()
{
	printf '| | median s | min | max | CPU s | runs | times the first: medians | least |%s\n' "${compare_rows:+ million rows a second |}"
	printf '|---|---|---|---|---|---|---|---|%s\n' "${compare_rows:+---|}"
	sort -t $'\t' -k 1,1n -k 2,2g "$1" | awk -F '\t' -v rows="${compare_rows:-0}" '
		function median(list, n) {
			return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
		}
		function flush(   i, j, t) {
			if (!n)
				return
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && cpu[j - 1] > cpu[j]; j--) {
					t = cpu[j]; cpu[j] = cpu[j - 1]; cpu[j - 1] = t
				}
			m = median(time, n)
			if (!first) {
				first = m
				least = time[1]
			}
			printf "| %s | %.3f | %.3f | %.3f | %.2f | %d | %.2f | %.2f |", name, m, time[1], time[n],
				median(cpu, n), n, m / first, time[1] / least
			printf rows ? " %.2f |\n" : "\n", rows / m / 1e6
			n = 0
		}
		$1 != last { flush(); last = $1 }
		{ n++; time[n] = $2 + 0; cpu[n] = $3 + 0; name = $4 }
		END { flush() }'
}

# same WHAT QUERY QUERY: both queries give the same value, or the figures are void
same()
{
	local first second

	first=$(value "$2")
	second=$(value "$3")
	if [ "$first" != "$second" ]; then
		say "$1 differ: $first and $second"
		exit 1
	fi
}

# has_peer MODULE: is it there for Python, or ranger for R?
has_peer()
{
	local there=("$python" -c "import $1")

	[ "$1" != ranger ] || there=(Rscript -e 'loadNamespace("ranger")')
	if ! "${there[@]}" >/dev/null 2>&1; then
		say "skipped: no $1 here (bench/deps.sh installs it)"
		return 1
	fi
}

# A topic's objects live in the schema bench and go with it.
report_open()
{
	sql -c 'CREATE SCHEMA bench'
	report=bench/results.new/$1-$(date -u +%Y%m%dT%H%M%SZ).md
	{
		printf '### %s\n\n' "$1"
		printf 'Commit %s, %s; %s, %s cores, %s GiB; %s; PostgreSQL %s.\n' "$BENCH_COMMIT" "$(date -u +%F)" \
			"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
			"$(awk '$1 == "MemTotal:" { printf "%.0f", $2 / 1048576 }' /proc/meminfo)" \
			"$(. /etc/os-release && echo "$PRETTY_NAME")" "$(value 'SHOW server_version' | cut -d ' ' -f 1)"
	} | report_add
}

# Adds stdin to the report and shows it.
report_add()
{
	tee -a "$report"
}

report_close()
{
	echo | report_add
	sql -c 'SET client_min_messages = warning' -c 'DROP SCHEMA bench CASCADE'
}
