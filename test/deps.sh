#!/usr/bin/env bash
#
# deps.sh [test | installed]
#	  Installs by apt what building needs, and a PostgreSQL server; with "test"
#	  also what the tests need.  Prints the pg_config to use.  With "installed"
#	  prints the pg_config of each PostgreSQL that could be used, and installs
#	  nothing.
#
# Does nothing and needs no rights when all is there.  PG_CONFIG, when set,
# chooses the PostgreSQL; else it is that of the pg_config in the path, else
# the newest one installed, else the distribution's.
#
set -euo pipefail

packages=()
# what tests do without, and say so: installed with the others where apt knows it
wished=()
cluster_conf=/etc/postgresql-common/createcluster.d/sparkify.conf

say()
{
	printf '%s\n' "$*" >&2
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# Has the PostgreSQL of this pg_config the server, its headers and PGXS?
is_complete()
{
	local bindir

	bindir=$("$1" --bindir 2>/dev/null) &&
		[ -x "$bindir/initdb" ] && [ -x "$bindir/postgres" ] &&
		[ -f "$("$1" --pgxs)" ] && [ -f "$("$1" --includedir-server)/postgres.h" ]
}

# Prints the first pg_config that is complete, by its own name: Debian's in the
# path is a wrapper, which finds itself nowhere else.
find_pg_config()
{
	local candidate real

	for candidate in "${PG_CONFIG:-pg_config}" ${PG_CONFIG:-$(installed_servers)}; do
		if is_complete "$candidate"; then
			real=$("$candidate" --bindir)/pg_config
			[ -x "$real" ] || real=$(command -v "$candidate")
			printf '%s\n' "$real"
			return 0
		fi
	done
	return 1
}

# The pg_config of each PostgreSQL that Debian's packages installed, newest first
installed_servers()
{
	local bin

	for bin in /usr/lib/postgresql/*/bin; do
		if [ -x "$bin/postgres" ]; then
			printf '%s/pg_config\n' "$bin"
		fi
	done | sort -rV
}

# The major version to install packages for
wanted_version()
{
	local newest

	newest=$(installed_servers | head -n 1)
	if [ -n "${PG_CONFIG:-}" ] && "$PG_CONFIG" --version >/dev/null 2>&1; then
		"$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/'
	elif [ -n "$newest" ]; then
		cut -d / -f 5 <<<"$newest"
	else
		apt-cache policy postgresql | sed -n 's/^ *Candidate: *\([0-9]\{1,\}\).*/\1/p'
	fi
}

# Does this C source get through the preprocessor?
has_headers()
{
	printf '%b' "$1" | cc -E - >/dev/null 2>&1
}

# need PACKAGE CHECK...: the package is wanted when the check fails
need()
{
	local package=$1

	shift
	"$@" >/dev/null 2>&1 || packages+=("$package")
}

# The package of a server makes and starts a cluster of its own, which nobody
# asked for here: a file tells it not to, for as long as apt runs.
forbid_cluster()
{
	as_root mkdir -p "${cluster_conf%/*}"
	echo 'create_main_cluster = false' | as_root tee "$cluster_conf" >/dev/null
}

allow_cluster()
{
	as_root rm -f "$cluster_conf"
	as_root rmdir --ignore-fail-on-non-empty "${cluster_conf%/*}"
}

# Runs apt-get without questions, and without a word unless it fails.
apt_get()
{
	local output

	if ! output=$(as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o DPkg::Lock::Timeout=300 "$@" 2>&1 </dev/null); then
		say "$output"
		return 1
	fi
}

if [ "${1:-}" = installed ]; then
	installed_servers | while read -r candidate; do
		! is_complete "$candidate" || printf '%s\n' "$candidate"
	done
	exit
fi

pg_config=$(find_pg_config) || pg_config=
need build-essential sh -c 'echo "int main(void) { return 0; }" | cc -x c -o /dev/null - && make --version'
need pkg-config pkg-config --version
need libjson-c-dev has_headers '#include <json-c/json.h>\n'
need zlib1g-dev has_headers '#include <zlib.h>\n'
need libzstd-dev has_headers '#include <zstd.h>\n'
if [ "${1:-}" = test ]; then
	need libcmocka-dev has_headers '#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n#include <cmocka.h>\n'
	need libipc-run-perl perl -MIPC::Run -e 1
	need perl prove --version
	need valgrind valgrind --version
	wished+=(clang-format-14)
fi

if [ -z "$pg_config" ] || [ ${#packages[@]} -gt 0 ]; then
	if ! command -v apt-get >/dev/null; then
		say "no apt-get here; install yourself: ${packages[*]} and a PostgreSQL server with its headers"
		exit 1
	fi
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		say "something is missing and there is no sudo; as root: apt-get install" \
			"${packages[*]} ${pg_config:-postgresql postgresql-server-dev-all}"
		exit 1
	fi
	apt_get update || say "apt-get update failed; trying with the package lists at hand"
	for package in "${wished[@]}"; do
		! apt-cache show "$package" >/dev/null 2>&1 || packages+=("$package")
	done
	if [ -z "$pg_config" ]; then
		version=$(wanted_version)
		if [ -z "$version" ]; then
			say "apt knows no package postgresql"
			exit 1
		fi
		packages+=("postgresql-$version" "postgresql-server-dev-$version")
		trap allow_cluster EXIT
		forbid_cluster
		say "For a server of your own afterwards: sudo pg_createcluster $version main --start"
	fi
	say "Installing ${packages[*]} (takes a minute or two)"
	apt_get install -y --no-install-recommends "${packages[@]}"
	if [ -z "$pg_config" ] && ! pg_config=$(find_pg_config); then
		say "no complete PostgreSQL found${PG_CONFIG:+ through $PG_CONFIG}, even after installing ${packages[*]}"
		exit 1
	fi
fi

printf '%s\n' "$pg_config"
