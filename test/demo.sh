#!/usr/bin/env bash
#
# demo.sh [FILE...]
#	  From an event log to the users about to leave; what "make demo" does.
#
# Shows every statement before its result, so that it can be copied.  Without
# a file the log is a simulated one.  Needs no server and leaves none behind.
#
. "$(dirname "$0")/sandbox.sh"

here=$PWD
for file in "$@"; do
	if [ ! -f "$file" ] || [ ! -r "$file" ]; then
		echo "make demo: cannot read the log \"$file\" (from $here)" >&2
		exit 1
	fi
done

files=()
for file in "$@"; do
	files+=("$(realpath -- "$file")")
done

sandbox_open
logs=()
for file in ${files[@]+"${files[@]}"}; do
	logs+=("$(sandbox_share "$file")")
done
sandbox_run test/demo/tour.sh ${logs[@]+"${logs[@]}"}
