# What the setup scripts share: saying, failing, and installing Debian packages. To be sourced, after `set -euo pipefail`
# and with the project's root as working directory.
# shellcheck shell=bash

# The name of the script that sourced this: setup-tests.
SETUP="$(basename "${BASH_SOURCE[1]}" .sh)"
readonly SETUP

say() { printf '%s: %s\n' "$SETUP" "$*"; }

fail() {
    printf '%s: %s\n' "$SETUP" "$*" >&2
    exit 1
}

is_there() { command -v "$1" >/dev/null 2>&1; }

# A Python whose venv module can install pip: Debian splits that off.
python_makes_venvs() {
    is_there python3 && python3 -c 'import ensurepip, venv' >/dev/null 2>&1
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif is_there sudo; then
        sudo "$@"
    else
        fail "needs root or sudo to run: $*"
    fi
}

# Installs Debian packages, or says which ones to install by hand.
install_packages() {
    [ "$#" -gt 0 ] || return 0
    is_there apt-get || fail "please install these (names as in Debian), then run this again: $*"
    say "installing $*"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# Makes a virtual environment with these Python packages; one that was there is replaced.
make_venv() {
    local folder="$1"
    shift
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# The stamp of the calling script in this very place: a virtual environment does not survive a move.
stamp() {
    pwd
    cksum <"scripts/$SETUP.sh"
    cksum <scripts/lib/setup.sh
}
