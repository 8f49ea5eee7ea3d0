"""ragload itself, on its default path: weighted tasks, a status check, thresholds, all files written."""

import json
from pathlib import Path

from work import Work

from .base import Counts, Start, Tool

# A rate is spawned in steps of a second: so many users connect at one moment, and send in step from then on.
SPAWNED_A_SECOND = 2500
SCENARIO = """
host: {host}
users: {users}
spawn_rate: {spawn_rate}
run_time: {seconds}s
preflight: off        # so that the server's count is that of the load
thresholds: [p50 < 60s, p95 < 60s, error_rate < 1%]
user_classes:
  - name: BenchUser
    wait_time: {{ constant: {wait}s }}
    tasks:
      - {{ name: often, weight: 3, {request}, request_name: often, expect: {{ status: 200 }} }}
      - {{ name: seldom, weight: 1, {request}, request_name: seldom, expect: {{ status: 200 }} }}
"""


class Ragload(Tool):
    key = "ragload"
    title = "ragload"
    keeps = "status; a histogram for each endpoint"

    def start(self, work: Work, folder: Path) -> Start:
        request = f"get: {work.path}" if work.body is None else f"post: {work.path}, json: {work.body}"
        users = work.connections
        names = {"host": work.host, "users": users, "seconds": work.seconds, "wait": work.wait}
        names["spawn_rate"] = min(users, SPAWNED_A_SECOND)
        (folder / "bench.yaml").write_text(SCENARIO.format(request=request, **names))
        return Start([self.program, "run", "bench.yaml"])

    def counts(self, text: str, folder: Path) -> Counts:
        row = json.loads((folder / "results/bench_run.json").read_text())["aggregated"]
        return Counts(row["requests"] + row["interrupted"], row["failures"] + row["interrupted"])
