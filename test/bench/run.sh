#!/usr/bin/env bash
#
# test/bench/run.sh - measures, on a private server, and prints ratios of times taken side by side in one run.
#
#   make bench [TOUCHES=10000000] [ROUNDS=3] [ONLY=building,reading,pattern,map,ownership,score,buying,peers] [PEERS=folder] [PG_CONFIG=...]
#
# Needs about 6 GB of memory and 5 GB of disk for ten million touches.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
touches=${TOUCHES:-10000000}
export ROUNDS=${ROUNDS:-3}
subjects=(building reading pattern map ownership score buying peers)

# wanted SUBJECT
wanted()
{
	[[ -z ${ONLY:-} || ,$ONLY, == *,$1,* ]]
}

measure()
{
	local subject
	psql -X -q -c 'CREATE EXTENSION cx_analytics'
	cd "$here"
	psql -X -q -v touches="$touches" -v rounds="$ROUNDS" -f harness.sql -f events.sql
	for subject in "${subjects[@]}"; do
		wanted "$subject" || continue
		echo "measuring: $subject" >&2
		if [[ -f $subject.sh ]]; then
			"./$subject.sh"
		else
			psql -X -q -v ON_ERROR_STOP=1 -v rounds="$ROUNDS" -f "$subject.sql"
		fi
	done
	psql -X -q -c "\\echo $touches touches, $ROUNDS rounds, PostgreSQL \`psql -XAtc 'SHOW server_version'\`" -f report.sql
}

if [[ ${1:-} == measure ]]; then
	measure
	exit
fi

for subject in ${ONLY:+${ONLY//,/ }}; do
	[[ " ${subjects[*]} " == *" $subject "* ]] || { echo "bench: ONLY=$subject: there are ${subjects[*]}" >&2; exit 1; }
done
if [[ -n ${PEERS:-} ]]; then
	PEERS=$(cd "$PEERS" && pwd -P)
	export PEERS
fi
"$root/tools/prerequisites.sh" build
PG_CONFIG=$("$root/tools/cluster.sh" pg-config)
export PG_CONFIG
make -s -C "$root" all PG_CONFIG="$PG_CONFIG" >/dev/null
exec "$root/tools/cluster.sh" run -o shared_buffers=2GB -o max_wal_size=16GB -o autovacuum=off -- "$here/run.sh" measure
