#!/bin/bash
#
# Fuzzing and testing under AddressSanitizer and UndefinedBehaviorSanitizer.
#
#     make fuzz [RUNS=n] [SEED=n] [SECONDS=n] [TYPES=type,…], or
#     test/fuzz/run.sh fuzz with these in the environment
#         mutates inputs of every kind (see cx_fuzz.c) and every type, or of
#         these, a million or RUNS of them, or for so many seconds, and fails on
#         any problem.  The same RUNS, SEED and TYPES try the same inputs.
#         Types are cx.journey, cx.pattern, cx.selector, and cx_fuzz.step: the
#         text of a step of a funnel.
#     test/fuzz/run.sh regress
#         runs "make installcheck" but for the tests in "unsuited" below
#     test/fuzz/run.sh command …
#         runs a command that finds the server through PGHOST and PGUSER
#
# all against a private server that tools/asan-server.sh builds once.  The
# extension is compiled with both sanitizers in a copy of the checkout, so that
# the objects of the checkout stay as they are.  Reproducers of problems are
# left in .build/fuzz; once the problem is solved they belong into
# test/fuzz/corpus/<type>.<target>/ as hexadecimal text, one input a file: all
# of them are tried at the start of every run.
#
seconds=$SECONDS		# bash counts them from what the environment says, or from 0: so this comes first
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=${RUNS:-1000000}
seed=${SEED:-1}
types=${TYPES:-}
action=${1:-fuzz}
shift || true

