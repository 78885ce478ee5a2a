#!/usr/bin/env bash
#
# format.sh [--check] [FILE...]
#	  Lays out the C files named, or all, by .clang-format; with --check only
#	  names those that are laid out otherwise, and fails (1) if there are any.
#	  Fails (2) where it has no formatter to ask.
#
# Versions of clang-format differ in what they make of the same settings, so it
# takes the one of Debian 12, clang-format-14.  Lists that are made by macros
# (*_list.h) are left as they are written.
#
set -euo pipefail
cd "$(dirname "$0")/.."

# Prints the name of the clang-format to use.
find_formatter()
{
	local name

	for name in clang-format-14 clang-format; do
		if "$name" --version 2>/dev/null | grep -q 'version 14\.'; then
			echo "$name"
			return 0
		fi
	done
	return 1
}

check=
if [ "${1:-}" = --check ]; then
	check=yes
	shift
fi
if ! formatter=$(find_formatter); then
	echo "format.sh: no clang-format of version 14 is here (Debian: clang-format-14), so that layout is not looked at" >&2
	exit 2
fi
[ -e .clang-format ] || { echo "format.sh: .clang-format is missing" >&2; exit 1; }

if [ $# -gt 0 ]; then
	files=("$@")
else
	mapfile -t files < <(find src test bench -name '*.[ch]' ! -name '*_list.h' ! -path '*/build/*' | LC_ALL=C sort)
fi

if [ -z "$check" ]; then
	exec "$formatter" -i "${files[@]}"
fi

# a line for each difference; told is each file once
off=$("$formatter" --dry-run "${files[@]}" 2>&1 | sed -n 's/^\(.*\):[0-9]*:[0-9]*: warning: .*/\1/p' | uniq -c)
[ -z "$off" ] || {
	echo "Not laid out as .clang-format says (lines, file); run tools/format.sh:"
	echo "$off"
	exit 1
}
