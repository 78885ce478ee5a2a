#!/usr/bin/env bash
#
# any_log.sh FILE
#	  Runs the demo's SQL for a log of any kind on the server that PGHOST names;
#	  see test/demo.sh for the DEMO_ variables.
#
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The server reads it, so it must be a plain file that it may read.
file=$1
case $(head -c 4 -- "$file" | od -An -tx1 | tr -d ' \n') in
	1f8b*) program=gzip ;;
	28b52ffd) program=zstd ;;
	*) program= ;;
esac
if [ -n "$program" ]; then
	if ! command -v "$program" >/dev/null; then
		echo "make demo: the log is compressed with $program, which is not installed here" >&2
		exit 1
	fi
	chmod u=rwx,go=rx "$work"
	"$program" -dc -- "$file" >"$work/log"
	file=$work/log
fi

# The first line says which kind of file it is: an object, or a header.
header=$(head -n 1 -- "$file" | head -c 100000 | tr -d '\000')
is_json=false
if [[ $header =~ ^($'\xef\xbb\xbf')?[[:space:]]*\{ ]]; then
	is_json=true
	header=
elif [[ $header =~ ^($'\xef\xbb\xbf')?[[:space:]]*\[ ]]; then
	echo "make demo: the log is one JSON array, not an object a line: jq -c '.[]' makes lines of it" >&2
	exit 1
elif ! iconv -f UTF-8 -t UTF-8 <<<"$header" >/dev/null 2>&1; then
	echo 'make demo: the log is neither JSON lines nor CSV with a header, in UTF-8' >&2
	exit 1
fi

days=0
[[ $DEMO_CHURN != inactive:* ]] || days=${DEMO_CHURN#inactive:}
psql -X -q -v ON_ERROR_STOP=1 -v file="$file" -v header="$header" -v is_json="$is_json" \
	-v user_id="$DEMO_USER" -v time="$DEMO_TIME" -v event="$DEMO_EVENT" -v churn="$DEMO_CHURN" -v days="$days" \
	-v session="${DEMO_SESSION:-}" -v amount="${DEMO_AMOUNT:-}" -v level="${DEMO_LEVEL:-}" \
	-v report="${DEMO_REPORT:-/dev/null}" -f "$(dirname "$0")/any_log.sql"
