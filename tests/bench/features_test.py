"""Tests bench/run features: int8 as a formula, which cuts and codecs are chosen, and the report. Needs no program."""
import pathlib
import sys
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.features import bench, report, select  # noqa: E402

try:
    import numpy

    from bench.features import int8
except ImportError:
    numpy = None


@unittest.skipIf(numpy is None, "Debian's python3-numpy is not installed")
class Int8(unittest.TestCase):
    def coded(self, numbers, shape):
        return int8.Coded(numpy.array(numbers, numpy.float32), shape)

    def test_takes_a_header_and_a_byte_per_number_and_int8z_a_bit_per_zero(self):
        coded = self.coded([0, 10.5, 0, -21, 106.5, 0, 0, 0, 0], [1, 9])
        self.assertEqual((coded.dense, coded.sparse), (6 + 9, 6 + 2 + 3))
        self.assertEqual(coded.restored.tolist(), [0, 10.5, 0, -21, 106.5, 0, 0, 0, 0])
        self.assertEqual(b"".join(coded.parts), bytes.fromhex("0000003f 2a 2a3f2a00ff2a2a2a2a"))

    def test_groups_by_channels_tokens_or_images(self):
        self.assertEqual(int8.groups([1, 64, 28, 28]), (784, 4096))
        self.assertEqual(int8.groups([1, 3, 112, 112]), (12544, 4096))
        self.assertEqual(int8.groups([1, 256, 4, 4]), (4096, 128))
        self.assertEqual(int8.groups([1, 197, 768]), (768, 128))
        self.assertEqual(int8.groups([1, 1000]), (1000, 128))

    def test_takes_the_rest_of_a_channel_as_a_group_of_its_own(self):
        coded = self.coded(numpy.ones(3 * 12544), [1, 3, 112, 112])
        self.assertEqual((coded.dense, coded.sparse), (3 * (4 * 6 + 12544), 3 * (4 * 6 + 12544)))

    def test_errs_by_half_a_step_at_most(self):
        numbers = numpy.linspace(-1, 3, 400, dtype=numpy.float32)
        coded = self.coded(numbers, [1, 4, 10, 10])
        for channel in range(4):
            part = slice(100 * channel, 100 * channel + 100)
            reach = max(numbers[part].max(), 0) - min(numbers[part].min(), 0)
            self.assertLessEqual(abs(coded.restored[part] - numbers[part]).max(), reach / 510 * 1.001)

    def test_leaves_few_numbers_as_they_are(self):
        coded = self.coded([1, 2, 3], [1, 3])
        self.assertEqual((coded.dense, coded.sparse, coded.restored.tolist()), (12, 12, [1, 2, 3]))


