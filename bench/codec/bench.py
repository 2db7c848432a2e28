"""Codecs on one core: GB/s and bytes."""
import json

from bench.lib.options import add_rounds
from bench.lib.report import table

NEEDS, WANTS = ("util-linux",), ()
BUILDS = ("codec_throughput",)
QUICK = {"rounds": 2}
SECTION = True


def options(parser):
    add_rounds(parser, 5, "repetitions of every measurement, of which the median counts (two at least)")


def measure(bed, options):
    return json.loads(bed.read(
        ["taskset", "--cpu-list", "0", bed.program("codec_throughput"), f"--benchmark_repetitions={max(2, options.rounds)}"]
        + ["--benchmark_min_time=0.02", "--benchmark_report_aggregates_only=true", "--benchmark_format=json"]))


def medians(data):
    """Returns what was measured by (direction, codec, tensor)."""
    runs = [run for run in data["benchmarks"] if run.get("aggregate_name") == "median"]
    return {tuple(run["run_name"].split("/")): run for run in runs}


def cells(measured, codec, tensor):
    encode, decode = (measured[direction, codec, tensor] for direction in ("encode", "decode"))
    return [codec, tensor, f"{encode['share']:.3f}", *(f"{run['bytes_per_second'] / 1e9:.2f}" for run in (encode, decode))]


def spread(data):
    """Returns the largest coefficient of variation among the repetitions."""
    return max(run["bytes_per_second"] for run in data["benchmarks"] if run.get("aggregate_name") == "cv")


def report(data, _):
    measured = medians(data)
    names = dict.fromkeys((codec, tensor) for _, codec, tensor in measured)
    header = ["codec", "tensor", "bytes, of fp32's", "encode, GB/s", "decode, GB/s"]
    return [
        "* one core; GB/s of fp32 that went in or came out",
        f"* noise: repetitions of one measurement differ by {spread(data):.0%} (standard deviation) at most",
        "", *table(header, [cells(measured, *name) for name in names]),
    ]
