#!/usr/bin/env bash
#
# emulated.sh
#	  The unit tests of the core, the fingerprints of models and the regression
#	  tests on processors of another kind, emulated by QEMU; what "make
#	  test-emulated" does.
#
# ARCHS  Debian's names of these, in quotes: arm64 without
# LAYER  unit, models and regress, in quotes: all of them without
# TEST   names of regression tests, in quotes: all without
# ROOTS  the folder in which the systems are kept, one for each, half a gigabyte;
#        empty it to make them anew
#
# Debian, as root, in a kernel that lets binfmt_misc call the emulator.  A system is
# unpacked from Debian's packages, nothing in it is set up.  Everything is compiled by
# cross compilers that run at full speed, so that only the tests themselves are
# emulated.  Models take minutes, unit tests an hour, regression tests hours.
#
set -euo pipefail
cd "$(dirname "$0")/.."

roots=${ROOTS:-/var/tmp/sparkify-emulated}
binfmt=/proc/sys/fs/binfmt_misc
runtime=(base-passwd bash coreutils diffutils findutils grep sed gawk util-linux libc-bin tzdata)
passed=0
failed=0
root=
mounted=

say()
{
	printf '%s\n' "$*" >&2
}

# The words that Debian and the compilers have for the processor: QEMU's name and the triplet
names_of()
{
	case $1 in
		arm64) qemu=aarch64 triplet=aarch64-linux-gnu ;;
		s390x) qemu=s390x triplet=s390x-linux-gnu ;;
		ppc64el) qemu=ppc64le triplet=powerpc64le-linux-gnu ;;
		riscv64) qemu=riscv64 triplet=riscv64-linux-gnu ;;
		*) say "unknown architecture $1; known are arm64, s390x, ppc64el and riscv64"; exit 1 ;;
	esac
}

# Is the layer asked for?
wanted()
{
	[[ -z "${LAYER:-}" || " $LAYER " == *" $1 "* ]]
}

apt_get()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# What the host needs: the emulator, compilers, and a kernel that calls the emulator
prepare_host()
{
	local arch packages=(qemu-user-static make rsync pkg-config)

	for arch in $archs; do
		names_of "$arch"
		packages+=("gcc-${triplet//_/-}")
	done
	if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
		apt_get update
		apt_get install -y --no-install-recommends "${packages[@]}" >/dev/null
	fi
	if [ ! -e $binfmt/register ] && ! mount -t binfmt_misc none $binfmt; then
		say "this kernel has no binfmt_misc, or does not let it be mounted here"
		exit 1
	fi
	for arch in $archs; do
		names_of "$arch"
		[ -e "$binfmt/qemu-$qemu" ] || cat "/usr/lib/binfmt.d/qemu-$qemu.conf" >$binfmt/register
	done
}

# apt for the processor in $root, which has no packages yet; its lists are its own
apt_root()
{
	apt_get -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User=root \
		-o APT::Install-Recommends=false -o Acquire::Languages=none -o Dir::State="$root.apt" \
		-o Dir::State::status="$root.apt/status" -o Dir::Cache="$root.apt/cache" \
		-o Dir::Etc::sourceparts=- -o Dir::Etc::sourcelist="$root.apt/sources.list" "$@"
}

