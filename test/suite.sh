#!/usr/bin/env bash
#
# suite.sh
#	  All tests, layer by layer, and at the end one line that counts them.
#
# Runs in a copy of the sources in a sandbox: see run.sh.
#
. test/server.sh

passed=0
failed=0
log=$SANDBOX/output.log
trap 'exit 130' INT

title()
{
	printf '\n== %s\n' "$*"
}

# layer TITLE PASSED FAILED COMMAND...: runs the command and counts the lines of
# its output that match the two patterns.  A command that fails without such a
# line, or that runs no test, counts as one failure.
layer()
{
	local good bad status=0

	title "$1"
	"${@:4}" 2>&1 | tee "$log" || status=1
	good=$(grep -Ec "$2" "$log") || true
	bad=$(grep -Ec "$3" "$log") || true
	if [ "$bad" = 0 ] && { [ $status != 0 ] || [ "$good" = 0 ]; }; then
		bad=1
		echo "$1: $([ $status = 0 ] && echo 'no test ran' || echo 'ended early')"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	[ "$bad" = 0 ]
}

unit_tests()
{
	make -s -j "$(nproc)" -C test/unit build &&
		CMOCKA_MESSAGE_OUTPUT=TAP make -s -k -C test/unit check
}

regress_tests()
{
	if ! make -s PG_CONFIG="$PG_CONFIG" installcheck; then
		head -n 500 regression.diffs 2>/dev/null || true
		title "The server's log ends"
		tail -n 50 "$SANDBOX/server.log"
		return 1
	fi
}

tap_tests()
{
	local name

	if ! make -s PG_CONFIG="$PG_CONFIG" PROVE_FLAGS=-v prove_installcheck; then
		# prove's summary names the scripts that failed
		grep -o '^test/t/[^ ]*\.pl  *(Wstat' "$log" | sed 's|.*/\(.*\)\.pl .*|\1|' |
			while read -r name; do
				title "The logs of $name end"
				tail -n 30 tmp_check/log/regress_log_"$name" tmp_check/log/"$name"_*.log
			done
		return 1
	fi
}

# Each test/check_*.sh is one test, which may use the server.
checks()
{
	local check status=0

	for check in test/check_*.sh; do
		[ -x "$check" ] || continue
		if "$check"; then
			echo "ok - $check"
		else
			echo "not ok - $check"
			status=1
		fi
	done
	return $status
}

finish()
{
	printf '\n%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
	exit
}

# pg_regress up to PostgreSQL 15 | from 16
regress_good='^(test | {5,}).* \.\.\. ok |^ok [0-9]+ '
regress_bad='^(test | {5,}).* \.\.\. FAILED|^not ok [0-9]+ '

layer 'Unit tests' '^ok ' '^not ok ' unit_tests || true

title 'Building and installing'
server_copy
if ! server_install COPT="${COPT--Werror}"; then
	failed=$((failed + 1))
	finish
fi
server_start

layer 'Regression tests' "$regress_good" "$regress_bad" regress_tests || true
layer 'TAP tests' '^ok ' '^not ok ' tap_tests || true
layer 'Checks' '^ok - ' '^not ok - ' checks || true
finish
