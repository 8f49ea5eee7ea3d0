"""README's section, made of what was measured.

Formats only. Must not know how anything was measured, nor files.
"""

from figures import Spread, milliseconds
from work import FAST, WAITING

OURS = "ragload"
# Above this share the server had no time left, and a faster generator would have shown no higher rate.
SERVER_LIMIT = 0.95
ONE_CASE = "get-64"  # whose rates, processor time and memory are shown in full


def section(results: dict) -> str:
    """The whole section, without its heading."""
    parts = [
        _words(results),
        _ratios(results),
        _one_case(results),
        _waiting(results),
        _latency(results),
        _start(results),
    ]
    return "\n\n".join(part for part in parts if part)


def _words(results: dict) -> str:
    titles = [f"{title} {version}" for title, version in results["versions"].items()]
    names = ", ".join(titles)
    return (
        f"Measured by `scripts/bench.sh` on {results['date']}: {results['machine']}; {names}. The server is nginx with "
        "one worker on one core, every client runs alone on another, both on loopback over kept HTTP/1.1 connections. "
        "Each peer runs with its default settings and its own way of checking statuses; ragload runs a scenario of two "
        "weighted tasks with a status check, a histogram for each, thresholds, CSV files and report. Nobody takes the "
        "answers apart. Rates are the server's own count after a warm-up; in every run of ragload its count of "
        "requests was the server's."
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _peers(results: dict, keys: set[str]) -> list[str]:
    """The keys of peers that occur, in the usual order."""
    return [key for key in results["titles"] if key in keys and key != OURS]


def _ratios(results: dict) -> str:
    measured = [case for case in FAST if results["cases"].get(case.key)]
    if not measured:
        return ""
    peers = _peers(results, {key for case in measured for key in results["cases"][case.key]})
    limited = False
    rows = []
    counts = set()
    for case in measured:
        cells = [case.title]
        for key in peers:
            pairs = results["cases"][case.key].get(key)
            mark = "†" if pairs and _server_was_limit(pairs) else ""
            limited |= bool(mark)
            counts |= {len(pairs)} if pairs else set()
            cells.append(rate_ratio(pairs).ratio() + mark if pairs else "")
        rows.append(cells)
    words = (
        "**Requests per second, ragload's by the other's**: above 1 ragload is faster. "
        f"The median of {_span(counts)} pairs of runs, one after the other, with the least and the largest."
    )
    if limited:
        words += " †: the server was at its limit, so that the faster of the two could not show it."
    return words + "\n\n" + _table(["", *(results["titles"][key] for key in peers)], rows)


def _span(counts: set[int]) -> str:
    """One count, or the least and the largest: parts may have been measured with more or fewer."""
    return " to ".join(str(count) for count in sorted({min(counts), max(counts)}))


def rate_ratio(pairs: list) -> Spread:
    """ragload's requests per second by the other's."""
    return Spread(ours["rate"] / its["rate"] for ours, its in pairs)


def _server_was_limit(pairs: list) -> bool:
    return Spread(max(run["server_busy"] for run in pair) for pair in pairs).middle >= SERVER_LIMIT


def _one_case(results: dict) -> str:
    found = results["cases"].get(ONE_CASE)
    if not found:
        return ""
    (title,) = [case.title for case in FAST if case.key == ONE_CASE]
    ours = [pair[0] for pairs in found.values() for pair in pairs]
    rows = [[results["titles"][OURS], *_cost(ours), "", results["keeps"][OURS]]]
    for key in _peers(results, set(found)):
        cost = Spread(mine["cpu"] / its["cpu"] for mine, its in found[key]).ratio()
        its = [pair[1] for pair in found[key]]
        rows.append([results["titles"][key], *_cost(its), cost, results["keeps"][key]])
    head = ["", "requests/s", "CPU per request, µs", "peak memory, MB", "CPU, ragload's by its", "checks; keeps"]
    return f"**What that takes** ({title}):\n\n" + _table(head, rows)


def _cost(runs: list[dict]) -> list[str]:
    rate, cpu = Spread(run["rate"] for run in runs), Spread(run["cpu"] for run in runs)
    return [rate.whole(), cpu.tenths(1e6), memory(runs).whole(1e-6)]


def memory(runs: list[dict]) -> Spread:
    """Peak memory in bytes."""
    return Spread(run["peak_memory"] for run in runs)


def _waiting(results: dict) -> str:
    tables = []
    for case in WAITING:
        found = results["cases"].get(case.key)
        if found:
            rows = [[results["titles"][key], *_waiting_row(runs)] for key, runs in found.items()]
            head = ["", "requests in all", "CPU in all, s", "peak memory, MB"]
            tables.append(f"**{case.title}**, from start to end:\n\n" + _table(head, rows))
    return "\n\n".join(tables)


def _waiting_row(runs: list[dict]) -> list[str]:
    cpu, served = Spread(run["whole_cpu"] for run in runs), Spread(run["served"] for run in runs)
    return [served.whole(), f"{cpu.middle:.2f}", memory(runs).whole(1e-6)]


def _latency(results: dict) -> str:
    if not results["latency"]:
        return ""
    rows = []
    for row in results["latency"]:
        cells = [f"{row['delay']} ms", f"{row['reached']:,.0f}".replace(",", " ")]
        for name in ("p50", "p99"):
            cells += [milliseconds(row["server"][name]), milliseconds(row["ragload"][name])]
        rows.append(cells)
    words = (
        "**Is latency right?** A server that delays every answer by a known time and measures how long it had each request, "
        "from the kernel's stamp on its arrival on, and what ragload says of it; between the two lie the way through the "
        "kernel and back, and the error."
    )
    return words + "\n\n" + _table(["delay", "requests/s", "p50, server", "ragload", "p99, server", "ragload"], rows)


def _start(results: dict) -> str:
    found = results["start"]
    if not found:
        return ""
    first, size = Spread(found["first_request"]), found["binary"] / 1e6
    return (
        f"From its start to the first request of the smoke profile ragload takes {first.tenths(1e3)} ms, the "
        f"pre-flight request included; the binary has {size:.1f} MB."
    )
