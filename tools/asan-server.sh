#!/bin/bash
#
# Builds a PostgreSQL server with assertions and AddressSanitizer, once, and
# prints the path of its pg_config:
#
#     tools/asan-server.sh                        the major version of pg_config
#     PG_CONFIG=… tools/asan-server.sh            … of another pg_config
#     PG_SOURCE=postgresql-17.7.tar.bz2 …         from this tarball or source tree
#
# so that for example   make test PG_CONFIG=$(tools/asan-server.sh)   works.
#
# The server knows palloc: reading one byte past a chunk stops it (see
# test/fuzz/shim).  Without PG_SOURCE the source comes from the distribution
# through apt, in a private package index that leaves the machine's apt
# configuration alone.  Everything is kept under .build/asan-<major>, which
# may be deleted at any time.  Messages go to standard error.
#
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${JOBS:-$(nproc)}
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES COPT PROFILE	# of an outer make

say() { printf '%s\n' "$*" >&2; }
die() { say "asan-server: $*"; exit 1; }

major_of() { sed -E 's/^PostgreSQL ([0-9]+).*/\1/'; }

"$top/tools/prerequisites.sh" build >&2
pg_config=$("$top/tools/cluster.sh" pg-config)
major=$("$pg_config" --version | major_of)
home=$top/.build/asan-$major
prefix=$home/server

# The build is complete when the stamp says so, for this very shim and recipe.
recipe=$({
	sed -n '/^# --- the build/,$p' "${BASH_SOURCE[0]}"
	cat "$top"/test/fuzz/shim/valgrind/*.h
} | sha256sum | cut -c1-16)
complete() { [ "$(cat "$prefix/recipe" 2>/dev/null)" = "$recipe" ]; }

# Prints the answer.  pgTAP comes along if the ordinary server has it: it is SQL only.
finish()
{
	local from to
	from=$("$pg_config" --sharedir)/extension
	to=$("$prefix/bin/pg_config" --sharedir)/extension
	[ ! -f "$from/pgtap.control" ] || [ -f "$to/pgtap.control" ] || cp "$from"/pgtap* "$to/"
	echo "$prefix/bin/pg_config"
	exit 0
}

! complete || finish

mkdir -p "$home"
exec 9>"$home/lock"
flock 9
! complete || finish

# --- what the build needs -------------------------------------------------

needs=(bzip2 gcc libc6-dev make perl xz-utils)
[ "$major" -ge 17 ] && needs+=(bison flex)		# older tarballs hold the generated parsers
missing=()
for package in "${needs[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
		missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
	install=(apt-get install -y --no-install-recommends "${missing[@]}")
	if [ "$(id -u)" = 0 ]; then
		as_root=(env DEBIAN_FRONTEND=noninteractive)
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
	else
		die "packages are missing; please run: sudo ${install[*]}"
	fi
	say "installing ${missing[*]}"
	if ! {
		"${as_root[@]}" apt-get update -qq &&
		"${as_root[@]}" "${install[@]}" -qq
	} >"$home/log" 2>&1; then
		cat "$home/log" >&2
		die "could not install ${missing[*]}"
	fi
fi

# --- the source -----------------------------------------------------------

work=$(mktemp -d "$home/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
source=$work/source
mkdir "$source"

# Fetches the upstream tarball of the distribution's source package into $work.
# The newest version that the mirror really has wins: mirrors may lag behind
# their own index.
fetch_source()
{
	local index=$work/apt version
	mkdir -p "$index/lists/partial" "$index/cache/archives/partial"
	# shellcheck disable=SC2016     # apt fills in the fields
	apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Component: main' | sort -u |
		grep -E 'debian|ubuntu|postgresql' >"$index/sources.list" || true
	[ -s "$index/sources.list" ] || die "apt knows no package source; set PG_SOURCE"

	local options=(-q
		-o Dir::Etc::sourcelist="$index/sources.list" -o Dir::Etc::sourceparts=-
		-o Dir::State::lists="$index/lists" -o Dir::Cache="$index/cache"
		-o APT::Sandbox::User=)
	say "reading the index of source packages"
	apt-get "${options[@]}" update >"$index/log" 2>&1 || { cat "$index/log" >&2; die "apt cannot read the source index"; }

	for version in $(apt-cache "${options[@]}" showsrc --only-source "postgresql-$major" 2>/dev/null |
		sed -n 's/^Version: //p' | sort -ruV); do
		say "fetching the source of postgresql-$major $version"
		if (cd "$work" && apt-get "${options[@]}" source --download-only --only-source \
			"postgresql-$major=$version") >"$index/log" 2>&1; then
			return
		fi
		say "  the mirror does not have it"
	done
	die "no source package postgresql-$major here; set PG_SOURCE to a source tarball"
}

if [ -z "${PG_SOURCE:-}" ]; then
	fetch_source
	PG_SOURCE=$(ls "$work"/postgresql-"$major"_*.orig.tar.*[!c])
fi
if [ -d "$PG_SOURCE" ]; then
	cp -a "$PG_SOURCE/." "$source"
else
	tar -xf "$PG_SOURCE" -C "$source" --strip-components=1
fi
[ -x "$source/configure" ] || die "$PG_SOURCE is not a PostgreSQL source"

# --- the build ------------------------------------------------------------

rm -rf "$prefix"
mkdir -p "$prefix"
cp -r "$top/test/fuzz/shim" "$prefix/shim"				# modules are compiled with it too

# Built into every program: the server leaks by design at exit, so do its tools,
# and leaks are not the point; fake stack frames would confuse the server's
# check of the stack depth; a report must end the backend as a crash.
sanitizer=detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=1:disable_coredump=1
printf 'const char *__asan_default_options(void);\nconst char *__asan_default_options(void) { return "%s"; }\n' \
	"$sanitizer" | gcc -xc -O1 -c -o "$prefix/options.o" -
export ASAN_OPTIONS=$sanitizer					# and for what configure tries

say "building PostgreSQL $major with AddressSanitizer, a few minutes, once"
mkdir "$work/objects"
cd "$work/objects"
features=(--enable-cassert --enable-debug --without-readline --without-zlib)
! "$source/configure" --help | grep -q -- --without-icu || features+=(--without-icu)
! perl -MIPC::Run -e 1 2>/dev/null || features+=(--enable-tap-tests)
if ! {
	"$source/configure" --prefix="$prefix" "${features[@]}" \
		CC=gcc CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address' \
		CPPFLAGS="-I$prefix/shim -DUSE_VALGRIND" LDFLAGS=-fsanitize=address LDFLAGS_EX="$prefix/options.o" &&
	make -s -j"$jobs" &&
	make -s install
} >"$home/log" 2>&1; then
	tail -20 "$home/log" >&2
	die "the build failed; see $home/log"
fi

echo "$recipe" >"$prefix/recipe"
finish
