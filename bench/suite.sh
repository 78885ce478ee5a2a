#!/usr/bin/env bash
#
# suite.sh
#	  Starts the server and runs the topics.
#
# Runs in a copy of the sources in a sandbox: see run.sh.
#
. test/server.sh
. bench/frame.sh
. bench/data.sh

full_users=22278
# not accuracy, whose peers take an hour
default_topics="load look features log_features profiles in_place any_log memory scale train boost predict explain compare cancel"

[ "$SIZE" != full ] || SIZE=$full_users
case $SIZE$RUNS in
	*[!0-9]*)
		echo "SIZE and RUNS are whole numbers, or SIZE is full" >&2
		exit 1
		;;
esac
if [ "$SIZE" -ge $full_users ] && [ "$TOPIC" != scale ] && [ "$TOPIC" != cold ]; then
	echo "only the topics scale (bench/full_scale.sh) and cold take the full log" >&2
	exit 1
fi
for topic in $TOPIC; do
	if [ ! -f "bench/topics/$topic.sh" ]; then
		echo "no topic \"$topic\"; there are: $default_topics" >&2
		exit 1
	fi
done

say "Building the extension"
server_copy
server_install
bench_server_start
sql -c 'CREATE EXTENSION sparkify' -c 'CREATE EXTENSION pg_prewarm' \
	-c 'CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json' \
	-c 'ALTER DATABASE postgres SET search_path = bench, public'

for topic in ${TOPIC:-$default_topics}; do
	say "Topic $topic"
	report_open "$topic"
	. "bench/topics/$topic.sh"
	report_close
done
