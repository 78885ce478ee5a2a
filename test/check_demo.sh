#!/usr/bin/env bash
#
# check_demo.sh
#	  The demo's SQL runs through on the suite's server for a simulated log, for
#	  a short one, and ends where it must for one without cancellations; and for
#	  logs of any kind, in CSV and JSON.  What cannot be is told.
#
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# demo NAME SIMULATED: runs the demo in a database of its own
demo()
{
	createdb "$1"
	psql -X -q -d "$1" -v ON_ERROR_STOP=1 -v simulated="$2" -v logs="$work/$1.json" -v report="$work/$1.html" \
		-f test/demo/demo.sql >"$work/$1.out" 2>&1 || { cat "$work/$1.out"; return 1; }
	dropdb "$1"
}

# expect NAME PATTERN: the demo's output has such a line
expect()
{
	if ! grep -Eq -- "$2" "$work/$1.out"; then
		cat "$work/$1.out"
		echo "no line matches: $2"
		return 1
	fi
}

# expect_report NAME: the demo has left a whole page about the model, with pictures
expect_report()
{
	if ! grep -q '<svg ' "$work/$1.html" || [ "$(tail -n 1 "$work/$1.html")" != '</html>' ]; then
		echo "$1: no report"
		return 1
	fi
}

demo demo_full true
expect demo_full '^ auc +\| +0\.[6-9]'
expect demo_full '^== The ten users most at risk now'
expect_report demo_full

# about three weeks
head -n 200000 "$work/demo_full.json" >"$work/demo_short.json"
demo demo_short false
expect demo_short '^== Features of whole histories'
expect demo_short '^== The ten users most at risk now'
expect_report demo_short

grep -v Cancel "$work/demo_short.json" >"$work/demo_stayed.json"
demo demo_stayed false
expect demo_stayed '^Nobody in this log has cancelled'

# A log of another kind, as files of several kinds
createdb demo_app
psql -X -q -d demo_app -v ON_ERROR_STOP=1 <<END
CREATE EXTENSION sparkify;
SET client_min_messages = warning;
SET timezone = 'UTC';
\i test/demo/app_log.sql
COPY (SELECT customer_id AS "Customer, ""id""", created_at, type, session_id, price, plan FROM app_events ORDER BY created_at)
TO '$work/app.csv' WITH (FORMAT csv, HEADER, DELIMITER ';');
COPY (SELECT json_build_object('user', customer_id, 'event', type, 'timestamp', (extract(epoch FROM created_at) * 1000)::bigint,
	'properties', json_build_object('price', price)) FROM app_events)
TO '$work/app.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02');
END
dropdb demo_app
gzip -- "$work/app.jsonl"
head -n 2000 "$work/app.csv" >"$work/short.csv"

# any_log NAME FILE VARIABLE=VALUE...: runs the demo for such a log
any_log()
{
	local status=0

	createdb "$1"
	env PGDATABASE="$1" DEMO_REPORT="$work/$1.html" DEMO_USER='Customer, "id"' DEMO_TIME=created_at DEMO_EVENT=type DEMO_CHURN=cancel_subscription "${@:3}" \
		test/demo/any_log.sh "$work/$2" >"$work/$1.out" 2>&1 || status=$?
	dropdb "$1"
	return $status
}

# refused PATTERN FILE VARIABLE=VALUE...: the demo ends with such a message
refused()
{
	if any_log demo_refused "${@:2}"; then
		echo "not refused: ${*:2}"
		return 1
	fi
	expect demo_refused "$1"
}

# shown NAME FILE VARIABLE=VALUE...: the demo runs to its end
shown()
{
	any_log "$@" || { cat "$work/$1.out"; return 1; }
}

shown demo_cancel app.csv DEMO_SESSION=session_id DEMO_AMOUNT=price DEMO_LEVEL=plan
expect demo_cancel '^	"Customer, ""id""" text,$'
expect demo_cancel '^ cancel_subscription .*looks like leaving'
expect demo_cancel "exclude => ARRAY\['cancel_subscription'\]"
expect demo_cancel '^ auc +\| +0\.[6-9]'
expect demo_cancel '^ c[0-9]+ +\| +0\.[0-9]+ \| '
expect_report demo_cancel

shown demo_silent app.jsonl.gz DEMO_USER=user DEMO_TIME=timestamp DEMO_EVENT=event DEMO_AMOUNT=properties.price DEMO_CHURN=inactive:30
expect demo_silent "USING to_timestamp\(nullif\(\"timestamp\", ''\)::float8 / 1000\)"
expect demo_silent "churn_inactive\(p.profile, d, '30 days', log_end => '2024-09-30'\)"
expect demo_silent '^ event \| purchase +\| +[0-9]+ \| +13 '
expect demo_silent '^ auc +\| +0\.[6-9]'
expect demo_silent '^ c[0-9]+ +\| +0\.[0-9]+ \| '
expect_report demo_silent

shown demo_soon short.csv DEMO_CHURN=inactive:30
expect demo_soon '^CHURN=inactive:[0-9]+ would be short enough'

# Headers and times as they come: a mark of UTF-8, ends of lines of Windows, no name, the same twice
printf '\xef\xbb\xbf\tuser\tat\tuser\twhat\r\n1\tu\t20240131\tx\tbuy\r\n2\tu\t20240201\tx\tbuy\r\n' >"$work/odd.tsv"
shown demo_odd odd.tsv DEMO_USER=user DEMO_TIME=at DEMO_EVENT=what DEMO_CHURN=inactive:30
expect demo_odd '^	column_4 text,$'
expect demo_odd '^ events +\| +2 \| +1 \| 2024-01-31 \| 2024-02-01 \|'
expect demo_odd '^ buy +\| +2 \| +1 \|'

refused 'the log has no column "user"; its columns are: Customer, "id", created_at, ' app.csv DEMO_USER=user
refused 'no line of the log has the key "kind"; its keys are: event, properties, ' app.jsonl.gz DEMO_USER=user DEMO_TIME=timestamp DEMO_EVENT=kind
refused 'the log has no event "Cancel"; its events are: .*cancel_subscription' app.csv DEMO_CHURN=Cancel
refused 'invalid input syntax for type timestamp with time zone: "s' app.csv DEMO_TIME=type
printf '[{"user": 1}]' >"$work/array.json"
refused 'is one JSON array' array.json
printf 'a\xff,b\n1,2\n' >"$work/latin.csv"
refused 'neither JSON lines nor CSV' latin.csv
printf 'user,at,what\n,,\n' >"$work/nothing.csv"
refused 'nothing in the log has a user, a time and an event' nothing.csv DEMO_USER=user DEMO_TIME=at DEMO_EVENT=what

# What make says before it builds anything
told()
{
	if env "${@:2}" test/demo.sh >"$work/told.out" 2>&1; then
		echo "not refused: ${*:2}"
		return 1
	fi
	expect told "$1"
}
told '^make demo: missing: EVENT CHURN$' DEMO_LOG="$work/app.csv" DEMO_USER=a DEMO_TIME=b
told 'is neither an event nor, as inactive:30 is, a number of days' DEMO_LOG="$work/app.csv" DEMO_USER=a DEMO_TIME=b DEMO_EVENT=c DEMO_CHURN=inactive:0
told '^make demo: cannot read the log "/nowhere/app.csv"' DEMO_LOG=/nowhere/app.csv DEMO_USER=a DEMO_TIME=b DEMO_EVENT=c DEMO_CHURN=d
