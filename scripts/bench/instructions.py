"""How many instructions a request costs: see scripts/bench-instructions.sh.

Two runs of the same length under callgrind, one whose users never wait and one whose users hardly ask: what the first
has more, by the requests it has more. Starting, ending and everything that is done once a second is in both, and drops
out. The server is `ragload demo`, outside of valgrind, with all its delays switched off.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

BOUNDS = Path(__file__).parent / "bounds.txt"
USERS = 8
SCENARIO = """
host: {host}
users: {users}
spawn_rate: {users}
run_time: {seconds}s
preflight: off
thresholds: [p50 < 60s, p95 < 60s, error_rate < 1%]
user_classes:
  - name: BenchUser
    wait_time: {{ constant: {wait}s }}
    tasks:
      - {{ name: often, weight: 3, get: /health, request_name: often, expect: {{ status: 200 }} }}
      - {{ name: seldom, weight: 1, get: /health, request_name: seldom, expect: {{ status: 200 }} }}
"""


@dataclass(frozen=True)
class Counted:
    """What one run took."""

    instructions: int
    requests: int


def fail(message: str) -> None:
    raise SystemExit(f"bench-instructions: {message}")


def built() -> Path:
    """A build with release's code and with names for `--top`."""
    subprocess.run(["cargo", "build", "--profile", "profiling", "--locked"], check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", "target"), "profiling/ragload").resolve()


class Demo:
    """`ragload demo` on a free port, from `with` to its end."""

    def __init__(self, program: Path) -> None:
        command = [program, "demo", "--port", "0", "--latency-scale", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self) -> str:
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if not found:
            fail(f"the demo service does not start: {line}")
        return found.group()

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


@dataclass(frozen=True)
class Counter:
    """What counts, and how long each run is."""

    valgrind: str
    program: Path
    seconds: int

    def per_request(self, kept: Path | None) -> float:
        """Instructions per request; the profile of the run with most goes into the kept file, if there is to be one."""
        with Demo(self.program) as host:
            few = self._run(host, self.seconds, None)
            many = self._run(host, 0, kept)
        for run in (few, many):
            print(f"{run.instructions:,} instructions with {run.requests} requests")
        return (many.instructions - few.instructions) / (many.requests - few.requests)

    def _run(self, host: str, wait: int, kept: Path | None) -> Counted:
        """One run of users that wait so many seconds after each request."""
        with tempfile.TemporaryDirectory(prefix="bench-instructions-") as folder:
            names = {"host": host, "users": USERS, "seconds": self.seconds, "wait": wait}
            Path(folder, "count.yaml").write_text(SCENARIO.format(**names))
            command = [self.valgrind, "--tool=callgrind", f"--callgrind-out-file={kept or os.devnull}"]
            command += [str(self.program), "run", "count.yaml", "--threads", "1"]
            ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
            collected = re.search(r"Collected : (\d+)", ran.stderr)
            if ran.returncode or not collected:
                fail(f"the run under valgrind failed with code {ran.returncode}:\n{ran.stdout}{ran.stderr}")
            record = json.loads(Path(folder, "results/count_run.json").read_text())
        return Counted(int(collected.group(1)), record["aggregated"]["requests"])


def bound(name: str) -> float:
    """The bound of that name."""
    lines = [line.split() for line in BOUNDS.read_text().splitlines() if line and not line.startswith("#")]
    bounds = {words[0]: float(words[1]) for words in lines}
    if name not in bounds:
        fail(f"{BOUNDS} has no bound named {name}, only {', '.join(bounds)}")
    return bounds[name]


def show_top(profile: Path, lines: int) -> None:
    """The functions that took most instructions themselves."""
    command = ["callgrind_annotate", "--auto=no", str(profile)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    begin = next(index for index, line in enumerate(shown) if "file:function" in line)
    print("\n".join(shown[begin : begin + 2 + lines]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench-instructions.sh", description=__doc__.partition(":")[0])
    parser.add_argument("--ragload", type=Path, metavar="FILE", help="this program, instead of building one")
    parser.add_argument("--valgrind", metavar="FILE", help="this valgrind, instead of the one on the path")
    parser.add_argument("--bound", metavar="NAME", help=f"fail above the bound of this name in {BOUNDS.name}")
    parser.add_argument("--seconds", type=int, default=4, metavar="S", help="length of each of the two runs (4)")
    parser.add_argument("--top", type=int, metavar="N", help="show the N functions that take most")
    chosen = parser.parse_args()
    valgrind = chosen.valgrind or shutil.which("valgrind") or fail("valgrind is missing: run scripts/setup-bench.sh")
    program = chosen.ragload.resolve() if chosen.ragload else built()
    with tempfile.TemporaryDirectory(prefix="bench-profile-") as folder:
        profile = Path(folder, "callgrind.out") if chosen.top else None
        cost = Counter(valgrind, program, chosen.seconds).per_request(profile)
        print(f"{cost:,.0f} instructions per request")
        if profile:
            show_top(profile, chosen.top)
    if chosen.bound and cost > bound(chosen.bound):
        fail(
            f"a request costs {cost:,.0f} instructions, and {bound(chosen.bound):,.0f} at most are allowed: find out "
            f"why (scripts/bench-instructions.sh --top 40), or raise the bound in {BOUNDS} and say why"
        )


if __name__ == "__main__":
    sys.exit(main())
