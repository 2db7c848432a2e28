"""Tests bench/run load: the held plans, the figures of a point, and the report. Needs no agent."""
import json
import pathlib
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.lib.processes import Failed  # noqa: E402
from bench.load import bench, envelope, ladder, points, replayed, report  # noqa: E402


def estimate(cut, codec, head_ms, kb, tail_ms, top1=None):
    mean = {"head_ns": head_ms * 1e6, "encode_ns": 0, "network_ns": 800 * kb * 1000, "queue_ns": 0, "tail_ns": tail_ms * 1e6}
    return {"cut": cut, "codec": codec, "wire_bytes": 1000 * kb, "mean": mean} | ({} if top1 is None else {"agreement": {"top1": top1}})


# At 10 Mbit/s a kilobyte crosses in 0.8 ms.
ESTIMATES = [estimate(0, "fp32", 0, 600, 20), estimate(1, "fp32", 20, 100, 10), estimate(1, "q8", 20, 25, 10, top1=1),
             estimate(1, "q4", 20, 12, 10, top1=0.5), estimate(2, "fp32", 40, 10, 5), estimate(3, "fp32", 80, 0, 0)]
CORE = {"cores": 1, "rest_us": 0, "plans": []}
TABLE = {"model": {"cuts": 4}, "cells": [{"asked": {"uplink_bps": 10e6}, "estimates": ESTIMATES}]}


class FluidLimit(unittest.TestCase):
    TOLD = {"fluid_limit_per_s": 31.5, "fluid_mix": [{"cut": 1, "codec": "q8", "share": 0.7}, {"cut": 3, "codec": "fp32", "share": 0.3}]}

    def test_is_read_with_its_mix_from_the_document_or_its_case(self):
        expected = envelope.Fluid(31.5, {(1, "q8"): 0.7, (3, "fp32"): 0.3})
        self.assertEqual(envelope.read_fluid(self.TOLD), expected)
        self.assertEqual(envelope.read_fluid({"cases": [self.TOLD]}), expected)

    def test_is_asked_of_an_agent_that_knows_it(self):
        for told in ({"cases": []}, {"cases": [{"mean_ms": 3}]}):
            with self.assertRaisesRegex(Failed, "fluid_limit_per_s"):
                envelope.read_fluid(told)


class HeldPlans(unittest.TestCase):
    def test_sustain_what_the_busiest_of_edge_uplink_and_cloud_does(self):
        self.assertAlmostEqual(envelope.limit_of(ESTIMATES[0], 10, CORE), 1 / 0.48)
        self.assertAlmostEqual(envelope.limit_of(ESTIMATES[2], 10, CORE), 1 / 0.02)
        self.assertAlmostEqual(envelope.limit_of(ESTIMATES[2], 2, CORE), 1 / 0.1)
        self.assertAlmostEqual(envelope.limit_of(estimate(1, "fp32", 1, 1, 50), 10, CORE), 1 / 0.05)

    def test_sustain_what_a_quota_allows_beside_the_door(self):
        quota = {"cores": 0.25, "rest_us": 5000, "plans": [{"cut": 1, "codec": "q8", "computed_us": 10000}]}
        self.assertAlmostEqual(envelope.limit_of(ESTIMATES[2], 10, quota), 0.25 / 0.015)
        self.assertAlmostEqual(envelope.limit_of(ESTIMATES[4], 10, quota), 0.25 / 0.045)

    def test_are_the_fastest_at_that_link_then_the_mix_then_the_fastest_elsewhere(self):
        self.assertEqual(list(envelope.envelope(envelope.allowed(TABLE), envelope.Fluid(1, {(3, "fp32"): 0.4, (0, "fp32"): 0.6}), 10, 5,
                                                CORE)),
                         [(1, "q8"), (0, "fp32"), (3, "fp32"), (2, "fp32")])
        self.assertEqual(list(envelope.envelope(envelope.allowed(TABLE), envelope.Fluid(1, {(1, "q8"): 1}), 10, 2, CORE)),
                         [(1, "q8"), (2, "fp32")])

    def test_lose_nothing_or_agree(self):
        kept = envelope.allowed(TABLE)["cells"][0]["estimates"]
        self.assertEqual([one["codec"] for one in kept], ["fp32", "fp32", "q8", "fp32", "fp32"])

    def test_keep_those_chosen_before(self):
        self.assertEqual(envelope.envelope(envelope.allowed(TABLE), envelope.Fluid(1, {(1, "q8"): 1}), 10, 2, CORE, [(3, "fp32")]),
                         {(3, "fp32"): 12.5})

    def test_tell_what_their_requests_compute(self):
        plan = lambda cut, us: {"cut": cut, "codec": "q8", "computed_us": us}
        work = {"plans": [plan(1, 9), plan(2, 8)]}
        replayed.correct(work, {"plans": [plan(2, 7), plan(1, 6)]}, (2, "q8"))
        replayed.correct(work, {"plans": []}, (1, "q8"))
        self.assertEqual(work["plans"], [plan(1, 9), plan(2, 7)])

    def test_are_dropped_once_a_clearly_faster_one_sustains_as_much(self):
        limits = {"a": 10, "b": 20, "c": 30}
        self.assertEqual(envelope.hopeful(limits, {"a": 100, "b": 50, "c": 120}), ["b", "c"])
        self.assertEqual(envelope.hopeful(limits, {"a": 50, "b": 100, "c": 120}), ["a", "b", "c"])
        self.assertEqual(envelope.hopeful(limits, {"a": 100, "b": 95}), ["a", "b"])
        self.assertEqual(envelope.hopeful({"a": 10, "b": 10}, {"a": 100, "b": 50}), ["b"])


