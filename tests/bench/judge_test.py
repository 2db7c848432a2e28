"""Tests bench/run judge: errors beside the noise of held-out cells, and the rebuilding of tables. Needs no agent."""
import json
import pathlib
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.judge import bench, errors, report  # noqa: E402

CELLS = [{"uplink_bps": 5e7, "edge_cpu": 0.0}, {"uplink_bps": 1e7, "edge_cpu": 1.0}]
CONTEXT = {"type": "context", "cells": CELLS, "candidates": [{"cut": 0, "codec": "u8"}, {"cut": 3, "codec": "q8"}]}


def sample(candidate, ms, cell=1):
    return {"type": "sample", "cell": cell, "candidate": candidate, "terms": {"head_ns": ms * 1e6 / 2, "tail_ns": ms * 1e6 / 2}}


def held_out(cut, codec, predicted, measured):
    return {"asked": dict(reversed(CELLS[1].items())), "cut": cut, "codec": codec, "predicted_ns": predicted * 1e6, "measured_ns": measured * 1e6}


def told(*held):
    return {"quality": {"held_out": list(held), "noise_floor": 0.1}}


class Noise(unittest.TestCase):
    def test_of_a_mean_is_that_of_its_repetitions_over_the_root_of_their_number(self):
        times = [8, 10, 12]
        variance = sum((t - 10) ** 2 for t in times) / 2 / 3 / 100
        self.assertAlmostEqual(sum(e * e for e in errors.scatter(times)) / 3, variance)

    def test_is_of_the_held_out_cell_and_plan_alone(self):
        lines = [CONTEXT, sample(0, 90, cell=0), sample(0, 40), sample(1, 8), sample(1, 12)]
        found = errors.beside_noise(lines, told(held_out(3, "q8", 12, 10)))
        self.assertEqual((found["repeated"], found["noise"]), ([0.2], [0.2, 0.2]))
        self.assertEqual((found["rms"], found["own_rms"]), (0.2, 0.0))

    def test_leaves_the_error_of_the_prediction(self):
        found = errors.beside_noise([CONTEXT, sample(1, 10), sample(1, 10)], told(held_out(3, "q8", 13, 10)))
        self.assertAlmostEqual(found["own_rms"], 0.3)

    def test_of_one_repetition_is_not_known(self):
        found = errors.beside_noise([CONTEXT, sample(1, 10)], told(held_out(3, "q8", 13, 10)))
        self.assertEqual((found["repeated"], errors.cells(found)), ([], ["-"] * len(errors.HEADER)))


class Report(unittest.TestCase):
    def test_has_the_errors_by_both_definitions(self):
        one = {"seconds": 60, "samples": 2, "cells": 2, "errors": [0.3], "noise_floor": 0.1,
               **errors.beside_noise([CONTEXT, sample(1, 10), sample(1, 10)], told(held_out(3, "q8", 13, 10)))}
        data = {"networks": [{"network": "net", "full": [one], "short": one, "again": one,
                              "regrets": dict.fromkeys(("0", "short", "again"), [1.0]), "same": {},
                              "plans": dict.fromkeys(("0", "short", "again"), 7), "middle_cells": [True, False], "middle_replays": [False]}]}
        options = types.SimpleNamespace(share=50, first_seed=1, short="60s", budget="3min")
        text = "\n".join(report.report(data, options))
        self.assertIn("| net | full, 1 | 60 s | 2 | 2 | 1 | 30.0 % | 30.0 % | 10.0 % | 3.00 |", text)
        self.assertIn("| net | full, 1 | 30.0 % | 0.0 % | 30.0 % | 0.0 % | 30.0 % | 30.0 % |", text)


class Rebuilding(unittest.TestCase):
    def test_merges_a_copy_of_the_journal_as_the_only_part(self):
        with tempfile.TemporaryDirectory() as folder:
            out, ran = pathlib.Path(folder), []
            (out / "net-0.jsonl").write_text('{"type": "context", "shards": 1}\n{"type": "finished", "cell": 0}\n')
            (out / "net-0.merged.jsonl").write_text("of the last time")
            bed = types.SimpleNamespace(out=out, agent="agent", run=lambda command, log: ran.append((command, log)))
            bench.rebuild(bed, "net", "net-0")
            context, finished = map(json.loads, (out / "net-0.part.jsonl").read_text().splitlines())
            self.assertEqual((context["shard"], finished["type"]), (0, "finished"))
            self.assertFalse((out / "net-0.merged.jsonl").exists())
            self.assertEqual((ran[0][0][-2:], ran[0][1]), (["--merge", out / "net-0.part.jsonl"], "net-0.merge.log"))


if __name__ == "__main__":
    unittest.main()
