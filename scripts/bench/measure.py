"""One run of one load generator: how fast the server was asked, and what that took.

The rate is the server's own count over the middle of the run, after a warm-up, and processor time is taken over the
same span: starting, ramping up and winding down of a generator do not enter. Must not know which generator it is.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import Cores, Cpu, Pinned
from nginx import Nginx
from tools import Tool
from work import Work

START_LIMIT = 60.0  # seconds a generator may take to its first requests
END_LIMIT = 60.0  # seconds it may take to end after its load
STILL = 0.2  # seconds within which a load that goes on must show itself


@dataclass(frozen=True)
class Span:
    """What is measured of a run without waits, in seconds."""

    warm_up: float
    measured: float

    @property
    def load(self) -> int:
        """How long the load must last: a second more, for users that are not all there at once."""
        return int(self.warm_up + self.measured + 1.999)


@dataclass(frozen=True)
class Whole:
    """What came of a run from start to end."""

    peak_memory: int  # bytes
    whole_cpu: float  # seconds of processor time
    counted: int  # requests that the generator says it made
    failures: int  # of them, failed or cut off
    served: int  # requests that the server got

    def words(self) -> str:
        """In a line."""
        counts = f"{self.counted} requests"
        if self.counted != self.served:
            counts += f" ({self.served} by the server's count)"
        if self.failures:
            counts += f", {self.failures} failed"
        return f"{counts}, {self.whole_cpu:.2f} s CPU, {self.peak_memory / 1e6:.0f} MB"


@dataclass(frozen=True)
class Fast(Whole):
    """The same, and what was measured in its middle."""

    rate: float  # requests per second
    cpu: float  # seconds of processor time per request
    user_cpu: float  # of it, those in user mode
    server_busy: float  # share of its core that the server used

    def words(self) -> str:
        middle = f"{self.rate:,.0f}/s, {self.cpu * 1e6:.1f} µs CPU each, server {self.server_busy:.0%} busy"
        return f"{middle}; {super().words()}"


@dataclass(frozen=True)
class _Look:
    at: float
    requests: int
    cpu: Cpu
    server: Cpu


class Bench:
    """Where runs happen: the server, and the core for clients."""

    def __init__(self, nginx: Nginx, cores: Cores, span: Span) -> None:
        self.nginx = nginx
        self.cores = cores
        self.span = span

    def whole(self, tool: Tool, work: Work, seconds: int) -> Whole:
        """Lets the generator do the work for so long."""
        found, _ = self._run(tool, work.against(self.nginx.host, seconds), lambda client, before: None)
        return Whole(**found)

    def fast(self, tool: Tool, work: Work) -> Fast:
        """Lets the generator do the work, and measures the middle of it."""
        work = work.against(self.nginx.host, self.span.load)
        found, (first, last) = self._run(tool, work, lambda client, before: self._middle(client, before, work))
        requests, cpu = last.requests - first.requests, last.cpu - first.cpu
        return Fast(
            rate=requests / (last.at - first.at),
            cpu=cpu.total / requests,
            user_cpu=cpu.user / requests,
            server_busy=(last.server - first.server).total / (last.at - first.at),
            **found,
        )

    def _run(self, tool: Tool, work: Work, watch: Callable[[Pinned, int], Any]) -> tuple[dict[str, Any], Any]:
        """The fields of [`Whole`], and what the watch brought."""
        folder = Path(tempfile.mkdtemp(prefix=f"bench-{tool.key}-"))
        start = tool.start(work, folder)
        before = self.nginx.requests()
        with Pinned(start.command, self.cores.client, folder, start.environment) as client:
            watched = watch(client, before)
            client.wait(work.seconds + START_LIMIT + END_LIMIT)
        served = self.nginx.requests() - before
        try:
            counts = tool.counts(client.text(), folder)
        except (OSError, ValueError, KeyError) as error:
            raise RuntimeError(f"{tool.title}: {error!r} in {folder}:\n{client.text()[-2000:]}") from error
        shutil.rmtree(folder)
        found = {"peak_memory": client.peak_memory, "whole_cpu": client.whole_cpu().total, "served": served}
        return found | {"counted": counts.requests, "failures": counts.failures}, watched

    def _middle(self, client: Pinned, before: int, work: Work) -> tuple[_Look, _Look]:
        """The state after the warm-up, and after what is measured."""
        deadline = time.monotonic() + START_LIMIT
        while self.nginx.requests() < before + work.connections:
            if not client.is_running() or time.monotonic() > deadline:
                raise RuntimeError(f"made no load:\n{client.text()[-2000:]}")
            time.sleep(0.02)
        time.sleep(self.span.warm_up)
        first = self._look(client)
        time.sleep(self.span.measured)
        last = self._look(client)
        time.sleep(STILL)
        if self.nginx.requests() == last.requests:
            raise RuntimeError(f"its load ended before its time:\n{client.text()[-2000:]}")
        return first, last

    def _look(self, client: Pinned) -> _Look:
        return _Look(time.monotonic(), self.nginx.requests(), client.cpu(), self.nginx.cpu())