def row(due, ms, status="200", wrong="0", late="0", plan=(1, "q8", "split")):
    cut, codec, placement = plan if status == "200" else (-1, "", "")
    return {"due_s": str(due), "latency_ms": str(ms), "late_ms": late, "status": status, "placement": placement, "cut": str(cut),
            "codec": codec, "wrong": wrong}


class Figures(unittest.TestCase):
    def test_leave_out_the_first_quarter_and_count_losses_by_kind(self):
        rows = [row(0, 9000), row(1, 10), row(1.5, 20, wrong="1"), row(2, 30), row(2.5, 5, "503"), row(3, 7, "500"), row(3.5, 9, "0")]
        told = points.figures([rows], 4, 20)
        self.assertEqual((told["asked"], told["refused"], told["failed"], told["wrong"]), (6, 1, {"HTTP 500": 1, "no answer": 1}, 1))
        self.assertEqual((told["good_per_s"], told["answered_per_s"]), (2 / 3, 1))
        self.assertEqual((told["p50"], told["p99"]), ((30 + 20000) / 2, 20000))
        self.assertIsNone(told["fairness"])

    def test_tell_answers_by_when_they_arrive(self):
        told = points.figures([[row(0.9, 200), row(1, 500), row(3.9, 200)]], 4, 1000)
        self.assertEqual((told["answered_per_s"], told["good_per_s"]), (2 / 3, 2 / 3))

    def test_tell_the_shares_of_plans(self):
        told = points.figures([[row(2, 1), row(2, 1), row(2, 1, plan=(3, "fp32", "edge")), row(3, 1, plan=(1, "q8", "fallback"))]], 4, 9)
        self.assertEqual(told["plans"], [[1, "q8", "split", 0.5], [3, "fp32", "edge", 0.25], [1, "q8", "fallback", 0.25]])

    def test_are_fair_if_clients_get_the_same(self):
        even, none = [row(2, 10), row(3, 10)], [row(2, 900), row(3, 900)]
        self.assertEqual(points.figures([even, even], 4, 100)["fairness"], 1)
        self.assertEqual(points.figures([even, none], 4, 100)["fairness"], 0.5)
        self.assertEqual(points.jain([0, 0]), 1)

    def test_do_not_count_if_the_generator_was_late(self):
        self.assertTrue(points.is_valid(points.figures([[row(2, 10, late="100")]], 4, 100)))
        self.assertFalse(points.is_valid(points.figures([[row(0, 10, late="100.5"), row(2, 10)]], 4, 100)))

    def test_need_a_request(self):
        with self.assertRaisesRegex(Failed, "no request was due"):
            points.figures([[row(0.5, 10)]], 4, 100)


