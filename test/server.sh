#
# server.sh
#	  PostgreSQL with the extension in it, private to the folder $SANDBOX.
#
# To be sourced, in a copy of the sources (see sandbox.sh).
#
set -euo pipefail

# Copies the PostgreSQL of $PG_CONFIG into the sandbox and makes $PG_CONFIG
# that of the copy.  PostgreSQL finds its libraries and its share directory
# from where its programs lie, as long as they lie as it was built for.
server_copy()
{
	local root=$SANDBOX/pg original=$PG_CONFIG kind dir

	for kind in bindir pkglibdir sharedir; do
		dir=$("$original" --$kind)
		if [ ! -e "$root$dir" ]; then
			mkdir -p "$root${dir%/*}"
			cp -a "$dir" "$root$dir"
		fi
	done
	for kind in includedir pkgincludedir includedir-server; do
		dir=$("$original" --$kind)
		if [ ! -e "$root$dir" ]; then
			mkdir -p "$root${dir%/*}"
			ln -s "$dir" "$root$dir"
		fi
	done
	server_pg_config "$root" "$original" >"$SANDBOX/pg_config"
	chmod +x "$SANDBOX/pg_config"
	export PG_CONFIG=$SANDBOX/pg_config
	PATH=$("$PG_CONFIG" --bindir):$PATH
}

# Prints the pg_config of the copy, a script: Debian's of PostgreSQL 13 says where
# it was built to lie, wherever it lies, and nothing may be installed there.
server_pg_config()
{
	cat <<-END
		#!/bin/sh
		case \${1:-} in
			--bindir | --pkglibdir | --sharedir | --includedir | --pkgincludedir | --includedir-server | --pgxs)
				path=\$("$2" "\$@") && echo "$1\$path" ;;
			*)
				exec "$2" "\$@" ;;
		esac
	END
}

# Builds the extension and installs it there.  Arguments go to make.
server_install()
{
	make -s -j "$(nproc)" PG_CONFIG="$PG_CONFIG" "$@" all
	make -s PG_CONFIG="$PG_CONFIG" "$@" install >/dev/null
}

# Makes and starts a cluster.
server_start()
{
	server_init
	server_run
}

# Makes a cluster that listens only to a socket in the sandbox; clients find it by
# PGHOST.
server_init()
{
	export PGHOST=$SANDBOX/tmp PGDATABASE=postgres

	initdb -D "$SANDBOX/data" -A trust -E UTF8 --locale=C -N >"$SANDBOX/initdb.log" ||
		{ cat "$SANDBOX/initdb.log"; return 1; }
	cat >>"$SANDBOX/data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$PGHOST'
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		max_wal_size = 4GB
		max_worker_processes = 16
		max_parallel_workers = 16
		autovacuum_naptime = 1d
	END
}

# Starts the server of a cluster that is there.
server_run()
{
	pg_ctl -s -w -D "$SANDBOX/data" -l "$SANDBOX/server.log" start ||
		{ cat "$SANDBOX/server.log"; return 1; }
}

server_stop()
{
	pg_ctl -s -w -m fast -D "$SANDBOX/data" stop
}

# Lets initdb copy a cluster that is made here once, where it is called as by tests that
# have clusters of their own: making one takes two seconds of a processor.
server_template()
{
	local bindir

	bindir=$("$PG_CONFIG" --bindir)
	# in the locale that PostgreSQL's TAP tests set
	(unset LC_ALL LANGUAGE && LC_MESSAGES=C initdb -D "$SANDBOX/template" -A trust -N) >"$SANDBOX/initdb.log" ||
		{ cat "$SANDBOX/initdb.log"; return 1; }
	mv "$bindir/initdb" "$bindir/initdb.made"
	cat >"$bindir/initdb" <<-END
		#!/bin/sh
		if [ \$# = 5 ] && [ "\$1 \$3 \$4 \$5" = '-D -A trust -N' ] && [ ! -e "\$2" ]; then
			exec cp -a --reflink=auto "$SANDBOX/template" "\$2"
		fi
		exec "$bindir/initdb.made" "\$@"
	END
	chmod +x "$bindir/initdb"
	# those of PostgreSQL 17 and later copy it themselves
	export INITDB_TEMPLATE=$SANDBOX/template
}
