#!/usr/bin/env bash
#
# tools/cluster.sh - PostgreSQL servers that exist only while one command runs.
#
#   tools/cluster.sh pg-config
#       Prints the pg_config of the server that would be used.
#
#   tools/cluster.sh run [-k] [-o name=value]... -- COMMAND [ARGUMENT]...
#       Starts a private server (own data directory, Unix socket only) that finds this checkout's build of
#       the extension, runs COMMAND as the calling user with PGHOST, PGPORT, PGUSER (a superuser),
#       PGDATABASE and PATH set, and stops and removes the server whatever happens.
#
#   tools/cluster.sh as-user [-k] [-o name=value]... -- COMMAND [ARGUMENT]...
#       Runs COMMAND, which starts its own servers (PostgreSQL::Test::Cluster, pg_regress --temp-instance),
#       as a user who may do that: the server refuses to run as root.  COMMAND starts in the checkout, or in
#       a copy of it where that user cannot enter the checkout.  CX_WORK is a private folder to write in.
#
#   -o name=value   one more server setting; may be repeated
#   -k              when COMMAND fails, keep the logs in .cluster/last-failure
#
# PG_CONFIG selects the server; without it pg_config from the PATH, else the newest of Debian's servers.
#
# COMMAND also finds, in both cases:
#   PG_CONFIG       the pg_config in use
#   TEMP_CONFIG     a file of server settings that make a new cluster see the staged extension
#   CX_ROOT         the checkout (or its copy), CX_WORK a private folder that goes away at the end
#   CX_SERVER_LOG   the log of the private server (run)
#
# The extension is never installed into a system folder, because "make install" would replace the library
# that the other clusters of the machine have open: it is staged with DESTDIR, and a setting tells the server
# where to look.  Only a server that has no such setting and lives in a folder of its own (built from source)
# gets a plain "make install".
#
# Everything is kept under .cluster/ of the checkout, which git ignores; where the server's user cannot enter the
# checkout (/root is closed to others), or its path is unusual, the files go to a new temporary folder instead.
#
# May be sourced: then it only defines functions.

set -euo pipefail

CX_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

die()
{
	printf 'cx_analytics: %s\n' "$*" >&2
	exit 1
}

# ---------------------------------------------------------------------------------------------------------
# Which server
# ---------------------------------------------------------------------------------------------------------

