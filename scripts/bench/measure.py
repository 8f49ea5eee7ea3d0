"""One run of one load generator: how fast the server was asked, and what that took.

The rate is the server's own count over the middle of the run, after a warm-up, and processor time is taken over the
same span: starting, ramping up and winding down of a generator do not enter. Must not know which generator it is.
"""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from machine import Cores, Cpu, Pinned
from nginx import Nginx
from tools import Tool
from work import Work

START_LIMIT = 60.0  # seconds a generator may take to its first requests
END_LIMIT = 60.0  # seconds it may take to end after its load


@dataclass(frozen=True)
class Span:
    """What is measured of each run, in seconds."""

    warm_up: float
    measured: float

    @property
    def load(self) -> int:
        """How long the load must last: a second more, for users that are not all there at once."""
        return int(self.warm_up + self.measured + 1.999)


@dataclass(frozen=True)
class Run:
    """What came of it."""

    rate: float  # requests per second
    cpu: float  # seconds of processor time per request
    user_cpu: float  # of it, those in user mode
    server_busy: float  # share of its core that the server used
    peak_memory: int  # bytes
    whole_cpu: float  # seconds of processor time from start to end
    counted: int  # requests that the generator says it made
    failures: int  # of them, failed or cut off
    served: int  # requests that the server got


@dataclass(frozen=True)
class _Look:
    at: float
    requests: int
    cpu: Cpu
    server: Cpu


class Bench:
    """Where runs happen: the server, the core for clients."""

    def __init__(self, nginx: Nginx, cores: Cores, span: Span) -> None:
        self.nginx = nginx
        self.cores = cores
        self.span = span

    def run(self, tool: Tool, work: Work) -> Run:
        """Lets the generator do the work, and watches."""
        folder = Path(tempfile.mkdtemp(prefix=f"bench-{tool.key}-"))
        work = work.against(self.nginx.host, self.span.load)
        start = tool.start(work, folder)
        before = self.nginx.requests()
        with Pinned(start.command, self.cores.client, folder, start.environment) as client:
            looks = self._watch(client, before + work.connections)
            client.wait(work.seconds + END_LIMIT)
        served = self.nginx.requests() - before
        try:
            counts = tool.counts(client.text(), folder)
        except (OSError, ValueError, KeyError) as error:
            raise RuntimeError(f"{tool.title}: {error!r} in {folder}:\n{client.text()[-2000:]}") from error
        shutil.rmtree(folder)
        first, last = looks
        requests, cpu = last.requests - first.requests, last.cpu - first.cpu
        return Run(
            rate=requests / (last.at - first.at),
            cpu=cpu.total / requests,
            user_cpu=cpu.user / requests,
            server_busy=(last.server - first.server).total / (last.at - first.at),
            peak_memory=client.peak_memory,
            whole_cpu=client.whole_cpu().total,
            counted=counts.requests,
            failures=counts.failures,
            served=served,
        )

    def _watch(self, client: Pinned, begun_at: int) -> tuple[_Look, _Look]:
        """The state after the warm-up, and after what is measured."""
        deadline = time.monotonic() + START_LIMIT
        while self.nginx.requests() < begun_at:
            if not client.is_running() or time.monotonic() > deadline:
                raise RuntimeError(f"made no load:\n{client.text()[-2000:]}")
            time.sleep(0.02)
        time.sleep(self.span.warm_up)
        first = self._look(client)
        time.sleep(self.span.measured)
        last = self._look(client)
        if not client.is_running():
            raise RuntimeError(f"ended before its time:\n{client.text()[-2000:]}")
        return first, last

    def _look(self, client: Pinned) -> _Look:
        at = time.monotonic()
        return _Look(at, self.nginx.requests(), client.cpu(), self.nginx.cpu())
