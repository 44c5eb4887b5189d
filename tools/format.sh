#!/usr/bin/env bash
#
# tools/format.sh [--fix] - tells which C files are not formatted as .clang-format says, or formats them.
#
# Versions of clang-format differ in small ways, so only the one that the configuration was written for judges.

set -euo pipefail

wanted=14
cd "$(dirname "${BASH_SOURCE[0]}")/.."
formatter=$(command -v "clang-format-$wanted" || command -v clang-format || true)
version=$("${formatter:-false}" --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p' || true)
if [[ $version != "$wanted" ]]; then
	echo "skipped: the format is checked with clang-format $wanted (apt-get install clang-format-$wanted)"
	exit 0
fi
mapfile -t files < <(find src test -name '*.[ch]' -not -path '*/shim/*' | sort)
if [[ ${1:-} == --fix ]]; then
	"$formatter" -i "${files[@]}"
	exit
fi
status=0
for file in "${files[@]}"; do
	if ! "$formatter" "$file" | cmp -s - "$file"; then
		echo "not formatted: $file (make format mends it)"
		status=1
	fi
done
exit "$status"
