"""One whole inference, batch 1, one thread: by oneDNN, XNNPACK and libtorch's operators, beside ONNX Runtime."""
import sys

from bench.engine.bench import MOST_DIFFERENCE, without_onnx
from bench.engine.outputs import differ, share_apart
from bench.kernels.report import report  # noqa: F401
from bench.lib import networks, trained, turns
from bench.lib.bed import ROOT
from bench.lib.options import add_rounds, whole
from bench.lib.processes import Failed

NEEDS, WANTS = (*trained.NEEDS, "util-linux"), ("onnxruntime",)
BUILDS = ("agent", "this_engine")
QUICK = {"networks": ["lenet", "mobilenet"], "rounds": 5, "seconds": 10}
SECTION = True
MOST_APART = 0.01  # Of the numbers: a detector sorts its boxes, and two of nearly equal scores may change places.
KERNELS = ("onednn", "xnnpack", "libtorch")


def options(parser):
    add_rounds(parser, 20, "turns of every program per network")
    networks.add_networks(parser)
    parser.add_argument("--seconds", type=whole, default=60, metavar="S",
                        help="per network, no further round after that time; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    return {"networks": [measure_network(bed, name, options) for name in networks.chosen(bed, options)]}


def measure_network(bed, name, options):
    file = networks.put(bed, name)
    bed.script("engine.export", bed.out, name)
    missing = without_onnx(bed, name)
    started = turns.start(bed, commands(bed, name), missing, ("onnx",))
    differences = compare(bed.out, name, started)
    numbers = turns.ask(started, options)
    for process in started.values():
        process.end()
    for made in bed.out.glob(f"{file.stem}.*"):
        made.unlink()
    return {"network": name, "missing": missing, "turns": numbers, "differences": differences}


def commands(bed, name):
    path = bed.out / name

    def files(output):
        return [f"{path}.input", f"{path}.output.{output}"]

    ours = {kernels: [bed.program("this_engine"), f"{path}.pt", *files(kernels), "fp32", kernels] for kernels in KERNELS}
    return ours | {"onnx": ["node", ROOT / "bench" / "engine" / "onnx_runtime.js", f"{path}.onnx", *files("onnx")]}


def compare(folder, name, started):
    """Returns how far the outputs are from those of libtorch's operators, as shares of the largest."""
    expected = folder / f"{name}.output.libtorch"
    found = {program: differ(folder / f"{name}.output.{program}", expected) for program in started if program != "libtorch"}
    for program, difference in found.items():
        print(f"{program} and libtorch's operators differ by {difference:.1e} of the largest output", file=sys.stderr)
        if share_apart(folder / f"{name}.output.{program}", expected, MOST_DIFFERENCE) > MOST_APART:
            raise Failed(f"{program} and libtorch's operators compute different outputs of {name}")
    return found
