"""Is latency right? What ragload sees of a server that delays every answer by a known time.

Must not know tables.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from machine import Cores, Pinned
from tools import Tool

DELAYS = [1, 10, 100]  # milliseconds
RATES = [100, 1000, 4000]  # requests per second
# Each user waits for a random time between requests, so that arrivals are spread and not in step.
MEAN_WAIT = 0.1  # seconds
# Users who start at one moment wait for each other to be connected: they start in so many groups, a second apart.
GROUPS = 5

SCENARIO = """
host: http://127.0.0.1:{port}
users: {users}
spawn_rate: {spawn_rate}
run_time: {seconds}s
preflight: off
thresholds: [p50 < 60s]
user_classes:
  - name: BenchUser
    wait_time: {{ between: [50ms, 150ms] }}
    tasks:
      - {{ name: delayed, get: /, expect: {{ status: 200 }} }}
"""
P50, P99 = 0, 7  # places in the run record's list of percentiles


def compare(ragload: Tool, cores: Cores, seconds: int) -> list[dict]:
    """For each delay and rate, both sides' percentiles in seconds."""
    rows = [_one(ragload, cores, delay, rate, seconds) for delay in DELAYS for rate in RATES]
    return rows


def _one(ragload: Tool, cores: Cores, delay: int, rate: int, seconds: int) -> dict:
    folder = Path(tempfile.mkdtemp(prefix="bench-latency-"))
    program = str(Path(__file__).parent / "delays.py")
    with Pinned([sys.executable, program, str(delay), str(GROUPS)], cores.server, folder) as server:
        port = _port(server)
        users = round(rate * (delay / 1000 + MEAN_WAIT))
        (folder / "latency.yaml").write_text(
            SCENARIO.format(port=port, users=users, seconds=seconds + GROUPS, spawn_rate=max(1, users // GROUPS))
        )
        # Without the seconds in which users connect, on both sides.
        command = [ragload.program, "run", "latency.yaml", "--reset-stats"]
        with Pinned(command, cores.client, folder) as client:
            client.wait(seconds + GROUPS + 60)
        server.stop()
        truth = json.loads(server.text().splitlines()[-1])
    record = json.loads((folder / "results/latency_run.json").read_text())
    seen = record["aggregated"]
    if seen["failures"] or not seen["requests"]:
        raise SystemExit(f"bench: {seen['failures']} of {seen['requests']} requests failed: see {folder}")
    shutil.rmtree(folder)
    row = {
        "delay": delay,
        "rate": rate,
        "reached": seen["rps"],
        "server": {"p50": truth["p50"], "p99": truth["p99"]},
        "ragload": {"p50": seen["percentiles"][P50], "p99": seen["percentiles"][P99]},
    }
    print(f"latency: {row}", flush=True)
    return row


def _port(server: Pinned) -> int:
    for _ in range(200):
        text = server.text()
        if text.endswith("\n"):
            return int(text.split()[0])
        time.sleep(0.02)
    raise RuntimeError(f"the delaying server does not start:\n{server.text()}")
