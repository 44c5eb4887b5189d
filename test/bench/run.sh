#!/usr/bin/env bash
#
# test/bench/run.sh - measures, on a private server, and prints ratios of times taken side by side in one run.
#
#   make bench [TOUCHES=10000000] [ROUNDS=3] [PG_CONFIG=...]
#
# Needs about 6 GB of memory and 4 GB of disk for ten million touches.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
touches=${TOUCHES:-10000000}
rounds=${ROUNDS:-3}

measure()
{
	psql -X -q -c 'CREATE EXTENSION cx_analytics'
	(
		cd "$here"
		psql -X -q -v touches="$touches" -v rounds="$rounds" -f harness.sql -f events.sql
		for subject in building reading map; do
			echo "measuring: $subject" >&2
			psql -X -q -v ON_ERROR_STOP=1 -v rounds="$rounds" -f "$subject.sql"
		done
		psql -X -q -c "\\echo $touches touches, $rounds rounds, PostgreSQL \`psql -XAtc 'SHOW server_version'\`" -f report.sql
	)
}

if [[ ${1:-} == measure ]]; then
	measure
	exit
fi

"$root/tools/prerequisites.sh" build
PG_CONFIG=$("$root/tools/cluster.sh" pg-config)
export PG_CONFIG
make -s -C "$root" all PG_CONFIG="$PG_CONFIG" >/dev/null
exec "$root/tools/cluster.sh" run -o shared_buffers=2GB -o max_wal_size=16GB -o autovacuum=off -- "$here/run.sh" measure
