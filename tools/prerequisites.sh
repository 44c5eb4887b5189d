#!/usr/bin/env bash
#
# tools/prerequisites.sh build|demo|test - install through apt what is missing, and nothing else.
#
#   build   a C compiler, a PostgreSQL server (15 or newer) and its headers
#   demo    the same, perl, and Graphviz for the picture of the map
#   test    the same, IPC::Run for the whole-server tests, pgTAP and pg_prove
#
# Prints nothing and takes milliseconds when everything is there.  Without root's rights and without a sudo
# that asks no password it prints the line to run and fails.
#
# What it minds on the way:
#  * No database cluster appears or starts.  Debian's server packages make one on installation unless
#    create_main_cluster is false, so that setting is put into a file of its own for the time of the
#    installation, if the machine has no such setting already.  Nothing that exists is edited.
#  * Only missing packages are named to apt, so that an installed server is not upgraded (and restarted).
#  * With PG_CONFIG pointing at a server that Debian's packages did not bring, no server package is installed.

set -euo pipefail
# shellcheck source=tools/cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin     # su does not add them, and dpkg insists
purpose=${1:-}
case $purpose in
	build | demo | test) ;;
	*)
		echo "usage: tools/prerequisites.sh build|demo|test" >&2
		exit 2 ;;
esac

# ---------------------------------------------------------------------------------------------------------
# What is missing
# ---------------------------------------------------------------------------------------------------------

# The directory part of Debian's servers names their major version; prints nothing for other servers.
debian_major()
{
	local dir
	dir=$("$1" --bindir 2>/dev/null) || return 0
	[[ $dir =~ ^/usr/lib/postgresql/([0-9]+)/bin$ ]] && echo "${BASH_REMATCH[1]}"
	return 0
}

missing=()              # packages to install
server_missing=         # yes: a server package is among what is missing, its version still to be found

need()
{
	missing+=("$@")
}

# Sets the two variables above.
look()
{
	local config major
	missing=()
	server_missing=
	command -v make >/dev/null || need make
	command -v "${CC:-gcc}" >/dev/null || need gcc
	[[ -f /usr/include/stdio.h ]] || need libc6-dev
	[[ $purpose == build ]] || command -v perl >/dev/null || need perl
	[[ $purpose != demo ]] || command -v dot >/dev/null || need graphviz

	major=
	if config=$(find_pg_config 2>/dev/null); then
		major=$(debian_major "$config")
	elif [[ ${PG_CONFIG:-} =~ ^/usr/lib/postgresql/([0-9]+)/bin/pg_config$ ]]; then
		major=${BASH_REMATCH[1]}        # one of Debian's servers, asked for by its path: can be had
		[[ -x /usr/lib/postgresql/$major/bin/postgres ]] || need "postgresql-$major"
		[[ -x $PG_CONFIG ]] || need "postgresql-server-dev-$major"
	elif pg_config_chosen; then
		find_pg_config                  # any other is the user's own affair: say why it does not do
		exit 1
	else
		server_missing=yes
	fi

	if [[ $purpose == test ]]; then
		perl -e 'for (@INC) { exit 0 if -f "$_/IPC/Run.pm" } exit 1' || need libipc-run-perl
		command -v pg_prove >/dev/null || need libtap-parser-sourcehandler-pgtap-perl
		if [[ -n $major && ! -f /usr/share/postgresql/$major/extension/pgtap.control ]]; then
			need "postgresql-$major-pgtap"
		fi
	fi
}

# ---------------------------------------------------------------------------------------------------------
# Installing
# ---------------------------------------------------------------------------------------------------------

has_candidate()
{
	[[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [0-9] ]]
}

