#!/usr/bin/env bash
#
# test/oracle/funnel_attempts.sh - cx.funnel_attempts, in all modes and combinations of modes, against its definition over
# a search of all chains (lib/funnel_attempts.pl), in the database that PGDATABASE names.
#
#   SEED=n    other random cases (default 1)
#   SCALE=n   more of them (default 1: some 100,000)
#
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
seed=${SEED:-1}
questions=$(( ${SCALE:-1} * 12000 ))
workers=$(( $(nproc) < 8 ? $(nproc) : 8 ))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

psql -X -q -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning' -c 'CREATE EXTENSION IF NOT EXISTS cx_analytics'

pids=()
for (( i = 0; i < workers; i++ )); do
	TMPDIR=$work perl "$here/lib/funnel_attempts.pl" "$seed" "$i" "$workers" "$questions" >"$work/result.$i" &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid"
done
sed -s '$d' "$work"/result.*
tail -q -n 1 "$work"/result.* | awk '{ cases += $1; differences += $2 }
	END { printf "%d cases compared, %d differences\n", cases, differences; exit differences > 0 || cases == 0 }'
