#!/usr/bin/env bash
#
# check_builds.sh
#	  The core trains the same models and judges scores alike, bit for bit,
#	  however it is compiled.
#
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

builds=(-O0 -O2 -O3 '-O3 -march=native')
# what that needs
mapfile -t core < <(ls src/core/*/*.c | grep -Ev '/(events|profiles|simulation)/')
contract=$(grep -o -m1 -e '-ffp-contract=[a-z]*' Makefile)

# build FLAGS: prints the fingerprints of a build with these flags
build()
{
	local dir

	dir=$(mktemp -d "$work/XXXXXX")
	# shellcheck disable=SC2086
	"${CC:-cc}" -std=gnu11 -iquote src $contract $1 -o "$dir/fingerprints" \
		test/builds/fingerprints.c "${core[@]}" -lm
	"$dir/fingerprints"
}

pids=()
for i in "${!builds[@]}"; do
	build "${builds[$i]}" >"$work/$i" &
	pids+=($!)
done
status=0
for pid in "${pids[@]}"; do
	wait "$pid" || exit 1
done
for i in "${!builds[@]}"; do
	if ! diff "$work/0" "$work/$i"; then
		echo "${builds[0]} and ${builds[$i]} train or judge differently"
		status=1
	fi
done
exit $status
