# shards: the same log on one cluster and on two shards of postgres_fdw, all on this machine: time,
# the processor of the coordinator and of the shards, and the bytes that the coordinator receives, at
# three sizes. What the two smaller say of the largest is what a cost model says of larger ones; it is
# told of the processors, as the shards share this machine's.

shards_n=2
shards_where="WHERE auth NOT IN ('Logged Out', 'Guest')"
shards_rows=$SANDBOX/shards.rows
: >"$shards_rows"

# shards_start: clusters beside the server, with its settings, which listen to the loopback
shards_start()
{
	local i data

	for ((i = 0; i < shards_n; i++)); do
		data=$SANDBOX/shard$i
		initdb -D "$data" -A trust -E UTF8 --locale=C -N >"$SANDBOX/initdb.log"
		cp "$SANDBOX/data/postgresql.conf" "$data"
		shards_port[i]=$(/usr/bin/perl -MIO::Socket::INET -e \
			'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", Proto => "tcp")->sockport')
		cat >>"$data/postgresql.conf" <<-END
			listen_addresses = '127.0.0.1'
			port = ${shards_port[i]}
			shared_buffers = 512MB
		END
		pg_ctl -s -w -D "$data" -l "$data.log" start
		shards_postmaster[i]=$(head -n 1 "$data/postmaster.pid")
		sql -p "${shards_port[i]}" -c 'CREATE EXTENSION sparkify' -c 'CREATE TABLE events OF churn_event' \
			-c 'CREATE TABLE profiles (userid text, profile churn_profile)' \
			-c 'CREATE TABLE hashed (userid text) PARTITION BY HASH (userid)'
		sql -c "CREATE SERVER shard$i FOREIGN DATA WRAPPER postgres_fdw
			OPTIONS (host '127.0.0.1', port '${shards_port[i]}', dbname 'postgres')" \
			-c "CREATE USER MAPPING FOR CURRENT_USER SERVER shard$i"
	done
	sql -c 'CREATE TABLE public.events (LIKE churn_event) PARTITION BY HASH (userid)' \
		-c 'CREATE TABLE public.profiles (userid text, profile churn_profile) PARTITION BY HASH (userid)' -o /dev/null \
		-c "SELECT churn_setup_shards(t, '{$(seq -s , -f 'shard%g' 0 $((shards_n - 1)))}') FROM (VALUES ('public.events'::regclass), ('public.profiles')) AS v(t)"
}

# shards_fill FILE: each shard takes its users of the file, and makes their profiles
shards_fill()
{
	local i pids=() pid

	for ((i = 0; i < shards_n; i++)); do
		sql -p "${shards_port[i]}" -c 'TRUNCATE events, profiles' \
			-c "INSERT INTO events SELECT * FROM churn_read_events('$1') WHERE satisfies_hash_partition('hashed'::regclass, $shards_n, $i, userid)" \
			-c "INSERT INTO profiles SELECT userid, churn_profile($event_arguments) FROM events $shards_where GROUP BY userid" \
			-c 'VACUUM (FREEZE, ANALYZE)' -c CHECKPOINT &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	sql -c 'ANALYZE public.events' -c 'ANALYZE public.profiles'
}

# Seconds of the shards' processors so far, of all sessions that have ended
shards_cpu()
{
	local postmaster

	for postmaster in "${shards_postmaster[@]}"; do
		awk -v tick="$(getconf CLK_TCK)" '{ print ($16 + $17) / tick }' "/proc/$postmaster/stat"
	done | awk '{ s += $1 } END { print s }'
}


# Waits until all servers have noted the ends of all sessions.
shards_await()
{
	local home=$postmaster postmaster

	for postmaster in "$home" "${shards_postmaster[@]}"; do
		await_sessions
	done
}

# shards_run WHAT WHERE QUERY: a row of the table, with the medians
shards_run()
{
	local round before out=$SANDBOX/shards.out samples=$SANDBOX/shards.samples received

	: >"$samples"
	for ((round = 0; round <= RUNS; round++)); do
		before="$(server_cpu) $(shards_cpu)"
		PGOPTIONS='-c enable_partitionwise_aggregate=on' sql -o "$out.rows" -c '\timing on' -c "$3" \
			-c "\\! ports='${shards_port[*]}'; for p in \$ports; do ss -tinH dport = :\$p 2>/dev/null; done | grep -o 'bytes_received:[0-9]*' >$out.received" >"$out"
		shards_await
		received=$(awk -F : '{ s += $2 } END { print s + 0 }' "$out.received" 2>/dev/null || echo 0)
		[ $round = 0 ] || echo "$(awk '/^Time:/ { print $2 / 1000; exit }' "$out") $before $(server_cpu) $(shards_cpu) $received" >>"$samples"
	done
	sort -g "$samples" | awk -v what="$1" -v where="$2" -v events="$events" -v users="$users" '
		{ n++; time[n] = $1; home += $4 - $2; shards += $5 - $3; received += $6 }
		END { printf "%s\t%s\t%d\t%d\t%.3f\t%.2f\t%.2f\t%.3f\n", what, where, events, users,
			time[int((n + 1) / 2)], home / n, shards / n, received / n / 1e6 }' | tee -a "$shards_rows" >&2
}

