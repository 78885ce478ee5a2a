#
# sandbox.sh
#	  A temporary folder for tests and the demo, used by an unprivileged user
#	  and gone at the end, with whatever server runs in it.
#
# To be sourced by a script in this folder.  Nothing is installed into the
# system (but packages that are missing), nobody's cluster is touched, and a
# checkout that only its owner can read will do.
#
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sandbox=
sandbox_user=$(id -un)

# sandbox_open [test]: installs what is missing (see deps.sh) and makes the
# folder, with a copy of the sources in src.
sandbox_open()
{
	local pg_config base

	pg_config=$("$top/test/deps.sh" "$@")
	sandbox_choose_user
	for base in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
		sandbox_run test -w "$base" && break
	done

	trap sandbox_close EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	sandbox=$(mktemp -d "$base/sparkify.XXXXXX")
	mkdir "$sandbox/src" "$sandbox/tmp" "$sandbox/input"
	tar -C "$top" --no-wildcards-match-slash --exclude='./.*' --exclude='*.o' --exclude='*.bc' --exclude='./*.so' \
		--exclude=./results --exclude='./regression.*' --exclude=./tmp_check \
		--exclude=./test/unit/build -cf - . | tar -C "$sandbox/src" -xf - --no-same-owner
	cp "$top/.clang-format" "$sandbox/src"
	[ "$sandbox_user" = "$(id -un)" ] || chown -R "$sandbox_user": "$sandbox"

	# no settings of the caller's make or of its own server leak in
	unset MAKEFLAGS MAKELEVEL MFLAGS "${!PG@}"
	export PG_CONFIG=$pg_config SANDBOX=$sandbox TMPDIR=$sandbox/tmp LC_ALL=C.UTF-8
	cd "$sandbox/src"
}

# PostgreSQL refuses to run as root.
sandbox_choose_user()
{
	[ "$(id -u)" = 0 ] || return 0
	sandbox_user=postgres
	id "$sandbox_user" >/dev/null 2>&1 || sandbox_user=nobody
}

# Runs a command as the sandbox's user.
sandbox_run()
{
	if [ "$sandbox_user" = "$(id -un)" ]; then
		"$@"
	else
		runuser -u "$sandbox_user" -- "$@"
	fi
}

# Prints a path by which the sandbox's user can read the file.
sandbox_share()
{
	local file shared

	file=$(realpath -e -- "$1") || return
	if sandbox_run test -r "$file"; then
		printf '%s\n' "$file"
		return 0
	fi
	shared=$(mktemp -d "$sandbox/input/XXXXXX")/$(basename -- "$file")
	chown "$sandbox_user" "${shared%/*}"

	# often it is only a folder above that keeps others out; the permissions of
	# the file itself, which a link shares, stay as they are
	if ! ln -- "$file" "$shared" 2>/dev/null || ! sandbox_run test -r "$shared"; then
		echo "Copying $1, which the user $sandbox_user may not read" >&2
		rm -f "$shared"
		cp -- "$file" "$shared"
		chown "$sandbox_user" "$shared"
		chmod u=r,go= "$shared"
	fi
	printf '%s\n' "$shared"
}

sandbox_close()
{
	local pid_file

	trap '' HUP INT TERM
	[ -n "$sandbox" ] || return 0
	cd /
	find "$sandbox" -name postmaster.pid 2>/dev/null | while read -r pid_file; do
		sandbox_run "$("$PG_CONFIG" --bindir)/pg_ctl" -s -m immediate -D "${pid_file%/*}" stop || true
	done
	rm -rf "$sandbox"
}
