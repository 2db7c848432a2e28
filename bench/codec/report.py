"""report.py FILE: the table of what codec_throughput measured, in Markdown; --into FILE puts it into its section."""
import argparse
import json

from results import add_options, circumstances, table, tell


def medians(told):
    """Returns what was measured by (direction, codec, way, tensor)."""
    found = {}
    for run in told["benchmarks"]:
        if run.get("aggregate_name") == "median":
            direction, codec, way, tensor = run["run_name"].split("/")
            found[direction, codec, way, tensor] = run
    return found


def speed(run):
    return run["bytes_per_second"] / 1e9


def cells(measured, codec, tensor):
    row = [codec, tensor, f"{measured['encode', codec, 'vectors', tensor]['share']:.3f}"]
    for direction in ("encode", "decode"):
        vectors, portable = (speed(measured[direction, codec, way, tensor]) for way in ("vectors", "portable"))
        row += [f"{vectors:.1f}", f"{portable:.2f}", f"{vectors / portable:.1f}"]
    return row


def spread(told):
    """Returns the largest coefficient of variation among the repetitions."""
    return max(run["bytes_per_second"] for run in told["benchmarks"] if run.get("aggregate_name") == "cv")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    add_options(parser)
    options = parser.parse_args()
    with open(options.file) as source:
        told = json.load(source)
    measured = medians(told)
    names = dict.fromkeys((codec, tensor) for _, codec, _, tensor in measured)
    header = ["codec", "tensor", "bytes, of fp32's", "encode, GB/s", "portable", "ratio", "decode, GB/s", "portable", "ratio"]
    facts = circumstances(options) + [
        f"* vectors: {told['context']['vectors']}; one core; GB/s of fp32 that went in or came out",
        f"* noise: repetitions of one measurement differ by {spread(told):.0%} (standard deviation) at most",
    ]
    tell(options, "codec", facts + [""] + table(header, [cells(measured, *name) for name in names]))


if __name__ == "__main__":
    main()
