"""wrk: C, one thread."""

from pathlib import Path

from work import Work

from .base import Counts, Start, Tool, first, total


class Wrk(Tool):
    key = "wrk"
    title = "wrk"
    keeps = "no check; one histogram"
    waits = False

    def start(self, work: Work, folder: Path) -> Start:
        command = [self.program, "-t1", f"-c{work.connections}", f"-d{work.seconds}s", "--timeout", "60s"]
        if work.body is not None:
            script = folder / "post.lua"
            script.write_text(
                f"wrk.method = 'POST'\nwrk.body = [[{work.body}]]\nwrk.headers['Content-Type'] = 'application/json'\n"
            )
            command += ["-s", str(script)]
        return Start([*command, work.url])

    def counts(self, text: str, folder: Path) -> Counts:
        failures = total(r"Non-2xx or 3xx responses: (\d+)", text) + total(r"\w+ (\d+)(?=,|$)", _errors(text))
        return Counts(int(first(r"^\s*(\d+) requests in", text)), failures)


def _errors(text: str) -> str:
    return "\n".join(line.partition(":")[2] for line in text.splitlines() if "Socket errors" in line)
