"""k9-load: Rust, with a declarative plan."""

import json
from pathlib import Path

from work import Work

from .base import Counts, Start, Tool
from .k6 import summary_counts


class K9(Tool):
    key = "k9"
    title = "k9-load"
    keeps = "status; times of each phase"

    def start(self, work: Work, folder: Path) -> Start:
        request = {"url": work.url, "checks": {"status is 200": {"status": 200}}}
        if work.body is not None:
            request |= {"method": "POST", "body": work.body, "headers": {"Content-Type": "application/json"}}
        steps = [{"request": request}] + ([{"sleep": f"{work.wait}s"}] if work.wait else [])
        options = {"vus": work.connections, "duration": f"{work.seconds}s"}
        plan = folder / "plan.json"
        plan.write_text(json.dumps({"options": options, "flows": {"default": steps}}))
        export = ["--summary-export", str(folder / "summary.json")]
        return Start([self.program, "run", "--quiet", *export, str(plan)])

    def counts(self, text: str, folder: Path) -> Counts:
        return summary_counts(folder / "summary.json")
