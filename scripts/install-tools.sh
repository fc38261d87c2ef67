#!/bin/sh
# Installs what is missing to build and run the portal ("run"), and to test it ("test"), on Debian and its relatives.
# Says what it installs and why, and leaves alone what is there. As root, or as a user with sudo.
set -eu

purpose=${1:-run}
packages=

say() { printf '%s\n' "$*" >&2; }

# want PACKAGES REASON: notes packages to install.
want() {
    say "missing: $2 (package $1)"
    packages="$packages $1"
}

have() { command -v "$1" >/dev/null 2>&1; }

# The base, which a clone and `make` already had, but for the compiler.
have cc || want build-essential "a C compiler and linker, for Rust's build scripts"
if ! have cargo; then
    say "missing: Rust. Install it with rustup, then run this again:"
    say "    apt-get install -y curl git build-essential"
    say "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . \"\$HOME/.cargo/env\""
    exit 1
fi

# PostgreSQL: the portal runs a server of its own from these binaries.
postgres_found=
for program in /usr/lib/postgresql/*/bin/postgres "$(command -v postgres || true)"; do
    if [ -x "$program" ]; then postgres_found=yes; fi
done
[ -n "$postgres_found" ] || want postgresql "PostgreSQL, the database"
have setpriv || want util-linux "setpriv, to run PostgreSQL as another user than root"

# Node runs the build tools of the styles and the optimiser of the browser code.
have node || want nodejs "Node.js, for Tailwind and wasm-opt"
have npm || want npm "npm, which brings them"

if [ "$purpose" = test ]; then
    have pg_virtualenv || want postgresql-common "pg_virtualenv, a database server for the time of the tests"
    have chromium || have chromium-browser || have google-chrome || want chromium "a browser, for the browser tests"
    { /usr/bin/python3 -c 'import aiosmtpd' || python3 -c 'import aiosmtpd'; } 2>/dev/null || want python3-aiosmtpd "aiosmtpd, the mail server that the tests send to"
    have pdftotext || want poppler-utils "pdftotext, which reads the statements that the tests download"
fi

if [ -n "$packages" ]; then
    if ! have apt-get; then
        say "This is no Debian: install the above by hand."
        exit 1
    fi
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if ! have sudo; then
            say "Run as root: apt-get install -y --no-install-recommends$packages"
            exit 1
        fi
        as_root=sudo
    fi
    say "installing:$packages"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2
fi

# rust-toolchain.toml names the wasm target; asking for the version makes rustup install what it names. A compiler
# that came some other way has to bring the target itself.
if ! [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then
    if have rustup; then
        say "missing: the wasm32 target, for what runs in the browser"
        rustup target add wasm32-unknown-unknown
    else
        say "missing: the wasm32-unknown-unknown target of this Rust, and rustup to add it: https://rustup.rs"
        exit 1
    fi
fi
