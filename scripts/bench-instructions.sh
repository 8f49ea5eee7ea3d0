#!/usr/bin/env bash
# How many instructions a request costs ragload, counted by valgrind: the same every time, on a busy machine as well.
#
#   scripts/bench-instructions.sh                 a build with release's code and debug information
#   scripts/bench-instructions.sh --top 40 --seconds 20    and the functions that take most of them; a longer run has
#                                                          more requests beside its start and end, which are in it
#   scripts/bench-instructions.sh --ragload FILE --bound test      this program; fails above bounds.txt's line for test
#
# The tests run the last form on the program they test (tests/it/scripts.rs). Linux only.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v python3 >/dev/null || {
    printf 'bench-instructions: python3 is missing: run scripts/setup-bench.sh\n' >&2
    exit 1
}
exec python3 -B scripts/bench/instructions.py "$@"