# Unpacks the packages of the system.  Folders that Debian has merged into /usr are links from the start.
make_root()
{
	local release dir deb

	[ ! -e "$root.complete" ] || return 0
	rm -rf --one-file-system "$root" "$root.apt"
	mkdir -p "$root/usr" "$root.apt/lists/partial" "$root.apt/cache/archives/partial"
	for dir in bin sbin lib lib64; do
		mkdir -p "$root/usr/$dir"
		ln -s "usr/$dir" "$root/$dir"
	done
	release=$(. /etc/os-release && echo "$VERSION_CODENAME")
	echo "deb http://deb.debian.org/debian $release main" >"$root.apt/sources.list"
	: >"$root.apt/status"
	apt_root update >/dev/null
	apt_root install --download-only -y "${runtime[@]}" "postgresql-$version" libc6-dev libjson-c-dev libcmocka-dev \
		zlib1g-dev libzstd-dev libpq-dev >/dev/null
	# by itself, without the compilers that it depends on
	(cd "$root.apt/cache/archives" && apt_root download "postgresql-server-dev-$version" >/dev/null)
	for deb in "$root.apt"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$root" --keep-directory-symlink -xf -
	done
	mkdir -p "$root"/{dev/shm,proc,tmp,root,etc}
	chmod 1777 "$root/tmp" "$root/dev/shm"
	mknod -m 666 "$root/dev/null" c 1 3
	mknod -m 666 "$root/dev/zero" c 1 5
	mknod -m 666 "$root/dev/urandom" c 1 9
	ln -s /proc/self/fd "$root/dev/fd"
	printf 'root:x:0:0::/root:/bin/bash\npostgres:x:999:999::/test:/bin/bash\n' >"$root/etc/passwd"
	printf 'root:x:0:\npostgres:x:999:\n' >"$root/etc/group"
	ln -sf gawk "$root/usr/bin/awk"
	ln -sf bash "$root/usr/bin/sh"
	: >"$root.complete"
}

# inside COMMAND...: runs a command in the system, as its user postgres
inside()
{
	chroot --userspec=999:999 "$root" /usr/bin/env -i PATH="$bin:/usr/bin" HOME=/test TMPDIR=/tmp LC_ALL=C.UTF-8 \
		PGHOST=/test/tmp PGDATABASE=postgres /bin/bash -c "cd /test/src && $1"
}

# A pg_config that gives the system's paths as the host sees them
write_pg_config()
{
	cat >"$root.pg_config" <<-END
		#!/bin/sh
		chroot "$root" $bin/pg_config "\$@" | sed -E 's,(^|=|-I|-L| )/usr/,\1$root/usr/,g'
	END
	chmod +x "$root.pg_config"
}

# count TITLE PASSED FAILED: counts lines of $output as the suite does
count()
{
	local good bad

	good=$(grep -Ec "$2" "$output") || true
	bad=$(grep -Ec "$3" "$output") || true
	[ "$good" != 0 ] || [ "$bad" != 0 ] || bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
	printf '%s: %d passed, %d failed\n' "$1" "$good" "$bad" | tee -a "$counts"
}

unit_tests()
{
	local test small='-DMUTATIONS=10000 -DLONG_BYTES=524288 -DTRIALS=5 -DFEWER=10'

	# what takes chances takes fewer, as under valgrind
	make -s -C "$root/test/src/test/unit" -j "$(nproc)" build CC="$cc" AR="$triplet-ar" SANITIZERS="$small -Wno-psabi" \
		JSONC="-I$root/usr/include/json-c -ljson-c"
	for test in "$root"/test/src/test/unit/build/test_*; do
		[ -x "$test" ] || continue
		inside "cd test/unit && CMOCKA_MESSAGE_OUTPUT=TAP ./build/${test##*/}" 2>&1 ||
			echo "not ok - ${test##*/} ended with $?"
	done
}

