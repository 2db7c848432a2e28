"""Instructions of one inference under emulation, by XNNPACK and by libtorch's operators: x86-64 without AVX, and arm64."""
import math
import os
import pathlib
import statistics
import time

from bench.instructions.counter import Counter
from bench.lib import networks, trained
from bench.lib.bed import ROOT
from bench.lib.options import whole
from bench.lib.report import table

NEEDS, WANTS = (*trained.NEEDS, "qemu-user"), ()
BUILDS = ("agent", "this_engine", "repeat_runs")
QUICK = {"networks": ["lenet", "mobilenet"]}
SECTION = True
ARM64_ROOT = pathlib.Path(os.environ.get("TIDELINE_ARM64_ROOT", ROOT / "build" / "arm64-root"))


def options(parser):
    networks.add_networks(parser)
    parser.add_argument("--seconds", type=whole, metavar="S", help="no further network after that time; all when not given")
    parser.add_argument("--arm64", type=pathlib.Path, metavar="FOLDER",
                        help="count on arm64 too, by the programs in that folder, and the libraries that tests/arm64.sh unpacked")


def measure(bed, options):
    bed.clear()
    counters = {"x86-64 without AVX": Counter(bed, ["qemu-x86_64", "-cpu", "Nehalem"], bed.build)}
    if options.arm64:
        counters["arm64"] = Counter(bed, ["qemu-aarch64", "-cpu", "cortex-a76", "-L", ARM64_ROOT], options.arm64.resolve())
    end = time.monotonic() + (options.seconds or math.inf)
    counted = []
    for name in networks.chosen(bed, options):
        if not counted or time.monotonic() < end:
            counted.append(count(bed, counters, name))
    return {"processors": list(counters), "networks": counted}


def count(bed, counters, name):
    """Returns the instructions of one run by each processor and library. Load does not change them, so all run at once."""
    file = networks.put(bed, name)
    started = {processor: {kernels: counter.start(file, kernels) for kernels in ("xnnpack", "libtorch")}
               for processor, counter in counters.items()}
    counted = {processor: {kernels: finish() for kernels, finish in each.items()} for processor, each in started.items()}
    file.unlink()
    return {"network": name, "instructions": counted}


def ratio(counted):
    return counted["xnnpack"] / counted["libtorch"]


def report(data, _):
    processors, all_told = data["processors"], data["networks"]
    header = ["network"]
    for processor in processors:
        header += [f"{processor}: XNNPACK, millions", "libtorch's operators, millions", "ratio"]
    rows = []
    for told in all_told:
        cells = [told["network"]]
        for counted in (told["instructions"][processor] for processor in processors):
            cells += [f"{counted[kernels] / 1e6:.1f}" for kernels in ("xnnpack", "libtorch")] + [f"{ratio(counted):.3f}"]
        rows.append(cells)
    means = ["geometric mean"]
    for processor in processors:
        means += ["", "", f"{statistics.geometric_mean(ratio(told['instructions'][processor]) for told in all_told):.3f}"]
    return [""] + table(header, rows + [means])
