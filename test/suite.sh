#!/usr/bin/env bash
#
# suite.sh
#	  All tests, layer by layer, and at the end one line that counts them.
#
# LAYER  one or more of the layers below, in quotes; all without
# TEST   names of tests of these layers, in quotes; all without: "features model"
#        of regress, "004_cancel" of tap, "test_codec" of unit, "demo" of checks
#
# unit      tests of src/core and src/json, under ASan and UBSan
# memcheck  the same under valgrind, for reads of what was never written
# regress   pg_regress, what users type
# parallel  the same, with every query that may run in a worker run in one
# sanitize  the same, with the module built with ASan and UBSan
# tap       whole clusters
# checks    test/check_*.sh
#
# All is built first.  Then as many jobs run at a time as there are processors: a layer
# is one job, but each script of tap and each check is one of its own.  What a job says
# comes when it has ended.
#
# Runs in a copy of the sources in a sandbox: see run.sh.
#
. test/server.sh

passed=0
failed=0
original_pg_config=$PG_CONFIG
jobs_dir=$SANDBOX/jobs
sanitized=$SANDBOX/sanitize
parallel=$SANDBOX/parallel

title()
{
	printf '\n== %s\n' "$*"
}

# Is the layer asked for?
wanted()
{
	[[ -z "${LAYER:-}" || " $LAYER " == *" $1 "* ]]
}

# ---- What is built ----

# build COMMAND...: without what can't be built there is nothing to run
build()
{
	if ! "$@"; then
		failed=$((failed + 1))
		finish
	fi
}

# The extension, and a cluster for tests that have their own
build_plain()
{
	title 'Building and installing'
	server_copy
	server_install COPT="${COPT--Werror -g1}" || return 1
	! wanted tap || server_template
}

