"""ragload side by side with other load generators: see scripts/bench.sh.

The command line and the order of things. Must not know how anything is measured or shown.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import bars
import latency
import machine
import pairs
import readme
import report
import start
import tools
from measure import Bench, Span
from nginx import Nginx
from tools import Ragload, Tool
from work import FAST, WAITING, WAITING_SECONDS

RESULTS = Path("results/bench.json")
PARTS = [*(case.key for case in FAST + WAITING), "latency", "start"]
QUICK = {"pairs": 1, "seconds": 1.0}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__.partition(":")[0])
    parser.add_argument("--parts", metavar="P,…", help=f"only these, whole or by their beginning: {', '.join(PARTS)}")
    parser.add_argument("--peers", metavar="P,…", help=f"only these: {', '.join(peer.key for peer in tools.PEERS)}")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="pairs of runs for each peer (5)")
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="measured of each run (3)")
    parser.add_argument("--quick", action="store_true", help="one pair of one second each: does everything work?")
    parser.add_argument("--ragload", type=Path, metavar="FILE", help="this program, instead of building a release")
    parser.add_argument("--add", action="store_true", help=f"keep what {RESULTS} has of other parts")
    parser.add_argument("--render", action="store_true", help=f"measure nothing, show {RESULTS} again")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md as well")
    chosen = parser.parse_args()
    if chosen.quick:
        vars(chosen).update(QUICK)
        if chosen.write:
            parser.error("figures of a quick run do not belong into README.md")
    return chosen


def chosen_of(known: list[str], wanted: str | None, prefixes: bool = False) -> list[str]:
    """The names among the known ones that a comma-separated list picks; all without one."""
    if wanted is None:
        return known
    picked = []
    for word in wanted.split(","):
        hits = [name for name in known if name == word or (prefixes and name.startswith(word + "-"))]
        if not hits:
            raise SystemExit(f"bench: there is no {word}: choose among {', '.join(known)}")
        picked += hits
    return [name for name in known if name in picked]


def built() -> Path:
    """A release build of this checkout."""
    subprocess.run(["cargo", "build", "--release", "--locked"], check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", "target"), "release/ragload")


def peers(keys: list[str]) -> list[Tool]:
    """Those that are installed; says which are not."""
    found = []
    for peer in tools.PEERS:
        if peer.key in keys:
            tool = tools.find(peer)
            if tool is None:
                print(f"{peer.title} is not installed and left out (scripts/setup-bench.sh installs it)")
            else:
                found.append(tool)
    return found


def measure(chosen: argparse.Namespace, results: dict) -> None:
    """Measures the chosen parts into the results, and keeps each as soon as it is there."""
    parts = chosen_of(PARTS, chosen.parts, prefixes=True)
    others = peers(chosen_of([peer.key for peer in tools.PEERS], chosen.peers))
    ragload = Ragload((chosen.ragload or built()).resolve())
    results["versions"] |= {tool.title: tool.version() for tool in [ragload, *others]}
    cores = machine.two_cores()
    span = Span(warm_up=min(1.0, chosen.seconds / 2), measured=chosen.seconds)
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as folder, Nginx(cores.server, Path(folder)) as nginx:
        bench = Bench(nginx, cores, span)
        for case in (case for case in FAST if case.key in parts):
            results["cases"][case.key] = pairs.in_pairs(bench, case, ragload, others, chosen.pairs)
            keep(results)
        for case in (case for case in WAITING if case.key in parts):
            able = [ragload, *(peer for peer in others if peer.waits and case.peers)]
            results["cases"][case.key] = pairs.in_turn(bench, case, able, chosen.pairs, WAITING_SECONDS)
            keep(results)
    if "latency" in parts:
        results["latency"] = latency.compare(ragload, cores, round(chosen.seconds * 3))
        keep(results)
    if "start" in parts:
        size = os.path.getsize(ragload.program)
        results["start"] = {**start.measure(ragload, cores, max(5, chosen.pairs)), "binary": size}
        keep(results)


def keep(results: dict) -> None:
    """Writes them down."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


def kept() -> dict:
    """What was written down."""
    if not RESULTS.exists():
        raise SystemExit(f"bench: there is no {RESULTS}: measure first")
    return json.loads(RESULTS.read_text())


def main() -> None:
    chosen = arguments()
    machine.allow_many_connections()
    results: dict = {"cases": {}, "versions": {}, "latency": [], "start": {}}
    if chosen.add or chosen.render:
        results = kept()
    if not chosen.render:
        results |= {"machine": machine.description(), "date": time.strftime("%Y-%m-%d", time.gmtime())}
        results["titles"] = {tool.key: tool.title for tool in [Ragload, *tools.PEERS]}
        results["keeps"] = {tool.key: tool.keeps for tool in [Ragload, *tools.PEERS]}
        measure(chosen, results)
    section = report.section(results)
    print(f"\n{section}\n\n" + "\n".join(bars.judged(results)))
    if chosen.write:
        file = Path("README.md")
        file.write_text(readme.with_section(file.read_text(), section))
        print("\nREADME.md has these tables now")


if __name__ == "__main__":
    main()
