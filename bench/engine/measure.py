"""measure.py: asks several engines in turn how long one network takes, and writes what they said to NETWORK.json.

Each engine is a process with one thread, all on the same core, that works only when it is its turn. A turn follows the
last by microseconds, so that what the machine does to one, it does to all.
"""
import argparse
import array
import contextlib
import json
import signal
import sys
import time

from engines import start

WARM_UP_ROUNDS = 2
LEAST_ROUNDS = 5
MOST_DIFFERENCE = 1e-3  # Of the largest output: more is another network, not another order of sums.
MOST_IN_BF16 = 5e-2  # Or no rounding of factors to eight bits.


def ask(engines, rounds, seconds):
    turns = {name: [] for name in engines}
    for _ in range(WARM_UP_ROUNDS):
        for engine in engines.values():
            engine.turn()
    end = time.monotonic() + seconds
    while len(turns["this"]) < rounds and (len(turns["this"]) < LEAST_ROUNDS or time.monotonic() < end):
        for name, engine in engines.items():
            turns[name].append(engine.turn())
    return turns


def read_floats(file):
    with open(file, "rb") as source:
        return array.array("f", source.read())


def differences(path, engines):
    """Returns the largest output of plain libtorch, and how far each engine's are from it at most."""
    expected = read_floats(path + ".output.freeze")
    largest = max(abs(y) for y in expected)
    found = {}
    for name in sorted(engines.keys() - {"limits", "freeze"}):
        outputs = read_floats(f"{path}.output.{name}")
        found[name] = max(abs(a - b) for a, b in zip(outputs, expected, strict=True))
        print(f"measure: {name} and plain libtorch differ by {found[name]:.1e}, of {largest:.1e}", file=sys.stderr)
        if not found[name] <= (MOST_IN_BF16 if name == "bf16" else MOST_DIFFERENCE) * largest:
            raise RuntimeError(f"{name} computes something else than plain libtorch")
    return largest, found


def measure(options):
    path = f"{options.folder}/{options.network}"
    with open(path + ".work") as source:
        work = json.load(source)
    with contextlib.ExitStack() as stack:
        engines, missing = start(options, path, work, stack)
        largest, found = differences(path, engines)
        turns = ask(engines, options.rounds, options.seconds)
        about = {name: engine.about for name, engine in engines.items()}
    told = {"network": options.network, "work": work, "about": about, "missing": missing}
    told |= {"largest_output": largest, "differences": found, "turns": turns}
    with open(path + ".json", "w") as out:
        json.dump(told, out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, help="the folder of this_engine, plain_libtorch and limits")
    parser.add_argument("--folder", required=True, help="where export.py wrote to")
    parser.add_argument("--network", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="no further round after that time")
    parser.add_argument("--no-onnx", default="", help="why ONNX Runtime is not here")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        measure(parser.parse_args())
    except (RuntimeError, ValueError, OSError) as failure:
        sys.exit(f"measure: {failure}")


if __name__ == "__main__":
    main()
