"""Tests bench/run photos: which plans are served, what answers are worth, and the ratios. Needs no agent."""
import array
import http.server
import json
import pathlib
import sys
import threading
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.lib import rivals, trained  # noqa: E402
from bench.photos import client, plans, report  # noqa: E402


def estimate(cut, codec, ms, top1=None, head=5, tail=5, sent=1000):
    agreement = {} if top1 is None else {"agreement": {"top1": top1}}
    mean = {"head_ns": head, "tail_ns": tail, "network_ns": ms}
    return {"cut": cut, "codec": codec, "wire_bytes": sent, "mean": mean} | agreement


def cell(megabits, *estimates):
    return {"asked": {"uplink_bps": megabits * 1e6}, "estimates": estimates}


class Plans(unittest.TestCase):
    TABLE = {"model": {"cuts": 5}, "cells": [
        cell(50, estimate(0, "source", 5), estimate(0, "jpeg75", 1, 0.5), estimate(0, "jpeg95", 2, 1), estimate(1, "fp32", 8),
             estimate(2, "q8", 9, 0.99), estimate(4, "fp32", 7)),
        cell(2, estimate(0, "source", 50), estimate(0, "jpeg75", 1, 0.5), estimate(0, "jpeg95", 20, 1), estimate(1, "fp32", 80),
             estimate(2, "q8", 3, 0.99), estimate(4, "fp32", 7))]}

    def test_are_both_ends_and_the_best_of_each_rate_and_kind(self):
        self.assertEqual(plans.held(self.TABLE, 0.99),
                         {"edge only": (4, "fp32"), "cut 2, q8": (2, "q8"), "cut 1, fp32": (1, "fp32"),
                          "cloud only, source": (0, "source"), "cloud only, jpeg95": (0, "jpeg95")})

    def test_of_one_rate_are_its_own(self):
        self.assertEqual(list(plans.held_at(self.TABLE, 50, 0.99)),
                         ["edge only", "cut 1, fp32", "cloud only, source", "cloud only, jpeg95"])
        self.assertEqual(list(plans.held_at(self.TABLE, 2, 0.99)),
                         ["edge only", "cut 2, q8", "cloud only, source", "cloud only, jpeg95"])

    def test_without_coded_tensors_are_all_others(self):
        kept = [[plans.plan_of(one) for one in cell["estimates"]] for cell in plans.without_coded(self.TABLE)["cells"]]
        self.assertEqual(kept, [[(0, "source"), (0, "jpeg75"), (0, "jpeg95"), (1, "fp32"), (4, "fp32")]] * 2)

    def test_are_middle_cuts_only_if_both_sides_compute(self):
        parts = {(0, "u8"): (0, 100), (1, "fp32"): (9, 90), (2, "fp32"): (50, 50), (2, "q8"): (52, 48), (3, "fp32"): (199, 1),
                 (4, "fp32"): (200, 0)}
        measured = cell(50, *(estimate(*plan, 1, head=head, tail=tail) for plan, (head, tail) in parts.items()))
        self.assertEqual(plans.middle_cuts({"model": {"cuts": 5}, "cells": [measured]}), {2})

    def test_lose_at_most_what_is_allowed(self):
        self.assertEqual(plans.best_at(self.TABLE, 50, 0.99), (0, "jpeg95"))
        self.assertEqual(plans.best_at(self.TABLE, 2, 0.99), (2, "q8"))
        self.assertEqual(plans.best_at(self.TABLE, 2, 0.5), (0, "jpeg75"))
        self.assertFalse(plans.is_allowed(estimate(1, "fp16", 1), 0.99))

    def test_that_send_no_less_than_fp32_are_not_ranked(self):
        codecs = estimate(3, "q8", 1, 1), estimate(3, "fp16", 2, 1, sent=500), estimate(3, "fp32", 3)
        self.assertEqual(plans.ranking(cell(50, *codecs), 0.99), [(3, "fp16"), (3, "fp32")])

    def test_have_a_turn_in_every_round(self):
        turns = plans.order(["a", "b", "c"], 4, 1)
        self.assertEqual([sorted(turns[at:at + 3]) for at in range(0, 12, 3)], [["a", "b", "c"]] * 4)

    def test_are_measured_and_served_with_different_photos(self):
        served, profiled = plans.divide(range(20), 8, 6)
        self.assertEqual((len(set(served)), len(set(profiled)), set(served) & set(profiled)), (8, 6, set()))


def fp32(*numbers):
    return array.array("f", numbers).tobytes()


