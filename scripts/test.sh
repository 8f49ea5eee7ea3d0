#!/usr/bin/env bash
# The whole test suite: installs what the tests need, then checks format, lints and every test, ignored ones too.
# Stops at the first failure with its exit code.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

section() { printf '\n=== %s\n' "$*"; }

section "tools (scripts/setup-tests.sh)"
bash scripts/setup-tests.sh

section "format (cargo fmt --check)"
cargo fmt --check

section "lints (cargo clippy)"
cargo clippy --locked --all-targets -- -D warnings

section "tests (cargo test, ignored ones too)"
cargo test --locked --lib --bins --tests -- --include-ignored

section "documentation tests (cargo test --doc)"
cargo test --locked --doc

section "all passed"
