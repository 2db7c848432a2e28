"""One whole inference, batch 1, one thread: this engine beside plain libtorch, ONNX Runtime and the core's limits."""
import json
import sys

from bench.engine.outputs import difference, largest
from bench.engine.report import report  # noqa: F401
from bench.lib import turns
from bench.lib.bed import ROOT
from bench.lib.options import add_rounds, whole
from bench.lib.processes import Failed

NEEDS, WANTS = ("python3-torch", "python3-numpy", "util-linux"), ("onnxruntime",)
BUILDS = ("agent", "this_engine", "plain_libtorch", "limits")
QUICK = {"networks": ["lenet", "mobilenet"], "rounds": 5, "seconds": 10}
SECTION = True
MOST_DIFFERENCE = 1e-3  # Of the largest output: a larger difference means another network, not another order of sums.
MOST_ROUNDED = 5e-2  # The same in bf16, which rounds factors to eight bits, and in fp16, whose sums may have eleven.
ROUNDED = ("bf16", "fp16")


def options(parser):
    add_rounds(parser, 30, "turns of every engine per network")
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="of the zoo; all when not given")
    parser.add_argument("--seconds", type=whole, default=120, metavar="S",
                        help="per network, no further round after that time; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    networks = options.networks or bed.read([bed.program("this_engine")]).split()
    return {"networks": [measure_network(bed, name, options) for name in networks]}


def measure_network(bed, name, options):
    """Returns the measurements of one network; removes its large files afterwards."""
    bed.say(name)
    bed.network(name)
    bed.script("engine.export", bed.out, name)
    work = json.loads((bed.out / f"{name}.work").read_text())
    missing = without_onnx(bed, name)
    engines = turns.start(bed, commands(bed, name, work), missing, ("onnx", "optimise", *ROUNDED))
    compared = compare(bed.out, name, engines)
    numbers = turns.ask(engines, options)
    for engine in engines.values():
        engine.end()
    for file in bed.out.glob(f"{name}.*"):
        file.unlink()
    about = {engine: process.ready for engine, process in engines.items()}
    return {"network": name, "work": work, "about": about, "missing": missing, "turns": numbers, **compared}


def without_onnx(bed, name):
    """Returns why ONNX Runtime cannot be measured, if so, by its name among the engines."""
    if "onnxruntime" in bed.missing:
        return {"onnx": bed.missing["onnxruntime"]}
    return {} if (bed.out / f"{name}.onnx").exists() else {"onnx": "the network has no ONNX form"}


def commands(bed, name, work):
    """Returns how to start each engine, in the order of their turns. `this` and `itself` do not follow each other."""
    path = bed.out / name

    def files(output):
        return [f"{path}.pt", f"{path}.input", f"{path}.output.{output}"]

    ours, plain = bed.program("this_engine"), bed.program("plain_libtorch")
    return {
        "this": [ours, *files("this")],
        "freeze": [plain, "freeze", *files("freeze")],
        "onnx": ["node", ROOT / "bench" / "engine" / "onnx_runtime.js", f"{path}.onnx", *files("onnx")[1:]],
        "itself": [ours, *files("itself")],
        "optimise": [plain, "optimise", *files("optimise")],
        "bf16": [ours, *files("bf16"), "bf16"],
        "fp16": [ours, *files("fp16"), "fp16"],
        "limits": [bed.program("limits"), work["linear_bytes"]],
    }


def compare(folder, name, engines):
    """Returns the largest output of plain libtorch, and the largest difference of each engine from it."""
    expected = folder / f"{name}.output.freeze"
    most, found = largest(expected), {}
    for engine in sorted(engines.keys() - {"limits", "freeze"}):
        found[engine] = difference(folder / f"{name}.output.{engine}", expected)
        print(f"{engine} and plain libtorch differ by {found[engine]:.1e}, of {most:.1e}", file=sys.stderr)
        if not found[engine] <= (MOST_ROUNDED if engine in ROUNDED else MOST_DIFFERENCE) * most:
            raise Failed(f"{engine} and plain libtorch compute different outputs")
    return {"largest_output": most, "differences": found}
