"""The server of the comparison: nginx with one worker on one core, and its own count of requests.

Must not know the load generators.
"""

import http.client
import os
import shutil
import socket
import time
from pathlib import Path

from machine import Cpu, Pinned, children_of, cpu_of
from work import EVENT, EVENTS, LARGE, SMALL

# `user root` only has a meaning when root runs it: the worker must read the temporary folder.
CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile 65536;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 32768; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    tcp_nodelay on;
    open_file_cache max=10;
    sendfile on;
    types {{ }}
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=16384;
        default_type application/json;
        location / {{ return 200 '{small}'; }}
        location = /large {{ root {folder}/www; }}
        # Inclusion makes the length unknown, the small buffer makes each event a chunk and a write of its own.
        location = /stream {{
            root {folder}/www;
            default_type text/event-stream;
            sendfile off;
            ssi on;
            ssi_types *;
            output_buffers 1 {event};
            postpone_output 0;
        }}
    }}
    server {{
        listen 127.0.0.1:{status_port};
        location / {{ stub_status; }}
    }}
}}
"""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _program() -> str:
    # Debian puts it where only root's PATH leads.
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise SystemExit("bench: nginx is missing: run scripts/setup-bench.sh")
    return program


def _event(index: int) -> str:
    start, end = f'data: {{"index":{index},"text":"', '"}\n\n'
    return start + "x" * (EVENT - len(start) - len(end)) + end


class Nginx:
    """Runs from `with` to its end."""

    def __init__(self, core: int, folder: Path) -> None:
        port, status_port = free_ports(2)
        self.host = f"http://127.0.0.1:{port}"
        self._status = http.client.HTTPConnection("127.0.0.1", status_port, timeout=10)
        self._own = 0  # requests for the count itself
        (folder / "www").mkdir()
        (folder / "www/large").write_text("x" * LARGE)
        (folder / "www/stream").write_text("".join(_event(index) for index in range(EVENTS)))
        user = "user root;" if os.getuid() == 0 else ""
        names = {"user": user, "folder": folder, "small": SMALL, "event": EVENT}
        text = CONFIGURATION.format(port=port, status_port=status_port, **names)
        (folder / "nginx.conf").write_text(text)
        command = [_program(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        self._master = Pinned(command, core, folder)

    def __enter__(self) -> "Nginx":
        for _ in range(100):
            try:
                self.requests()
                return self
            except OSError:
                self._status.close()
                time.sleep(0.05)
        self._master.stop()
        raise RuntimeError(f"nginx does not answer:\n{self._master.text()}")

    def __exit__(self, *_: object) -> None:
        self._status.close()
        self._master.stop()

    def requests(self) -> int:
        """The requests it got so far, those of this count left out."""
        self._status.request("GET", "/")
        lines = self._status.getresponse().read().decode().splitlines()
        self._own += 1
        return int(lines[2].split()[2]) - self._own

    def cpu(self) -> Cpu:
        """What its worker has used so far."""
        (worker,) = children_of(self._master.process.pid)
        return cpu_of(worker)
