"""Locust: Python, with either of its two clients."""

import json
from pathlib import Path

from work import Work

from .base import Counts, Start, Tool

LOCUSTFILE = """
from locust import {base}, constant, task


class Bench({base}):
    wait_time = constant({wait})

    @task
    def request(self):
        {call}
"""


class FastHttpUser(Tool):
    key = "locust"
    title = "Locust (FastHttpUser)"
    keeps = "status; rounded times"
    base = "FastHttpUser"

    def start(self, work: Work, folder: Path) -> Start:
        get = f"self.client.get({work.path!r})"
        headers = {"Content-Type": "application/json"}
        call = get if work.body is None else f"self.client.post({work.path!r}, data={work.body!r}, headers={headers})"
        file = folder / "locustfile.py"
        file.write_text(LOCUSTFILE.format(base=self.base, wait=work.wait, call=call))
        users = ["-u", str(work.connections), "-r", str(work.connections), "-t", f"{work.seconds}s"]
        # Running tasks may end, as ragload's may.
        quiet = ["--headless", "--only-summary", "--stop-timeout", "30", "--json-file", str(folder / "locust")]
        return Start([self.program, "-f", str(file), "-H", work.host, *users, *quiet])

    def counts(self, text: str, folder: Path) -> Counts:
        rows = json.loads((folder / "locust.json").read_text())
        return Counts(sum(row["num_requests"] for row in rows), sum(row["num_failures"] for row in rows))


class HttpUser(FastHttpUser):
    key = "locust-http"
    title = "Locust (HttpUser)"
    base = "HttpUser"
