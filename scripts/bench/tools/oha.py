"""oha: Rust, on hyper."""

import json
from pathlib import Path

from work import Work

from .base import Counts, Start, Tool


class Oha(Tool):
    key = "oha"
    title = "oha"
    keeps = "no check; single times"
    waits = False

    def start(self, work: Work, folder: Path) -> Start:
        # Requests in flight at the end are waited for, as ragload does: then both sides have the same count.
        command = [self.program, "--no-tui", "--output-format", "json", "--wait-ongoing-requests-after-deadline"]
        command += ["-z", f"{work.seconds}s", "-c", str(work.connections)]
        if work.body is not None:
            command += ["-m", "POST", "-T", "application/json", "-d", work.body]
        return Start([*command, work.url])

    def counts(self, text: str, folder: Path) -> Counts:
        summary = json.loads(text[text.index("{") :])
        statuses = summary["statusCodeDistribution"]
        good = sum(count for status, count in statuses.items() if status.startswith("2"))
        requests = sum(statuses.values()) + sum(summary["errorDistribution"].values())
        return Counts(requests, requests - good)
