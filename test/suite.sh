#!/usr/bin/env bash
#
# suite.sh
#	  All tests, layer by layer, and at the end one line that counts them.
#
# LAYER  one or more of the layers below, in quotes; all without
# TEST   names of tests of these layers, in quotes; all without: "features model"
#        of regress, "004_cancel" of tap, "test_codec" of unit, "demo" of checks
#
# unit      tests of src/core, under ASan and UBSan
# memcheck  the same under valgrind, for reads of what was never written
# regress   pg_regress, what users type
# parallel  the same, with every query that may run in a worker run in one
# sanitize  the same, with the module built with ASan and UBSan
# tap       whole clusters
# checks    test/check_*.sh
#
# The first two need no server, and sanitize has one of its own: they run beside the
# others, one after another, and what they say comes when the others have ended.
#
# Runs in a copy of the sources in a sandbox: see run.sh.
#
. test/server.sh

passed=0
failed=0
log=$SANDBOX/output.log
beside_log=$SANDBOX/beside.log
beside=
trap 'kill $beside 2>/dev/null; exit 130' INT

title()
{
	printf '\n== %s\n' "$*"
}

# layer TITLE PASSED FAILED COMMAND...: runs the command and counts the lines of
# its output that match the two patterns.  A command that fails without such a
# line, or that runs no test, counts as one failure.
layer()
{
	local good bad status=0 start=$SECONDS

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
	echo "$1: $((SECONDS - start)) s"
	[ "$bad" = 0 ]
}

# Is the layer asked for?
wanted()
{
	[[ -z "${LAYER:-}" || " $LAYER " == *" $1 "* ]]
}

unit_tests()
{
	make -s -j "$(nproc)" -C test/unit build TESTS="$(unit_names)" &&
		CMOCKA_MESSAGE_OUTPUT=TAP make -s -k -C test/unit check TESTS="$(unit_names)"
}

memcheck_tests()
{
	CMOCKA_MESSAGE_OUTPUT=TAP make -s -k -j "$(nproc)" -C test/unit memcheck TESTS="$(unit_names)"
}

# The programs of the unit tests asked for, as test/unit/Makefile names them
unit_names()
{
	local name

	for name in ${TEST:-$(cd test/unit && ls test_*.c)}; do
		printf '%s ' "${name%.c}"
	done
}

# regress_tests [SETTING...]: pg_regress on the suite's server, in sessions with these settings
regress_tests()
{
	local settings

	settings=$(printf -- ' -c %s' "$@")
	if ! PGOPTIONS=${1:+$settings} make -s PG_CONFIG="$PG_CONFIG" installcheck ${TEST:+"REGRESS=$TEST"}; then
		head -n 500 regression.diffs 2>/dev/null || true
		title "The server's log ends"
		tail -n 50 "$SANDBOX/server.log"
		return 1
	fi
}

# The module alone is built with the sanitizers, whose run-time library comes
# before everything else in the server.  What a sanitizer finds ends the server,
# so that no fault can pass as an error.
sanitize_tests()
{
	local flags='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -DSPK_CHECK_INVARIANTS -DUSE_ASSERT_CHECKING=1' status=0

	SANDBOX=$SANDBOX/sanitize
	export TMPDIR=$SANDBOX/tmp
	cd "$SANDBOX/src"
	server_copy
	server_install COPT="$flags" SHLIB_LINK_MORE=-fsanitize=address,undefined || return 1

	# the library starts at the first malloc(), and hangs when a message catalogue
	# is being opened then, as some library's constructor does: be first
	echo '#include <stdlib.h>
		__attribute__((constructor)) static void start(void) { free(malloc(1)); }' |
		cc -O0 -fno-builtin -shared -fPIC -Wl,-z,initfirst -x c -o "$SANDBOX/start.so" -
	LD_PRELOAD="$(cc -print-file-name=libasan.so) $SANDBOX/start.so" \
		ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 server_start || return 1
	regress_tests || status=1
	server_stop
	return $status
}

tap_tests()
{
	local name

	if ! make -s PG_CONFIG="$PG_CONFIG" PROVE_FLAGS=-v PROVE_TESTS="${TEST:+$(printf 'test/t/%s.pl ' $TEST)}" \
		prove_installcheck; then
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
		[[ -z "${TEST:-}" || " $TEST " == *" $(basename "$check" .sh | sed s/^check_//) "* ]] || continue
		if "$check"; then
			echo "ok - $check"
		else
			echo "not ok - $check"
			status=1
		fi
	done
	return $status
}

# The layers that run beside the others: say nothing, and leave the two counts behind.
beside_tests()
{
	log=$SANDBOX/beside_output.log
	passed=0
	failed=0
	! wanted unit || layer 'Unit tests' '^ok ' '^not ok ' unit_tests || true
	! wanted memcheck || layer 'Unit tests under valgrind' '^ok ' '^not ok ' memcheck_tests || true
	! wanted sanitize || layer 'Regression tests under sanitizers' "$regress_good" "$regress_bad" sanitize_tests || true
	echo "$passed $failed" >"$beside_log.counts"
}

# Waits for them, and shows what they said.
beside_wait()
{
	local good=0 bad=1

	wait "$beside" || true
	beside=
	cat "$beside_log"
	read -r good bad <"$beside_log.counts" || true
	passed=$((passed + good))
	failed=$((failed + bad))
}

finish()
{
	[ -z "$beside" ] || beside_wait
	printf '\n%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
	exit
}

# the setting's name up to PostgreSQL 15 | from 16
parallel_setting=force_parallel_mode
[ "$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -lt 16 ] || parallel_setting=debug_parallel_query

# pg_regress up to PostgreSQL 15 | from 16
regress_good='^(test | {5,}).* \.\.\. ok |^ok [0-9]+ '
regress_bad='^(test | {5,}).* \.\.\. FAILED|^not ok [0-9]+ '

layer_names='unit memcheck regress parallel sanitize tap checks'
for name in ${LAYER:-}; do
	if [[ " $layer_names " != *" $name "* ]]; then
		echo "no layer \"$name\"; there are: $layer_names" >&2
		exit 1
	fi
done

if wanted unit || wanted memcheck || wanted sanitize; then
	# sources without what the builds of the others leave in them
	mkdir -p "$SANDBOX/sanitize/tmp"
	cp -a . "$SANDBOX/sanitize/src"
	beside_tests >"$beside_log" 2>&1 &
	beside=$!
fi

server_copy
if wanted regress || wanted parallel || wanted tap || wanted checks; then
	title 'Building and installing'
	if ! server_install COPT="${COPT--Werror}"; then
		failed=$((failed + 1))
		finish
	fi
	server_start
fi

! wanted regress || layer 'Regression tests' "$regress_good" "$regress_bad" regress_tests || true
! wanted parallel || layer 'Regression tests in parallel workers' "$regress_good" "$regress_bad" \
	regress_tests "$parallel_setting=regress" || true
! wanted tap || layer 'TAP tests' '^ok ' '^not ok ' tap_tests || true
! wanted checks || layer 'Checks' '^ok - ' '^not ok - ' checks || true
finish
