"""What is asked of every load generator: the cases of the comparison.

Plain data; must not know servers or generators.
"""

from dataclasses import dataclass, replace

SMALL = '{"answer":"ok"}'  # the small body, 15 bytes
LARGE = 64 * 1024  # bytes of the large one
EVENTS = 40  # events of the stream, each sent in a piece of its own
EVENT = 256  # bytes of each

QUESTION = '{"query":"What is vector similarity search?","top_k":5}'


@dataclass(frozen=True)
class Work:
    """One kind of request, over so many kept connections, for a time."""

    path: str
    connections: int
    body: str | None = None  # JSON to post; none: GET
    wait: int = 0  # whole seconds that each user waits after a request
    host: str = ""  # http://127.0.0.1:PORT
    seconds: int = 0  # how long the load lasts

    @property
    def url(self) -> str:
        return self.host + self.path

    def against(self, host: str, seconds: int) -> "Work":
        """The same against this host, for so long."""
        return replace(self, host=host, seconds=seconds)


@dataclass(frozen=True)
class Case:
    """A work with its name on the command line and in tables."""

    key: str
    title: str
    work: Work
    peers: bool = True  # whether others do it as well


def _cases(key: str, title: str, path: str, body: str | None = None) -> list[Case]:
    counts = {1: "1 connection", 64: "64 connections", 1000: "1000 connections"}
    return [Case(f"{key}-{n}", f"{title}, {words}", Work(path, n, body)) for n, words in counts.items()]


# Nobody waits: how fast is the generator?
FAST = [
    *_cases("get", "GET, small body", "/small"),
    *_cases("large", "GET, 64 KB body", "/large"),
    *_cases("post", "POST JSON, small body", "/small", QUESTION),
    Case("sse-64", f"SSE stream of {EVENTS} events, read to its end, 64 connections", Work("/stream", 64)),
]
# Everybody waits: what does a user cost? So long that 2000 users make 16 000 requests.
WAITING_SECONDS = 8
WAITING = [
    Case("waiting-2000", "2000 users, one request a second each", Work("/small", 2000, wait=1)),
    Case("waiting-10000", "10 000 users (2500 a second more), one request a second each", Work("/small", 10000, wait=1), peers=False),
]