# shards_size USERS: all questions at one size
shards_size()
{
	local where events users

	json_log "$1"
	sql -c 'DROP TABLE IF EXISTS one_events, one_profiles'
	event_table one_events "$log"
	sql -c "CREATE TABLE one_profiles AS SELECT userid, churn_profile($event_arguments) AS profile FROM one_events $shards_where GROUP BY userid" \
		-c 'VACUUM ANALYZE one_profiles'
	shards_fill "$log"
	events=$(value 'SELECT count(*) FROM one_events')
	users=$(value 'SELECT count(*) FROM one_profiles')
	for where in one_ public.; do
		shards_run 'profiles by user' "$where" \
			"SELECT userid, churn_profile($event_arguments) FROM ${where}events $shards_where GROUP BY userid"
		shards_run 'users at risk' "$where" \
			"SELECT count(*) FROM ${where}profiles WHERE churn_predict((SELECT model FROM shards_model), profile, '2018-11-19') > 0.3"
		shards_run 'profiles by gender, of the rows' "$where" \
			"SELECT gender, churn_profile($event_arguments) FROM ${where}events $shards_where GROUP BY gender"
	done
	same "the profiles of $1 users" \
		"SELECT sum(hashtextextended(s::text, 0)) FROM (SELECT userid, churn_profile($event_arguments) FROM one_events $shards_where GROUP BY userid) AS s" \
		"SELECT sum(hashtextextended(s::text, 0)) FROM (SELECT userid, churn_profile($event_arguments) FROM public.events $shards_where GROUP BY userid) AS s"
}

declare -a shards_port shards_postmaster
sql -c 'CREATE EXTENSION postgres_fdw'
shards_start
sql -c "CREATE TABLE shards_model AS SELECT model FROM churn_train(\$\$SELECT p.userid, churn_label(p.profile, '2018-11-01', '14 days') AS churned, f.*
	FROM (SELECT userid, churn_profile($event_arguments) AS profile FROM churn_simulate_events(300) $shards_where GROUP BY userid) AS p,
		churn_features(p.profile, '2018-11-01') AS f\$\$)"
for shards_users in $(((SIZE + 3) / 4)) $(((SIZE + 1) / 2)) "$SIZE"; do
	shards_size "$shards_users"
done

# CPU = start + events * e, of the two smaller sizes, beside the largest one
{
	printf '\n| question | where | events | users | s | CPU s, who asks | CPU s, shards | MB received |\n|---|---|---|---|---|---|---|---|\n'
	sort -s -t $'\t' -k 1,1 -k 2,2 "$shards_rows" | sed 's/\tone_\t/\tone cluster\t/; s/\tpublic\.\t/\ttwo shards\t/' |
		awk -F '\t' '{ printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6, $7, $8 }'
	printf '\n| question | where | ns an event, all processors | bytes received a user | CPU s of the largest, said by the two smaller | measured |\n|---|---|---|---|---|---|\n'
	sort -s -t $'\t' -k 1,1 -k 2,2 -k 3,3n "$shards_rows" | sed 's/\tone_\t/\tone cluster\t/; s/\tpublic\.\t/\ttwo shards\t/' | awk -F '\t' '
		{ i = (NR - 1) % 3; n[i] = $3; cpu[i] = $6 + $7; users = $4; received = $8 }
		i == 2 {
			e = (cpu[1] - cpu[0]) / (n[1] - n[0])
			printf "| %s | %s | %.0f | %.0f | %.2f | %.2f |\n", $1, $2, (cpu[2] - cpu[0]) / (n[2] - n[0]) * 1e9,
				received * 1e6 / users, cpu[1] + e * (n[2] - n[1]), cpu[2]
		}'
} | report_add
sql -c 'SET client_min_messages = warning' -c 'DROP TABLE public.events, public.profiles' -c 'DROP EXTENSION postgres_fdw CASCADE'
for shards_i in "${!shards_port[@]}"; do
	pg_ctl -s -w -m fast -D "$SANDBOX/shard$shards_i" stop
done
