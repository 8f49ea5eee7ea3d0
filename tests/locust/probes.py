"""Every way for a request to go wrong, once each: what does Locust call it? The same as probes.yaml."""

import os

from locust import HttpUser, constant, task

PATHS = [
    "/hello",
    "/missing",
    "/odd",
    "/500",
    "/503",
    "/429",
    "/301",
    "/302",
    "/loop",
    "/truncated",
    "/truncated-chunk",
    "/garbage",
    "/reset",
    "/close",
    "/bad-gzip",
    "/hang",
    "/hang-in-body",
    "/204",
    "/304",
]


class Probe(HttpUser):
    """Asks for everything once, then waits for the end."""

    wait_time = constant(1000)

    @task
    def all_of_them(self):
        for path in PATHS:
            self.client.get(path, timeout=0.5)
        self.client.get(os.environ["NOBODY"] + "/refused", timeout=0.5)
        self.client.head("/missing", timeout=0.5)
        self.client.post("/307", json={"x": 1}, timeout=0.5)
        # Connections that were kept alive.
        self.client.get("/close", name="/close, kept", timeout=0.5)
        self.client.get("/hello", name="/hello, again", timeout=0.5)
        self.client.get("/reset", name="/reset, kept", timeout=0.5)
