"""Image files to the input of a network: decoding and resizing beside PIL and OpenCV; whether pixels and answers are PIL's."""
import json
import os
import pathlib

from bench.images.report import report  # noqa: F401
from bench.lib.bed import PYTHON
from bench.lib.options import add_rounds, whole

NEEDS, WANTS = ("python3-pil", "python3-numpy", "util-linux"), ("python3-opencv", "python3-torch", "python3-torchvision")
BUILDS = ("this_images",)
QUICK = {"rounds": 3}
SECTION = True
PER_TURN = 4
MOST_FILES = 40  # Of a folder, for timing.
PEERS = {"pil": None, "draft": None, "opencv": "python3-opencv", "reduced": "python3-opencv"}


def options(parser):
    add_rounds(parser, 20)
    parser.add_argument("--inputs", type=pathlib.Path, metavar="DIR", help="JPEGs to prepare; made ones when not given")
    parser.add_argument("--model", type=pathlib.Path, metavar="FILE", help="a TorchScript network of ImageNet, for --inputs")
    parser.add_argument("--side", type=whole, default=224, metavar="N", help="its input is N x N; %(default)s when not given")
    parser.add_argument("--labels", type=pathlib.Path, metavar="FILE", help="JSON: the right classes of each file")


def measure(bed, options):
    bed.clear()
    if options.inputs:
        sets = {"the photographs": sorted(options.inputs.glob("*.jpg"))[:MOST_FILES]}
    else:
        bed.script("images.make", bed.out)
        sets = {file.stem: [file] for file in sorted(bed.out.glob("*.jpg"), key=lambda file: file.stat().st_size)}
    times = time_all(bed, sets, options.rounds)
    compared = compare(bed, options) if options.inputs else None
    return {"times": times, "missing": bed.missing, "compared": compared}


def time_all(bed, sets, rounds):
    """Returns the milliseconds of every turn, by set and program; all programs are pinned to one core."""
    core = ["taskset", "-c", sorted(os.sched_getaffinity(0))[-1]]
    programs = {"this": bed.talk([*core, bed.program("this_images")], "this.log")}
    for peer, package in PEERS.items():
        if package not in bed.missing:
            programs[peer] = bed.talk([*core, PYTHON, "-m", "bench.images.peers", peer], f"{peer}.log")
    programs["itself"] = bed.talk([*core, bed.program("this_images")], "itself.log")
    for program in programs.values():
        program.wait_ready()
    told = {name: {program: [] for program in programs} for name in sets}
    for name, files in sets.items():
        bed.say(name)
        count = PER_TURN if len(files) == 1 else 1
        for turn in range(rounds + 1):  # The first turn warms up.
            for program in programs:
                times = [float(word) for file in files for word in programs[program].ask(f"time {count} {file}")]
                if turn > 0:
                    told[name][program].append(times)
    return told


def compare(bed, options):
    """Returns how this room's pixels and PIL's differ, and what a network says to both."""
    bed.say("pixels and answers")
    pixels = bed.out / "pixels"
    pixels.mkdir()
    files = sorted(options.inputs.glob("*.jpg"))
    this = bed.talk([bed.program("this_images")], "pixels.log").wait_ready()
    sides = options.side, options.side // 3
    for side in sides:
        for file in files:
            this.ask(f"pixels imagenet {side} {pixels / f'{file.stem}.{side}'} {file}")
    extra = ["--model", options.model] if options.model else []
    extra += ["--labels", options.labels] if options.labels else []
    bed.script("images.agreement", pixels, options.inputs, *sides, *extra, log="agreement.log")
    return json.loads((pixels / "agreement.json").read_text())
