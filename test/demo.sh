#!/usr/bin/env bash
#
# demo.sh [FILE...]
#	  From an event log to the users about to leave; what "make demo" does.
#
# Shows every statement before its result, so that it can be copied.  Without
# a file the log is a simulated one.  Needs no server and leaves none behind.
#
# DEMO_LOG is a log of any other kind: CSV with a header, or JSON lines, compressed
# or not.  DEMO_USER, DEMO_TIME and DEMO_EVENT name its columns or keys, and so
# may DEMO_SESSION, DEMO_AMOUNT and DEMO_LEVEL.  DEMO_CHURN is the event by which
# users leave, or inactive:30, for those who do nothing in 30 days.
#
# What is left is a page about the model, if there was one to train.
#
. "$(dirname "$0")/sandbox.sh"

here=$PWD
report_folder=${TMPDIR:-/tmp} # where the report stays, when all else is gone

fail()
{
	printf 'make demo: %s\n' "$@" >&2
	exit 1
}

check_file()
{
	if [ ! -f "$1" ] || [ ! -r "$1" ]; then
		fail "cannot read the log \"$1\" (from $here)"
	fi
}

# Is all there that is needed for a log of any kind, before anything is built?
check_words()
{
	local word variable missing=

	for word in LOG USER TIME EVENT CHURN; do
		variable=DEMO_$word
		[ -n "${!variable:-}" ] || missing+=" $word"
	done
	[ -z "$missing" ] || fail "missing:$missing" \
		'for example LOG=app.csv USER=customer_id TIME=created_at EVENT=type CHURN=inactive:30'
	[ $# = 0 ] || fail 'EVENTS and LOG are two kinds of logs: give one of them'
	if [[ $DEMO_CHURN == inactive* && ! $DEMO_CHURN =~ ^inactive:[1-9][0-9]{0,3}$ ]]; then
		fail "CHURN=$DEMO_CHURN is neither an event nor, as inactive:30 is, a number of days"
	fi
	check_file "$DEMO_LOG"
	[ -s "$DEMO_LOG" ] || fail "the log \"$DEMO_LOG\" is empty"
}

if [ -n "${DEMO_LOG:-}${DEMO_USER:-}${DEMO_TIME:-}${DEMO_EVENT:-}${DEMO_CHURN:-}" ]; then
	check_words "$@"
	set -- "$DEMO_LOG"
fi

files=()
for file in "$@"; do
	check_file "$file"
	files+=("$(realpath -- "$file")")
done

sandbox_open
logs=()
for file in ${files[@]+"${files[@]}"}; do
	logs+=("$(sandbox_share "$file")")
done
export DEMO_REPORT=$sandbox/tmp/report.html
sandbox_run test/demo/tour.sh ${logs[@]+"${logs[@]}"}
if [ -s "$DEMO_REPORT" ]; then
	report=$(TMPDIR=$report_folder mktemp --suffix=.html -t churn-report-XXXXXX)
	cp -- "$DEMO_REPORT" "$report"
	printf '\n== The report, to be opened in a browser\n\nfile://%s\n' "$report"
fi
