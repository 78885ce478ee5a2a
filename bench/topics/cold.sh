# cold: features in place of a log that is on the disk and nowhere else, beside what the disk takes
# to give it; SIZE=full for all of the 12.3 GB.

cold_read()
{
	dd if="$log" of=/dev/null bs=1M status=none
}

json_log "$SIZE"
foreign_log log "$log"
cold_ours="SELECT userid, churn_features($event_arguments) FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid"

candidate "churn_features, all columns" timed "$cold_ours"
candidate "the same, serial" with_settings max_parallel_workers_per_gather=0 timed "$cold_ours"
candidate "the file read by dd, and thrown away" cold_read
before_each=start_cold
compare "$(awk "BEGIN { printf \"%.3f\", $(stat -c %s "$log") / 1e9 }") GB of JSON lines, on the disk"
before_each=true
rm "$SANDBOX/filler"
sql -c 'DROP FOREIGN TABLE log'
