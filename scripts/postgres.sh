#!/usr/bin/env bash
# Starts a throw-away PostgreSQL on a free port of the loopback, runs a command with TEST_PG set
# to it, and takes everything away again: scripts/postgres.sh COMMAND [ARGUMENT...]
# Tests need no durability; DURABLE=1 leaves it as PostgreSQL comes, for measuring. KEEP=FOLDER keeps its data in that folder
# and finds it there the next time.
set -euo pipefail

bin=$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
if [ -n "${KEEP:-}" ]; then
	mkdir -p "$KEEP"
	dir=$(cd "$KEEP" && pwd)
else
	dir=$(mktemp -d "${TMPDIR:-/tmp}/lotrinh-pg.XXXXXX")
fi
as=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
	chown postgres "$dir"
	as=(runuser -u postgres --)
fi
cleanup() {
	if [ -n "${KEEP:-}" ]; then
		"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m fast -t 300 -w stop >/dev/null 2>&1 || true
		return
	fi
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

cd "$dir"
if [ ! -f data/PG_VERSION ]; then
	"${as[@]}" "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
		{ cat "$dir/initdb.log" >&2; exit 1; }
fi

hasty="-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
[ -z "${DURABLE:-}" ] || hasty="-c shared_buffers=512MB -c max_wal_size=2GB"

port=
for _ in $(seq 1 20); do
	try=$((20000 + RANDOM % 12000)) # below the ports that the kernel hands out
	if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -t 60 start >/dev/null 2>&1 -o \
		"-c listen_addresses=127.0.0.1 -c port=$try -c unix_socket_directories=$dir -c max_connections=200 \
		 $hasty"; then
		port=$try
		break
	fi
done
[ -n "$port" ] || { echo "postgres: no free port found" >&2; cat "$dir/data/log" >&2; exit 1; }

cd "$OLDPWD"
TEST_PG="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable" "$@"
