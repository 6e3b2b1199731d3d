#!/usr/bin/env bash
# All checks of the project, in the order in which they fail fastest. Ends with one line of counts.
# CHECK=go or CHECK=browser runs one half.
set -uo pipefail
cd "$(dirname "$0")/.."

out=$(mktemp -d "${TMPDIR:-/tmp}/lotrinh-test.XXXXXX")
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
failed=0
step() { # step NAME COMMAND...
	local name=$1 from=$SECONDS
	shift
	if "$@"; then
		printf '== %s: ok (%ds)\n' "$name" $((SECONDS - from))
	else
		printf '== %s: FAILED (%ds)\n' "$name" $((SECONDS - from))
		failed=$((failed + 1))
	fi
}

# Databases of tests live in memory where there is room for them: nothing of them is kept anyway.
roomy() {
	local free
	free=$(df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
	if [ -w /dev/shm ] && [ "${free:-0}" -ge 2048 ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

# The engine of SQLite is C made into Go: watched, it is ten times slower, and no race of ours can be found in it.
unwatched=('-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0' '-gcflags=modernc.org/libc=-race=false -d=checkptr=0' '-gcflags=modernc.org/memory=-race=false -d=checkptr=0')

# The whole house with its demo is started dozens of times in app; under the race detector that alone would take a
# quarter of an hour. What runs side by side lies in the packages below, and those are watched.
unit_tests() {
	local watched
	watched=$(go list ./... | grep -v '/app$') &&
		go build -o "$out/testsum" ./scripts/testsum || return 1
	run_tests watched.counts -race "${unwatched[@]}" $watched
	local first=$?
	run_tests house.counts ./app
	[ $? -eq 0 ] && [ $first -eq 0 ]
}

run_tests() { # run_tests COUNTS ARGUMENTS...
	local counts=$1
	shift
	GOTMPDIR="${TMPDIR:-/tmp}" TMPDIR="$(roomy)" scripts/postgres.sh go test -json -p 2 -vet=off -count=1 -ldflags='-s -w' -timeout 15m "$@" |
		"$out/testsum" "$out/$counts"
}

browser_tests() {
	mkdir -p e2e/out
	go build -o bin/lotrinh . && LOTRINH_BIN="$PWD/bin/lotrinh" \
		node --test --test-reporter=spec e2e/*.test.mjs >"$out/browser.log" 2>&1
	local rc=$?
	if [ $rc -ne 0 ]; then cat "$out/browser.log"; else grep -E '^(✔|▶|ℹ (tests|pass|fail|skipped|duration_ms))' "$out/browser.log"; fi
	sed -nE 's/^(ℹ|#) (pass|fail|skipped) ([0-9]+)$/\2 \3/p' "$out/browser.log" >"$out/browser.counts"
	return $rc
}

check=${CHECK:-all}
if [ "$check" != browser ]; then
	step "gofmt" scripts/gofmt.sh
	step "vet" go vet ./...
	step "unit tests" unit_tests
fi
if [ "$check" != go ] && compgen -G "e2e/*.test.mjs" >/dev/null; then
	step "browser stories" browser_tests
fi

sum() { cat "$out"/*.counts 2>/dev/null | awk -v k="$1" '$1 == k { n += $2 } END { print n + 0 }'; }
printf '%d passed, %d failed, %d skipped\n' "$(sum pass)" "$(($(sum fail) > failed ? $(sum fail) : failed))" "$(sum skipped)"
[ "$failed" -eq 0 ]
