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
default_topics="load features profiles in_place memory scale train predict"

[ "$SIZE" != full ] || SIZE=$full_users
case $SIZE$RUNS in
	*[!0-9]*) echo "SIZE and RUNS are whole numbers, or SIZE is full" >&2; exit 1 ;;
esac
for topic in $TOPIC; do
	[ -f "bench/topics/$topic.sh" ] ||
		{ echo "no topic \"$topic\"; there are:" bench/topics/*.sh >&2; exit 1; }
done

say "Building the extension"
server_copy
server_install with_llvm=no
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
