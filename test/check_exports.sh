#!/usr/bin/env bash
#
# check_exports.sh
#	  What leaves the library is what PostgreSQL looks up in it by name.
#
# That is: functions of SQL, _PG_init, the magic block and where parallel
# workers begin, whose names a header exports and a context is made with.
# Bitcode, which JIT copies functions from, would look up the rest as well.
#
set -euo pipefail
cd "$(dirname "$0")/.."

library=sparkify.so
if [ ! -e $library ]; then
	echo "there is no $library to look at: build first"
	exit 1
fi

wanted()
{
	local name

	printf '%s\n' _PG_init Pg_magic_func
	grep -rhoE --include='*.c' '^PG_FUNCTION_INFO_V1\(\w+\)' src | sed 's/.*(\(.*\))/\1\npg_finfo_\1/'
	grep -rhoE --include='*.h' 'PGDLLEXPORT void spk_\w+' src | sed 's/.* //' | while read -r name; do
		! grep -rqF --include='*.c' "\"$name\"" src || echo "$name"
	done
}

exported=$(nm -D --defined-only $library | awk '{ print $3 }' | sort)
surplus=$(comm -13 <(wanted | sort) <(echo "$exported"))
missing=$(comm -23 <(wanted | sort) <(echo "$exported"))
echo "Exported symbols: $(wc -l <<<"$exported"), of these spk_: $(grep -c '^spk_' <<<"$exported" || true)"
[ -z "$surplus" ] || printf 'nobody looks up: %s\n' $surplus
[ -z "$missing" ] || printf 'cannot be looked up: %s\n' $missing
bitcode=$("${PG_CONFIG:-pg_config}" --pkglibdir)/bitcode/sparkify
[ ! -e "$bitcode" ] || echo "there is bitcode in $bitcode"
[ -z "$surplus$missing" ] && [ ! -e "$bitcode" ]