def cut(index, size, work):
    return {"cut": index, "name": f"layer {index}", "bytes": size, "work": work, "shapes": [[1, size // 4]]}


CUTS = [cut(0, 1000, 0), cut(1, 4000, 0.1), cut(2, 1000, 0.3), cut(3, 800, 0.45), cut(4, 400, 0.8), cut(5, 20, 0.96)]


class Cuts(unittest.TestCase):
    def test_send_no_more_than_the_input_and_leave_work(self):
        self.assertEqual([one["cut"] for one in select.small(CUTS)], [0, 2, 3, 4])

    def test_are_shown_by_the_least_bytes_in_each_part_of_the_work(self):
        sizes = {2: 70, 3: 90, 4: 50}
        shown = [one for one in CUTS if one["cut"] in sizes]
        self.assertEqual(select.chosen(shown, sizes, 2), [2, 4])
        self.assertEqual(select.chosen(shown, sizes, 3), [2, 3, 4])


def figures(codec, size, top1, error, at=3):
    return {"cut": at, "codec": codec, "bytes": size, "top1": top1, "error": error, "encode_ms": 1, "decode_ms": 2}


class Best(unittest.TestCase):
    OURS = [figures("q16", 300, 1, 0.01), figures("q4", 100, 1, 0.1), figures("q1", 50, 0.9, 0.5)]

    def test_is_the_smallest_that_is_as_good(self):
        rival = figures("int8z", 200, 1, 0.02)
        self.assertEqual([select.best(self.OURS, rival, equal)["codec"] for equal in select.EQUAL.values()], ["q4", "q16"])
        self.assertIsNone(select.best(self.OURS, figures("int8z", 200, 1, 0.001), select.EQUAL["error"]))

    def test_ratio_is_that_of_the_best_cut(self):
        rival = figures("int8z", 200, 1, 1)
        found = select.best_ratio([(self.OURS, rival), ([figures("q8", 40, 1, 0, at=4)], rival)], select.EQUAL["top 1"])
        self.assertEqual((found[0], found[1]["cut"]), (0.2, 4))
        self.assertIsNone(select.best_ratio([], select.EQUAL["top 1"]))


def measured():
    clip = {"codec": "q4", "whole": 1000, "difference": 250, "top1": 1, "error": 0.1, "whole_encode_ms": 1, "whole_decode_ms": 2,
            "difference_encode_ms": 3, "difference_decode_ms": 4}
    rival = {"bytes": 400, "top1": 1, "error": 0.02}
    return {"cuts": CUTS, "chosen": [3], "codecs": [figures("source", 900, 1, 0, at=0), figures("fp32", 800, 1, 0), *Best.OURS],
            "int8": {"3": {"int8": rival, "int8z": rival | {"bytes": 200}}, "4": {"int8": rival, "int8z": rival}},
            "images": {"JPEG 95, 4:4:4": rival}, "clips": {"street": {"3": [clip]}}}


class Report(unittest.TestCase):
    def lines(self):
        return report.report({"networks": {"net": measured()}}, types.SimpleNamespace(photos=2, frames=3))

    def test_shows_the_best_ratios_beside_the_aims(self):
        lines = self.lines()
        self.assertIn("| net | int8z, at the same cut | top 1 | 3 | q4 | 0.500 | at most 0.5 | yes |", lines)
        self.assertIn("| net | int8z, at the same cut | error | 3 | q16 | 1.500 | at most 0.5 | no |", lines)
        self.assertIn("| net | JPEG 95, 4:4:4, at a cut of the first half | top 1 | 3 | q4 | 0.250 | at most 0.35 | yes |", lines)
        self.assertIn("| net | int8, at the same cut | top 1 | 3 | q4 | 0.250 |  |  |", lines)
        self.assertIn("* **net**: bytes over int8z at the same cut, median over cuts, answers as good by top 1: 0.500 (1 of 2 cuts); "
                      "by error: 1.500 (1 of 2 cuts)", lines)

    def test_shows_every_codec_at_the_shown_cuts(self):
        lines = self.lines()
        self.assertIn("| 3 | layer 3 | 45.0 % | q4 | 0.10 | 0.1250 | 100.0 % | 1.0e-01 | 1.00 | 2.00 |", lines)
        self.assertIn("| 3 | layer 3 | 45.0 % | int8z | 0.20 | 0.2500 | 100.0 % | 2.0e-02 |  |  |", lines)
        self.assertIn("| 0 | layer 0 | 0.0 % | JPEG 95, 4:4:4 | 0.40 | 0.4000 | 100.0 % | 2.0e-02 |  |  |", lines)

    def test_shows_differences_beside_whole_forms(self):
        self.assertIn("| street | 3 | q4 | 1.00 | 0.25 | 0.250 | 100.0 % | 1.0e-01 | 1.00 | 3.00 | 2.00 | 4.00 |", self.lines())


class Networks(unittest.TestCase):
    def test_of_others_are_named_as_to_the_agent(self):
        told = bench.own_words(types.SimpleNamespace(model=pathlib.Path("net.pt"), image=["imagenet", "colour=bgr"]))
        self.assertEqual(told, ["--model", "given=net.pt", "--image", "given=imagenet", "--image", "given.colour=bgr"])


if __name__ == "__main__":
    unittest.main()
