#!/usr/bin/env bash
#
# test/bench/peers.sh - the same questions to this extension, to ClickHouse (in process) and to DuckDB, each with one thread.
#
# The engines run side by side, but work in turn, question after question, round after round; all must give the same answer.
# test/bench/run.sh calls it; the events are in the server, ROUNDS and CX_WORK are set.  PEERS is the folder where the peers were
# installed (docs/benchmarks.md tells how); a peer that is not there is skipped.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$here"
PEERS=${PEERS:-$(dirname "$(dirname "$(dirname "$here")")")/shared/peers}
export NODE_PATH=$PEERS/node_modules
work=$CX_WORK/peers

# engine, which file of questions/, query: who takes part, line by line
entrants='journeys journeys journeys'
clickhouse=$'\nclickhouse clickhouse clickhouse\nclickhouse clickhouse-tuned clickhouse, tuned'
duckdb=$'\nduckdb rows duckdb'

declare -A input output process

# start NAME COMMAND... runs an engine that answers each line of its input with a line.
start()
{
	local name=$1 to from
	shift
	mkfifo "$work/$name.in" "$work/$name.out"
	"$@" <"$work/$name.in" >"$work/$name.out" 2>"$work/$name.log" &
	process[$name]=$!
	exec {to}>"$work/$name.in" {from}<"$work/$name.out"
	input[$name]=$to
	output[$name]=$from
}

stop()
{
	(( ${#process[@]} == 0 )) || kill "${process[@]}" 2>/dev/null || true
	wait
}

# receive NAME reads an engine's next line into ms and answer.
receive()
{
	IFS=$'\t' read -r ms answer <&"${output[$1]}" && return
	cat "$work/$1.log" >&2
	echo "bench: $1 gave no answer" >&2
	return 1
}

# ask NAME QUESTION asks what is in questions/QUESTION.sql.
ask()
{
	case $1 in
		journeys)
			# shellcheck disable=SC2016
			printf '\\set question `cat questions/%s.sql`\nSELECT ms, answer FROM bench.run(:'\''question'\'');\n' "$2" ;;
		*) printf 'questions/%s.sql\n' "$2" ;;
	esac >&"${input[$1]}"
	receive "$1"
}

note()
{
	psql -X -q -v ON_ERROR_STOP=1 -v race="$1" -v query="$2" -v ms="$ms" <<<"CALL bench.note(:'race', :'query', :'ms')"
}

# Is the peer there?  npm folders hold a package.json for each package.
installed()
{
	command -v node >/dev/null && [[ -f $NODE_PATH/$1/package.json ]] && return
	echo "not measured: $2 is not installed in $PEERS (docs/benchmarks.md tells how)" >&2
	return 1
}

# race QUESTION: one turn of all that take part.
race()
{
	local engine file query first=
	while read -r engine file query; do
		[[ -f questions/$1-$file.sql ]] || continue
		ask "$engine" "$1-$file"
		if [[ -n $first && $answer != "$first" ]]; then
			echo "bench: $1: $query answers $answer, others $first" >&2
			return 1
		fi
		first=$answer
		note "peers: $1" "$query"
	done <<<"$entrants"
}

main()
{
	local question engine engines=() round ms answer
	if installed chdb ClickHouse; then
		engines+=(clickhouse)
		entrants+=$clickhouse
	fi
	if installed @duckdb/node-api DuckDB; then
		engines+=(duckdb)
		entrants+=$duckdb
	fi
	(( ${#engines[@]} > 0 )) || return 0

	mkdir "$work"
	trap stop EXIT
	psql -X -q -v ON_ERROR_STOP=1 -c "COPY (SELECT customer_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), touchpoint FROM bench.event)
		TO STDOUT (FORMAT csv)" >"$work/events.csv"
	PGOPTIONS='-c jit=off -c work_mem=4GB -c max_parallel_workers_per_gather=0' start journeys psql -XAtq -F $'\t' -v ON_ERROR_STOP=1
	for engine in "${engines[@]}"; do
		start "$engine" node "peers/$engine.js" "$work/events.csv" "$work/$engine.data"
		receive "$engine"       # its "ready"
	done
	for (( round = 0; round < ROUNDS; round++ )); do
		for question in funnel pattern map; do
			race "$question"
		done
	done
	psql -X -q -v ON_ERROR_STOP=1 <<-'SQL'
		INSERT INTO bench.ratio (what, ratio, must)
		SELECT t.race || ': ' || t.query || ' / journeys', t.ms / bench.ms(t.race, 'journeys'),
			CASE WHEN t.query = 'clickhouse' THEN CASE t.race WHEN 'peers: funnel' THEN '>= 4' WHEN 'peers: map' THEN '>= 6' ELSE '>= 3' END END
		FROM bench.time t WHERE t.race LIKE 'peers: %' AND t.query <> 'journeys' ORDER BY t.race, t.query;
	SQL
}

main
