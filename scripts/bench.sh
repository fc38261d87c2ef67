#!/bin/bash
# Measurements that print figures: imports, 64 who submit at once, and closes at the size of a whole market. BENCH_PARTNERS and BENCH_MONTHS change the size
# (10000 partners with 36 months of a million rows need some 10 GB and half an hour; 6 months show the same).
set -euo pipefail
. "$(dirname "$0")/environment.sh"
scripts/install-tools.sh test
# shellcheck disable=SC2016 # expanded inside, where the variables are
pg_virtualenv -o fsync=off -o max_connections=300 -o shared_buffers=1GB -o max_wal_size=8GB bash -euc '
    export DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
    unset PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSYSCONFDIR PGVERSION PGCLUSTER
    cargo nextest run --release -p service -p server --run-ignored only --no-capture "$@"' bash "$@"
