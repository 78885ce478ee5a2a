#!/usr/bin/env bash
#
# run.sh
#	  Runs all tests (suite.sh) in a sandbox; what "make test" does.
#
. "$(dirname "$0")/sandbox.sh"

sandbox_open test
if ! sandbox_run test/suite.sh; then
	# for a look at what differs
	[ ! -f regression.diffs ] || cp -r results regression.diffs "$top"
	exit 1
fi