# The major version behind a pg_config ("PostgreSQL 18beta1" is 18).
pg_major()
{
	local version
	version=$("$1" --version) || return 1
	version=${version#PostgreSQL }
	printf '%s\n' "${version%%[!0-9]*}"
}

# Why this pg_config cannot serve: prints the reason, or nothing when it can.  A pg_config that came with
# libpq alone answers politely and names folders that do not exist, so look at the files themselves.
pg_config_problem()
{
	local config=$1 major
	if ! major=$(pg_major "$config" 2>/dev/null) || [[ -z $major ]]; then
		echo "it is not a pg_config that runs"
	elif (( major < 15 )); then
		echo "it belongs to PostgreSQL $major, and 15 or newer is needed"
	elif [[ ! -f $("$config" --includedir-server)/postgres.h || ! -f $("$config" --pgxs) ]]; then
		echo "its server headers are not installed (Debian: postgresql-server-dev-$major)"
	elif [[ ! -x $("$config" --bindir)/postgres || ! -x $("$config" --bindir)/initdb ]]; then
		echo "its server is not installed (Debian: postgresql-$major)"
	fi
}

# Was a server asked for?  The bare word is the Makefile's default and means "the usual one".
pg_config_chosen()
{
	[[ -n ${PG_CONFIG:-} && $PG_CONFIG != pg_config ]]
}

# Prints the pg_config to use, as an absolute path.  Fails when there is none; says why when one was asked for.
find_pg_config()
{
	local config problem
	if pg_config_chosen; then
		config=$(command -v -- "$PG_CONFIG") || die "PG_CONFIG=$PG_CONFIG: no such program"
		problem=$(pg_config_problem "$config")
		[[ -z $problem ]] || die "PG_CONFIG=$PG_CONFIG cannot be used: $problem"
		printf '%s/%s\n' "$(cd "$(dirname "$config")" && pwd -P)" "$(basename "$config")"
		return
	fi
	# The newest last in the list of Debian's servers, hence the reversed version sort.
	for config in $(command -v pg_config || true) $(ls -rvd /usr/lib/postgresql/*/bin/pg_config 2>/dev/null || true); do
		if [[ -z $(pg_config_problem "$config") ]]; then
			printf '%s\n' "$config"
			return
		fi
	done
	return 1
}

# Ends the script when find_pg_config failed; a pg_config that was asked for has had its message already.
no_server()
{
	pg_config_chosen && exit 1
	die "no PostgreSQL server with its headers found; tools/prerequisites.sh build installs them"
}

# ---------------------------------------------------------------------------------------------------------
# Who runs it, and where
# ---------------------------------------------------------------------------------------------------------

server_user=            # empty: the calling user
run_dir=                # .cluster/run.XXXXXX, holds the lock that says "in use"
work_dir=               # what the server's user writes: data, staged extension, logs
socket_dir=
keep_logs=
extra_settings=()

# root must hand the server to somebody else: the user that Debian's packages made for it, else "nobody".
choose_user()
{
	server_user=
	if (( EUID == 0 )); then
		server_user=postgres
		id -u postgres >/dev/null 2>&1 || server_user=nobody
	fi
}

# Runs a command as the server's user.  The environment stays, apart from the home directory.
as_server()
{
	if [[ -z $server_user ]]; then
		"$@"
	else
		setpriv --reuid="$server_user" --regid="$(id -g "$server_user")" --init-groups -- \
			env HOME="${work_dir:-/}" USER="$server_user" LOGNAME="$server_user" "$@"
	fi
}

give_to_server()
{
	[[ -z $server_user ]] || chown "$server_user:$(id -g "$server_user")" "$1"
}

# A folder with a short name: the path of a socket must not exceed 107 bytes.
short_temp_dir()
{
	local parent=${TMPDIR:-/tmp}
	(( ${#parent} <= 60 )) && [[ -d $parent && -w $parent ]] || parent=/tmp
	mktemp -d "$parent/cx.XXXXXX"
}

# Removes what a run leaves that was killed before it could clean up: its server and its folders.  Every
# living run holds a lock, so a free lock means a dead run.
sweep()
{
	local old lock place pid
	for old in "$CX_ROOT"/.cluster/run.*; do
		[[ -f $old/lock ]] || continue
		{ exec {lock}<"$old/lock"; } 2>/dev/null || continue
		if flock --nonblock "$lock"; then
			while IFS= read -r place; do
				pid=$(head -n 1 "$place/data/postmaster.pid" 2>/dev/null || true)
				if [[ -n $pid && $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$place/data" ]]; then
					kill -QUIT "$pid" 2>/dev/null || true
				fi
				rm -rf -- "$place" 2>/dev/null || true
			done < <(cat "$old/places" 2>/dev/null || true)
			rm -rf -- "$old" 2>/dev/null || true
		fi
		exec {lock}<&-
	done
}

# Makes the folders of this run.
open_run()
{
	local door
	umask 022
	choose_user
	mkdir -p "$CX_ROOT/.cluster"
	[[ -w $CX_ROOT/.cluster ]] || die "cannot write to $CX_ROOT/.cluster (made by another user?)"
	exec {door}>"$CX_ROOT/.cluster/lock"
	flock "$door"               # one at a time: nobody may take a run that is being made for a dead one
	sweep
	run_dir=$(mktemp -d "$CX_ROOT/.cluster/run.XXXXXX")
	exec {run_lock}>"$run_dir/lock"
	flock "$run_lock"
	exec {door}>&-

	work_dir=$run_dir/work
	mkdir "$work_dir"
	chmod 711 "$run_dir"
	give_to_server "$work_dir"
	# Elsewhere, if the server's user cannot get there, or a quote, space or colon in the path would trip PGXS or the
	# server's list of folders.
	if [[ $work_dir =~ [^A-Za-z0-9_./+-] ]] || ! as_server test -w "$work_dir" 2>/dev/null; then
		rmdir "$work_dir"
		work_dir=$(short_temp_dir)
		give_to_server "$work_dir"
	fi
	printf '%s\n' "$work_dir" >>"$run_dir/places"
}

# Stops the server, keeps the logs if that was asked for, removes everything else.  Runs at any exit.
close_run()
{
	local status=$?
	trap '' INT TERM HUP        # a second Ctrl-C must not leave a server behind
	set +e
	[[ -n $run_dir ]] || exit "$status"
	cd "$CX_ROOT"
	if [[ -f $work_dir/data/postmaster.pid ]]; then
		(cd "$work_dir" && as_server "$bin_dir/pg_ctl" stop -D data -m fast -w -t 60 -s) ||
			(cd "$work_dir" && as_server "$bin_dir/pg_ctl" stop -D data -m immediate -w -s)
	fi
	if [[ -n $keep_logs && $status -ne 0 ]]; then
		rm -rf "$CX_ROOT/.cluster/last-failure"
		mkdir "$CX_ROOT/.cluster/last-failure"
		cp -r "$work_dir"/*log* "$CX_ROOT/.cluster/last-failure/" 2>/dev/null
		echo "cx_analytics: logs are kept in .cluster/last-failure" >&2
	fi
	rm -rf -- "$work_dir" "$run_dir"
	[[ -z $socket_dir ]] || rm -rf -- "$socket_dir"
	exit "$status"
}

# ---------------------------------------------------------------------------------------------------------
# The extension, staged
# ---------------------------------------------------------------------------------------------------------

# A value as postgresql.conf wants it.
setting()
{
	local value=${2//\\/\\\\}
	printf "%s = '%s'\n" "$1" "${value//\'/\'\'}"
}

# make install, with the options of an outer make taken away (its job server is not ours).
make_install()
{
	if ! env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
			make -C "$CX_ROOT" install PG_CONFIG="$PG_CONFIG" "$@" >"$run_dir/install.log" 2>&1; then
		tail -n 40 "$run_dir/install.log" >&2
		die "make install failed"
	fi
}

# Stages the build and writes the settings that lead a server to it into work_dir/temp.conf.
stage_extension()
{
	local stage=$work_dir/stage known library pair
	known=$("$bin_dir/postgres" --describe-config | cut -f 1)
	library=$("$PG_CONFIG" --pkglibdir)
	: >"$work_dir/temp.conf"
	if grep -qx extension_control_path <<<"$known"; then
		make_install DESTDIR="$stage"
		setting extension_control_path "$stage$("$PG_CONFIG" --sharedir):\$system" >>"$work_dir/temp.conf"
		setting dynamic_library_path "$stage$library:\$libdir" >>"$work_dir/temp.conf"
	elif grep -qx extension_destdir <<<"$known"; then
		make_install DESTDIR="$stage"
		setting extension_destdir "$stage" >>"$work_dir/temp.conf"
	elif [[ $library != /usr/lib/* && $library != /usr/lib64/* && -w $library ]]; then
		make_install
	else
		die "the server of $PG_CONFIG can only load extensions from $library, which other clusters may use too;" \
			"use a server with a folder of its own that you may write to"
	fi
	for pair in "${extra_settings[@]+"${extra_settings[@]}"}"; do
		setting "${pair%%=*}" "${pair#*=}" >>"$work_dir/temp.conf"
	done
}

# What every command finds in its environment.  Settings of the caller that would lead libpq elsewhere go.
export_common()
{
	unset PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGOPTIONS \
		PGDATA PGSSLMODE PGTARGETSESSIONATTRS PGCLIENTENCODING PGTZ PGDATESTYLE PGAPPNAME
	export PG_CONFIG CX_ROOT CX_WORK=$work_dir TEMP_CONFIG=$work_dir/temp.conf PATH=$bin_dir:$PATH
}

# ---------------------------------------------------------------------------------------------------------
# The two ways to run a command
# ---------------------------------------------------------------------------------------------------------

make_socket_dir()
{
	socket_dir=$(short_temp_dir)
	printf '%s\n' "$socket_dir" >>"$run_dir/places"
	give_to_server "$socket_dir"
}

start_server()
{
	local log=$work_dir/server.log
	make_socket_dir
	cd "$work_dir"              # the server's user may not be able to enter the current directory
	as_server "$bin_dir/initdb" -D "$work_dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
		>"$work_dir/initdb.log" 2>&1 || { cat "$work_dir/initdb.log" >&2; die "initdb failed"; }
	# trust is safe here: the socket lies in a folder that only its owner (and root) can enter.
	{
		echo "listen_addresses = ''"
		setting unix_socket_directories "$socket_dir"
		echo "unix_socket_permissions = 0700"
		echo "port = 5432"
		echo "fsync = off"          # the data live for minutes
		echo "synchronous_commit = off"
		echo "full_page_writes = off"
		echo "max_wal_size = 4GB"
		echo "timezone = 'UTC'"
		echo "log_timezone = 'UTC'"
		cat "$work_dir/temp.conf"
	} | as_server tee -a "$work_dir/data/postgresql.conf" >/dev/null
	# Without the lock: a server that outlives a killed run must not look like a living run.
	if ! as_server "$bin_dir/pg_ctl" start -D "$work_dir/data" -l "$log" -w -s {run_lock}>&- >/dev/null 2>&1; then
		cat "$log" >&2 || true
		die "the private server did not start"
	fi
	cd "$CX_ROOT"
	export PGHOST=$socket_dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres CX_SERVER_LOG=$log
}

run_command()
{
	local from=$PWD
	start_server
	cd "$from"
	"$@"
}

# The environment is the one that PGXS's prove_installcheck makes (15 looks at TESTDIR, later versions at the other
# two), with every folder it writes to moved into ours.  Test servers put their sockets below TMPDIR.
run_as_user()
{
	local pgxs_dir status=0
	pgxs_dir=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")
	as_server mkdir -p "$work_dir/log"
	make_socket_dir
	if ! as_server test -r "$CX_ROOT/Makefile" 2>/dev/null; then
		as_server mkdir "$work_dir/source"
		tar -C "$CX_ROOT" --exclude=./.git --exclude=./.cluster -cf - . |
			(cd "$work_dir" && as_server tar -xf - -C "$work_dir/source" --no-same-owner)
		CX_ROOT_COPY=$work_dir/source
	fi
	cd "${CX_ROOT_COPY:-$CX_ROOT}"
	(
		export CX_ROOT=$PWD TESTDIR=$work_dir TESTDATADIR=$work_dir/tmp_check TESTLOGDIR=$work_dir/log \
			TMPDIR=$socket_dir PG_TEST_PORT_DIR=$work_dir/portlock top_builddir=$work_dir PGPORT=65432 \
			PG_REGRESS=$pgxs_dir/test/regress/pg_regress \
			PERL5LIB=$pgxs_dir/test/perl${PERL5LIB:+:$PERL5LIB}
		as_server "$@"
	) || status=$?
	cp "$work_dir"/tmp_check/log/* "$work_dir/log/" 2>/dev/null || true
	return "$status"
}

main()
{
	local action=${1:-} config
	case $action in
		pg-config)
			find_pg_config || no_server
			return ;;
		run | as-user) shift ;;
		*)
			sed -n '3,/^# PG_CONFIG selects/{s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
			exit 2 ;;
	esac
	while (( $# > 0 )); do
		case $1 in
			-k) keep_logs=yes; shift ;;
			-o)
				[[ ${2:-} == ?*=* ]] || die "-o wants name=value"
				extra_settings+=("$2"); shift 2 ;;
			--) shift; break ;;
			*) break ;;
		esac
	done
	(( $# > 0 )) || die "no command given"

	config=$(find_pg_config) || no_server
	PG_CONFIG=$config
	bin_dir=$("$PG_CONFIG" --bindir)

	trap close_run EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	open_run
	stage_extension
	export_common
	if [[ $action == run ]]; then
		run_command "$@"
	else
		run_as_user "$@"
	fi
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	main "$@"
fi
