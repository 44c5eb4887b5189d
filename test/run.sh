#!/usr/bin/env bash
#
# test/run.sh - runs every test; `make test` calls it.
#
#   make test                       all suites, with the usual server
#   make test PG_CONFIG=/path       with another server
#   make test ONLY=oracle           one suite, or several: ONLY=regress,pgtap
#   make test ONLY=oracle/plans     one file of a suite
#
# Suites, in this order: version, format, build, install, regress, isolation, pgtap, oracle, docs, tap.  What is missing
# is installed through apt first (tools/prerequisites.sh).
#
# Everything happens in a copy of the sources, .build/test-MAJOR/source, so that the checkout stays as it is and servers
# of different versions do not share objects.  Servers are private and gone at the end (tools/cluster.sh).  Logs stay in
# .build/test-MAJOR/log.  The last line is "N passed, M failed, K skipped"; the status is 0 when nothing failed.
#
# The differential tests against real event logs need the folder CX_SHARED (default ../shared beside the checkout), and
# SEED=n and SCALE=n give them other and more random cases.

set -euo pipefail

ONLY=${ONLY:-}
suites=(version format build install regress isolation pgtap oracle docs tap)
warnings='-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers'

die()
{
	printf 'test: %s\n' "$*" >&2
	exit 1
}

# ---------------------------------------------------------------------------------------------------------------------
# Results: lines "status, suite, item" to descriptor 3, which the test of another user may write to as well
# ---------------------------------------------------------------------------------------------------------------------

# record passed|failed|skipped SUITE ITEM [NOTE]
record()
{
	local word=$1
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >&3
	[[ $word == passed ]] && word=ok
	[[ $word == failed ]] && word=FAILED
	printf '%-8s %-10s %s%s\n' "$word" "$2" "$3" "${4:+  ($4)}"
}

