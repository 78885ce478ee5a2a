#!/usr/bin/env bash
#
# check_builds.sh
#	  The core trains the same models and judges scores alike, bit for bit,
#	  however it is compiled, and does not compile where it would not.  Bytes of either
#	  order compile without a warning.
#
# The first is the extension's own, whose object files are taken, and the others are held
# against it.  On x86 there is one with 32 bits, where the compiler has the libraries for that.
#
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

builds=('as installed' -O0 -O3 '-O3 -march=native')
if echo 'int main(void) { return sizeof(void *) != 4; }' | ${CC:-cc} -m32 -msse2 -x c -o "$work/32" - 2>/dev/null &&
	"$work/32"; then
	builds+=('-O2 -m32 -msse2 -mfpmath=sse')
fi
# what that needs
mapfile -t core < <(ls src/core/*/*.c | grep -Ev '/(events|profiles|simulation)/')
if [ ! -e "${core[0]%c}o" ]; then
	echo 'there are no object files to compare with: build first'
	exit 1
fi
contract=$(grep -o -m1 -e '-ffp-contract=[a-z]*' Makefile)

# build FLAGS: prints the fingerprints of a build with these flags, or of the installed one
build()
{
	local dir flags=$1 sources=("${core[@]}")

	if [ "$flags" = 'as installed' ]; then
		flags=-O2
		sources=("${core[@]/%.c/.o}")
	fi
	dir=$(mktemp -d "$work/XXXXXX")
	# shellcheck disable=SC2086
	"${CC:-cc}" -std=gnu11 -iquote src $contract $flags -o "$dir/fingerprints" \
		test/builds/fingerprints.c "${sources[@]}" -lm
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

# refuse FLAGS WORDS: flags by which doubles would be computed otherwise are refused, in these words
refuse()
{
	local said

	# shellcheck disable=SC2086
	if said=$("${CC:-cc}" -std=gnu11 -iquote src $1 -fsyntax-only src/core/base/elementary.c 2>&1); then
		echo "$1 is not refused"
		status=1
	elif [[ "$said" != *"$2"* ]]; then
		printf '%s is refused in other words:\n%s\n' "$1" "$said"
		status=1
	fi
}

refuse -ffast-math 'compile without -ffast-math'
case $(uname -m) in
	x86_64 | i?86) refuse -mfpmath=387 "make COPT='-msse2 -mfpmath=sse'" ;;
esac

# what is compiled where bytes have the other order, which no build here sees
other_order=$(echo '__BYTE_ORDER__ __ORDER_LITTLE_ENDIAN__ __ORDER_BIG_ENDIAN__' | ${CC:-cc} -E -P -x c - |
	awk '{ print $1 == $2 ? "__ORDER_BIG_ENDIAN__" : "__ORDER_LITTLE_ENDIAN__" }')
"${CC:-cc}" -std=gnu11 -iquote src -Wall -Wextra -Werror -U__BYTE_ORDER__ "-D__BYTE_ORDER__=$other_order" \
	-Wno-builtin-macro-redefined -fsyntax-only src/core/*/*.c || status=1

echo "Builds compared: ${#builds[@]} (${builds[*]@Q})"
exit $status
