#!/usr/bin/env bash
#
# run.sh
#	  Ours and the peers on the same data; what "make bench" does.
#
# TOPIC  one or more of bench/topics, in quotes; all without
# SIZE   users of the simulated log: 2228 without (2.6 million events, 1.2 GB
#        of JSON), "full" for 22278 (26 million, 12 GB), which only the topics
#        scale and cold take
# RUNS   counted runs of each candidate, after one that warms up: 5 without
#
# SPARKIFY_DATA  a folder with mini_user_features.csv, for the topic train: that
#        beside the checkout without
#
# What the topic accuracy keeps for the next time, data sets and the peers' figures,
# goes to bench/accuracy.
#
# Runs on a private server in a sandbox, like the tests.  The tables go to
# stdout and to bench/results.
#
. "$(dirname "$0")/../test/sandbox.sh"

SPARKIFY_DATA=$(realpath -e -- "${SPARKIFY_DATA:-$top/../shared/data}" 2>/dev/null || true)
export SPARKIFY_DATA TOPIC=${TOPIC:-} SIZE=${SIZE:-2228} RUNS=${RUNS:-5}
BENCH_COMMIT=$(git -C "$top" describe --always --dirty 2>/dev/null || echo unknown)
export BENCH_COMMIT

sandbox_open
# the copy of the sources has no libraries in it
[ ! -d "$top/bench/peers" ] || cp -r "$top/bench/peers" bench
sandbox_run mkdir -p bench/results.new
sandbox_run bench/suite.sh
if [ -d bench/accuracy ]; then
	mkdir -p "$top/bench/accuracy"
	cp bench/accuracy/* "$top/bench/accuracy"
fi
mkdir -p "$top/bench/results"
cp bench/results.new/* "$top/bench/results"
echo "Written to bench/results" >&2
