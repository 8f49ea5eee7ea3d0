"""How long ragload takes from its start to its first request.

Must not know tables.
"""

import shutil
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from machine import Cores, Pinned
from tools import Tool


class _Arrivals(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    times: list[float] = []

    def do_GET(self) -> None:
        self.times.append(time.monotonic())
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def measure(ragload: Tool, cores: Cores, rounds: int) -> dict:
    """Seconds from starting the program to the pre-flight request and to the first of the load, per round."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Arrivals)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found: dict = {"preflight": [], "first_request": []}
    for _ in range(rounds):
        folder = Path(tempfile.mkdtemp(prefix="bench-start-"))
        _Arrivals.times.clear()
        host = f"http://127.0.0.1:{server.server_address[1]}"
        begun = time.monotonic()
        with Pinned([ragload.program, "run", "smoke", "-t", "1s", "-H", host], cores.client, folder) as client:
            client.wait(60)
            if len(_Arrivals.times) < 2:
                raise SystemExit(f"bench: the smoke profile made no load:\n{client.text()}")
        found["preflight"].append(_Arrivals.times[0] - begun)
        found["first_request"].append(_Arrivals.times[1] - begun)
        shutil.rmtree(folder)
    server.shutdown()
    print(f"start: {found}", flush=True)
    return found
