"""Tests bench/run shocks, adapt and split: which plans are forced and held, the cut, and when a rival is as before. Needs no agent."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.adapt import report as adapt_report, runs, schedule  # noqa: E402
from bench.shocks import others, report, scene  # noqa: E402
from bench.shocks.door import Answer  # noqa: E402
from bench.split import bench as split  # noqa: E402


def estimate(cut, codec, ms, top1=None):
    return {"cut": cut, "codec": codec, "mean": {"network_ns": ms}} | ({} if top1 is None else {"agreement": {"top1": top1}})


TABLE = {"model": {"cuts": 5}, "cells": [
    {"estimates": [estimate(0, "source", 10), estimate(0, "jpeg95", 5, 0.5), estimate(2, "q8", 20, 1), estimate(4, "fp32", 30)]},
    {"estimates": [estimate(0, "source", 90), estimate(0, "jpeg95", 5, 0.5), estimate(2, "q8", 30, 1), estimate(4, "fp32", 60)]}]}


class Plans(unittest.TestCase):
    def test_that_are_forced_come_with_their_least_ratio_to_the_best_that_may_serve(self):
        self.assertEqual(scene.allowed_plans(TABLE), {(0, "source"): 1, (2, "q8"): 1, (4, "fp32"): 2})

    def test_that_are_held_are_both_ends_and_the_best_that_may_serve(self):
        self.assertEqual(schedule.held_plans(TABLE, 4),
                         {"edge-only": (4, "fp32"), "cloud-only": (0, "source"), "cut-2-q8": (2, "q8")})
        self.assertEqual(schedule.held_plans(TABLE, 0), {"edge-only": (4, "fp32"), "cloud-only": (0, "source")})


class Cut(unittest.TestCase):
    def test_is_the_smallest_with_one_tensor_and_work_on_both_sides(self):
        cut = lambda index, size, ms, tensors=1: {"index": index, "name": str(index), "bytes": size, "head_ms": ms, "tensors": ["x"] * tensors}
        told = {"whole_ms": 100, "cuts": [cut(0, 1, 0), cut(1, 50, 30), cut(2, 40, 50), cut(3, 30, 60, tensors=2), cut(4, 2, 76)]}
        self.assertEqual(split.middle_cut(told), {"index": 2, "name": "2", "bytes": 40})


def answers(*latencies_ms, status=200):
    return [Answer(due, due + ms / 1000, status) for due, ms in enumerate(latencies_ms)]


class Rival(unittest.TestCase):
    def test_is_as_before_once_all_later_answers_take_at_most_twice_the_calm_time(self):
        self.assertAlmostEqual(others.back(answers(50, 300, *[19] * 15), 1, calm=10), 2.019)
        self.assertIsNone(others.back(answers(50, 300, *[19] * 14), 1, calm=10))
        self.assertIsNone(others.back(answers(*[19] * 20, 21), 1, calm=10))

    def test_is_not_back_while_requests_are_lost(self):
        self.assertIsNone(others.back(answers(*[10] * 20, status=0), 0, calm=10))

    def test_is_shown_beside_the_agent_or_not_at_all(self):
        outage = {"kind": "dark for 2 s", "requests": 50, "lost": 1, "wrong": 0, "calm_ms": 30, "worst_ms": 2100, "late": 3, "back_ms": None}
        told = {"states": {"2 Mbit/s": {"in the cloud": [700.0, 750.0, 800.0], "on the edge": [60.0]}}, "outages": [outage]}
        lines = report.report({"rivals": told, "missing": {}}, None)
        self.assertIn("| 2 Mbit/s | 750.0, 800.0 | 60.0, 60.0 |", lines)
        self.assertIn("| dark for 2 s | 1 | 50 | 1, 0 | 30 | 2100, 2100 | 3 | never |", lines)
        self.assertEqual(report.report({"rivals": {}, "missing": {"sharp": "gone"}}, None), ["* without sharp: gone", ""])


class Replay(unittest.TestCase):
    def test_leaves_out_rivals(self):
        run = lambda ms: runs.Run([ms] * 10, [1] * 10, 0, 0, runs.NO_COUNTERS)
        case = runs.Case("dark", {"edge-only": [run(20)], "adaptive": [run(15)], "JPEG": [run(90)]}, {"edge-only": (4, "fp32")}, 5)
        told = {"dark": {"cases": [{"policy": "adaptive", "mean_ms": 14, "regret_percent": 1},
                                   {"policy": "static", "plan": {"cut": 4, "codec": "fp32"}, "mean_ms": 20, "regret_percent": 2}]}}
        rows = adapt_report.beside_replay(told, [case])[2:]
        self.assertEqual([row.split(" | ")[1] for row in rows], ["adaptive", "edge-only"])
        self.assertIn("| dark | JPEG | 90.0 | 90.0 | 90.0 | 90.0 | 350.0 % | 4.500 |", adapt_report.live_lines([case])[2])


if __name__ == "__main__":
    unittest.main()
