#!/usr/bin/env bash
#
# check_headers.sh
#	  Headers compile alone and with every other, no macro has two homes, and
#	  versions of PostgreSQL are told apart in compat.h alone.
#
# A header has a guard that is named after its place.  A list or a template,
# which is included more than once, has none, and says by #error what must be
# defined before it: that macro alone may be defined by several files.
#
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
	printf '%s\n' "$@"
	failed=1
}

# The headers one by one: those with a guard into $work/headers, what the others ask for into $work/asked.
: >"$work/headers"
: >"$work/asked"
while read -r header; do
	guard=SPK_$(sed 's|^src/||; s|[/.]|_|g' <<<"$header" | tr '[:lower:]' '[:upper:]')
	first=$(grep -m 1 '^#' "$header" || true)
	if [ "$first" = "#ifndef $guard" ] && [ "$(grep -m 2 '^#' "$header" | tail -n 1)" = "#define $guard" ]; then
		echo "$header" >>"$work/headers"
	elif [ "$(grep -m 2 '^#' "$header" | tail -n 1 | cut -c1-7)" = '#error ' ]; then
		sed 's/^#ifndef //' <<<"$first" >>"$work/asked"
	else
		fail "$header: neither the guard $guard nor #error for what a list or template asks for"
	fi
done < <(find src -name '*.h' | sort)

# compiles FILE: as the extension's sources are, but for the code
compiles()
{
	${CC:-gcc} -fsyntax-only -x c -std=gnu11 -D_GNU_SOURCE -iquote src -I"$(${PG_CONFIG:-pg_config} --includedir-server)" \
		$(pkg-config --cflags json-c) -Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers \
		-Wno-sign-compare "$1"
}
export -f compiles

# alone, and together in both orders: what two of them disagree about shows in one
xargs -P "$(nproc)" -I{} bash -c 'compiles {} || exit 255' <"$work/headers" || fail 'a header does not compile alone'
for order in 'cat' 'tac'; do
	$order "$work/headers" | sed 's|^src/\(.*\)|#include "\1"|' >"$work/all.c"
	compiles "$work/all.c" || fail "headers do not compile together ($order)"
done

# Each macro with the files that define it; alternatives within one file are one home.
grep -roE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*define[[:space:]]+\w+' src |
	sed -E 's/^([^:]*):.*[[:space:]](\w+)$/\2 \1/' | sort -u >"$work/macros"
while read -r macro; do
	grep -qx "$macro" "$work/asked" ||
		fail "$macro: defined in $(awk -v macro="$macro" '$1 == macro { print $2 }' "$work/macros" | paste -sd ' ')"
done < <(cut -d ' ' -f 1 "$work/macros" | uniq -d)

# What differs between versions has one owner.
while read -r place; do
	fail "$place: asks for the version of PostgreSQL, which src/compat.h does"
done < <(grep -rnE --include='*.[ch]' 'PG_VERSION_NUM|PG_MAJORVERSION' src | grep -v '^src/compat\.h:' | cut -d: -f 1,2)

# A row's description that is made by hand is ended, without which 19 reads rows of it wrongly.
while read -r file; do
	grep -q 'spk_finish_tupdesc' "$file" || fail "$file: a TupleDesc without spk_finish_tupdesc"
done < <(grep -rl --include='*.c' 'CreateTemplateTupleDesc' src)

echo "Headers: $(wc -l <"$work/headers"), lists and templates: $(wc -l <"$work/asked")," \
	"macros: $(cut -d ' ' -f 1 "$work/macros" | uniq | wc -l)"
exit $failed
