"""What each load generator is told, and how what it says is read."""

import json
import os
import subprocess
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import latency
from tools import PEERS, Ragload
from tools.base import Counts
from tools.goose import Goose
from tools.hey import Hey
from tools.k6 import K6
from tools.k9 import K9
from tools.locust import FastHttpUser
from tools.oha import Oha
from tools.wrk import Wrk
from work import FAST, WAITING, Work

PROJECT = Path(__file__).parents[3]

WRK = """Running 2s test @ http://127.0.0.1:18765/
  1 threads and 64 connections
  83698 requests in 2.02s, 13.17MB read
  Socket errors: connect 1, read 20, write 0, timeout 300
  Non-2xx or 3xx responses: 4000
Requests/sec:  41521.44
"""
HEY = """
Response time histogram:
  0.000 [1]\t|
  0.001 [34898]\t|■■■■

Status code distribution:
  [200]\t35004 responses
  [500]\t6 responses

Error distribution:
  [20]\tGet "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused

"""
OHA = {"statusCodeDistribution": {"200": 90, "404": 7}, "errorDistribution": {"connection refused": 3}}
SUMMARY = {"metrics": {"http_reqs": {"count": 5883.0}, "checks": {"passes": 5880, "fails": 3}}}
GOOSE = {"raw_metrics": {"requests": {"GET /": {"success_count": 40, "fail_count": 2}}}}
LOCUST = [{"num_requests": 12, "num_failures": 1}, {"num_requests": 30, "num_failures": 0}]


class Counting(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def counts(self, tool, text: str = "", file: str = "", content: object = None) -> Counts:
        if file:
            (self.folder / file).parent.mkdir(exist_ok=True)
            (self.folder / file).write_text(json.dumps(content))
        return tool(Path("program")).counts(text, self.folder)

    def test_requests_and_failures_are_read_from_what_each_prints(self) -> None:
        self.assertEqual(self.counts(Wrk, WRK), Counts(83698, 4321))
        self.assertEqual(self.counts(Hey, HEY), Counts(35030, 26))
        self.assertEqual(self.counts(Oha, "warning\n" + json.dumps(OHA)), Counts(100, 10))

    def test_requests_and_failures_are_read_from_what_each_leaves(self) -> None:
        self.assertEqual(self.counts(K6, file="summary.json", content=SUMMARY), Counts(5883, 3))
        self.assertEqual(self.counts(K9, file="summary.json", content=SUMMARY), Counts(5883, 3))
        self.assertEqual(self.counts(Goose, file="report.json", content=GOOSE), Counts(42, 2))
        self.assertEqual(self.counts(FastHttpUser, file="locust.json", content=LOCUST), Counts(42, 1))

    def test_a_run_record_is_read(self) -> None:
        record = json.loads((PROJECT / "tests/golden/run.json").read_text())
        row = record["aggregated"]
        counts = self.counts(Ragload, file="results/bench_run.json", content=record)
        self.assertEqual(counts.requests, row["requests"] + row["interrupted"])
        self.assertEqual(len(row["percentiles"]), 11)

    def test_output_without_figures_is_an_error(self) -> None:
        with self.assertRaises(ValueError):
            self.counts(Wrk, "unable to connect to 127.0.0.1:1 Connection refused")


class Starting(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def test_every_generator_is_told_connections_and_seconds_of_every_work(self) -> None:
        for peer in PEERS:
            for case in FAST + WAITING:
                if case.work.wait and not peer.waits:
                    continue
                with self.subTest(peer=peer.key, case=case.key):
                    tool, work = peer(Path("program")), case.work.against("http://127.0.0.1:9", 7)
                    start = tool.start(replace(work, connections=4321), self.folder)
                    told = " ".join([*start.command, *start.environment.values(), *self.written()])
                    for wanted in ["4321", "7", "127.0.0.1:9", work.path]:
                        self.assertIn(wanted, told)
                    self.assertEqual(work.body is not None, "vector similarity" in told)

    def written(self) -> list[str]:
        texts = [file.read_text() for file in self.folder.iterdir()]
        for file in list(self.folder.iterdir()):
            file.unlink()
        return texts

    @unittest.skipUnless("RAGLOAD" in os.environ, "RAGLOAD does not name a program")
    def test_ragload_takes_its_scenarios(self) -> None:
        for case in FAST + WAITING:
            Ragload(Path("program")).start(case.work.against("http://127.0.0.1:9", 7), self.folder)
            self.check("bench.yaml")
        text = latency.SCENARIO.format(port=9, users=3, seconds=2, spawn_rate=1)
        (self.folder / "latency.yaml").write_text(text)
        self.check("latency.yaml")

    def check(self, file: str) -> None:
        command = [os.environ["RAGLOAD"], "check", file]
        ran = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran.stdout)


class Works(unittest.TestCase):
    def test_the_url_is_host_and_path(self) -> None:
        self.assertEqual(Work("/small", 1).against("http://h:1", 5).url, "http://h:1/small")


if __name__ == "__main__":
    unittest.main()
