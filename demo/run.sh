#!/usr/bin/env bash
#
# demo/run.sh - what "make demo" does: install what is missing, build, start a private server, load events, show the tour.
#
#   make demo                        5,000 simulated customers
#   make demo CUSTOMERS=200000       more of them
#   make demo SEED=7                 another company
#   make demo EVENTS=file.csv        your own events: a header with customer, at, touchpoint and, if you like,
#                                    channel, team, value, in any order
#   make demo PG_CONFIG=...          on another PostgreSQL
#
# Nothing is left behind: the server and its data live under .cluster/ and go at the end.

set -euo pipefail

demo=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$demo")

die()
{
	printf 'cx_analytics: %s\n' "$*" >&2
	exit 1
}

check_arguments()
{
	CUSTOMERS=${CUSTOMERS:-5000} SEED=${SEED:-42} EVENTS=${EVENTS:-}
	[[ $CUSTOMERS =~ ^[1-9][0-9]{0,6}$ ]] || die "CUSTOMERS=$CUSTOMERS: expected a number from 1 to 9999999"
	[[ $SEED =~ ^[0-9]{1,15}$ ]] || die "SEED=$SEED: expected a number of at most 15 digits"
	if [[ -n $EVENTS ]]; then
		[[ -f $EVENTS ]] || die "EVENTS=$EVENTS: no such file"
		[[ -r $EVENTS ]] || die "EVENTS=$EVENTS: the file cannot be read"
	fi
	export CUSTOMERS SEED EVENTS
}

# A compiler says much that is of interest only when it fails.
build()
{
	local log=$root/.build/demo.log
	mkdir -p "$root/.build"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
		make -C "$root" -j2 all PG_CONFIG="$PG_CONFIG" >"$log" 2>&1 || { tail -n 40 "$log" >&2; die "the build failed"; }
}

run_psql()
{
	PGOPTIONS="-c client_min_messages=warning" psql -X -q -v ON_ERROR_STOP=1 -P pager=off "$@"
}

# Prints what is wrong with the file, if anything, in order of the lines.
show_problems()
{
	local count
	count=$(run_psql -At -c 'SELECT count(*) FROM demo.problem')
	(( count > 0 )) || return 0
	run_psql -At -v file="$EVENTS" -f - >&2 <<-'SQL'
		SELECT format('%s, line %s%s: %s', :'file', line, ', column ' || in_column, what)
		FROM demo.problem ORDER BY line, in_column LIMIT 20;
	SQL
	(( count <= 20 )) || echo "... and $((count - 20)) more" >&2
	die "$EVENTS was not loaded: $count problem$( (( count == 1 )) || echo s)"
}

load_company()
{
	local many
	many=$(run_psql -At -c "SELECT to_char($CUSTOMERS, 'FM9,999,999')")
	echo "Simulating a company with $many customers (demo/company.sql, seed $SEED) ..."
	run_psql -v customers="$CUSTOMERS" -v seed="$SEED" -f "$demo/company.sql"
	run_psql <<-'SQL'
		CREATE SCHEMA demo;
		CREATE VIEW demo.touch AS
		SELECT customer_id::text AS customer, at, touchpoint, channel, team, value, lasted, ref, attrs FROM company.touch;
	SQL
}

load_events()
{
	echo "Reading $EVENTS ..."
	perl "$demo/events.pl" "$EVENTS" | run_psql -v file="$EVENTS" -f "$demo/events.sql"
	show_problems
}

# Draws the map of the tour into the file that the caller opened.
draw_map()
{
	[[ -n ${MAP_FILE:-} ]] || return 0
	run_psql -At -c 'SELECT cx.to_dot(map, 0.05, 25) FROM demo.map' | dot -Tsvg >&3
	echo "The map of chapter 11 as a picture: $MAP_FILE"
}

# Runs inside the private server's environment.
tour()
{
	export PGCLIENTENCODING=UTF8
	if [[ -n $EVENTS ]]; then load_events; else load_company; fi
	run_psql -f "$demo/tour.sql"
	draw_map
}

if [[ ${1:-} == --inside ]]; then
	tour
	exit
fi

check_arguments
"$root/tools/prerequisites.sh" demo
PG_CONFIG=$("$root/tools/cluster.sh" pg-config)
export PG_CONFIG
build
if command -v dot >/dev/null; then
	mkdir -p "$root/.build/demo"
	export MAP_FILE=.build/demo/map.svg
	exec 3>"$root/$MAP_FILE"
fi
"$root/tools/cluster.sh" run -o shared_buffers=256MB -o work_mem=128MB -o maintenance_work_mem=256MB -- "$demo/run.sh" --inside
