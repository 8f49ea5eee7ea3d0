"""A server that answers each request after a delay, and knows how long it really had it.

    python3 delays.py MILLISECONDS [SECONDS]

Prints its port, serves until SIGTERM, then prints as JSON what it measured itself of the requests that came so many
seconds after the first (0), while clients were no longer connecting: from the moment the kernel had the
request, which it stamps, to the answer. A program's own look at the clock will not do: what lies unread while it is
kept from running would be no part of its time, but is of the client's.
"""

import ctypes
import gc
import json
import select
import signal
import socket
import struct
import sys
from collections import deque
from time import time_ns

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"answer":"ok"}'
SO_TIMESTAMPNS = 35  # of Linux; Python has no name for it
PR_SET_TIMERSLACK = 29
TIMESPEC = struct.Struct("qq")
IDLE = 0.1  # seconds until it is seen that it is to stop


class Delays:
    """The server and its state."""

    def __init__(self, delay: int, skipped: int) -> None:
        self.delay = delay  # nanoseconds
        self.skipped = skipped  # nanoseconds
        self.first: int | None = None  # when the first request came
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        # What is accepted inherits it, so that the first request has a stamp as well.
        self.listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.listener.setblocking(False)
        self.poll = select.epoll()
        self.poll.register(self.listener, select.EPOLLIN)
        self.clients: dict[int, socket.socket] = {}
        # All wait for the same time: what comes first is due first.
        self.due: deque[tuple[int, int]] = deque()  # when it came, whose
        self.taken: list[int] = []  # nanoseconds
        self.stopped = False
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def serve(self) -> None:
        """Until stopped."""
        while not self.stopped:
            # epoll's own timeout is whole milliseconds.
            select.select([self.poll], [], [], self._patience())
            for descriptor, _ in self.poll.poll(0):
                if descriptor == self.listener.fileno():
                    self._accept()
                else:
                    self._read(descriptor)
            while self.due and self.due[0][0] + self.delay <= time_ns():
                self._answer(*self.due.popleft())

    def _patience(self) -> float:
        """Seconds until something is due."""
        return max(0, self.due[0][0] + self.delay - time_ns()) / 1e9 if self.due else IDLE

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.clients[client.fileno()] = client
        self.poll.register(client, select.EPOLLIN)

    def _read(self, descriptor: int) -> None:
        try:
            data, told, _, _ = self.clients[descriptor].recvmsg(65536, socket.CMSG_SPACE(TIMESPEC.size))
        except ConnectionError:
            data = b""
        if not data:
            self.poll.unregister(descriptor)
            self.clients.pop(descriptor).close()
        elif not data.endswith(b"\r\n\r\n"):
            raise ValueError(f"one GET at a time, each in one piece, expected: {data!r}")
        else:
            came = _stamp(told)
            self.first = came if self.first is None else self.first
            self.due.append((came, descriptor))

    def _answer(self, came: int, descriptor: int) -> None:
        client = self.clients.get(descriptor)
        if client is not None:
            client.send(ANSWER)
            if came >= self.first + self.skipped:
                self.taken.append(time_ns() - came)


def _stamp(told: list[tuple[int, int, bytes]]) -> int:
    """When the kernel had what was read, in nanoseconds."""
    for level, kind, data in told:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = TIMESPEC.unpack(data)
            return seconds * 10**9 + nanoseconds
    raise ValueError("the kernel did not stamp what was read")


def _wake_in_time() -> None:
    """Timers without the slack that saves power."""
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1)


def percentile(ordered: list[int], share: float) -> float:
    """Of times in nanoseconds, in order: the smallest that at least this share does not exceed, in seconds."""
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1] / 1e9


def main() -> None:
    gc.disable()
    _wake_in_time()
    delay, skipped, *_ = [*sys.argv[1:], "0"]
    server = Delays(round(float(delay) * 1e6), round(float(skipped) * 1e9))
    print(server.listener.getsockname()[1], flush=True)
    server.serve()
    ordered = sorted(server.taken)
    percentiles = {name: percentile(ordered, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}
    print(json.dumps({"requests": len(ordered), **percentiles}))


if __name__ == "__main__":
    main()
