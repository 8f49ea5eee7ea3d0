"""Runs in pairs, A B A B: ragload, then a peer, and again.

The machine changes its mind about how fast it is; neighbours in time see the same machine. So only ratios within a pair
are compared. Must not know tables.
"""

from collections.abc import Callable
from dataclasses import asdict

from measure import Bench, Whole
from tools import Tool
from work import Case

Runs = list[dict]  # of Whole or Fast, as plain data
FAILED_LIMIT = 0.01  # share of failed requests above which a peer's run says nothing


def in_pairs(bench: Bench, case: Case, ours: Tool, peers: list[Tool], rounds: int) -> dict[str, list[Runs]]:
    """For each peer that could do it, pairs of runs without waits: ragload's and its own."""
    found = {}
    for peer in peers:
        pairs = []
        for number in range(1, rounds + 1):
            label = f"{case.key} {number}/{rounds}"
            mine = _checked(label, ours, lambda: bench.fast(ours, case.work))
            its = _tolerated(label, peer, lambda peer=peer: bench.fast(peer, case.work))
            if its is None:
                break
            pairs.append([asdict(mine), asdict(its)])
        else:
            found[peer.key] = pairs
    return found


def in_turn(bench: Bench, case: Case, tools: list[Tool], rounds: int, seconds: int) -> dict[str, Runs]:
    """For each generator that could do it, ragload first, its whole runs of so many seconds."""
    found: dict[str, Runs] = {}
    for number in range(1, rounds + 1):
        label = f"{case.key} {number}/{rounds}"
        for tool in tools:
            judge = _checked if tool is tools[0] else _tolerated
            run = judge(label, tool, lambda tool=tool: bench.whole(tool, case.work, seconds))
            if run is not None:
                found.setdefault(tool.key, []).append(asdict(run))
    return found


def _checked(label: str, ours: Tool, measure: Callable[[], Whole]) -> Whole:
    """A run of ragload: every request must have been counted, and answered well."""
    run = measure()
    print(f"{label}: {ours.title}: {run.words()}", flush=True)
    if run.counted != run.served or run.failures:
        raise SystemExit(
            f"bench: {label}: ragload counted {run.counted} requests, {run.failures} of them failed or cut off, "
            f"and the server got {run.served}: these must be the same, and none may fail"
        )
    return run


def _tolerated(label: str, peer: Tool, measure: Callable[[], Whole]) -> Whole | None:
    """A run of a peer; what it cannot do is said, and left out."""
    try:
        run = measure()
    except RuntimeError as error:
        print(f"{label}: {peer.title} is left out: {error}", flush=True)
        return None
    print(f"{label}: {peer.title}: {run.words()}", flush=True)
    if run.failures > run.counted * FAILED_LIMIT:
        print(f"{label}: {peer.title} is left out: too many of its requests failed", flush=True)
        return None
    return run
