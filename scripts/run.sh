#!/bin/sh
# Builds the release and serves it with demo data. Ctrl-C stops the portal, and the portal its PostgreSQL.
set -eu
. "$(dirname "$0")/environment.sh"

scripts/install-tools.sh run
build_release
exec "$CARGO_TARGET_DIR/release/portal" serve --listen "${PORTAL_LISTEN:-127.0.0.1:3000}" --site-dir "$CARGO_TARGET_DIR/site" --demo
