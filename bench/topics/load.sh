# load: from a file into a logged table.

load_parts()
{
	local other

	sql -o /dev/null -c "SELECT churn_load_events('two', '$log', part => 1, parts => 2)" &
	other=$!
	sql -o /dev/null -c "SELECT churn_load_events('two', '$log', part => 2, parts => 2)" &&
		wait $other
}

# Takes an event from the jsonb column j, in the order of the columns
load_from_jsonb()
{
	cat <<-'END'
		SELECT to_timestamp((j->>'ts')::float8 / 1000), (j->>'sessionId')::bigint, (j->>'length')::float8,
			to_timestamp((j->>'registration')::float8 / 1000), (j->>'status')::int, (j->>'itemInSession')::int,
			j->>'page', j->>'level', j->>'gender', j->>'userId', j->>'auth', j->>'method', j->>'firstName',
			j->>'lastName', j->>'location', j->>'userAgent', j->>'artist', j->>'song'
	END
}

# A table with a partition for each week of the log
create_weeks()
{
	sql -c "CREATE TABLE $1 (LIKE one) PARTITION BY RANGE (ts)" -c "CREATE TABLE $1_rest PARTITION OF $1 DEFAULT" -c "DO \$\$ BEGIN
		FOR week IN 0..9 LOOP
			EXECUTE format('CREATE TABLE $1_%s PARTITION OF $1 FOR VALUES FROM (%L) TO (%L)', week, date '2018-09-30' + week * 7, date '2018-10-07' + week * 7);
		END LOOP; END \$\$"
}

load_empty()
{
	sql -c 'TRUNCATE one, two, weeks, weeks_typed, computed, typed, lines, objects, extracted' -c CHECKPOINT
}

json_log "$SIZE"
typed=$SANDBOX/input/typed.txt
as_lines="WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
cc -O2 -o "$SANDBOX/json_c_loop" bench/json_c_loop.c $(pkg-config --cflags --libs json-c)
sql -c 'CREATE TABLE one OF churn_event' -c 'CREATE TABLE two OF churn_event' \
	-c 'CREATE TABLE typed OF churn_event' -c 'CREATE TABLE extracted OF churn_event' \
	-c 'CREATE UNLOGGED TABLE lines (line text)' -c 'CREATE UNLOGGED TABLE objects (j jsonb)' \
	-c "CREATE TABLE computed (LIKE one, day date GENERATED ALWAYS AS ((ts AT TIME ZONE 'UTC')::date) STORED)" \
	-c "COPY (SELECT * FROM churn_simulate_events($SIZE)) TO '$typed'"
create_weeks weeks
create_weeks weeks_typed

candidate "churn_load_events" timed "SELECT churn_load_events('one', '$log')"
candidate "churn_load_events, two sessions" load_parts
candidate "churn_load_events, 11 partitions" timed "SELECT churn_load_events('weeks', '$log')"
candidate "churn_load_events through the executor (a generated column)" timed "SELECT churn_load_events('computed', '$log')"
candidate "COPY of the same rows as typed text" timed "COPY typed FROM '$typed'"
candidate "COPY of the same rows, 11 partitions" timed "COPY weeks_typed FROM '$typed'"
candidate "COPY into one text column, INSERT … SELECT" timed "COPY lines FROM '$log' $as_lines" \
	"INSERT INTO extracted $(load_from_jsonb) FROM (SELECT line::jsonb AS j FROM lines OFFSET 0) AS l"
candidate "COPY into one jsonb column, INSERT … SELECT" timed "COPY objects FROM '$log' $as_lines" \
	"INSERT INTO extracted $(load_from_jsonb) FROM objects"
candidate "json-c alone, one tokener, nothing stored" "$SANDBOX/json_c_loop" "$log"
before_each=load_empty
compare "$(stat -c %s "$log" | awk '{ printf "%.2f", $1 / 1e9 }') GB of JSON lines, $(wc -l <"$log") events, into a logged table"

# the last run's tables of all but json-c hold the same rows
load_empty
timed "SELECT churn_load_events('one', '$log')" "SELECT churn_load_events('weeks', '$log')" \
	"SELECT churn_load_events('computed', '$log')" "COPY typed FROM '$typed'" >/dev/null
load_parts
checksum='SELECT (count(*), sum(hashtextextended(t::text, 0))) FROM'
same "loaded rows" "$checksum one AS t" "$checksum typed AS t"
same "rows loaded into partitions" "$checksum weeks AS t" "$checksum typed AS t"
same "rows loaded through the executor" "$checksum (SELECT $(sql -Atc "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'one'::regclass AND attnum > 0") FROM computed) AS t" "$checksum typed AS t"
same "rows loaded in parts" "$checksum two AS t" "$checksum typed AS t"
rm "$typed"
