"""Goose: Rust, on reqwest; the load test is compiled by scripts/setup-bench.sh."""

import json
from pathlib import Path

from work import Work

from .base import Counts, Start, Tool, first


class Goose(Tool):
    key = "goose"
    title = "Goose"
    keeps = "status; rounded times"

    def version(self) -> str:
        lock = Path(__file__).parent.parent / "goose/Cargo.lock"
        return first(r'name = "goose"\nversion = "([^"]+)"', lock.read_text())

    def start(self, work: Work, folder: Path) -> Start:
        users = ["--users", str(work.connections), "--increase-rate", str(work.connections)]
        quiet = ["--no-telnet", "--no-websocket", "--no-reset-metrics", "--quiet"]
        command = [self.program, "--host", work.host, *users, "--run-time", f"{work.seconds}s", *quiet]
        environment = {"BENCH_PATH": work.path, "BENCH_WAIT_MS": str(work.wait * 1000)}
        if work.body is not None:
            environment["BENCH_JSON"] = work.body
        return Start([*command, "--report-file", str(folder / "report.json")], environment)

    def counts(self, text: str, folder: Path) -> Counts:
        requests = json.loads((folder / "report.json").read_text())["raw_metrics"]["requests"].values()
        failures = sum(each["fail_count"] for each in requests)
        return Counts(failures + sum(each["success_count"] for each in requests), failures)
