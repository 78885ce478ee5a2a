#!/usr/bin/env bash
#
# check_demo.sh
#	  The demo's SQL runs through on the suite's server for a simulated log, for
#	  a short one, and ends where it must for one without cancellations.
#
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# demo NAME SIMULATED: runs the demo in a database of its own
demo()
{
	createdb "$1"
	psql -X -q -d "$1" -v ON_ERROR_STOP=1 -v simulated="$2" -v logs="$work/$1.json" \
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

demo demo_full true
expect demo_full '^ auc +\| +0\.[6-9]'
expect demo_full '^== The ten users most at risk now'

# about three weeks
head -n 200000 "$work/demo_full.json" >"$work/demo_short.json"
demo demo_short false
expect demo_short '^== Features of whole histories'
expect demo_short '^== The ten users most at risk now'

grep -v Cancel "$work/demo_short.json" >"$work/demo_stayed.json"
demo demo_stayed false
expect demo_stayed '^Nobody in this log has cancelled'
