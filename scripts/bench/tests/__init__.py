"""Tests of the benchmarks: `cd scripts/bench && python3 -B -m unittest`."""
