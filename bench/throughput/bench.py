"""How many tails per second one cloud runs for many edges, in batches and alone; and the memory of idle edges."""
import json

from bench.lib import agents
from bench.lib.options import add_rounds, whole

NEEDS, WANTS = (), ()
BUILDS = ("agent", "crowd")
QUICK = {"rounds": 1, "seconds": 1, "edges": 8}
SECTION = True
IDLE = {"edges": 1000, "busy": 64}


def options(parser):
    add_rounds(parser, 8, "turns of each cloud per cut")
    parser.add_argument("--edges", type=whole, default=32, metavar="N",
                        help="that ask without pause, each for one tail at a time; %(default)s when not given")
    parser.add_argument("--seconds", type=whole, default=2, metavar="S", help="a turn; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    network = bed.network("alexnet")
    clouds = {name: start(bed, network, name, most) for name, most in (("batching", 16), ("alone", 1), ("fresh", 16))}
    crowd = [bed.program("crowd"), "--model", network, "--seconds", options.seconds]
    two = ["--batching", clouds["batching"].port(), "--alone", clouds["alone"].port()]
    size = ["--edges", options.edges, "--rounds", options.rounds]
    cuts = json.loads(bed.read([bed.agent, "--inspect", "--model", f"alexnet={network}", "--json"]))["cuts"]
    index = {name: next(c["index"] for c in cuts if name in c["name"]) for name in ("features.2 ", "flatten")}
    rows = [bed.read([*crowd, *two, *size, "--cut", cut]).strip() for cut in (0, *index.values())]
    grown = [clouds[name].memory() for name in ("batching", "alone")]
    fresh = clouds["fresh"]
    many = ["--batching", fresh.port(), "--pid", fresh.pid, "--edges", IDLE["edges"], "--busy", IDLE["busy"]]
    return {"rows": rows, "own_memory": grown, "idle": bed.read([*crowd, *many, "--cut", index["flatten"]]).strip()}


def start(bed, network, name, most):
    return agents.start_cloud(bed, {"alexnet": network}, most_together=most, log=f"{name}.log",
                              TIDELINE_CLOUD_MAX_PEER_CONNECTIONS="2000")


def report(data, options):
    together, alone = data["own_memory"]
    return [
        f"* AlexNet, fp32, {options.edges} edges with one request each, {options.rounds} turns of {options.seconds} s of each "
        "cloud, the two in turn; edges and clouds share the cores",
        "",
        "| cut | crosses | together, tails/s | alone, tails/s | ratio [least, most] | of one run | p50, ms, together / alone | "
        "p99, ms | largest difference | errors |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
        *data["rows"],
        "",
        f"Memory that no file backs, after that: {together:.0f} MiB of the cloud that runs tails together, "
        f"{alone:.0f} MiB of the other.",
        "",
        "| connected edges | of them busy | memory of an edge, KiB | tails/s | answers | errors |",
        "| --: | --: | --: | --: | --: | --: |",
        data["idle"],
    ]