die() { printf 'fuzz: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '3,/^# all against/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# ---------------------------------------------------------------------------
# Outside: the server, a copy of the checkout, a cluster
# ---------------------------------------------------------------------------

# Undefined behaviour ends the backend.  Signed overflow does too, although the
# server is compiled so that it wraps: where wrapping is meant, unsigned says so.
sanitize='-fsanitize=undefined,float-cast-overflow -fno-sanitize-recover=all -fno-wrapv -fno-omit-frame-pointer'

# Prepares everything and starts this script again inside a cluster.
outside()
{
	local pg_config server place user
	pg_config=$("$top/tools/asan-server.sh") || die "there is no server to run"
	server=$(dirname "$(dirname "$pg_config")")

	# Two runs would install over each other.
	exec 8>"$server/../run.lock"
	flock 8

	# The server's user must be able to enter; under a closed home folder it
	# cannot, and everything moves to the temporary folder for the time being.
	place=$top/.build/fuzz
	mkdir -p "$place"
	user=postgres
	id -u $user >/dev/null 2>&1 || user=nobody
	if [ "$(id -u)" = 0 ] && ! setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
		test -x "$pg_config" 2>/dev/null; then
		temporary=$(mktemp -d)
		chmod 755 "$temporary"
		trap 'rm -rf "$temporary"' EXIT
		cp -a "$server" "$temporary/server"
		server=$temporary/server
		place=$temporary
	fi

	rm -rf "$place/checkout"
	mkdir "$place/checkout"
	tar -C "$top" --exclude=./.git --exclude=./.build --exclude=./.cluster \
		--exclude='*.o' --exclude='*.so' --exclude='*.bc' -cf - . | tar -xf - -C "$place/checkout"
	find "$place/checkout/sql" -name 'cx_analytics--*.sql' ! -name 'cx_analytics--*--*.sql' -delete

	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	export PG_CONFIG=$server/bin/pg_config COPT=$sanitize
	export UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1:halt_on_error=1
	cd "$place/checkout"
	if ! {
		make -j"$(nproc)" PG_CONFIG="$PG_CONFIG" &&
		make -C test/fuzz install PG_CONFIG="$PG_CONFIG"
	} >"$place/build.log" 2>&1; then
		tail -40 "$place/build.log" >&2
		die "the build failed"
	fi
	FUZZ_TOP=$top tools/cluster.sh run -- bash test/fuzz/run.sh inside "$@"
}

# ---------------------------------------------------------------------------
# Inside
# ---------------------------------------------------------------------------

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# Waits for the server to come back after a crash.
recover()
{
	for _ in {1..300}; do
		sql -c 'SELECT 1' >/dev/null 2>&1 && return
		sleep 0.2
	done
	die "the server does not come back"
}

# Lines in the server's log that no run may leave, from line $1 on.
accidents()
{
	tail -n "+$1" "$CX_SERVER_LOG" |
		grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:|TRAP: |PANIC:|was terminated by signal' || true
}

# The same with the innermost calls.
stacks()
{
	tail -n "+$1" "$CX_SERVER_LOG" | grep -E -A10 'ERROR: AddressSanitizer|runtime error:|TRAP: ' | head -60 || true
}

log_lines() { wc -l <"$CX_SERVER_LOG"; }

# Does the fuzzer find what is planted in the toy?
self_test()
{
	local mark found
	mark=$(($(log_lines) + 1))
	found=$(sql <<-'SQL'
		INSERT INTO cx_fuzz.argument (type, literal) VALUES ('int', '1'), ('int', '2');
		CREATE TEMP TABLE found AS
		SELECT target, r.* FROM (VALUES ('text', '{1,\\x312c322c33,\\x313030}'), ('binary', '{\\x0102,\\x63}'), ('stored', '{\\x0102,\\x636465666768}'))
			AS t (target, corpus), cx_fuzz.run('cx_fuzz.toy', target, 1, 5000, corpus::bytea[]) AS r WHERE outcome = 'problem';
		TRUNCATE cx_fuzz.argument;
		SELECT string_agg(fault, ', ') FROM (
			SELECT 'way in' UNION SELECT 'text trip' UNION SELECT 'binary trip' UNION SELECT 'cx_fuzz.toy_sum(cx_fuzz.toy)'
			UNION SELECT 'cx_fuzz.toy_more(cx_fuzz.toy,integer)' UNION SELECT 'cx_fuzz.toy_scribble(cx_fuzz.toy)'
			EXCEPT SELECT subject FROM found) AS missing (fault);
	SQL
	)
	[ -z "$found" ] || die "self-test: not found: $found"
	if sql -c "SET cx_fuzz.peek = on" -c "SELECT FROM cx_fuzz.run('cx_fuzz.toy', 'stored', 1, 5000, '{\"\\\\x0102\"}')" >/dev/null 2>&1; then
		die "self-test: reading behind a value went unnoticed"
	fi
	recover
	accidents "$mark" | grep -q AddressSanitizer || die "self-test: no report of the planted over-read"
	[ "$(sql -c "SELECT count(*) FROM cx_fuzz.lost() WHERE doing LIKE '%toy_peek%'")" = 1 ] ||
		die "self-test: the input that ended the backend is not known"
}

# Notes a backend that died: what it was doing, and what the log says.  Fails
# when there was none.
crashed()
{
	local mark=$1 type=$2 target=$3 kind
	recover
	kind=$(accidents "$mark" | head -1)
	sql -v type="$type" -v target="$target" -v kind="${kind:-the connection was lost}" >/dev/null <<-'SQL'
		INSERT INTO report SELECT :'type', :'target', 'problem', 'crash: ' || doing, '00000', 1, :'kind', input FROM cx_fuzz.lost();
	SQL
	stacks "$mark" | head -10
	[ "$(sql -c "SELECT count(*) FROM report WHERE subject LIKE 'crash:%'")" != 0 ]
}

# Tries a portion of the inputs of a target; count 0 means the corpus as it is.
# Fails when the backend died.
portion()
{
	local type=$1 target=$2 from=$3 count=$4 mark encoding=UTF8
	mark=$(($(log_lines) + 1))
	# The binary form carries labels in the client's encoding.
	[ "$target" != binary ] || [ $((from % 4)) != 3 ] || encoding=LATIN1
	if ! sql -v type="$type" -v target="$target" -v from="$from" -v count="$count" -v encoding="$encoding" \
		2>"$CX_WORK/portion.err" >/dev/null <<-'SQL'; then
		SET client_min_messages = error;
		SET client_encoding = :'encoding';
		INSERT INTO report
		SELECT :'type', :'target', r.*
		FROM cx_fuzz.run(:'type', :'target', :from, :count,
			(SELECT array_agg(entry ORDER BY number) FROM corpus WHERE (type, target) = (:'type'::regtype, :'target'))) AS r;
	SQL
		crashed "$mark" "$type" "$target" || { cat "$CX_WORK/portion.err" >&2; die "the run of $type $target failed"; }
		return 1
	fi
}

# Fills the tables that a run works with.
prepare()
{
	local file type
	{
		cat <<-'SQL'
			SET TimeZone = 'UTC';
			SELECT setseed(0.42);
			-- values in text form; what is not valid is only for the input function
			CREATE TABLE seed (number int GENERATED ALWAYS AS IDENTITY, type regtype NOT NULL DEFAULT 'cx.journey', value text NOT NULL, valid boolean NOT NULL DEFAULT true);
		SQL
		cat test/fuzz/seeds/journey.sql test/fuzz/seeds/pattern.sql test/fuzz/seeds/arguments.sql
	} | sql >/dev/null
	sql -v types="$types" >/dev/null <<-'SQL'
		INSERT INTO cx_fuzz.traveller SELECT literal::cx.journey FROM cx_fuzz.argument WHERE type = 'cx.journey'::regtype;
		ANALYZE cx_fuzz.traveller;
		CREATE TABLE report (type text, target text, outcome text, subject text, code text, cases bigint, detail text, input bytea);
		CREATE TABLE corpus (number int GENERATED ALWAYS AS IDENTITY, type regtype, target text, entry bytea);
		INSERT INTO corpus (type, target, entry)
		SELECT type, target, cx_fuzz.form(type, target, value) FROM seed, cx_fuzz.targets(type) AS target WHERE valid ORDER BY number;
		INSERT INTO corpus (type, target, entry)
		SELECT type, 'text', convert_to(value, 'UTF8') FROM seed WHERE NOT valid ORDER BY number;

		-- What share of the inputs each way into each type gets.
		CREATE TABLE share AS
		SELECT type, target, weight, weight / sum(weight::numeric) OVER () AS share
		FROM (VALUES
			('cx.journey'::regtype, 'text', 35), ('cx.journey', 'binary', 30), ('cx.journey', 'stored', 15), ('cx.journey', 'jsonb', 12), ('cx.journey', 'state', 8),
			('cx.pattern', 'text', 60), ('cx.pattern', 'binary', 15), ('cx.pattern', 'stored', 25),
			('cx.selector', 'text', 25), ('cx.selector', 'binary', 10), ('cx.selector', 'stored', 15),
			('cx_fuzz.step', 'text', 20)) AS t (type, target, weight)
		WHERE :'types' = '' OR type = ANY (string_to_array(:'types', ',')::regtype[]);

		CREATE VIEW problem AS
		SELECT row_number() OVER (ORDER BY type, target, subject, code) AS number, type, target, subject, code,
			sum(cases) AS cases, (array_agg(detail))[1] AS detail, (array_agg(encode(input, 'hex')))[1] AS input
		FROM report WHERE outcome = 'problem' GROUP BY type, target, subject, code;
	SQL
	for file in test/fuzz/corpus/*.*/*; do
		[ -f "$file" ] || continue
		type=$(basename "$(dirname "$file")")
		sql -v type="cx.${type%.*}" -v target="${type##*.}" -v entry="$(tr -d ' \n' <"$file")" \
			<<<"INSERT INTO corpus (type, target, entry) VALUES (:'type', :'target', decode(:'entry', 'hex'));"
	done
}

results()
{
	local number type target input kept=$FUZZ_TOP/.build/fuzz/problems
	sql <<-'SQL'
		SELECT format('%-12s %-8s%9s inputs %9s accepted %9s rejected %10s calls of functions, %s of them raised', type, target,
			coalesce(sum(cases) FILTER (WHERE outcome IN ('accepted', 'rejected')), 0),
			coalesce(sum(cases) FILTER (WHERE outcome = 'accepted'), 0), coalesce(sum(cases) FILTER (WHERE outcome = 'rejected'), 0),
			coalesce(sum(cases) FILTER (WHERE outcome IN ('returned', 'raised')), 0), coalesce(sum(cases) FILTER (WHERE outcome = 'raised'), 0))
		FROM report GROUP BY type, target ORDER BY type, target;
		SELECT format('  %-9s %s %9s  e.g. %s', outcome, code, sum(cases), left((array_agg(replace(detail, E'\n', ' ')))[1], 90))
		FROM report WHERE outcome IN ('rejected', 'raised') GROUP BY outcome, code ORDER BY outcome, sum(cases) DESC;
		SELECT format(E'PROBLEM %s (%s %s, %s): %s cases\n  %s %s\n  %s', number, type, target, subject, cases, code, detail, left(input, 400))
		FROM problem ORDER BY number;
		SELECT format('%s inputs, %s accepted, %s rejected, %s problems',
			coalesce(sum(cases) FILTER (WHERE outcome IN ('accepted', 'rejected')), 0),
			coalesce(sum(cases) FILTER (WHERE outcome = 'accepted'), 0), coalesce(sum(cases) FILTER (WHERE outcome = 'rejected'), 0),
			(SELECT count(*) FROM problem))
		FROM report;
	SQL

	rm -rf "$kept"
	sql -F ' ' -c "SELECT number, replace(type, 'cx.', ''), target, input FROM problem ORDER BY number" |
		while read -r number type target input; do
			mkdir -p "$kept/$type.$target"
			fold -w 120 <<<"$input" >"$kept/$type.$target/$number.hex"
		done
	[ ! -d "$kept" ] || die "reproducers are in .build/fuzz/problems"
}

fuzz()
{
	local runs=$1 seed=$2 seconds=$3 types=$4
	local pair pairs crashes=0 mark part=0 begun again type target weight total count
	local -A tried=()

	sql -c 'CREATE EXTENSION cx_analytics' -c 'CREATE SCHEMA cx_fuzz' -c 'CREATE EXTENSION cx_fuzz'
	self_test
	mark=$(($(log_lines) + 1))
	prepare
	sql -c "SELECT DISTINCT 'not called: ' || function FROM share, cx_fuzz.functions(type) WHERE NOT called"

	mapfile -t pairs < <(sql -F ' ' -v runs="$runs" <<<"SELECT type, target, weight, round(:runs * share) FROM share ORDER BY type, target")
	for pair in "${pairs[@]}"; do
		read -r type target weight total <<<"$pair"
		portion "$type" "$target" 0 0 || true
	done

	# Portion by portion, so that a crash loses little and a limit in time is kept.
	begun=$(date +%s)
	again=yes
	while [ -n "$again" ]; do
		again=
		for pair in "${pairs[@]}"; do
			read -r type target weight total <<<"$pair"
			if [ "$seconds" -gt 0 ]; then
				[ $(($(date +%s) - begun)) -lt "$seconds" ] || break
				count=$((100 * weight))
			else
				count=$((total - ${tried[$type $target]:-0}))
				[ $count -le $((1000 * weight)) ] || count=$((1000 * weight))
				[ $count -gt 0 ] || continue
			fi
			again=yes
			part=$((part + 1))
			tried[$type $target]=$((${tried[$type $target]:-0} + count))
			portion "$type" "$target" $((seed * 1000000 + part)) $count || crashes=$((crashes + 1))
			[ $crashes -lt 5 ] || break 2
		done
	done

	results
	[ -z "$(accidents "$mark")" ] || { stacks "$mark"; die "the server's log tells of accidents"; }
}

# Tests that say nothing here, and why.
declare -A unsuited=(
	[pattern_bounds]="limits in seconds, which hold for an optimised build without sanitizers"
)

inside()
{
	local what=$1 mark status=0 test
	shift
	if [ "$what" = fuzz ]; then
		fuzz "$@"
		return
	fi
	mark=$(($(log_lines) + 1))
	case $what in
		regress)
			mkdir -m 777 results			# tests let the server write there
			for test in "${!unsuited[@]}"; do
				echo "left out: $test (${unsuited[$test]})"
				rm "test/sql/$test.sql"			# of this copy of the checkout
			done
			make installcheck PG_CONFIG="$PG_CONFIG" TAP_TESTS= || status=$?
			[ ! -s regression.diffs ] || head -300 regression.diffs | cut -c1-200
			;;
		command) "$@" || status=$? ;;
	esac
	if [ -n "$(accidents "$mark")" ]; then
		stacks "$mark"
		die "the server's log tells of accidents"
	fi
	return "$status"
}

case $action in
	inside) inside "$@" ;;
	fuzz) [ $# -eq 0 ] || usage; outside fuzz "$runs" "$seed" "$seconds" "$types" ;;
	regress) [ $# -eq 0 ] || usage; outside regress ;;
	command) [ $# -gt 0 ] || usage; outside "$action" "$@" ;;
	*) usage ;;
esac
