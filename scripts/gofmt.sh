#!/bin/sh
# Names the Go files that gofmt would change; fails when there are any.
set -eu
cd "$(dirname "$0")/.."
bad=$(git ls-files -co --exclude-standard '*.go' | while read -r f; do [ ! -f "$f" ] || echo "$f"; done | xargs gofmt -l)
[ -z "$bad" ] || { echo "gofmt wants to change:"; echo "$bad"; exit 1; }
