#!/usr/bin/env bash
# Installs what a bare Debian machine lacks for `make test`; does nothing when all is there.
# Works as root and as an ordinary user with sudo.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

command -v go >/dev/null || die "Go 1.26 or newer is needed"

# command or file to look for, and the package that brings it
missing=()
need() { # need PACKAGE TEST...
	local package=$1
	shift
	"$@" >/dev/null 2>&1 || missing+=("$package")
}
have_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
have_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
have_libc() { printf '#include <stdlib.h>\nint main(void){return 0;}' | gcc -x c - -o /dev/null; }
have_fonts() { command -v fc-list && [ -n "$(fc-list :lang=vi)" ]; }

have_kannel() { [ -x /usr/sbin/bearerbox ] && [ -x /usr/sbin/smsbox ]; }

need gcc command -v gcc
need libc6-dev have_libc
need postgresql have_postgres
need chromium have_chromium
need poppler-utils command -v pdftotext
need nodejs command -v node
need npm command -v npm
need fontconfig command -v fc-list
need fonts-dejavu-core have_fonts
need kannel have_kannel
need postfix [ -x /usr/sbin/postfix ]
need dovecot-imapd [ -x /usr/lib/dovecot/imap ]
need fusioninventory-agent command -v fusioninventory-injector
need ocsinventory-agent command -v ocsinventory-agent
need kannel-extras [ -x /usr/lib/kannel/test/fakesmsc ]

if [ ${#missing[@]} -gt 0 ]; then
	command -v apt-get >/dev/null || die "please install: ${missing[*]}"
	as_root=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "please install as root: apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	say "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
		tail -30 "$log" >&2
		rm -f "$log"
		die "apt-get could not install: ${missing[*]}"
	fi
	rm -f "$log"
fi

stamp=e2e/node_modules/.installed
if [ ! -f "$stamp" ] || [ e2e/package-lock.json -nt "$stamp" ]; then
	say "npm ci in e2e"
	(cd e2e && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error)
	touch "$stamp"
fi
say "ready"
