"""The machine measured on: its cores, its description, and a process pinned to one core with what it used.

Knows Linux's /proc; must not know any load generator.
"""

import os
import platform
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cores:
    """Which core the server has, and which the client."""

    server: int
    client: int


def two_cores() -> Cores:
    """The first and the last core that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise SystemExit("bench: needs two cores, one for the server and one for the client")
    return Cores(server=usable[0], client=usable[-1])


def description() -> str:
    """Processor, cores and system in a few words."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].split(":", 1)[1].strip() if models else platform.machine()
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}"


def allow_many_connections() -> None:
    """Raises the soft limit on open files to the hard one, for this process and all it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass(frozen=True)
class Cpu:
    """Processor time in seconds."""

    user: float
    system: float

    @property
    def total(self) -> float:
        return self.user + self.system

    def __sub__(self, earlier: "Cpu") -> "Cpu":
        return Cpu(self.user - earlier.user, self.system - earlier.system)


def cpu_of(pid: int) -> Cpu:
    """What a running process has used so far, in steps of the kernel's tick (10 ms as a rule)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Cpu(int(fields[11]) / TICK, int(fields[12]) / TICK)


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Pinned:
    """A process on one core, its output in a file; `with` ends it in any case."""

    def __init__(self, command: list[str], core: int, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.output = folder / f"{Path(command[0]).name}.out"
        self.peak_memory = 0  # bytes
        self._before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(core), *command],
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> "Pinned":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def is_running(self) -> bool:
        """Whether it has not ended; notes its peak of memory on the way."""
        self._note_memory()
        return self.process.poll() is None

    def cpu(self) -> Cpu:
        """What it has used so far."""
        return cpu_of(self.process.pid)

    def stop(self) -> None:
        """Asks it to end, and waits until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)

    def wait(self, seconds: float) -> None:
        """Until it has ended, watching its memory; an error when it does not within so many seconds."""
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                raise RuntimeError(f"did not end within {seconds:.0f} s:\n{self.text()[-2000:]}")
            time.sleep(0.05)

    def whole_cpu(self) -> Cpu:
        """What it used from start to end, once it has ended and if it was the only one to end meanwhile."""
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return Cpu(after.ru_utime - self._before.ru_utime, after.ru_stime - self._before.ru_stime)

    def text(self) -> str:
        """What it printed so far."""
        return self.output.read_text(errors="replace")

    def _note_memory(self) -> None:
        # The kernel's own high-water mark, so that only what came after the last look can be missed. getrusage's would
        # have this process's own size as a floor: a child begins with it.
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self.peak_memory = max(self.peak_memory, int(line.split()[1]) * 1024)
