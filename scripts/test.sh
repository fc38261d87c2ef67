#!/bin/bash
# The tests, "all" or "fast". Every step runs even when an earlier one failed; the last line is the total.
# Logs are kept in $CARGO_TARGET_DIR/test-log.
set -euo pipefail
. "$(dirname "$0")/environment.sh"

extent=${1:-all}
logs=$CARGO_TARGET_DIR/test-log
passed=0 failed=0
rm -rf "$logs"
mkdir -p "$logs"

scripts/install-tools.sh "$([ "$extent" = all ] && echo test || echo run)"

# step NAME COMMAND..: runs a command, keeps its output, counts what its runner counted. A step that fails without
# a count of failed tests counts as one.
step() {
    local name=$1 log=$logs/$1.log result=0 step_passed step_failed
    shift
    say "== $name"
    "$@" 2>&1 | tee "$log" || result=$?
    # nextest, cargo test, Playwright.
    step_passed=$(counts passed "$log")
    step_failed=$(counts failed "$log")
    if [ "$result" != 0 ] && [ "$step_failed" = 0 ]; then step_failed=1; fi
    if [ "$result" = 0 ] && [ "$step_passed" = 0 ]; then step_passed=1; fi
    passed=$((passed + step_passed))
    failed=$((failed + step_failed))
    [ "$result" = 0 ] || say "== $name failed"
}

# counts WORD LOG: the sum of the numbers before a word in the summary lines of test runners.
counts() {
    sed -E 's/\x1b\[[0-9;]*m//g' "$2" |
        { grep -E '^ *Summary \[|^test result: |^ +[0-9]+ (passed|failed|flaky|did not run|interrupted)( |$)' || true; } |
        sed -E 's/(flaky|did not run|interrupted|timed out)/failed/' |
        { grep -oE "[0-9]+ $1" || true; } | awk '{ sum += $1 } END { print sum + 0 }'
}

# (Inside a step `set -e` does not hold, so what follows on something is joined with `&&`.)
# `frontend` is for the browser only and is looked at for its target.
run_tests() {
    local packages=("$@")
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --no-fail-fast "${packages[@]}"
    else
        say "cargo-nextest is not installed (cargo install cargo-nextest --locked): cargo test takes its place."
        cargo test --no-fail-fast "${packages[@]}"
    fi
}

# Real PostgreSQL: the one in DATABASE_URL, or one for the time of the tests. What is tested finds it by DATABASE_URL alone.
run_database_tests() {
    if [ -n "${DATABASE_URL:-}" ]; then
        run_tests "$@"
    else
        export -f run_tests say
        # shellcheck disable=SC2016 # expanded inside, where the variables are
        pg_virtualenv -o fsync=off -o max_connections=300 bash -euc '
            export DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
            unset PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSYSCONFDIR PGVERSION PGCLUSTER
            run_tests "$@"' bash "$@"
    fi
}

run_browser_tests() {
    build_release && install_packages end2end && npm test --prefix end2end
}

step format cargo fmt --all --check
step clippy cargo clippy --quiet --workspace --exclude frontend --all-targets -- -D warnings
step clippy-browser cargo clippy --quiet --package frontend --target wasm32-unknown-unknown -- -D warnings
if [ "$extent" = all ]; then
    step tests run_database_tests --workspace --exclude frontend
    if [ -f end2end/package.json ]; then step browser run_browser_tests; fi
else
    step tests run_tests --package domain
fi

printf '%s passed, %s failed\n' "$passed" "$failed" | tee "$logs/total"
[ "$failed" = 0 ]
