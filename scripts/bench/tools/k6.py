"""k6: Go, with a script in JavaScript."""

import json
from pathlib import Path

from work import Work

from .base import Counts, Start, Tool

SCRIPT = """
import http from 'k6/http';
import {{ check, sleep }} from 'k6';
const url = {url}, body = {body}, headers = {{ 'Content-Type': 'application/json' }};
export const options = {{ vus: {users}, duration: '{seconds}s' }};
export default function () {{
  const answer = body === null ? http.get(url) : http.post(url, body, {{ headers }});
  check(answer, {{ 'status is 200': (a) => a.status === 200 }});
  {wait}
}}
"""


class K6(Tool):
    key = "k6"
    title = "k6"
    keeps = "status; single times of each phase"

    def start(self, work: Work, folder: Path) -> Start:
        script = folder / "script.js"
        wait = f"sleep({work.wait});" if work.wait else ""
        url, body = json.dumps(work.url), json.dumps(work.body)
        script.write_text(SCRIPT.format(url=url, body=body, users=work.connections, seconds=work.seconds, wait=wait))
        export = ["--summary-export", str(folder / "summary.json")]
        return Start([self.program, "run", "--quiet", "--no-usage-report", *export, str(script)])

    def counts(self, text: str, folder: Path) -> Counts:
        return summary_counts(folder / "summary.json")


def summary_counts(file: Path) -> Counts:
    """The counts in a summary of k6's form."""
    metrics = json.loads(file.read_text())["metrics"]
    return Counts(int(metrics["http_reqs"]["count"]), int(metrics["checks"]["fails"]))