# The same in a tree of its own with the sanitizers, of which the unit tests take their
# objects.  Debian's _FORTIFY_SOURCE would keep ASan from calls that it knows.
build_sanitized()
{
	local flags='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1 -DSPK_CHECK_INVARIANTS -DUSE_ASSERT_CHECKING=1'
	local options=(COPT="$flags" SHLIB_LINK_MORE=-fsanitize=address,undefined CPPFLAGS=-D_GNU_SOURCE)

	title 'Building with sanitizers'
	cd "$sanitized/src"
	SANDBOX=$sanitized
	PG_CONFIG=$original_pg_config
	server_copy
	if wanted sanitize; then
		server_install "${options[@]}" || return 1
	else
		make -s -j "$(nproc)" PG_CONFIG="$PG_CONFIG" "${options[@]}" $(printf '%s\n' src/core/*/*.c src/json/*.c | sed 's/c$/o/') || return 1
	fi
	! wanted unit || make -s -j "$(nproc)" -C test/unit build OBJECTS=../../src TESTS="$(unit_names)"
}

build_memcheck()
{
	title 'Building for valgrind'
	make -s -j "$(nproc)" -C "$sanitized/src/test/unit" memcheck_build TESTS="$(unit_names)"
}

# The programs of the unit tests asked for, as test/unit/Makefile names them
unit_names()
{
	local name

	for name in ${TEST:-$(cd test/unit && ls test_*.c)}; do
		printf '%s ' "${name%.c}"
	done
}

# ---- What is run: each in a process of its own ----

unit_tests()
{
	CMOCKA_MESSAGE_OUTPUT=TAP make -s -k -C "$sanitized/src/test/unit" check OBJECTS=../../src TESTS="$(unit_names)"
}

memcheck_tests()
{
	CMOCKA_MESSAGE_OUTPUT=TAP make -s -k -C "$sanitized/src/test/unit" memcheck TESTS="$(unit_names)"
}

# regress_tests [SETTING...]: pg_regress on the server of $SANDBOX, in sessions with these settings
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

plain_tests()
{
	server_start || return 1
	regress_tests
}

# JIT, which would compile each query once more in each worker, is as in plain_tests
parallel_tests()
{
	cd "$parallel/src"
	SANDBOX=$parallel
	export TMPDIR=$SANDBOX/tmp
	server_start || return 1
	regress_tests "$parallel_setting=regress" jit=off
}

# The module alone is built with the sanitizers, whose run-time library comes
# before everything else in the server.  What a sanitizer finds ends the server,
# so that no fault can pass as an error.
sanitize_tests()
{
	cd "$sanitized/src"
	SANDBOX=$sanitized
	export TMPDIR=$SANDBOX/tmp
	PG_CONFIG=$original_pg_config
	server_copy
	server_init || return 1

	# the library starts at the first malloc(), and hangs when a message catalogue
	# is being opened then, as some library's constructor does: be first
	echo '#include <stdlib.h>
		__attribute__((constructor)) static void start(void) { free(malloc(1)); }' |
		cc -O0 -fno-builtin -shared -fPIC -Wl,-z,initfirst -x c -o "$SANDBOX/start.so" -
	LD_PRELOAD="$(cc -print-file-name=libasan.so) $SANDBOX/start.so" \
		ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:quarantine_size_mb=16:malloc_context_size=8 UBSAN_OPTIONS=print_stacktrace=1 server_run || return 1
	# nothing of LLVM is built with them
	regress_tests jit=off
}

# The scripts of test/t asked for, one a line, without .pl
tap_names()
{
	if [ -n "${TEST:-}" ]; then
		printf '%s\n' $TEST
	else
		(cd test/t && ls -- *.pl) | sed 's/\.pl$//'
	fi
}

# tap_test NAME
tap_test()
{
	# what JIT does is seen by the regression tests
	echo 'jit = off' >"$SANDBOX/tap_$1.conf"
	if ! TEMP_CONFIG=$SANDBOX/tap_$1.conf make -s PG_CONFIG="$PG_CONFIG" PROVE_KEEP=yes PROVE_FLAGS=-v PROVE_TESTS="test/t/$1.pl" \
		prove_installcheck; then
		title "The logs of $1 end"
		tail -n 30 tmp_check/log/regress_log_"$1" tmp_check/log/"$1"_*.log
		return 1
	fi
}

# check NAME: test/check_NAME.sh is one test; the demo's has a server
check()
{
	[ "$1" != demo ] || check_server || return 1
	if "test/check_$1.sh"; then
		echo "ok - test/check_$1.sh"
	else
		echo "not ok - test/check_$1.sh"
		return 1
	fi
}

check_server()
{
	SANDBOX=$SANDBOX/checks
	mkdir -p "$SANDBOX/tmp"
	server_start
}

# ---- Jobs ----

job_layers=()
job_names=()
job_commands=()

# job LAYER TITLE COMMAND...: to be run; those that take long come first
job()
{
	job_layers+=("$1")
	job_names+=("$2")
	job_commands+=("${*:3}")
}

# Is there one job alone?  Then what it says is seen at once.
alone()
{
	[ ${#job_names[@]} = 1 ]
}

# job_run I: runs the job, and leaves behind how it ended.
job_run()
{
	local status=0 start=$SECONDS log=$jobs_dir/$1.log

	if alone; then
		title "${job_names[$1]}"
		${job_commands[$1]} 2>&1 | tee "$log" || status=$?
	else
		${job_commands[$1]} >"$log" 2>&1 || status=$?
	fi
	echo "$status $((SECONDS - start))" >"$jobs_dir/$1.status"
	echo >&3
}

# job_show I: shows what the job said, and counts the lines that match the patterns of
# its layer.  A job that failed without such a line, or that ran no test, counts as one
# failure, unless it says that it skips all.
job_show()
{
	local good bad status=1 seconds=0 layer=${job_layers[$1]} name=${job_names[$1]} log=$jobs_dir/$1.log

	read -r status seconds <"$jobs_dir/$1.status" || true
	if ! alone; then
		title "$name"
		cat "$log"
	fi
	good=$(grep -Ec "${good_lines[$layer]}" "$log") || true
	bad=$(grep -Ec "${bad_lines[$layer]}" "$log") || true
	if [ "$status" = 0 ] && [ "$good" = 0 ] && [ "$layer" = tap ] && grep -q '^test/t/.*skipped: ' "$log"; then
		echo "$name: skipped"
	elif [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ "$good" = 0 ]; }; then
		bad=1
		echo "$name: $([ "$status" = 0 ] && echo 'no test ran' || echo 'ended early')"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	echo "$name: $seconds s"
}

# Runs all jobs, in their order, each in a process group of its own.
run_jobs()
{
	local i next=0 slots

	slots=$(nproc)
	mkdir -p "$jobs_dir"
	mkfifo "$jobs_dir/ended"
	exec 3<>"$jobs_dir/ended"
	while [ "$next" -lt ${#job_names[@]} ] || [ ${#running[@]} -gt 0 ]; do
		if [ "$next" -lt ${#job_names[@]} ] && [ ${#running[@]} -lt "$slots" ]; then
			set -m
			job_run "$next" </dev/null &
			set +m
			running[$next]=$!
			next=$((next + 1))
			continue
		fi
		# a job says when it ends, unless something has killed it
		read -r -t 5 <&3 || true
		for i in "${!running[@]}"; do
			if [ -e "$jobs_dir/$i.status" ] || ! kill -0 "${running[$i]}" 2>/dev/null; then
				unset "running[$i]"
				job_show "$i"
			fi
		done
	done
}

# Ends the jobs that run; their servers end with the sandbox.
stop_jobs()
{
	local i

	trap '' HUP INT TERM
	for i in "${!running[@]}"; do
		kill -- "-${running[$i]}" 2>/dev/null || true
	done
	wait
	exit "$1"
}

finish()
{
	printf '\n%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
	exit
}

declare -A running=()
trap 'stop_jobs 129' HUP
trap 'stop_jobs 130' INT
trap 'stop_jobs 143' TERM

# the setting's name up to PostgreSQL 15 | from 16
parallel_setting=force_parallel_mode
[ "$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -lt 16 ] || parallel_setting=debug_parallel_query

declare -A good_lines bad_lines
for name in unit memcheck tap; do
	good_lines[$name]='^ok '
	bad_lines[$name]='^not ok '
done
good_lines[checks]='^ok - '
bad_lines[checks]='^not ok - '
# pg_regress up to PostgreSQL 15 | from 16
for name in regress parallel sanitize; do
	good_lines[$name]='^(test | {5,}).* \.\.\. ok |^ok [0-9]+ '
	bad_lines[$name]='^(test | {5,}).* \.\.\. FAILED|^not ok [0-9]+ '
done

layer_names='unit memcheck regress parallel sanitize tap checks'
for name in ${LAYER:-}; do
	if [[ " $layer_names " != *" $name "* ]]; then
		echo "no layer \"$name\"; there are: $layer_names" >&2
		exit 1
	fi
done

# sources without what the builds of the others leave in them
mkdir -p "$sanitized/tmp" "$parallel/tmp"
cp -a . "$sanitized/src"
cp -a . "$parallel/src"

if wanted unit || wanted sanitize; then
	(build_sanitized) || build false
fi
! wanted memcheck || build build_memcheck
if wanted regress || wanted parallel || wanted tap || wanted checks; then
	build build_plain
fi

! wanted sanitize || job sanitize 'Regression tests under sanitizers' sanitize_tests
! wanted memcheck || job memcheck 'Unit tests under valgrind' memcheck_tests
! wanted parallel || job parallel 'Regression tests in parallel workers' parallel_tests
! wanted regress || job regress 'Regression tests' plain_tests
! wanted unit || job unit 'Unit tests' unit_tests
# what takes all processors at once comes last, not beside tests of how soon something ends
if wanted tap; then
	for name in $(tap_names | grep -vx 005_docs || true); do
		job tap "TAP tests: $name" tap_test "$name"
	done
fi
if wanted checks; then
	for name in ${TEST:-$(cd test && ls check_*.sh | sed 's/check_\(.*\)\.sh/\1/')}; do
		job checks "Checks: $name" check "$name"
	done
fi
if wanted tap && tap_names | grep -x 005_docs >/dev/null; then
	job tap 'TAP tests: 005_docs' tap_test 005_docs
fi
run_jobs
finish
