#!/bin/sh
# Runs every fuzz target of the module for MINUTES minutes, one after the other, then SCHEDULES random schedules
# of what can happen to messages between offices (on PostgreSQL too where TEST_PG is set).
set -eu
cd "$(dirname "$0")/.."
minutes=${MINUTES:-10}
failed=0
git grep -lE '^func Fuzz[A-Z]' -- '*_test.go' | xargs -r -n1 dirname | sort -u >"${TMPDIR:-/tmp}/soak.$$"
trap 'rm -f "${TMPDIR:-/tmp}/soak.$$"' EXIT
while read -r dir; do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | sed 's/^func //'); do
		echo "== ./$dir $target, $minutes min"
		go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "${minutes}m" </dev/null || failed=$((failed + 1))
	done
done <"${TMPDIR:-/tmp}/soak.$$"
schedules=${SCHEDULES:-10000}
echo "== ./dossier/exchange/post, $schedules schedules"
SOAK_SCHEDULES=$schedules go test ./dossier/exchange/post -v -run '^TestWhateverHappensOnTheWayEachEffectHappensOnce$' -timeout 0 || failed=$((failed + 1))
[ "$failed" -eq 0 ] || { echo "$failed targets failed; the inputs lie in testdata/fuzz"; exit 1; }
