#!/usr/bin/env bash
#
# tour.sh [FILE...]
#	  Builds, starts a server and runs the demo's SQL; see test/demo.sh.
#
. test/server.sh

echo "Building the extension, which takes a minute or so"
server_copy
server_install
echo "Starting a private server"
server_start

if [ -n "${DEMO_LOG:-}" ]; then
	exec test/demo/any_log.sh "$1"
fi

show()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

simulated=false
if [ $# = 0 ]; then
	simulated=true
	set -- "$SANDBOX/input/events.json"
fi
show -v report="$DEMO_REPORT" -v simulated="$simulated" -v logs="$(printf '%s\n' "$@")" -f test/demo/demo.sql
