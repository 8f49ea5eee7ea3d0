"""A server that answers each request after an exact delay, and knows how long it really took.

    python3 delays.py MILLISECONDS

Prints its port, serves until SIGTERM, then prints as JSON what it measured itself from having seen a request to
answering it. It spins on a core of its own instead of sleeping: a timer would be late by as much as is to be measured.
"""

import gc
import json
import select
import signal
import socket
import sys
from collections import deque
from time import perf_counter_ns

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"answer":"ok"}'


class Delays:
    """The server and its state."""

    def __init__(self, delay: int) -> None:
        self.delay = delay  # nanoseconds
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.listener.setblocking(False)
        self.poll = select.epoll()
        self.poll.register(self.listener, select.EPOLLIN)
        self.clients: dict[int, socket.socket] = {}
        # All wait for the same time: what comes first is due first.
        self.due: deque[tuple[int, int]] = deque()  # when seen, whose
        self.taken: list[int] = []  # nanoseconds
        self.stopped = False
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def serve(self) -> None:
        """Until stopped."""
        while not self.stopped:
            for descriptor, _ in self.poll.poll(0):
                if descriptor == self.listener.fileno():
                    self._accept()
                else:
                    self._read(descriptor, perf_counter_ns())
            while self.due and self.due[0][0] + self.delay <= perf_counter_ns():
                self._answer(*self.due.popleft())

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.clients[client.fileno()] = client
        self.poll.register(client, select.EPOLLIN)

    def _read(self, descriptor: int, seen: int) -> None:
        try:
            data = self.clients[descriptor].recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.poll.unregister(descriptor)
            self.clients.pop(descriptor).close()
        elif not data.endswith(b"\r\n\r\n"):
            raise ValueError(f"one GET at a time, each in one piece, expected: {data!r}")
        else:
            self.due.append((seen, descriptor))

    def _answer(self, seen: int, descriptor: int) -> None:
        client = self.clients.get(descriptor)
        if client is not None:
            self.taken.append(perf_counter_ns() - seen)
            client.send(ANSWER)


def percentile(ordered: list[int], share: float) -> float:
    """Of times in nanoseconds, in order: the smallest that at least this share does not exceed, in seconds."""
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1] / 1e9


def main() -> None:
    gc.disable()
    server = Delays(round(float(sys.argv[1]) * 1e6))
    print(server.listener.getsockname()[1], flush=True)
    server.serve()
    ordered = sorted(server.taken)
    percentiles = {name: percentile(ordered, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}
    print(json.dumps({"requests": len(ordered), **percentiles}))


if __name__ == "__main__":
    main()
