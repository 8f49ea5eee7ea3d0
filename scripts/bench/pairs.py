"""Runs in pairs, A B A B: ragload, then a peer, and again.

The machine changes its mind about how fast it is; neighbours in time see the same machine. So only ratios within a pair
are compared. Must not know tables.
"""

from dataclasses import asdict

from measure import Bench, Run
from tools import Tool
from work import Case

Runs = list[dict]  # of Run, as plain data
FAILED_LIMIT = 0.01  # share of failed requests above which a peer's run says nothing


def in_pairs(bench: Bench, case: Case, ours: Tool, peers: list[Tool], rounds: int) -> dict[str, list[Runs]]:
    """For each peer that could do it, pairs of runs: ragload's and its own."""
    found = {}
    for peer in peers:
        pairs = []
        for number in range(1, rounds + 1):
            label = f"{case.key} {number}/{rounds}"
            mine = _checked(bench, case, ours, label)
            its = _tolerated(bench, case, peer, label)
            if its is None:
                break
            pairs.append([asdict(mine), asdict(its)])
        else:
            found[peer.key] = pairs
    return found


def in_turn(bench: Bench, case: Case, ours: Tool, peers: list[Tool], rounds: int) -> dict[str, Runs]:
    """For each generator that could do it, ragload among them, its runs."""
    found: dict[str, Runs] = {}
    for number in range(1, rounds + 1):
        label = f"{case.key} {number}/{rounds}"
        found.setdefault(ours.key, []).append(asdict(_checked(bench, case, ours, label)))
        for peer in peers:
            run = _tolerated(bench, case, peer, label)
            if run is not None:
                found.setdefault(peer.key, []).append(asdict(run))
    return found


def _checked(bench: Bench, case: Case, ours: Tool, label: str) -> Run:
    """A run of ragload: every request must have been counted, and answered well."""
    run = bench.run(ours, case.work)
    _say(label, ours, run)
    if run.counted != run.served or run.failures:
        raise SystemExit(
            f"bench: {label}: ragload counted {run.counted} requests, {run.failures} of them failed or cut off, "
            f"and the server got {run.served}: these must be the same, and none may fail"
        )
    return run


def _tolerated(bench: Bench, case: Case, peer: Tool, label: str) -> Run | None:
    """A run of a peer; what it cannot do is said, and left out."""
    try:
        run = bench.run(peer, case.work)
    except RuntimeError as error:
        print(f"{label}: {peer.title} is left out: {error}", flush=True)
        return None
    _say(label, peer, run)
    if run.failures > run.counted * FAILED_LIMIT:
        print(f"{label}: {peer.title} is left out: too many of its requests failed", flush=True)
        return None
    return run


def _say(label: str, tool: Tool, run: Run) -> None:
    counts = f"{run.counted} requests"
    if run.counted != run.served:
        counts += f" ({run.served} by the server's count)"
    if run.failures:
        counts += f", {run.failures} failed"
    print(
        f"{label}: {tool.title}: {run.rate:,.0f}/s, {run.cpu * 1e6:.1f} µs CPU each, {run.peak_memory / 1e6:.0f} MB, "
        f"server {run.server_busy:.0%} busy, {counts}",
        flush=True,
    )
