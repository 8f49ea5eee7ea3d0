"""Figures, tables and README."""

import unittest

import bars
import readme
import report
from figures import Spread

RUN = {
    "rate": 1000.0,
    "cpu": 10e-6,
    "user_cpu": 5e-6,
    "server_busy": 0.5,
    "peak_memory": 30_000_000,
    "whole_cpu": 0.5,
    "counted": 5000,
    "failures": 0,
    "served": 5000,
}


def run(**changes: float) -> dict:
    return {**RUN, **changes}


def results(**changes: object) -> dict:
    return {
        "machine": "a machine",
        "date": "2026-11-23",
        "titles": {"ragload": "ragload", "wrk": "wrk", "oha": "oha"},
        "keeps": {"ragload": "status", "wrk": "nothing", "oha": "nothing"},
        "versions": {"ragload": "0.1.0", "wrk": "4.1.0"},
        "pairs": 3,
        "cases": {},
        "latency": [],
        "start": {},
        **changes,
    }


FAST = {"get-64": {"wrk": [[run(rate=rate), run()] for rate in (900.0, 500.0, 700.0)]}}
LATENCY = [
    {
        "delay": 1,
        "rate": 1000,
        "reached": 998.0,
        "server": {"p50": 0.001, "p99": 0.0011},
        "ragload": {"p50": 0.0012, "p99": 0.0024},
    }
]


class Figures(unittest.TestCase):
    def test_a_ratio_is_the_median_with_least_and_largest(self) -> None:
        self.assertEqual(Spread([1.5, 0.5, 0.713]).ratio(), "0.71 (0.50–1.50)")
        self.assertEqual(Spread([98.76, 12.34, 1234.0]).ratio(), "98.8 (12.3–1234)")

    def test_one_measurement_has_no_spread_to_show(self) -> None:
        self.assertEqual(Spread([12345.6]).whole(), "12 346")
        self.assertEqual(Spread([5.04e-6, 5.26e-6]).tenths(1e6), "5.1 (5.0–5.3)")


class Tables(unittest.TestCase):
    def test_ratios_are_ragload_s_by_the_other_s(self) -> None:
        section = report.section(results(cases=FAST))
        self.assertIn("| GET, small body, 64 connections | 0.70 (0.50–0.90) |", section)
        self.assertNotIn("†", section)

    def test_a_server_at_its_limit_is_marked(self) -> None:
        pairs = [[run(), run(server_busy=0.99)]]
        self.assertIn("1.00 (1.00–1.00)† |", report.section(results(cases={"get-64": {"wrk": pairs}})))

    def test_what_was_not_measured_is_not_there(self) -> None:
        section = report.section(results())
        self.assertNotIn("|", section)
        self.assertNotIn("latency", section)

    def test_times_of_both_sides_stand_side_by_side(self) -> None:
        self.assertIn(
            "| 1 ms | 998 | 1.000 ms | 1.200 ms | 1.100 ms | 2.400 ms |", report.section(results(latency=LATENCY))
        )

    def test_bars_say_what_was_missed(self) -> None:
        lines = bars.judged(results(cases=FAST, latency=LATENCY))
        self.assertEqual([line.split()[0] for line in lines], ["MISSED", "met", "MISSED"])
        self.assertIn("requests/s by wrk's: 0.7 (≥ 0.8)", lines[0])


class Readme(unittest.TestCase):
    def test_a_new_section_comes_before_the_last_one(self) -> None:
        text = readme.with_section("# r\n\nHi.\n\n## More\n\nLinks.\n", "Figures.")
        wanted = f"# r\n\nHi.\n\n## Benchmarks\n\n{readme.BEGIN}\nFigures.\n{readme.END}\n\n## More\n\nLinks.\n"
        self.assertEqual(text, wanted)
        self.assertEqual(readme.with_section(text, "Figures."), text)
        self.assertIn("\nOthers.\n", readme.with_section(text, "Others."))


if __name__ == "__main__":
    unittest.main()