class Live:
    """Answers at once: the p95 of a contender at a rate."""

    def __init__(self, p95, late=()):
        self.p95, self.late, self.asked = p95, late, []

    def point(self, words, rate, seconds, arrivals, seed, deadline):
        name = words[1]
        self.asked.append((rate, name, seed))
        return {"p95": self.p95[name](rate), "late_ms": 999 if (rate, name) in self.late else 0}, [], None


class Climb(unittest.TestCase):
    def climb(self, live):
        options = types.SimpleNamespace(seed=1, policies=["adaptive"], seconds=4, arrivals="poisson")
        one = ladder.Ladder.__new__(ladder.Ladder)
        one.options, one.live, one.seeds = options, live, ladder.random.Random(1)
        one.words = {name: ["--policy", name] for name in ("adaptive", "slow", "quick")}
        calm = {name: live.point(one.words[name], 1, 2, "periodic", 1, 0)[0] for name in ("slow", "quick")}
        del live.asked[:]
        return one.climb([20, 10], calm, {"slow": 10, "quick": 30}, 100)

    def test_asks_rising_rates_with_the_same_arrivals_of_all(self):
        live = Live({"adaptive": lambda _: 10, "slow": lambda _: 20, "quick": lambda rate: 25 if rate < 10 else 10})
        told = self.climb(live)
        self.assertEqual([(point["rate"], sum(p["rate"] == point["rate"] for p in told)) for point in told[::3]], [(10, 3), (20, 2)])
        self.assertEqual({point["who"] for point in told if point["rate"] == 20}, {"adaptive", "quick"})
        self.assertEqual(len({seed for rate, _, seed in live.asked if rate == 10}), 1)
        self.assertEqual(len({seed for _, _, seed in live.asked}), 2)

    def test_drops_no_plan_for_a_point_that_does_not_count(self):
        p95 = {"adaptive": lambda _: 10, "slow": lambda rate: 20 if rate < 10 else 90, "quick": lambda _: 25}
        self.assertEqual({point["who"] for point in self.climb(Live(p95)) if point["rate"] == 20}, {"adaptive", "quick"})
        told = self.climb(Live(p95, late={(10, "slow")}))
        self.assertEqual({point["who"] for point in told if point["rate"] == 20}, {"adaptive", "slow", "quick"})


class Replayed(unittest.TestCase):
    def replay(self, rows, plan):
        cases = [{"plan": {"cut": 1, "codec": "q8"}, "requests": 2, "mean_ms": 11, "p95_ms": 12},
                 {"plan": {"cut": 3, "codec": "fp32"}, "requests": 2, "mean_ms": 30, "p95_ms": 40}]
        with tempfile.TemporaryDirectory() as folder:
            bed = types.SimpleNamespace(out=pathlib.Path(folder), agent="agent", read=lambda _: json.dumps({"cases": cases}))
            told = replayed.replay(bed, ["--table", "table.json"], rows, "cut 3, fp32", plan)
            file = bed.out / "requests.csv"
            return told, file.read_text() if file.exists() else None

    def test_asks_for_the_same_times_and_compares_the_requests_that_both_count(self):
        told, file = self.replay([row(2.5, 20), row(0.5, 500), row(3, 40)], (3, "fp32"))
        self.assertEqual(file, "seconds\n0.000000\n2.000000\n2.500000\n")
        self.assertEqual((told["mean"], told["replayed_mean"], told["replayed_p95"]), (30, 30, 40))

    def test_leaves_out_a_point_that_lost_a_request(self):
        self.assertEqual(self.replay([row(1, 10), row(2, 5, "503")], (1, "q8")), (None, None))


def point(rate, who, p95, late=0):
    return {"rate": rate, "who": who, "p50": p95 / 2, "p95": p95, "p99": p95, "asked": 100, "answered_per_s": rate, "good_per_s": rate,
            "refused": 0, "failed": {"HTTP 500": 2} if who == "A" else {}, "wrong": 0, "fairness": None,
            "plans": [[1, "q8", "split", 0.75], [1, "q8", "fallback", 0.25]], "late_ms": late,
            "replayed": {"mean": 50, "p95": p95, "replayed_mean": 55, "replayed_p95": 0.9 * p95} if (rate, who) == (10, "B") else None}


