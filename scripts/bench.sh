#!/usr/bin/env bash
# ragload side by side with whichever of wrk, oha, hey, k6, k9-load, Goose and Locust is installed, on the same work
# against the same server, each on one core (scripts/setup-bench.sh installs them). Linux only.
#
#   scripts/bench.sh                      everything; an hour and a half, on a machine with nothing else to do
#   scripts/bench.sh --quick              does everything work? a minute or two, figures of no worth
#   scripts/bench.sh --parts get-64,latency --peers wrk,oha
#   scripts/bench.sh --render --write     the last measured tables into README.md
#
# What was measured is left in results/bench.json. Load goes to this machine alone.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for tool in python3 taskset; do
    command -v "$tool" >/dev/null || {
        printf 'bench: %s is missing: run scripts/setup-bench.sh\n' "$tool" >&2
        exit 1
    }
done
exec python3 -B scripts/bench "$@"
