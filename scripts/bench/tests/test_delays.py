"""The delaying server delays, and knows by how much."""

import json
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

import delays

PROGRAM = Path(__file__).parent.parent / "delays.py"


class Server(unittest.TestCase):
    def start(self, *arguments: str) -> None:
        self.server = subprocess.Popen([sys.executable, PROGRAM, *arguments], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        port = int(self.server.stdout.readline())
        self.client = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.addCleanup(self.client.close)

    def ask(self) -> None:
        self.client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    def take_answer(self) -> None:
        self.assertEqual(self.client.recv(65536), delays.ANSWER)

    def truth(self) -> dict:
        self.server.send_signal(signal.SIGTERM)
        return json.loads(self.server.stdout.readline())

    def test_it_answers_after_its_delay_and_says_how_long_it_took(self) -> None:
        self.start("20")
        for _ in range(3):
            self.ask()
            self.take_answer()
        truth = self.truth()
        self.assertEqual(truth["requests"], 3)
        self.assertGreaterEqual(truth["p50"], 0.020)
        self.assertGreaterEqual(truth["max"], truth["p50"])

    def test_what_came_at_first_may_be_left_out(self) -> None:
        self.start("20", "0.1")
        self.ask()
        self.take_answer()
        time.sleep(0.1)
        self.ask()
        self.take_answer()
        self.assertEqual(self.truth()["requests"], 1)

    def test_the_time_in_which_it_could_not_run_counts(self) -> None:
        self.start("20")
        self.server.send_signal(signal.SIGSTOP)
        self.ask()
        time.sleep(0.2)
        self.server.send_signal(signal.SIGCONT)
        self.take_answer()
        self.assertGreaterEqual(self.truth()["max"], 0.2)


class Percentiles(unittest.TestCase):
    def test_a_percentile_is_the_smallest_time_that_its_share_does_not_exceed(self) -> None:
        times = [n * 1_000_000_000 for n in range(1, 101)]
        self.assertEqual([delays.percentile(times, share) for share in (0.5, 0.99, 1.0)], [50, 99, 100])
        self.assertEqual(delays.percentile([7_000_000_000], 0.5), 7)


if __name__ == "__main__":
    unittest.main()
