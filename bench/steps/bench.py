"""A step per tensor, which is sent, beside one step for all photos, as a table could hold it: bytes and loss."""
import json
import random
import statistics

from bench.features import select
from bench.features.bench import copied, words
from bench.lib import photos, trained
from bench.lib.options import whole
from bench.lib.processes import Failed
from bench.lib.report import table

NEEDS, WANTS = (*dict.fromkeys((*trained.NEEDS, *photos.NEEDS, "util-linux")),), ()
BUILDS = ("this_features",)
QUICK = {"networks": ["nsfwjs"], "photos": 4, "cuts": 2}
SECTION = True


def options(parser):
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", help=f"{' or '.join(trained.NETWORKS)}; both when not given")
    add("--photos", type=whole, default=48, metavar="N", help="half of them for the step, half to be sent; %(default)s when not given")
    add("--cuts", type=whole, default=4, metavar="N", help="the most cuts of a network; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    files = sorted(photos.fetch().glob("*.jpg"))
    if not 2 <= options.photos <= len(files):
        raise Failed(f"there are {len(files)} photos; give --photos from 2 to {len(files)}", 64)
    drawn = copied(random.Random(1).sample(files, options.photos), bed.out / "photos")
    return {name: measure_one(bed, name, drawn, options.cuts) for name in options.networks or trained.NETWORKS}


def measure_one(bed, name, drawn, most):
    told = words(name)
    bed.say(f"Steps of {name}")
    program = bed.talk(["taskset", "-c", "0", bed.program("this_features"), *told, "--threads", "1"], f"{name}.log").wait_ready()
    ask = lambda *question: json.loads(program.tell(" ".join(map(str, question))))
    cuts = ask("cuts", json.dumps(str(sorted(drawn.glob("*.jpg"))[0])))["cuts"]
    small = [cut for cut in select.small(cuts) if cut["cut"] > 0 and all(cut["shapes"])]
    chosen = select.chosen(small, {cut["cut"]: cut["bytes"] for cut in small}, most)
    steps = {cut: ask("steps", cut, json.dumps(str(drawn))) for cut in chosen}
    program.end()
    return steps


def report(data, options):
    rows = [[name, str(cut), one["codec"], f"{one['own']['bytes'] / 1000:.2f}", f"{ratio_of(one):.3f}",
             *(f"{100 * one[way]['top1']:.1f} %" for way in ("own", "fixed")), *(f"{one[way]['error']:.1e}" for way in ("own", "fixed"))]
            for name, cuts in data.items() for cut, told in cuts.items() for one in told]
    every = [one for cuts in data.values() for told in cuts.values() for one in told]
    mean = lambda way, what: statistics.mean(one[way][what] for one in every)
    return [
        f"* {options.photos} photos: the step for all is learned from half of them, and both ways send the other half",
        f"* over all rows: the step for all takes {statistics.geometric_mean(map(ratio_of, every)):.3f} of the bytes (geometric mean); the same "
        f"top 1 {100 * mean('own', 'top1'):.1f} % with a step per tensor, {100 * mean('fixed', 'top1'):.1f} % with the step for all; "
        f"largest error, mean {mean('own', 'error'):.3f} and {mean('fixed', 'error'):.3f}",
        "",
        *table(["network", "cut", "codec", "step per tensor, kB", "step for all, over it", "same top 1, per tensor", "for all",
                "largest error, per tensor", "for all"], rows),
    ]


def ratio_of(one):
    return one["fixed"]["bytes"] / one["own"]["bytes"]
