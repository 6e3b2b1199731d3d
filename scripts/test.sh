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

# The engine of SQLite is C made into Go, and pictures are painted and packed by libraries that share nothing: watched,
# they are ten times slower, and no race of ours can be found in them.
unwatched=()
for package in modernc.org/{sqlite/lib,libc,memory} image image/draw image/png compress/flate hash/adler32 github.com/golang/freetype/raster; do
	unwatched+=("-gcflags=$package=-race=false -d=checkptr=0")
done

# What has the most tests begins first, so that no core waits for it alone at the end.
longest_first() {
	local package folder
	go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r package folder; do
		echo "$(find "$folder" -maxdepth 1 -name '*_test.go' -exec cat {} + | wc -c) $package $folder"
	done | sort -rn
}

# The race detector makes a test several times slower and can find something only where work runs side by side, so the
# packages that start such work, in their code or in their tests, are watched, and the others are not. Of app, whose tests
# open the whole house, the parts that run side by side lie in packages of their own.
claims='^Test(TwoProcesses|AReportWhoseProcessDied|WhoWasTakenOver|ALongRendering|WhatIsCancelled|WhoMakesNotices)'
side_by_side='^[[:space:]]*(defer )?go (func\(|[A-Za-z_.]+\()|\.Go\('
unit_tests() {
	local size package folder watched=() plain=()
	mkdir -p "$out/templates"
	while read -r size package folder; do
		if [ "$package" = lotrinh/dossier/exchange/post ]; then # 200 schedules of messages without the detector, 40 with it
			plain+=("$package")
			watched+=("$package")
		elif [ "$package" = lotrinh/reports ]; then # draws and prints most of its time: watched where runs are claimed, below
			plain+=("$package")
		elif [ "$package" != lotrinh/app ] && grep -qE "$side_by_side" "$folder"/*.go; then
			watched+=("$package")
		else
			plain+=("$package")
		fi
	done < <(longest_first)
	go build -o "$out/testsum" ./scripts/testsum || return 1
	run_tests plain.counts "${plain[@]}"
	local first=$?
	SOAK_SCHEDULES=40 run_tests watched.counts -race "${unwatched[@]}" "${watched[@]}"
	local second=$?
	run_tests claims.counts -race "${unwatched[@]}" -run "$claims" ./reports
	[ $? -eq 0 ] && [ $second -eq 0 ] && [ $first -eq 0 ]
}

# Tests live for seconds: the collector is let be, which saves a tenth of the processor.
run_tests() { # run_tests COUNTS ARGUMENTS...
	local counts=$1
	shift
	GOTMPDIR="${TMPDIR:-/tmp}" TEST_TEMPLATES="$out/templates" TMPDIR="$(roomy)" scripts/postgres.sh go test -json -p 2 -vet=off -count=1 -exec "env GOGC=300" \
		-ldflags='-s -w' -timeout 25m "$@" |
		"$out/testsum" "$out/$counts"
}

# The demo is told once and every story begins with a copy of it; two stories are lived at once, the longest first.
browser_tests() {
	local rc=0 story
	mkdir -p e2e/out "$out/stories" "$out/demo"
	export LOTRINH_BIN="$PWD/bin/lotrinh" LOTRINH_DEMO="$out/demo" STORIES="$out/stories"
	go build -o bin/lotrinh . && TMPDIR="$(roomy)" node e2e/lib/tell.mjs "$out/demo" &&
		# shellcheck disable=SC2016 # the inner shell puts the names in
		ls -S e2e/*.test.mjs | TMPDIR="$(roomy)" xargs -P 2 -I {} \
			sh -c 'node --test --test-reporter=spec "$1" >"$STORIES/$(basename "$1").log" 2>&1' - {} || rc=1
	cat "$out"/stories/*.log >"$out/browser.log"
	if [ $rc -ne 0 ]; then cat "$out/browser.log"; else grep -E '^(✔|▶|ℹ (tests|pass|fail|skipped|duration_ms))' "$out/browser.log"; fi
	for story in e2e/*.test.mjs; do [ -s "$out/stories/$(basename "$story").log" ] || { echo "not lived: $story"; rc=1; }; done
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
