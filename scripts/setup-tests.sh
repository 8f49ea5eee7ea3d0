#!/usr/bin/env bash
# Puts the tools that the ignored tests drive into .test-tools/ (or $RAGLOAD_TEST_TOOLS).
#
# Idempotent, and quick when there is nothing to do. On Debian and Ubuntu it installs what is missing, as root or through
# sudo; elsewhere it says what to install. The tests find every tool as .test-tools/bin/NAME.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/setup.sh

readonly LOCUST_VERSION=2.47.0
readonly JUNITPARSER_VERSION=5.0.3
readonly TOOLS="${RAGLOAD_TEST_TOOLS:-.test-tools}"
readonly BIN="$TOOLS/bin"
readonly VENV="$TOOLS/venv"

# command:Debian package, of what building and testing needs from the system
readonly BUILD_TOOLS=(cc:build-essential)
# the same, of what tests drive; each is linked into .test-tools/bin
TEST_TOOLS=(
    chromium:chromium     # opens the HTML pages
    python3:python3       # runs the benchmarks' own tests
    shellcheck:shellcheck # reads the shell scripts
    tmux:tmux             # is the terminal that the progress line redraws on
)
if [ "$(uname)" = Linux ]; then
    TEST_TOOLS+=(valgrind:valgrind) # counts the instructions of a request; other systems have none that fits
fi
readonly TEST_TOOLS

# Prints where a tool is, under whichever of its names.
program_of() {
    case "$1" in
        chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
        *) command -v "$1" ;;
    esac
}

# Prints the Debian packages that are missing, one a line.
missing_packages() {
    local entry
    for entry in "${BUILD_TOOLS[@]}" "${TEST_TOOLS[@]}"; do
        program_of "${entry%%:*}" >/dev/null || package_named "${entry#*:}"
    done
    python_makes_venvs || printf '%s\n' python3 python3-venv
}

# Prints the name that this distribution has for a Debian package.
package_named() {
    if [ "$1" = chromium ] && grep -qs '^ID=ubuntu' /etc/os-release; then
        printf 'chromium-browser\n'
    else
        printf '%s\n' "$1"
    fi
}

# program:version of what tests drive in the virtual environment; each is linked into .test-tools/bin
readonly PYTHON_TOOLS=("locust:$LOCUST_VERSION" "junitparser:$JUNITPARSER_VERSION")

# Whether a program of the virtual environment is there in its version.
python_tool_is_right() {
    [[ "$("$VENV/bin/$1" --version 2>/dev/null)" =~ ^$1\ $2( |$) ]]
}

python_tools_are_right() {
    local entry
    for entry in "${PYTHON_TOOLS[@]}"; do
        python_tool_is_right "${entry%%:*}" "${entry#*:}" || return 1
    done
}

install_python_tools() {
    python_tools_are_right && return 0
    say "installing ${PYTHON_TOOLS[*]} into $VENV"
    make_venv "$VENV" "${PYTHON_TOOLS[@]/:/==}"
}

# Links every tool into one folder and fails loudly when one is missing.
link_tools() {
    local entry name program
    mkdir -p "$BIN"
    for entry in "${TEST_TOOLS[@]}"; do
        name="${entry%%:*}"
        program="$(program_of "$name")" || fail "$name is still missing (Debian package ${entry#*:})"
        ln -sfn "$program" "$BIN/$name"
    done
    for entry in "${PYTHON_TOOLS[@]}"; do
        name="${entry%%:*}"
        python_tool_is_right "$name" "${entry#*:}" || fail "${entry/:/ } is still missing in $VENV"
        ln -sfn "../venv/bin/$name" "$BIN/$name"
    done
}

check_rust() {
    is_there cargo || fail "cargo is missing: install Rust first (https://rustup.rs)"
    local part
    for part in fmt clippy; do
        cargo "$part" --version >/dev/null 2>&1 || fail "cargo $part is missing: rustup component add rustfmt clippy"
    done
}

# Done before, with every link still leading somewhere?
is_done() {
    local entry
    [ "$(cat "$TOOLS/stamp" 2>/dev/null)" = "$(stamp)" ] || return 1
    for entry in "${TEST_TOOLS[@]}" "${PYTHON_TOOLS[@]}"; do
        [ -x "$BIN/${entry%%:*}" ] || return 1
    done
    is_there cc
}

main() {
    check_rust
    is_done && return 0
    local packages
    mapfile -t packages < <(missing_packages)
    mkdir -p "$TOOLS"
    install_packages "${packages[@]}"
    install_python_tools
    link_tools
    stamp >"$TOOLS/stamp"
    say "ready in $TOOLS"
}

main "$@"
