"""Tests how the demo chooses its fixed plans, asks for answers to photos, and tells its figures. Needs no agent."""
import http.server
import json
import pathlib
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.demo import bench, steps  # noqa: E402
from bench.lib import load  # noqa: E402
from bench.lib.processes import Failed  # noqa: E402


def estimate(cut, codec, wire_bytes, *times):
    return {"cut": cut, "codec": codec, "wire_bytes": wire_bytes, "mean": dict(zip(("head_ns", "tail_ns"), times))}


class Policies(unittest.TestCase):
    PLANS = [estimate(0, "u8", 500, 0, 9), estimate(0, "source", 100, 0, 8), estimate(1, "fp32", 900, 5, 5),
             estimate(2, "fp32", 300, 3, 3), estimate(3, "fp32", 200, 1, 1), estimate(4, "fp32", 0, 6, 0)]
    TABLE = {"cells": [{"estimates": PLANS}]}

    def test_hold_the_codec_that_sends_least_and_the_best_cuts_between(self):
        held = lambda cut, codec: ["--policy", "static", "--cut", cut, "--codec", codec]
        self.assertEqual(bench.policies(self.TABLE, 2),
                         {"adaptive": [], "edge-only": held("4", "fp32"), "cloud-only": held("0", "source"),
                          "cut-2": held("2", "fp32"), "cut-3": held("3", "fp32")})
        self.assertEqual(list(bench.policies(self.TABLE, 0)), ["adaptive", "edge-only", "cloud-only"])


class Table(unittest.TestCase):
    def test_tells_bytes_and_agreement_of_answers_only(self):
        row = lambda due, ms, status="200", wrong="0": {"due_s": due, "latency_ms": ms, "status": status, "wrong": wrong,
                                                        "placement": "cloud"}
        rows = [row("0.0", "10"), row("1.0", "30", wrong="1"), row("2.0", "20"), row("2.5", "40"), row("3.0", "9", status="503")]
        run = steps.judge(3, rows, ("early", "late"), 2) | {"bytes": 400_000}
        told = list(steps.lines({"held": run}, ("early", "late")))
        self.assertRegex(told[1], r"^held +4 +25\.0 +25\.0 +38\.5 +100\.0 +75\.0 % +1 +0 +3 +1\.00 x")
        self.assertEqual([line.split() for line in told[-2:]], [["early", "20"], ["late", "30"]])


class Agent(http.server.BaseHTTPRequestHandler):
    """Answers to an image with the number of its bytes, and refuses empty ones."""

    def reply(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        self.rfile.read(size)
        whole = self.path == "/v2/models/net/infer" and self.headers["Content-Type"] == "image/jpeg" and size > 0
        self.reply(*(200, json.dumps({"outputs": [{"data": [size, 0.5]}, {"data": [1]}]})) if whole else (400, "refused"))

    def do_GET(self):
        self.reply(200, '# HELP bytes_total Bytes.\nbytes_total{peer="a"} 3\nbytes_total{peer="b"} 4\nbytes_total_more 9\n')

    def log_message(self, *_):
        pass


class Asking(unittest.TestCase):
    def setUp(self):
        server = http.server.HTTPServer(("127.0.0.1", 0), Agent)
        threading.Thread(target=server.serve_forever).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_port

    def test_keeps_all_outputs_of_each_photo(self):
        with tempfile.TemporaryDirectory() as folder:
            photos = [pathlib.Path(folder, name) for name in ("a.jpg", "b.jpg")]
            for photo in photos:
                photo.write_bytes(photo.name.encode() * 2)
            self.assertEqual(load.answers(self.port, "net", photos), {"a.jpg": [10, 0.5, 1], "b.jpg": [10, 0.5, 1]})
            photos[1].write_bytes(b"")
            with self.assertRaisesRegex(Failed, "b.jpg: refused"):
                load.answers(self.port, "net", photos)

    def test_sums_a_metric_over_its_labels(self):
        self.assertEqual(load.metric(self.port, "bytes_total"), 7)
        with self.assertRaisesRegex(Failed, "no metric bytes"):
            load.metric(self.port, "bytes")


if __name__ == "__main__":
    unittest.main()
