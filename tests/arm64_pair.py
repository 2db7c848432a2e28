#!/usr/bin/env python3
"""An edge of arm64 and a cloud of x86-64 serve together: the same files, digests and cuts, and answers within rounding.

Each network is served by an edge of x86-64 alone, and by an edge of arm64 with a cloud of x86-64. Both get the same inputs; the
pair answers by several cuts. tests/arm64.sh --pair builds both agents and runs this, with the edge of arm64 under qemu.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)
sys.dont_write_bytecode = True

from bench.lib import load  # noqa: E402
from bench.lib.processes import Failed, Process  # noqa: E402

SECONDS = 600  # The longest time for an answer, under qemu.
ROUNDING = 1e-4  # The largest difference that passes for rounding, of the largest number of the answer.
PORT_OF_EDGE = r"serving on (\S+:\d+)"
ROUNDS_OTHERWISE = "rounds in another way than this edge \\(architecture x86_64 there, aarch64 here"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--x86", required=True, metavar="AGENT", help="the agent of this machine")
    parser.add_argument("--arm", required=True, metavar="AGENT", help="the agent of arm64")
    parser.add_argument("--by", default="", metavar="COMMAND", help="what runs the agent of arm64, as 'qemu-aarch64-static -L ROOT'")
    parser.add_argument("--zoo", default="lenet", metavar="NAMES", help="networks of the zoo: lenet,mobilenet")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=FILE", help="another network")
    parser.add_argument("--image", action="append", default=[], metavar="NAME=PRESET", help="it takes images")
    parser.add_argument("--photos", type=pathlib.Path, help="a folder of JPEGs, for networks that take images")
    parser.add_argument("--count", type=int, default=3, help="inputs for each network")
    parser.add_argument("--cuts", type=int, default=3, help="cuts by which the pair answers the first input")
    return parser.parse_args()


def write_zoo(name, options, folder):
    """Both agents write the network, and must write the same bytes."""
    files = [folder / f"{name}.{side}.pt" for side in ("x86", "arm")]
    for command, file in zip(([options.x86], [*options.by.split(), options.arm]), files):
        subprocess.run([*command, "--zoo", name, "--out", file], check=True, stdout=subprocess.DEVNULL)
    if files[0].read_bytes() != files[1].read_bytes():
        raise Failed(f"{name}: the agents of x86-64 and arm64 write different files from the same seed")
    return files[0]


def some_numbers(port, name, seed):
    """Returns a request in JSON, with random numbers."""
    numbers = random.Random(seed)
    request = json.loads(load.zeros(port, name))
    for one in request["inputs"]:
        one["data"] = [numbers.gauss(0, 1) if one["datatype"].startswith("FP") else numbers.randrange(8) for _ in one["data"]]
    return request


def ask(port, name, content, cut=None):
    """Returns the numbers of each output, and the placement. A photo is asked for by the usual plan only."""
    if isinstance(content, bytes):
        status, text = load.infer(port, name, content, SECONDS, "image/jpeg")
    else:
        parameters = {} if cut is None else {"parameters": {"cut": cut}}
        status, text = load.infer(port, name, json.dumps(content | parameters), SECONDS)
    if status != 200:
        raise Failed(f"{name} at cut {cut}: {text.decode(errors='replace')[:300]}")
    answer = json.loads(text)
    return [output["data"] for output in answer["outputs"]], answer["parameters"]["placement"]


def difference(one, other):
    """Returns the largest difference, of the largest number, over all outputs."""
    return max(max(abs(x - y) for x, y in zip(a, b)) / max(max(map(abs, b)), 1e-30) for a, b in zip(one, other))


def same_place(one, other):
    """Returns whether the largest number of the first output has the same place in both."""
    return one[0].index(max(one[0])) == other[0].index(max(other[0]))


class Pair:
    """The three agents that serve one network."""

    def __init__(self, name, file, options, folder):
        held = ["--model", f"{name}={file}", *(word for image in options.image if image.split("=")[0].split(".")[0] == name
                                              for word in ("--image", image))]
        serve = ["--serve", *held, "--http", "127.0.0.1:0", "--policy", "static", "--cut"]
        alone = os.environ | {"TIDELINE_CLOUD_MAX_BATCH": "1"}  # Results of a batch differ by rounding.
        self.all = []
        try:
            self.cloud = self.start([options.x86, "--cloud", *held, "--listen", "127.0.0.1:0"], folder / "cloud.log", env=alone)
            cuts = len(json.loads(subprocess.run([options.x86, "--inspect", *held, "--json"], check=True, capture_output=True,
                                                 text=True).stdout)["cuts"])
            self.last = cuts - 1
            self.x86 = self.start([options.x86, *serve, str(self.last)], folder / "x86.log")
            self.arm = self.start([*options.by.split(), options.arm, *serve, str(self.last // 2), "--patience", "300s", "--peer",
                                   f"127.0.0.1:{self.cloud.port()}"], folder / "arm.log")
            self.arm.wait_for(PORT_OF_EDGE, SECONDS)
        except BaseException:
            self.end()
            raise

    def start(self, command, log, **options):
        self.all.append(Process(command, log, **options))
        return self.all[-1]

    def end(self):
        for process in reversed(self.all):
            process.end()


def check_alike(name, pair):
    """Returns the digest."""
    ours, theirs = load.model(pair.x86.port()), load.model(pair.arm.port())
    for what in ("digest", "outputs"):
        if ours[what] != theirs[what]:
            raise Failed(f"{name}: {what} is {ours[what]} on x86-64 and {theirs[what]} on arm64")
    places = [[(cut["index"], cut["name"], cut["bytes"]) for cut in page["cuts"]] for page in (ours, theirs)]
    if places[0] != places[1]:
        raise Failed(f"{name}: x86-64 and arm64 cut it at different places")
    return ours["digest"]


def wait_until_linked(pair):
    end = time.monotonic() + SECONDS
    while not load.get(pair.arm.port(), "/api/status")["link"]["up"]:
        if time.monotonic() > end:
            raise Failed(f"the edge of arm64 finds no cloud: {pair.arm.last_words()}")
        time.sleep(0.1)
    pair.arm.wait_for(ROUNDS_OTHERWISE)


def compare(name, file, options, folder):
    """Prints a line for the network; returns its largest difference."""
    pair = Pair(name, file, options, folder)
    try:
        digest = check_alike(name, pair)
        wait_until_linked(pair)
        takes_images = any(image.startswith(name + "=") for image in options.image)
        if takes_images:
            inputs = [photo.read_bytes() for photo in sorted(options.photos.glob("*.jpg"))[:options.count]]
        else:
            inputs = [some_numbers(pair.x86.port(), name, seed) for seed in range(options.count)]
        cuts = sorted({round(i * pair.last / options.cuts) for i in range(options.cuts)})
        worst, agree = 0, 0
        for number, content in enumerate(inputs):
            expected, _ = ask(pair.x86.port(), name, content)
            for cut in [None] if takes_images else [*cuts, pair.last] if number == 0 else [pair.last]:
                got, placement = ask(pair.arm.port(), name, content, cut)
                wanted = {0: "cloud", pair.last: "edge"}.get(cut, "split")
                if placement != wanted:
                    raise Failed(f"{name} at cut {cut}: the answer came from {placement}, not {wanted}")
                worst = max(worst, difference(got, expected))
            agree += same_place(got, expected)
        print(f"{name:24} {digest[:8]}  {pair.last + 1:4} cuts   largest difference {worst:.1e}   same top-1 {agree} of {len(inputs)}",
              flush=True)
        return worst
    finally:
        pair.end()


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        networks = {name: write_zoo(name, options, folder) for name in filter(None, options.zoo.split(","))}
        networks |= dict(model.split("=", 1) for model in options.model)
        worst = max(compare(name, file, options, folder) for name, file in networks.items())
    if worst > ROUNDING:
        raise Failed(f"an answer differs by {worst:.1e} of its largest number, which is more than rounding ({ROUNDING})")


if __name__ == "__main__":
    try:
        main()
    except (Failed, subprocess.CalledProcessError) as failure:
        sys.exit(f"arm64_pair: {failure}")
