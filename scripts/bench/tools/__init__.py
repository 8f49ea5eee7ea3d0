"""The load generators that are compared, and where they are found."""

import os
import shutil
from pathlib import Path

from .base import Tool
from .goose import Goose
from .hey import Hey
from .k6 import K6
from .k9 import K9
from .locust import FastHttpUser, HttpUser
from .oha import Oha
from .ragload import Ragload
from .wrk import Wrk

PEERS: list[type[Tool]] = [Wrk, Oha, K9, Goose, Hey, K6, FastHttpUser, HttpUser]


def find(peer: type[Tool]) -> Tool | None:
    """The peer, if scripts/setup-bench.sh or somebody else has installed it."""
    name = "locust" if issubclass(peer, FastHttpUser) else peer.key
    folder = os.environ.get("RAGLOAD_BENCH_TOOLS", ".bench-tools")
    # Of programs elsewhere only those that can be no other: "goose" is the name of many things.
    elsewhere = None if name == "goose" else shutil.which(name)
    program = shutil.which(name, path=str(Path(folder, "bin").resolve())) or elsewhere
    return peer(Path(program)) if program else None


__all__ = ["PEERS", "Ragload", "Tool", "find"]