# Which PostgreSQL to install: the newest server that is installed without its headers, else what the
# distribution calls "postgresql", else the newest supported one that apt knows.
choose_major()
{
	local major
	for major in $(ls -rv /usr/lib/postgresql 2>/dev/null || true); do
		if [[ $major =~ ^[0-9]+$ && -x /usr/lib/postgresql/$major/bin/postgres ]] && (( major >= 15 )) &&
				has_candidate "postgresql-server-dev-$major"; then
			echo "$major"
			return
		fi
	done
	for major in $(apt-cache depends --important postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p') \
			18 17 16 15; do
		if (( major >= 15 )) && has_candidate "postgresql-server-dev-$major"; then
			echo "$major"
			return
		fi
	done
	return 1
}

temporary_files=()      # removed at the end, whatever happens

remove_temporary_files()
{
	(( ${#temporary_files[@]} == 0 )) || rm -f -- "${temporary_files[@]}"
	rmdir --ignore-fail-on-non-empty /etc/postgresql-common/createcluster.d 2>/dev/null || true
}

# Keeps the installation from making a cluster and from starting anything.
hold_clusters()
{
	local conf=/etc/postgresql-common/createcluster.conf drop_in=/etc/postgresql-common/createcluster.d/cx_analytics.conf
	local policy=/usr/sbin/policy-rc.d

	trap remove_temporary_files EXIT
	trap 'exit 130' INT TERM HUP
	if ! grep -Eqs '^[[:space:]]*create_main_cluster' "$conf" /etc/postgresql-common/createcluster.d/*.conf; then
		if [[ -f $conf ]] && ! grep -Eq "^[[:space:]]*include_dir.*'(/etc/postgresql-common/)?createcluster\.d'" "$conf"; then
			die "installing PostgreSQL would create a database cluster; put create_main_cluster = false into $conf first"
		fi
		mkdir -p "$(dirname "$drop_in")"
		temporary_files+=("$drop_in")
		echo "create_main_cluster = false" >"$drop_in"
	fi
	# Installing a server package also starts every stopped cluster that is set to start with the machine.
	if [[ ! -e $policy ]]; then
		temporary_files+=("$policy")
		printf '#!/bin/sh\ncase $1 in postgresql*) exit 101 ;; esac\nexit 0\n' >"$policy"
		chmod 755 "$policy"
	fi
}

apt_get()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@"
}

# apt's lists are empty on a fresh machine, and may be too old to name files that still exist.
update_lists()
{
	apt_get update || echo "cx_analytics: apt-get update had errors; trying with the lists that it could get" >&2
	updated=yes
}

resolve_server()
{
	[[ -n $server_missing ]] || return 0
	local major
	major=$(choose_major) || return 1
	[[ -x /usr/lib/postgresql/$major/bin/postgres ]] || need "postgresql-$major"
	need "postgresql-server-dev-$major"
	if [[ $purpose == test && ! -f /usr/share/postgresql/$major/extension/pgtap.control ]]; then
		need "postgresql-$major-pgtap"
	fi
	server_missing=
}

all_have_candidates()
{
	local package
	for package in "${missing[@]+"${missing[@]}"}"; do
		has_candidate "$package" || { unknown=$package; return 1; }
	done
}

# pgTAP is not packaged for every server that Debian or its user may have; the tests that need it are then skipped.
drop_optional()
{
	local package kept=()
	for package in "${missing[@]+"${missing[@]}"}"; do
		if [[ $package == postgresql-*-pgtap ]] && ! has_candidate "$package"; then
			echo "cx_analytics: apt does not offer $package; its tests will be skipped" >&2
		else
			kept+=("$package")
		fi
	done
	missing=("${kept[@]+"${kept[@]}"}")
}

install_missing()
{
	updated=
	if ! resolve_server || ! all_have_candidates; then
		update_lists
		resolve_server ||
			die "apt offers no PostgreSQL 15 or newer with server headers; https://wiki.postgresql.org/wiki/Apt tells how to add one"
		drop_optional
		all_have_candidates || die "apt does not offer the package $unknown"
	fi
	(( ${#missing[@]} > 0 )) || return 0
	echo "cx_analytics: installing ${missing[*]} (with what they need)" >&2
	hold_clusters
	if ! apt_get install -y --no-install-recommends --no-upgrade "${missing[@]}" >&2; then
		[[ -z $updated ]] || die "apt-get install failed"
		update_lists
		apt_get install -y --no-install-recommends --no-upgrade "${missing[@]}" >&2 || die "apt-get install failed"
	fi
}

# ---------------------------------------------------------------------------------------------------------

# The list of what is missing, for a person; the version is only known once apt's lists are.
missing_in_words()
{
	local words=("${missing[@]+"${missing[@]}"}")
	[[ -z $server_missing ]] || words+=("the PostgreSQL server with its headers")
	local IFS=,
	printf '%s' "${words[*]}" | sed 's/,/, /g'
}


# This script again, as root would call it.
command_for_root()
{
	local line escaped_quote="'\\''"
	line="$(printf '%q' "$CX_ROOT/tools/prerequisites.sh") $purpose"
	pg_config_chosen && line="env PG_CONFIG=$(printf '%q' "$PG_CONFIG") $line"
	if command -v sudo >/dev/null; then
		echo "sudo $line"
	else
		echo "su - -c '${line//\'/$escaped_quote}'"
	fi
}

look
if (( ${#missing[@]} > 0 )) || [[ -n $server_missing ]]; then
	command -v apt-get >/dev/null ||
		die "$(missing_in_words) missing, and there is no apt-get here: please install by other means"
	if (( EUID == 0 )); then
		install_missing
		look
		(( ${#missing[@]} == 0 )) && [[ -z $server_missing ]] || die "still missing after the installation: $(missing_in_words)"
	elif sudo -n true 2>/dev/null; then
		exec sudo -n env ${PG_CONFIG:+"PG_CONFIG=$PG_CONFIG"} "$CX_ROOT/tools/prerequisites.sh" "$purpose"
	else
		die "$(missing_in_words) missing; only root can install that, by this command: $(command_for_root)"
	fi
fi
