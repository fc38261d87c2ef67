# Sourced by the other scripts: where things are.
# shellcheck shell=sh
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/partner-portal/target}"
tools_folder="${XDG_CACHE_HOME:-$HOME/.cache}/partner-portal/tools"

say() { printf '%s\n' "$*" >&2; }

# install_packages FOLDER: the npm packages of its lock file, once.
install_packages() {
    if ! cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock"; then
        say "npm packages of $1 ..."
        npm ci --prefix "$1" --no-audit --no-fund --loglevel=error >&2 &&
            cp "$1/package-lock.json" "$1/node_modules/.installed-lock"
    fi
}

# Debian 12 has Node 18, the build tools of the site want 20. npm has newer ones as a package.
use_new_node() {
    version=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
    if [ "$version" -lt 20 ]; then
        if ! [ -x "$tools_folder/node_modules/.bin/node" ]; then
            say "Node $version is too old for the site's build tools: fetching Node 22 into $tools_folder ..."
            npm install --prefix "$tools_folder" --no-audit --no-fund --loglevel=error node@22 >&2
        fi
        PATH="$tools_folder/node_modules/.bin:$PATH"
        export PATH
    fi
}

# timed WORDS COMMAND..: runs a command and says how long it took.
timed() {
    words=$1
    shift
    started=$(date +%s)
    "$@" && say "$words: $(($(date +%s) - started)) s"
}

# The server and the site, optimised: what `make run` serves and the browser tests test.
build_release() {
    use_new_node &&
        install_packages style &&
        timed "server built" cargo build --release --quiet --package server &&
        timed "site built" cargo run --release --quiet --package bundle -- --release >&2
}