class Server(http.server.BaseHTTPRequestHandler):
    """Answers an agent's request by its photo in the binary form, and a rival's by the photo alone. Drops empty ones."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        size = int(self.headers.get(client.JSON_SIZE, 0))
        if not body:
            self.close_connection = True
            return
        head = b'{"parameters":{"codec":"u8","cut":0}}' if size else b""
        content = head + body[size:]
        self.send_response(200)
        if size:
            self.send_header(client.JSON_SIZE, str(len(head)))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Camera(unittest.TestCase):
    def setUp(self):
        server = http.server.HTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=server.serve_forever).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.connection = client.connect("127.0.0.1", server.server_port)
        self.addCleanup(self.connection.close)

    def test_understands_agents_and_rivals(self):
        request = client.to_agent({"name": "net", "inputs": [{"name": "x"}]}, b"photo")
        self.assertEqual(request.path, "/v2/models/net/infer")
        head = json.loads(request.body[:int(request.headers[client.JSON_SIZE])])
        self.assertEqual(head["inputs"][0]["parameters"]["binary_data_size"], 9)
        self.assertNotIn("sequence_id", head["parameters"])
        answer = client.post(self.connection, request)
        self.assertEqual((answer.status, answer.numbers, answer.told["codec"]), (200, b"\x05\0\0\0photo", "u8"))
        answer = client.post(self.connection, client.to_rival(b"photo"))
        self.assertEqual((answer.status, answer.numbers, answer.told), (200, b"photo", {}))

    def test_names_the_stream_of_a_frame(self):
        request = client.to_agent({"name": "net", "inputs": [{"name": "x"}]}, b"frame", sequence=7)
        head = json.loads(request.body[:int(request.headers[client.JSON_SIZE])])
        self.assertEqual(head["parameters"], {"binary_data_output": True, "sequence_id": 7})

    def test_goes_on_after_an_answer_that_failed(self):
        self.assertEqual(client.post(self.connection, client.to_rival(b"")).status, 0)
        self.assertEqual(client.post(self.connection, client.to_rival(b"photo")).status, 200)


class Answers(unittest.TestCase):
    def test_are_a_class_or_that_of_the_best_box(self):
        self.assertEqual(client.best("classify", fp32(0.1, 0.7, 0.2)), 1)
        self.assertEqual(client.best("detect", fp32(9, 9, 9, 9, 0.2, 5, 1, 1, 1, 1, 0.9, 3)), 3)

    def test_of_lossless_plans_must_be_equal_bit_for_bit(self):
        own, near, other = fp32(0, 1), fp32(0, 0.9), fp32(1, 0)
        told = lambda codec, placement="cloud": {"codec": codec, "cut": 0, "placement": placement}
        answers = [client.Answer(1, 200, own, told("source")), client.Answer(2, 200, near, told("u8")),
                   client.Answer(3, 200, near, told("jpeg75")), client.Answer(4, 200, other, told("q8", "fallback")),
                   client.Answer(5, 200, near), client.Answer(6)]
        turn = client.judge("classify", answers, [own] * 6)
        self.assertEqual(turn, {"ms": [1, 2, 3, 4, 5], "failed": 1, "exact": 2, "wrong": 1, "agree": 4, "error": 1, "fallbacks": 1,
                                "plans": [[0, "source"], [0, "u8"], [0, "jpeg75"], [0, "q8"]]})


class Rivals(unittest.TestCase):
    def test_prepare_images_as_the_agent_is_told_to(self):
        told = rivals.preparation(trained.NETWORKS["nanodet"].image)
        self.assertEqual((told["fit"], told["colour"], told["scale"]), ("contain", "bgr", 1))
        self.assertEqual(told["mean"], [103.53, 116.28, 123.675])
        told = rivals.preparation(trained.NETWORKS["nsfwjs"].image)
        self.assertEqual((told["fit"], told["colour"], told["mean"], told["std"]), ("fill", "rgb", [0] * 3, [1] * 3))


def turns(*rounds, plan=None, failed=0):
    return [{"ms": list(ms), "failed": failed, "exact": len(ms), "wrong": 0, "agree": len(ms), "error": 0.01,
             "fallbacks": 0, "sent": 1000 * len(ms), "moves": 1, "plans": [plan] * len(ms) if plan else []} for ms in rounds]


def network(again=(10, 10), middle=(10, 10), edge=(20, 20), rival=(30, 30)):
    rows = {"edge only": turns(edge), "cut 2, q8": turns(middle), report.POLICY: turns(middle, plan=[2, "q8"]),
            report.PLAIN: turns(edge, plan=[4, "fp32"]),
            report.AGAIN: turns(again), report.BY_CLOUD: turns(rival), report.BY_EDGE: turns((40, 40))}
    held = {"edge only": [4, "fp32"], "cut 2, q8": [2, "q8"]}
    return {"network": "net", "part": "photos", "last": 4, "middle": [2], "held": held, "plans": 9, "profiled_s": 60,
            "rates": [{"rate": 10, "twin": "cut 2, q8", "rows": rows}]}


class Report(unittest.TestCase):
    def rate(self, **rows):
        return report.rates_of(network(**rows))[0]

    def verdict(self, answers="all", **rows):
        rate = self.rate(**rows)
        return rate.verdict(*rate.matches()[answers])

    def test_a_middle_cut_wins_by_more_than_the_noise_or_not_at_all(self):
        self.assertEqual(self.verdict(), "wins")
        self.assertEqual(self.verdict(again=(15, 15), edge=(14, 14)), "neither")
        self.assertEqual(self.verdict(rival=(5, 5)), "loses")
        self.assertEqual(self.verdict(middle=(10, 10, 100)), "neither")  # Its mean does not win.

    def test_compares_nearly_exact_answers_apart(self):
        rate = self.rate(rival=(5, 5))
        self.assertEqual(list(rate.matches()), ["all"])
        rate.rows[report.BY_CLOUD][0]["error"] = 0.2
        self.assertEqual([rate.verdict(*sides) for sides in rate.matches().values()], ["loses", "wins"])
        rate.rows["edge only"][0]["error"] = None  # Not measured.
        self.assertEqual(rate.nearly_exact(rate.rest()), ["edge only", report.BY_EDGE])

    def test_does_not_compare_a_plan_with_itself(self):
        rate = self.rate(again=(11, 11))
        self.assertEqual(rate.over_others(report.POLICY, report.p50), 1)
        self.assertAlmostEqual(rate.noise(), 0.1)
        rows = rate.rows | {report.POLICY: turns((20, 20))}
        rate = report.Rate(network(), {"rate": 10, "twin": "cut 2, q8", "rows": rows})
        self.assertEqual(rate.over_others("cut 2, q8", report.p50), 0.5)
        self.assertAlmostEqual(rate.over_others(report.AGAIN, report.p50), 0.55)
        self.assertEqual(rate.over_others("edge only", report.p50), 2)

    def test_leaves_out_what_gave_no_answer(self):
        rate = self.rate()
        rate.rows[report.BY_EDGE][0] |= {"ms": [], "failed": 2}
        rate = report.Rate(network(), {"rate": 10, "twin": "cut 2, q8", "rows": rate.rows})
        self.assertEqual(report.way_row(rate, report.BY_EDGE)[2:5], ["-"] * 3)
        self.assertEqual(next(report.policy_rows(rate))[7], "-")

    def test_tells_where_a_middle_cut_wins(self):
        data = {"networks": [network()], "missing": {}}
        options = types.SimpleNamespace(served=2, rounds=1, share=25, profiled=3)
        told = report.report(data, options)
        self.assertIn("* **net, photos**, answers: all; at 10 Mbit/s a middle cut wins", told)
        ratios = "1.000 [1.000, 1.000] | 0.500 [0.500, 0.500] | 0.333 [0.333, 0.333] | 0.250 [0.250, 0.250]"
        self.assertIn(f"| net, photos | 10 Mbit/s | adaptive | cut 2, q8 (100.0 %) | {ratios} | 1 |", told)
        row = "| 10 Mbit/s | edge only | 20.0 | 20.0 | 20.0 | 1.0 | 100.0 % | 1.0e-02 | 0 of 2 | 0 | 0 | 2.00 | 2.00 |"
        self.assertIn(row, told)
        self.assertEqual([report.listed(list(words)) for words in ("a", "ab", "abc")], ["a", "a and b", "a, b and c"])

    def test_counts_only_fixed_plans_that_were_served_at_the_rate(self):
        one = network()
        one["held"]["cut 1, q4"] = [1, "q4"]
        one["middle"] += [1]
        self.assertEqual(report.rates_of(one)[0].middle(), ["cut 2, q8"])

    def test_goes_without_rivals(self):
        one = network()
        for name in report.RIVALS:
            del one["rates"][0]["rows"][name]
        self.assertEqual(next(report.policy_rows(report.rates_of(one)[0]))[6], "-")


if __name__ == "__main__":
    unittest.main()
