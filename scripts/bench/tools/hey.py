"""hey: Go, on net/http."""

from pathlib import Path

from work import Work

from .base import Counts, Start, Tool, total


class Hey(Tool):
    key = "hey"
    title = "hey"
    keeps = "no check; single times"
    waits = False

    def version(self) -> str:
        # It does not tell; this is the newest release, which Debian has.
        return "0.1.4"

    def start(self, work: Work, folder: Path) -> Start:
        command = [self.program, "-z", f"{work.seconds}s", "-c", str(work.connections), "-t", "60"]
        if work.body is not None:
            command += ["-m", "POST", "-T", "application/json", "-d", work.body]
        return Start([*command, work.url])

    def counts(self, text: str, folder: Path) -> Counts:
        answers, _, errors = text.partition("Error distribution:")
        none = total(r"^  \[(\d+)\]\t", errors)
        some = total(r"^  \[\d+\]\t(\d+) responses", answers)
        return Counts(some + none, some - total(r"^  \[2\d\d\]\t(\d+) responses", answers) + none)
