"""What must be reached, and whether it was.

Must not know how anything was measured.
"""

from figures import Spread
from report import OURS, memory, rate_ratio

# By peer, for small GETs over 64 connections: ragload's requests per second by the peer's, at least.
RATES = {"wrk": 0.80, "oha": 1.15, "k9": 1.5, "goose": 2.4, "k6": 8.0, "locust": 16.0, "locust-http": 60.0}
USER_CPU_BY_OHA = 1.0  # at most
MEMORY = {"waiting-2000": 60e6, "waiting-10000": 200e6}  # bytes, at most
WAITING_CPU = 0.6  # seconds for 16 000 requests of 2000 users, at most
LATENCY_RATE = 1000  # requests per second at which errors are judged
LATENCY_ERRORS = {"p50": 0.3e-3, "p99": 1e-3}  # seconds, at most
START = 0.05  # seconds to the first request, at most
BINARY = 15e6  # bytes, at most


def judged(results: dict) -> list[str]:
    """A line for each bar that was measured."""
    return [*_fast(results), *_waiting(results), *_latency(results), *_start(results)]


def _line(what: str, value: float, bar: float, more_is_better: bool = False) -> str:
    met = value >= bar if more_is_better else value <= bar
    sign = "≥" if more_is_better else "≤"
    return f"{'met   ' if met else 'MISSED'}  {what}: {value:.3g} ({sign} {bar:.3g})"


def _fast(results: dict) -> list[str]:
    found = results["cases"].get("get-64", {})
    lines = [
        _line(f"requests/s by {results['titles'][key]}'s", rate_ratio(found[key]).middle, bar, more_is_better=True)
        for key, bar in RATES.items()
        if key in found
    ]
    if "oha" in found:
        cpu = Spread(ours["user_cpu"] / its["user_cpu"] for ours, its in found["oha"])
        lines.append(_line("user CPU per request by oha's", cpu.middle, USER_CPU_BY_OHA))
    return lines


def _waiting(results: dict) -> list[str]:
    lines = []
    for key, bar in MEMORY.items():
        runs = results["cases"].get(key, {}).get(OURS)
        if runs:
            lines.append(_line(f"peak memory in MB, {key}", memory(runs).middle / 1e6, bar / 1e6))
        if runs and key == "waiting-2000":
            cpu = Spread(run["whole_cpu"] / run["served"] for run in runs).middle * 16000
            lines.append(_line("CPU seconds for 16 000 requests of waiting users", cpu, WAITING_CPU))
    return lines


def _latency(results: dict) -> list[str]:
    return [
        _line(
            f"{name} error in ms at a delay of {row['delay']} ms and {row['rate']} requests/s",
            abs(row["ragload"][name] - row["server"][name]) * 1e3,
            bar * 1e3,
        )
        for row in results["latency"]
        if row["rate"] == LATENCY_RATE
        for name, bar in LATENCY_ERRORS.items()
    ]


def _start(results: dict) -> list[str]:
    found = results["start"]
    if not found:
        return []
    first = Spread(found["first_request"]).middle
    return [
        _line("ms to the first request", first * 1e3, START * 1e3),
        _line("MB of binary", found["binary"] / 1e6, BINARY / 1e6),
    ]