TOLD = {"part": "load", "network": "alexnet", "core": 25, "link": 10, "limit": 20, "limit_by_table": 30, "cores": 0.25, "rest_ms": 2, "mix": [["cut 1, q8", 1]], "last": 3,
        "held": {"A": 10, "B": 20}, "calm": {}, "unloaded": 50, "deadline": 150, "points": [
            point(4, "A", 60), point(4, "B", 80), point(4, "adaptive", 63), point(4, "least-work", 70),
            point(10, "A", 300), point(10, "B", 90), point(10, "adaptive", 81), point(10, "least-work", 150),
            point(20, "A", 20000), point(20, "B", 20000), point(20, "adaptive", 120), point(20, "least-work", 600, late=200)]}


class Report(unittest.TestCase):
    CLIMBED = report.Climbed(TOLD)

    def test_has_the_highest_rate_by_the_logarithm_between_two_points(self):
        self.assertEqual(report.highest([(1, 10), (2, 20)], 25), (2, True))
        self.assertEqual(report.highest([(1, 10), (2, 1000)], 100), (1.5, False))
        self.assertEqual(report.highest([(1, 200), (2, 20)], 100), (0, False))
        self.assertEqual(report.highest([], 100), (0, False))

    def test_compares_with_the_best_held_plan_of_each_rate(self):
        self.assertEqual([self.CLIMBED.best_held(rate) for rate in (4, 10)], ["A", "B"])
        self.assertEqual([self.CLIMBED.over_best_held(rate) for rate in (4, 10, 20)], [1.05, 0.9, None])

    def test_leaves_out_points_that_do_not_count(self):
        self.assertIsNone(self.CLIMBED.at(20, "least-work"))
        self.assertEqual(self.CLIMBED.sustained("least-work"), (10, True))
        lines = report.report({"ladders": [TOLD]}, types.SimpleNamespace(arrivals="poisson", clients=1, seconds=20))
        self.assertIn("* 1 points do not count: the generator was late, by 200 ms at most", lines)
        self.assertTrue(any("| least-work (invalid) |" in line for line in lines))

    def test_shows_rates_policies_and_points(self):
        lines = report.report({"ladders": [TOLD]}, types.SimpleNamespace(arrivals="poisson", clients=1, seconds=20))
        self.assertIn("| alexnet, 25 % of a core, 10 Mbit/s | 10.0 | B | 50.0 | 55.0 | 1.10 | 90.0 | 81.0 | 0.90 |", lines)
        self.assertIn("| alexnet, 25 % of a core, 10 Mbit/s | 1 | 10 % | 10 % | 10 % | 10 % |", lines)
        self.assertEqual(sum(" | 1.10 | " in line for line in lines), 1, "those that lost a request are left out")
        self.assertIn("| 4.0 | 0.20 | 32 | 63 | 63 | A | 60 | 70 | 1.05 | 4.0 | 4.0 | 4.0 |", lines)
        self.assertIn("| 20.0 | 1.00 | 60 | 120 | 120 | A | lost | - | - | 20.0 | 20.0 | - |", lines)
        summary = next(line for line in lines if "| adaptive | 1.05 |" in line)
        # The best held plan, B, goes from 90 ms at 10 to 20 s at 20 requests per second, and so passes 150 ms at 10.9.
        self.assertEqual(summary, "| alexnet, 25 % of a core, 10 Mbit/s | adaptive | 1.05 | 4.0 | ≥ 20.0 | 1.00 | 10.9 | 1.83 |")
        self.assertIn("| alexnet, 25 % of a core, 10 Mbit/s | 10.0 | A | 150 | 300 | 300 | 100 | 10.0 | 10.0 | 0 | 2 HTTP 500 | 0 | - | "
                      "cut 1, q8 75 %; cut 1, q8 (fallback) 25 % |", lines)


class Scenes(unittest.TestCase):
    def test_need_one_table_for_each_network_and_edge(self):
        options = types.SimpleNamespace(parts=["load", "table"], network="alexnet", cores=[25, 100], links=[10, 2], rates=[0.5])
        ladders = [("load", 10, [0.5]), ("load", 2, [0.5])]
        self.assertEqual(bench.scenes(options),
                         {("alexnet", 25): ladders, ("alexnet", 100): [*ladders, ("table", 50, (10, 20, 26, 35))]})


if __name__ == "__main__":
    unittest.main()