# The models that the core trains here and there, byte for byte
fingerprints()
{
	local core

	mapfile -t core < <(ls src/core/*/*.c | grep -Ev '/(events|profiles|simulation)/')
	cc -std=gnu11 -O2 -iquote src -ffp-contract=off -o "$root.fingerprints" test/builds/fingerprints.c "${core[@]}" -lm
	"$root.fingerprints" >"$root.expected"
	$cc -std=gnu11 -O2 -iquote src -ffp-contract=off -o "$root/test/fingerprints" test/builds/fingerprints.c "${core[@]}" -lm
	inside /test/fingerprints | diff "$root.expected" - && echo 'ok - fingerprints' || echo 'not ok - fingerprints'
}

regress_tests()
{
	local arguments=(PG_CONFIG="$root.pg_config" CC="$cc" with_llvm=no JSONC_CFLAGS="-I$root/usr/include/json-c" JSONC_LIBS=-ljson-c)

	make -s -C "$root/test/src" -j "$(nproc)" "${arguments[@]}" COPT='-Werror -Wno-psabi' all
	make -s -C "$root/test/src" "${arguments[@]}" install >/dev/null
	inside 'rm -rf /test/data; export SANDBOX=/test; . test/server.sh; server_start'
	# what takes longer here than two seconds would tell how far it is
	inside "PGOPTIONS='-c sparkify.progress=off' /usr/lib/postgresql/$version/lib/pgxs/src/test/regress/pg_regress --bindir=$bin --inputdir=. --outputdir=. \
		--dbname=contrib_regression --load-extension=sparkify $tests" 2>&1 ||
		{ head -n 500 "$root/test/src/regression.diffs"; tail -n 50 "$root/test/server.log"; }
	inside 'export SANDBOX=/test; . test/server.sh; server_stop'
}

close_root()
{
	[ ! -f "$root/test/data/postmaster.pid" ] || inside 'pg_ctl -s -m immediate -D /test/data stop' || true
	[ -z "$mounted" ] || umount "$mounted" || true
	mounted=
}

test_arch()
{
	printf '\n==== %s\n' "$arch"
	root=$roots/$arch
	cc="$triplet-gcc --sysroot=$root"
	make_root
	mount -t proc proc "$root/proc"
	mounted=$root/proc
	rm -rf "$root/test"
	mkdir -p "$root/test/tmp"
	rsync -a --exclude='.[a-z]*' --exclude='*.o' --exclude='*.so' --exclude='*.bc' --exclude=build --exclude=results --exclude=bench ./ "$root/test/src/"
	write_pg_config
	chown -R 999:999 "$root/test"

	if wanted unit; then
		unit_tests 2>&1 | tee "$output" || true
		count "$arch, unit tests" '^ok ' '^not ok '
	fi
	if wanted models; then
		fingerprints 2>&1 | tee "$output" || true
		count "$arch, the models of this machine" '^ok ' '^not ok '
	fi
	if wanted regress; then
		regress_tests 2>&1 | tee "$output" || true
		count "$arch, regression tests" "$regress_good" "$regress_bad"
	fi
	close_root
}

if [ "$(id -u)" != 0 ]; then
	say 'test-emulated makes systems of other processors and changes into them: run it as root'
	exit 1
fi
if ! grep -qx 'ID=debian' /etc/os-release; then
	say "test-emulated needs Debian, whose release has packages for other processors"
	exit 1
fi
archs=${ARCHS:-arm64}
for arch in $archs; do
	names_of "$arch"
done
for name in ${LAYER:-}; do
	if [[ ' unit models regress ' != *" $name "* ]]; then
		say "no layer \"$name\"; there are: unit models regress"
		exit 1
	fi
done
version=$(apt-cache policy postgresql | sed -n 's/^ *Candidate: *\([0-9]\{1,\}\).*/\1/p')
bin=/usr/lib/postgresql/$version/bin
tests=${TEST:-$(ls sql/*.sql | grep -v 'sparkify--' | sed 's|sql/||; s|\.sql||' | paste -sd ' ')}
# pg_regress up to PostgreSQL 15 | from 16
regress_good='^(test | {5,}).* \.\.\. ok |^ok [0-9]+ '
regress_bad='^(test | {5,}).* \.\.\. FAILED|^not ok [0-9]+ '
output=$(mktemp)
counts=$(mktemp)
trap 'close_root; rm -f "$output" "$counts"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$roots"
prepare_host
for arch in $archs; do
	names_of "$arch"
	test_arch
done
echo
cat "$counts"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
