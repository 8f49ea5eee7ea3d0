"""A script as people have them: starts a test by Locust's web API, watches it, changes it, stops it.

The tests run it unchanged against the real Locust and against ragload. It prints every answer as one JSON object:
step -> {status, type, disposition, body}.
"""

import json
import sys
import time

import requests

BASE, HOST = sys.argv[1:3]
ANSWERS = {}


def note(step, answer):
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    ANSWERS[step] = {
        "status": answer.status_code,
        "type": answer.headers.get("Content-Type"),
        "disposition": answer.headers.get("Content-Disposition"),
        "body": body,
    }
    return body


def get(step, path):
    return note(step, requests.get(BASE + path, timeout=30))


def post(step, path, **fields):
    return note(step, requests.post(BASE + path, data=fields, timeout=60))


def until(step, condition):
    """Polls as an exporter does."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        body = get(step, "/stats/requests")
        if condition(body):
            return
        time.sleep(0.5)
    sys.exit(f"{step}: still not so: {json.dumps(body)[:2000]}")


def until_served():
    """A server that was just started does not listen yet."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return requests.get(BASE + "/stats/requests", timeout=30)
        except requests.ConnectionError:
            time.sleep(0.1)
    sys.exit("nobody listens")


def requests_of(body):
    return body["stats"][-1]["num_requests"]


until_served()
until("ready", lambda body: body["state"] == "ready")
get("tasks before", "/tasks")
get("exceptions", "/exceptions")
get("workers", "/worker-count")
post("no fields", "/swarm")
post("bad count", "/swarm", user_count="many", spawn_rate=1)
post("bad rate", "/swarm", user_count=1, spawn_rate="fast")
post("no rate", "/swarm", user_count=1, spawn_rate=0)
post("bad time", "/swarm", user_count=1, spawn_rate=1, run_time="soon")
post("start", "/swarm", user_count=4, spawn_rate=2, run_time="2m", host=HOST)
until("spawned", lambda body: body["state"] == "running" and body["user_count"] == 4)
get("tasks", "/tasks")
until("measured", lambda body: requests_of(body) > 200 and len(body["errors"]) >= 2 and body["current_rps"] > 0)
for name in ["requests", "failures"]:
    get(f"{name} csv", f"/stats/{name}/csv")
get("exceptions csv", "/exceptions/csv")
get("no history", "/stats/requests_full_history/csv")
get("logs", "/logs")
post("change", "/swarm", user_count=7, spawn_rate=100)
until("changed", lambda body: body["user_count"] == 7 and body["state"] == "running")
before = requests_of(ANSWERS["changed"]["body"])
post("reset", "/stats/reset")
until("cleared", lambda body: 0 < requests_of(body) < before)
post("stop", "/stop")
until("stopped", lambda body: body["state"] == "stopped")
post("again", "/swarm", user_count=1, spawn_rate=1, host=HOST)
# One user needs a while to have asked for everything and to have met every failure.
known = ANSWERS["changed"]["body"]
until(
    "anew",
    lambda body: body["state"] == "running" and all(len(body[key]) == len(known[key]) for key in ("stats", "errors")),
)
post("stop again", "/stop")
print(json.dumps(ANSWERS))
