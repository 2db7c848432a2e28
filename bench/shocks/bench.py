"""Sudden changes under a serving agent: how soon the plan follows, what outages do to requests, and the agent's own cost."""
import argparse
import json

from bench.lib import agents, machines
from bench.shocks import cost, darkness, outages, steps
from bench.shocks.report import report  # noqa: F401
from bench.shocks.world import World

NEEDS, WANTS = ("root", "util-linux"), ()
BUILDS = ("agent", "burn", "decision")
QUICK = {"loads": ["0 %"], "uplinks": ["50 Mbit/s", "2 Mbit/s"], "repetitions": 2, "limit": ["--budget", "20s"]}
SECTION = True
EDGE_SHARE = 25  # Percent of its core: with more, AlexNet is fastest on the edge alone.
PARTS = {"steps": steps.measure, "outages": outages.measure, "cost": cost.measure}


def part(text):
    if text not in ("profile", *PARTS):
        raise argparse.ArgumentTypeError(f"'{text}' is none of profile, {', '.join(PARTS)}")
    return text


def options(parser):
    parser.add_argument("parts", nargs="*", type=part, metavar="PART",
                        help="profile, steps, outages or cost; by default all; other parts are taken from the previous run")
    parser.set_defaults(loads=["0 %", "50 %", "100 %"], uplinks=["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"], repetitions=5, limit=[])


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
    return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}


def profile(bed, world, options):
    bed.say(f"Profile: {', '.join(options.uplinks)}, the edge's CPU loaded to {', '.join(options.loads)}")
    grid = agents.write_grid(bed.out / "grid.toml", uplink=options.uplinks, edge_cpu=options.loads)
    cloud = world.start_cloud()
    agents.profile(bed, world.edge, "table", "alexnet", world.where, grid, "--method", "separable", "--codecs", "fp32,int8",
                   "--repetitions", options.repetitions, *options.limit)
    cloud.end()
