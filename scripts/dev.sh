#!/bin/sh
# Builds fast and serves; when a file changes, builds and serves again, and open pages reload (frontend/reload.js).
set -eu
. "$(dirname "$0")/environment.sh"

scripts/install-tools.sh run
use_new_node
install_packages style
portal=
stop() {
    if [ -n "$portal" ]; then
        kill -TERM "$portal" 2>/dev/null || true
        wait "$portal" || true
        portal=
    fi
}
trap 'stop; exit 0' INT TERM

# Everything a build reads, by name and time of change.
state() {
    find app server frontend style migrations assets Cargo.toml Cargo.lock \
        \( -name node_modules -o -name target \) -prune -o -type f -printf '%p %T@\n' 2>/dev/null | sort | cksum
}

while :; do
    seen=$(state)
    if cargo build --quiet --package server && cargo run --quiet --package bundle >&2; then
        stop
        # What open pages watch: it changes with every start.
        date +%s%N >"$CARGO_TARGET_DIR/site/pkg/started.txt"
        "$CARGO_TARGET_DIR/debug/portal" serve --listen "${PORTAL_LISTEN:-127.0.0.1:3000}" --site-dir "$CARGO_TARGET_DIR/site" --demo &
        portal=$!
    fi
    while [ "$(state)" = "$seen" ]; do sleep 1; done
    say "changed: building again"
done
