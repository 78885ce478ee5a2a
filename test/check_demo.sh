#!/usr/bin/env bash
#
# check_demo.sh
#	  The demo's SQL runs through on the suite's server, for a simulated log,
#	  and ends where it must for one without cancellations.
#
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# demo NAME SIMULATED: runs the demo in a database of its own
demo()
{
	createdb "$1"
	psql -X -q -d "$1" -v ON_ERROR_STOP=1 -v simulated="$2" -v logs="$work/events.json" \
		-f test/demo/demo.sql >"$work/$1.out" 2>&1 || { cat "$work/$1.out"; return 1; }
	dropdb "$1"
}

# expect NAME PATTERN: the demo's output has such a line
expect()
{
	if ! grep -Eq -- "$2" "$work/$1.out"; then
		cat "$work/$1.out"
		echo "no line matches: $2"
		return 1
	fi
}

demo demo_simulated true
expect demo_simulated '^auc +\| 0\.[6-9]'
expect demo_simulated '^== The ten users most at risk now'

grep -v Cancel "$work/events.json" >"$work/stayed.json"
mv "$work/stayed.json" "$work/events.json"
demo demo_stayed false
expect demo_stayed '^Nobody in this log has cancelled'

