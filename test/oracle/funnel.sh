#!/usr/bin/env bash
#
# test/oracle/funnel.sh - cx.funnel, cx.funnel_stop and cx.funnel_times, in all modes and combinations of modes, against a
# search over all chains (lib/funnel.pl), in the database that PGDATABASE names.
#
#   SEED=n    other random cases (default 1)
#   SCALE=n   more of them (default 1: some 250,000)
#
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
seed=${SEED:-1}
questions=$(( ${SCALE:-1} * 28000 ))
workers=$(( $(nproc) < 8 ? $(nproc) : 8 ))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

psql -X -q -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning' -c 'CREATE EXTENSION IF NOT EXISTS cx_analytics'

# 30 touches at one instant, any of which may be any step
psql -X -q -A -t -v ON_ERROR_STOP=1 <<'SQL'
SET statement_timeout = '1s';
DO $$
DECLARE
	j cx.journey := (SELECT cx.journey_agg('2026-01-05 09:00Z', 'a') FROM generate_series(1, 30));
BEGIN
	IF cx.funnel(j, array_fill('a'::text, ARRAY[31]), mode => '{once}') <> 30
		OR cx.funnel(j, array_fill('*'::text, ARRAY[30]), interval '0', '{once, strict_order}') <> 30 THEN
		RAISE 'wrong number of steps from 30 touches at one instant';
	END IF;
END $$;
SQL

pids=()
for (( i = 0; i < workers; i++ )); do
	TMPDIR=$work perl "$here/lib/funnel.pl" "$seed" "$i" "$workers" "$questions" >"$work/result.$i" &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid"
done
sed -s '$d' "$work"/result.*
tail -q -n 1 "$work"/result.* | awk '{ cases += $1; differences += $2 }
	END { printf "%d cases compared, %d differences\n", cases, differences; exit differences > 0 || cases == 0 }'
