#!/usr/bin/env bash
#
# run.sh
#	  Runs the tests with one PostgreSQL, or with several; what "make test" does.
#
# PG_CONFIGS  pg_config programs, in quotes: the tests run with each of these, the
#             regression tests unless LAYER names others.  "installed" stands for
#             all in /usr/lib/postgresql.  Without, all tests run with the one
#             PostgreSQL that deps.sh chooses.
#
# One that fails does not keep the others from running, and is a failure of all.
#
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "${PG_CONFIGS:-}" ]; then
	exec "$here/run_one.sh"
fi

counts=$(mktemp)
output=$(mktemp)
trap 'rm -f "$counts" "$output"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
passed=0
failed=0

# run PG_CONFIG: runs the tests, and adds up what they say at their end
run()
{
	local version good bad status=0

	if ! version=$("$1" --version 2>/dev/null); then
		echo "$1: no pg_config" | tee -a "$counts"
		failed=$((failed + 1))
		return
	fi
	printf '\n==== %s (%s)\n' "$version" "$1"
	PG_CONFIG=$1 LAYER=${LAYER:-regress} "$here/run_one.sh" 2>&1 | tee "$output" || status=1
	read -r good bad < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$output" | tail -n 1) ||
		{ good=0; bad=1; }
	[ "$status" = 0 ] || [ "$bad" != 0 ] || bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
	echo "$version: $good passed, $bad failed" >>"$counts"
}

for pg_config in ${PG_CONFIGS/#installed/$("$here/deps.sh" installed)}; do
	run "$pg_config"
done

echo
cat "$counts"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
