"""Sudden changes under a serving agent, beside two rivals: how soon the plan follows, what outages do, and the agent's cost."""
import json
import shutil

from bench.lib import agents, codecs, machines, photos, rivals, trained
from bench.lib.options import one_of
from bench.photos.plans import LEAST_WORDS
from bench.shocks import cost, darkness, others, outages, steps
from bench.shocks.report import report  # noqa: F401
from bench.shocks.world import NETWORK, World

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), rivals.WANTS
BUILDS = ("agent", "burn", "decision")
QUICK = {"loads": ["0 %"], "uplinks": ["50 Mbit/s", "2 Mbit/s"], "repetitions": 2, "budget": "10s"}
SECTION = True
EDGE_SHARE = 25  # Percent of its core: with more, the network is fastest on the edge alone.
CODECS = codecs.listed("fp32", codecs.MIDDLE, "source", "jpeg95")
PARTS = {"steps": steps.measure, "outages": outages.measure, "rivals": others.measure, "cost": cost.measure}


def options(parser):
    parser.add_argument("parts", nargs="*", type=one_of("profile", *PARTS), metavar="PART",
                        help=f"profile, {', '.join(PARTS)}; by default all; other parts are taken from the previous run")
    parser.set_defaults(loads=["0 %", "50 %", "100 %"], uplinks=["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"], repetitions=5, budget="90s")


def measure(bed, options):
    if not options.parts:
        bed.clear()
    parts = options.parts or ["profile", *PARTS]
    edge, cloud = machines.limit_sides(bed, EDGE_SHARE, cloud_percent=100)
    world = World(bed, edge, cloud)
    darkness.check(world)
    if "profile" in parts:
        profile(bed, world, options)
    for name, measured in PARTS.items():
        if name in parts:
            bed.say(f"Shocks: {name}")
            with edge.entered():  # The client runs on the edge's link and core, as in use.
                told = measured(world, options.quick)
            (bed.out / f"{name}.json").write_text(json.dumps(told, indent=1))
    files = {name: bed.out / f"{name}.json" for name in PARTS}
    return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()} | {"missing": bed.missing}


def profile(bed, world, options):
    bed.say(f"Profile: {', '.join(options.uplinks)}, the edge's CPU loaded to {', '.join(options.loads)}")
    grid = agents.write_grid(bed.out / "grid.toml", uplink=options.uplinks, edge_cpu=options.loads)
    inputs = bed.out / "profiled"
    inputs.mkdir(exist_ok=True)
    for photo in world.profiled:
        shutil.copy(photo, inputs)
    cloud = world.start_cloud()
    agents.profile(bed, world.edge, "table", NETWORK, world.where, grid, "--method", "separable", "--codecs", CODECS,
                   "--inputs", inputs, "--compared", len(world.profiled), *LEAST_WORDS,
                   "--repetitions", options.repetitions, "--budget", options.budget, *trained.words(NETWORK))
    cloud.end()
