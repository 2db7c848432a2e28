"""Holds every benchmark to the shape that bench/README.md describes, and bench/run to what it promises."""
import argparse
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.lib import report  # noqa: E402
from bench.lib.bed import PYTHON  # noqa: E402
from bench.lib.processes import Failed  # noqa: E402

RESULTS = (ROOT / "bench" / "RESULTS.md").read_text()

INTERRUPTED = """
import pathlib, sys
from bench.lib import machines
from bench.lib.bed import Bed
with Bed("test", pathlib.Path(sys.argv[1]), pathlib.Path("/nowhere")) as bed:
    edge, cloud = machines.limit_sides(bed, edge_percent=50)
    edge.shape(10)
    sleeper = bed.start([*edge.inside(), "sleep", "100"], "sleep.log")
    print(bed.tag, sleeper.pid, flush=True)
    sleeper.wait()
"""


def run(*arguments):
    return subprocess.run([ROOT / "bench" / "run", *arguments], capture_output=True, text=True)


def names():
    return [line.split()[0] for line in run("--list").stdout.splitlines()]


def module(name):
    return importlib.import_module(f"bench.{name}.bench")


def load_program():
    """Returns bench/run as a module."""
    loader = importlib.machinery.SourceFileLoader("bench_run", str(ROOT / "bench" / "run"))
    program = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    loader.exec_module(program)
    return program


class EveryBenchmark(unittest.TestCase):
    def test_is_listed_by_one_sentence(self):
        for line in run("--list").stdout.splitlines():
            self.assertRegex(line, r"^\w+ +\w.*\w\.$")
        self.assertEqual(sorted(file.parent.name for file in (ROOT / "bench").glob("*/bench.py")), names())

    def test_has_the_shape(self):
        for name in names():
            benchmark = module(name)
            for what in ("options", "measure", "report"):
                self.assertTrue(callable(getattr(benchmark, what, None)), f"{name} has no {what}()")
            for what in ("NEEDS", "WANTS", "BUILDS"):
                self.assertIsInstance(getattr(benchmark, what, None), tuple, f"{name}: {what}")
            self.assertIsInstance(benchmark.QUICK, dict, name)
            self.assertIsInstance(benchmark.SECTION, bool, name)

    def test_has_a_page_that_names_its_command(self):
        for name in names():
            self.assertIn(f"bench/run {name}", (ROOT / "bench" / name / "README.md").read_text())

    def test_builds_programs_that_there_are(self):
        plan = (ROOT / "bench" / "CMakeLists.txt").read_text()
        for name in names():
            for program in set(module(name).BUILDS) - {"agent"}:
                self.assertIn(f"add_executable({program} ", plan)

    def test_has_a_section_of_the_results_or_is_named_as_one_without(self):
        for name in names():
            if module(name).SECTION:
                for mark in report.marks(name):
                    self.assertEqual(RESULTS.count(mark), 1, mark)
            else:
                self.assertEqual(RESULTS.count(f"`{name}` has no section"), 1, name)


class Run(unittest.TestCase):
    def assert_refused(self, told, words):
        self.assertEqual(told.returncode, 64)
        self.assertEqual(len(told.stderr.splitlines()), 1, told.stderr)
        self.assertIn(words, told.stderr)

    def test_refuses_names_that_it_does_not_know(self):
        self.assert_refused(run("nothing"), "'nothing' is not a benchmark")
        self.assert_refused(run(), "name a benchmark")
        self.assert_refused(run("--quick", "codec"), "'--quick' is not a benchmark")

    def test_refuses_options_that_a_benchmark_does_not_know(self):
        for name in names():
            self.assert_refused(run(name, "--nonsense"), "--nonsense")
        self.assert_refused(run("codec", "--rounds", "0"), "'0' is not a whole number above 0")


class Section(unittest.TestCase):
    def test_is_not_written_by_a_quick_run_which_says_what_it_is(self):
        program = load_program()
        with contextlib.redirect_stdout(io.StringIO()) as told:
            program.tell("codec", module("codec"), argparse.Namespace(quick=True, print=False), ["* 1 GB/s"])
        self.assertEqual(told.getvalue(), "quick: not for quoting\n* 1 GB/s\n")
        self.assertEqual((ROOT / "bench" / "RESULTS.md").read_text(), RESULTS)

    def test_is_replaced_between_its_marks_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder, "page.md")
            page.write_text("before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter\n")
            report.put_into(page, "a", "new")
            self.assertEqual(page.read_text(), "before\n<!-- a:begin -->\nnew\n<!-- a:end -->\nafter\n")
            with self.assertRaises(Failed):
                report.put_into(page, "b", "new")


class ScriptsOfDebiansPython(unittest.TestCase):
    """Some scripts need torch or Pillow, which only Debian's Python finds. The tests beside this file test them."""

    def test_pass_their_own_tests(self):
        for file in set(pathlib.Path(__file__).parent.glob("*_test.py")) - {pathlib.Path(__file__)}:
            with self.subTest(file.name):
                ran = subprocess.run([PYTHON, file], capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
                self.assertEqual(ran.returncode, 0, ran.stderr)


@unittest.skipIf(os.geteuid() != 0, "namespaces and control groups need root")
class TestBed(unittest.TestCase):
    def test_leaves_nothing_behind_when_it_is_interrupted(self):
        with tempfile.TemporaryDirectory() as folder:
            child = subprocess.Popen([sys.executable, "-c", INTERRUPTED, folder], stdout=subprocess.PIPE, text=True, cwd=ROOT)
            told = child.stdout.readline().split()
            if not told:
                self.skipTest("this machine makes no namespaces or control groups")
            tag, sleeper = told
            time.sleep(0.1)
            child.send_signal(signal.SIGTERM)
            child.communicate()
        self.assertEqual(child.returncode, 128 + signal.SIGTERM)
        self.assertFalse(pathlib.Path("/proc", sleeper).exists())
        self.assertEqual(list(pathlib.Path("/run/netns").glob(f"{tag}-*")), [])
        self.assertEqual(list(pathlib.Path("/sys/fs/cgroup").glob(f"*/{tag}-*")), [])


if __name__ == "__main__":
    unittest.main()
