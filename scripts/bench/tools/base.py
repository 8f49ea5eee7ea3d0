"""What a load generator is to the comparison.

Must not know any particular one.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from work import Work


@dataclass(frozen=True)
class Start:
    """How to start it."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counts:
    """What it says it did."""

    requests: int  # finished ones, failed ones included
    failures: int


class Tool:
    """A load generator with its default settings, told only what to ask and how much."""

    key: str  # on the command line, and the name of its program
    title: str  # in tables
    keeps: str  # what it checks and keeps of an answer
    waits = True  # whether its users can wait between requests

    def __init__(self, program: Path) -> None:
        self.program = str(program)

    def version(self) -> str:
        """Its version, without its name."""
        answer = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=False, timeout=60)
        return first(r"(\d+\.\d+[\w.]*)", answer.stdout + answer.stderr)

    def start(self, work: Work, folder: Path) -> Start:
        """How to make it do this work; files that it needs are written into the folder."""
        raise NotImplementedError

    def counts(self, text: str, folder: Path) -> Counts:
        """What it says it did, from what it printed or left in the folder."""
        raise NotImplementedError


def first(pattern: str, text: str) -> str:
    """The first group of the first match."""
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise ValueError(f"no match for {pattern!r} in:\n{text[-2000:]}")
    return found.group(1)


def total(pattern: str, text: str) -> int:
    """The sum of the numbers that are the first group of all matches."""
    return sum(int(number) for number in re.findall(pattern, text, re.MULTILINE))
