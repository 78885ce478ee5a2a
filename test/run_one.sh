#!/usr/bin/env bash
#
# run_one.sh
#	  Runs the tests (suite.sh) with one PostgreSQL, in a sandbox.
#
. "$(dirname "$0")/sandbox.sh"

# Real logs for test/t/006_real_logs.pl: those of the folder named, or of one
# beside the checkout.
SPARKIFY_DATA=$(realpath -e -- "${SPARKIFY_DATA:-$top/../shared/data}" 2>/dev/null || true)
export SPARKIFY_DATA

sandbox_open test
if ! sandbox_run test/suite.sh; then
	# for a look at what differs: with one server, or else with another
	for src in src parallel/src sanitize/src; do
		if [ -s "$sandbox/$src/regression.diffs" ]; then
			cp -r "$sandbox/$src/results" "$sandbox/$src/regression.diffs" "$top"
			break
		fi
	done
	exit 1
fi