# Is a suite, or an item of it, to be run?
wanted()
{
	local choice
	[[ -n $ONLY ]] || return 0
	for choice in ${ONLY//,/ }; do
		[[ ${choice%%/*} == "$1" ]] || continue
		[[ -z ${2:-} || $choice != */* || ${choice#*/} == "$2" ]] && return 0
	done
	return 1
}

seconds_since()
{
	local now=${EPOCHREALTIME/[.,]/}
	local tenths=$(( (now - $1) / 100000 ))
	printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# run_item SUITE ITEM COMMAND... runs a command, judges it by its status, and shows its output when it failed.  A command
# whose last line begins with "skipped: " has not tested anything.  The last line of the output is the note.
run_item()
{
	local suite=$1 item=$2 started=${EPOCHREALTIME/[.,]/} log last
	shift 2
	log=$log_dir/$suite-${item//\//-}.log
	if "$@" >"$log" 2>&1; then
		last=$(tail -n 1 "$log")
		if [[ $last == "skipped: "* ]]; then
			record skipped "$suite" "$item" "${last#skipped: }"
		else
			[[ $suite == oracle || $suite == pgtap || $suite == tap || $suite == docs ]] || last=
			record passed "$suite" "$item" "${last:+$last, }$(seconds_since "$started")"
		fi
	else
		record failed "$suite" "$item" "$(seconds_since "$started")"
		tail -n "${TAIL:-60}" "$log" | cut -c 1-2000 | sed 's/^/    /'
		return 1
	fi
}

# ---------------------------------------------------------------------------------------------------------------------
# Suites without a server
# ---------------------------------------------------------------------------------------------------------------------

# The control file's version must be everybody's.
check_version()
{
	local version status=0 newest
	version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" cx_analytics.control)
	expect()
	{
		[[ $2 == "$version" ]] && return
		echo "$1 says \"$2\", cx_analytics.control says \"$version\""
		status=1
	}
	# every "version" but that of the META format itself
	while IFS= read -r found; do
		expect META.json "$found"
	done < <(perl -MJSON::PP -0777 -ne '$m = decode_json($_); print "$_\n" for $m->{version}, map { $_->{version} } values %{$m->{provides}}' META.json)
	expect "the first heading of CHANGELOG.md" "$(sed -n 's/^## \[\{0,1\}\([0-9][^] ]*\).*/\1/p' CHANGELOG.md | head -n 1)"
	expect "CX_VERSION in src/cx.h" "$(sed -n 's/^#define CX_VERSION "\(.*\)"/\1/p' src/cx.h)"
	newest=$(find sql -name 'cx_analytics--*--*.sql' | sed 's/.*--\(.*\)\.sql/\1/' | sort -V | tail -n 1)
	[[ -z $newest ]] || expect "the newest upgrade script" "$newest"
	return "$status"
}

build()
{
	echo "$COPT"
	make -j "$(nproc)" PG_CONFIG="$PG_CONFIG" 2>&1
}

# ---------------------------------------------------------------------------------------------------------------------
# Suites with the private server
# ---------------------------------------------------------------------------------------------------------------------

query()
{
	psql -X -A -t -q -v ON_ERROR_STOP=1 "$@"
}

new_database()
{
	PGOPTIONS='-c client_min_messages=warning' \
		query -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1 TEMPLATE template0 ENCODING 'UTF8'"
}

# CREATE EXTENSION says nothing, the library is that of the script, and DROP EXTENSION needs no CASCADE.
check_install()
{
	local said
	new_database install
	said=$(query -d install -c 'CREATE EXTENSION cx_analytics' 2>&1)
	[[ -z $said ]] || { echo "CREATE EXTENSION said: $said"; return 1; }
	query -d install -c "DO \$\$
		DECLARE v text := (SELECT extversion FROM pg_extension WHERE extname = 'cx_analytics');
		BEGIN
			IF cx.version() <> v THEN RAISE 'the library has version %, the script %', cx.version(), v; END IF;
		END \$\$" || return 1
	said=$(query -d install -c 'DROP EXTENSION cx_analytics' 2>&1)
	[[ -z $said ]] || { echo "DROP EXTENSION said: $said"; return 1; }
	! grep -E 'WARNING|PANIC|FATAL' "$CX_SERVER_LOG"
}

# Turns the output of pg_regress ("test x ... ok", or TAP from 16 on) into results.
read_regress()
{
	local suite=$1 log=$2 word name found=0
	while read -r word name; do
		found=1
		record "$word" "$suite" "$name"
	done < <(sed -nE \
		-e 's/^(test| )? +([A-Za-z0-9_-]+) +\.\.\. ok.*/passed \2/p' \
		-e 's/^test ([A-Za-z0-9_-]+) +\.\.\. ok.*/passed \1/p' \
		-e 's/^(test)? *([A-Za-z0-9_-]+) +\.\.\. (FAILED|failed).*/failed \2/p' \
		-e 's/^ok [0-9]+ +[-+] ([A-Za-z0-9_-]+).*/passed \1/p' \
		-e 's/^not ok [0-9]+ +[-+] ([A-Za-z0-9_-]+).*/failed \1/p' "$log")
	(( found )) || record failed "$suite" "all"
}

# run_regress SUITE MAKE-ARGUMENT...
run_regress()
{
	local suite=$1 differences=$CX_WORK/$1/regression.diffs log=$log_dir/$1.log status=0
	shift
	# where the server's user may write as well: tests copy to files and back
	mkdir -p "$CX_WORK/$suite/results"
	chmod 1777 "$CX_WORK/$suite/results"
	make installcheck PG_CONFIG="$PG_CONFIG" TAP_TESTS= EXTRA_REGRESS_OPTS="--outputdir=$CX_WORK/$suite" "$@" >"$log" 2>&1 || status=$?
	read_regress "$suite" "$log"
	if (( status )); then
		if [[ -s $differences ]]; then
			cp "$differences" "$log_dir/$suite.diffs"
			head -n 200 "$differences" | sed 's/^/    /'
		else
			tail -n 30 "$log" | sed 's/^/    /'
		fi
	fi
}

regress()
{
	local tests only
	only=$(sed -n 's/.*regress\/\([a-z0-9_]*\).*/\1/p' <<<"$ONLY")
	tests=$(compgen -G 'test/sql/*.sql' || true)
	[[ -n $tests ]] || { record skipped regress all "no tests"; return; }
	run_regress regress ISOLATION= ${only:+REGRESS="$only"}
}

isolation()
{
	local tests
	tests=$(compgen -G 'test/specs/*.spec' | sed 's/.*\///; s/\.spec$//' | tr '\n' ' ' || true)
	[[ -n $tests ]] || return 0
	run_regress isolation REGRESS= ISOLATION="$tests" \
		ISOLATION_OPTS="--inputdir=$PWD/test --load-extension=cx_analytics"
}

pgtap_file()
{
	new_database pgtap
	query -d pgtap -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION cx_analytics' || return 1
	# the last line is "Result: PASS"; the one before tells how many
	pg_prove --verbose --dbname pgtap "$1" || return 1
	echo "$(grep -c '^ok ' "$log_dir/pgtap-$(basename "$1" .sql).log" || true) assertions"
}

pgtap()
{
	local file files
	files=$(compgen -G 'test/pgtap/*.sql' || true)
	[[ -n $files ]] || { record skipped pgtap all "no tests"; return; }
	if ! command -v pg_prove >/dev/null; then
		record skipped pgtap all "pg_prove is not installed"
	elif [[ $(query -c "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgtap'") != 1 ]]; then
		record skipped pgtap all "pgTAP is not installed for this server version"
	else
		for file in $files; do
			wanted pgtap "$(basename "$file" .sql)" || continue
			run_item pgtap "$(basename "$file" .sql)" pgtap_file "$file" || true
		done
	fi
}

oracle_file()
{
	new_database oracle
	case $1 in
		*.sh) PGDATABASE=oracle bash "$1" ;;
		*) psql -X -d oracle -v data="$CX_SHARED/data" ${SEED:+-v seed="$SEED"} ${SCALE:+-v scale="$SCALE"} -f "$1" ;;
	esac
}

oracle()
{
	local file name
	for file in test/oracle/*.sql test/oracle/*.sh; do
		name=$(basename "${file%.*}")
		wanted oracle "$name" || continue
		run_item oracle "$name" oracle_file "$file" || true
	done
}

docs_page()
{
	new_database docs
	PGDATABASE=docs perl test/docs.pl "$1"
}

docs()
{
	local page
	for page in README.md docs/*.md; do
		wanted docs "$(basename "$page" .md)" && grep -q '^ *```sql *$' "$page" || continue
		run_item docs "$page" docs_page "$page" || true
	done
}

with_server()
{
	local suite
	if wanted install; then
		run_item install extension check_install || true
	fi
	for suite in regress isolation pgtap oracle docs; do
		! wanted "$suite" || "$suite"
	done
}

# ---------------------------------------------------------------------------------------------------------------------
# The suite that starts servers of its own, as a user who may
# ---------------------------------------------------------------------------------------------------------------------

tap_file()
{
	prove --verbose --merge "$1" || return 1
	echo "$(grep -c '^ok ' "$log_dir/tap-$(basename "$1" .pl).log" || true) assertions"
}

tap()
{
	local file
	log_dir=$CX_WORK/log
	for file in test/t/*.pl; do
		[[ -e $file ]] || { record skipped tap all "no tests"; break; }
		wanted tap "$(basename "$file" .pl)" || continue
		run_item tap "$(basename "$file" .pl)" tap_file "$file" || true
	done
}

# ---------------------------------------------------------------------------------------------------------------------

# Copies the sources; what was built from them stays behind.
copy_sources()
{
	rm -rf "$source_dir"
	mkdir -p "$source_dir" "$log_dir"
	rm -f "$log_dir"/*
	tar -C "$root" --exclude=./.git --exclude=./.build --exclude=./.cluster --exclude='*.o' --exclude='*.bc' --exclude='*.so' \
		--exclude='./sql/cx_analytics--[0-9.]*[0-9].sql' --exclude=./results --exclude=./output_iso --exclude=./tmp_check -cf - . |
		tar -C "$source_dir" --no-same-owner -xf -
	# the pattern above has taken the upgrade scripts too
	if compgen -G "$root/sql/cx_analytics--*--*.sql" >/dev/null; then
		cp "$root"/sql/cx_analytics--*--*.sql "$source_dir/sql/"
	fi
}

# One line a suite, then all of it; status 1 when something failed.
summary()
{
	local suite
	echo
	for suite in "${suites[@]}"; do
		awk -F '\t' -v suite="$suite" '$2 == suite { n[$1]++ } END { if (n["passed"] + n["failed"] + n["skipped"] > 0)
			printf "%-10s %d passed, %d failed, %d skipped\n", suite, n["passed"], n["failed"], n["skipped"] }' "$results"
	done
	awk -F '\t' '$1 == "failed" { printf "failed: %s %s\n", $2, $3 }' "$results"
	awk -F '\t' '{ n[$1]++ } END { printf "%d passed, %d failed, %d skipped\n", n["passed"], n["failed"], n["skipped"]
		exit n["failed"] > 0 || n["passed"] == 0 }' "$results"
}

main()
{
	local choice lock wants_server=
	root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	for choice in ${ONLY//,/ }; do
		[[ " ${suites[*]} " == *" ${choice%%/*} "* ]] || die "ONLY=$choice: there are ${suites[*]}"
	done

	"$root/tools/prerequisites.sh" test
	PG_CONFIG=$("$root/tools/cluster.sh" pg-config)
	export PG_CONFIG
	local major
	major=$("$PG_CONFIG" --version | sed -E 's/^PostgreSQL ([0-9]+).*/\1/')
	local place=$root/.build/test-$major
	source_dir=$place/source
	log_dir=$place/log
	results=$place/results
	mkdir -p "$place"
	exec {lock}>"$place/lock"
	flock --nonblock "$lock" || die "another make test with PostgreSQL $major is running here"
	export CX_SHARED=${CX_SHARED:-$(dirname "$root")/shared} log_dir
	copy_sources
	cd "$source_dir"
	: >"$results"
	exec 3>>"$results"

	"$PG_CONFIG" --version
	! wanted version || run_item version "version strings" check_version || true
	! wanted format || run_item format "C sources" tools/format.sh || true
	# the same options for every make, or it would build again
	export COPT="$warnings"
	if ! run_item build "without warnings" build; then
		summary || exit 1
	fi
	for choice in install regress isolation pgtap oracle docs; do
		! wanted "$choice" || wants_server=yes
	done
	if [[ -n $wants_server ]]; then
		tools/cluster.sh run -k -- bash test/run.sh --with-server {lock}>&- || record failed install "private server"
	fi
	if wanted tap; then
		tools/cluster.sh as-user -k -- bash test/run.sh --tap {lock}>&- || record failed tap "private servers"
	fi
	summary
}

case ${1:-} in
	--with-server) with_server ;;
	--tap) tap ;;
	'') main ;;
	*) sed -n '3,/^# SEED/{s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
