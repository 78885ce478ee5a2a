#!/usr/bin/env bash
#
# check_functions.sh
#	  Functions fit on a screen and explain themselves: none under src is longer
#	  than 60 lines, and of those of 25 lines and more, 80 in 100 have a comment
#	  inside.  Prints the longest, and with -v those without a comment.
#
# A function begins with a brace alone on its line after the parenthesis of its
# parameters, and ends with the next brace at the beginning of a line, as
# .clang-format lays it out; the lines of both count.
#
set -euo pipefail
cd "$(dirname "$0")/.."

find src -name '*.c' | LC_ALL=C sort | xargs awk -v verbose="${1:-}" '
FNR == 1 { start = 0 }
{ last = line; line = $0 }
/^[a-z_]+\(/ && !start { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^\{$/ && !start && last ~ /\)$/ { start = FNR; comments = 0; next }
start && /^\}$/ {
	lines = FNR - start + 1
	start = 0
	functions++
	if (lines > longest) {
		longest = lines
		where = FILENAME ": " name
	}
	if (lines > 60) {
		print FILENAME ": " name " has " lines " lines, of which 60 are the limit"
		failed = 1
	}
	if (lines >= 25) {
		long_ones++
		commented += comments > 0
		if (comments == 0 && verbose == "-v")
			print FILENAME ": " name " has " lines " lines and no comment inside"
	}
	next
}
# a comment of its own line, not one behind a statement
start && /^[ \t]*\/\*/ { comments++ }
END {
	share = long_ones > 0 ? 100 * commented / long_ones : 100
	printf "Functions: %d, the longest %d lines (%s)\n", functions, longest, where
	printf "Of 25 lines and more: %d, %.0f %% with a comment inside\n", long_ones, share
	if (share < 80) {
		print "80 % are wanted; -v names those without"
		failed = 1
	}
	exit failed
}'
