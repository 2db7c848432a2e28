"""The main job on one machine: profiles, then serves photos while conditions change, with a moving cut and with fixed cuts."""
import contextlib
import json
import os
import signal
import statistics
import sys
import time

from bench.demo.steps import judge, lines
from bench.lib import agents, codecs, load, machines, photos, subject, trained

NEEDS, WANTS = ("util-linux", *trained.NEEDS, *photos.NEEDS), ()
BUILDS = ("agent", "drive", "burn")
QUICK = {"few": True, "repetitions": 1, "half_step": 2}
SECTION = False  # A first try changes no file.
RATE = 2  # Requests per second.
EDGE_SHARE = 40  # Percent of one core.
MOST_BETWEEN = 2  # Fixed cuts beside edge-only and cloud-only.
COMPARED = 12  # Photos over which each plan is compared with the whole network.
CLOUD_HTTP = 18081  # The port at which the cloud tells its metrics.
LABELS = ("50 Mbit/s", "50 Mbit/s, CPU load", "10 Mbit/s, CPU load", "10 Mbit/s", "2 Mbit/s", "2 Mbit/s, CPU load",
          "50 Mbit/s, CPU load", "50 Mbit/s")
SHOWN = {"stdout": sys.stdout, "stderr": sys.stderr}


def options(parser):
    parser.add_argument("--rootless", action="store_true", help="use no features that need root, even as root")
    parser.add_argument("--network", choices=subject.NETWORKS, default="nanodet",
                        help="nanodet finds objects, nsfwjs tells kinds of images: both are fetched; alexnet has random weights and "
                             "gets random numbers; %(default)s when not given")
    parser.set_defaults(few=False, repetitions=3, half_step=5)  # half_step: seconds between two changes of the conditions


class Limited:
    """As root: namespaces, cgroups and tc."""

    how = f"two network namespaces, tc tbf, cgroups; the edge has {EDGE_SHARE} % of a core"

    def __init__(self, bed):
        self.edge, self.cloud = machines.limit_sides(bed, EDGE_SHARE)
        self.at_edge, self.beside_edge, self.serve = self.edge.at(), self.edge.at(self.cloud.core), []

    def confine(self, agent):
        self.edge.confine(agent.pid)

    def shape(self, megabits, _):
        self.edge.shape(megabits)


class Shared:
    """Without root: the agent limits its uplink itself, and shares a core with a process that never sleeps."""

    how = ("loopback, the uplink limited inside the agent; the edge shares one core with other work (no root: no namespaces, "
           "no cgroups)")

    def __init__(self, bed):
        self.edge, self.cloud = machines.Side("edge", core=0), machines.Side("cloud", core=min(1, os.cpu_count() - 1))
        self.settings = bed.out / "edge.toml"
        self.at_edge, self.beside_edge, self.serve = [], [], ["-c", self.settings]
        bed.start([*self.edge.at(), bed.program("burn"), "1"], "burn.log")
        self.shape(50, None)

    def confine(self, agent):
        for thread in os.listdir(f"/proc/{agent.pid}/task"):
            os.sched_setaffinity(int(thread), {self.edge.core})

    def shape(self, megabits, agent):
        self.settings.write_text(f'[edge]\nuplink_limit = "{megabits} Mbit/s"\n')
        if agent:
            agent.child.send_signal(signal.SIGHUP)


def measure(bed, options):
    began = time.monotonic()
    bed.clear()
    served = subject.prepare(bed, options.network)
    prepared = time.monotonic()
    world = (Shared if options.rootless or os.geteuid() != 0 else Limited)(bed)
    bed.say(f"Tideline on this machine alone: {world.how}")
    bed.run([bed.agent, "--inspect", *agents.holding(served.models()), *served.words, "--threads", "1"], **SHOWN)
    bed.say("Profile: every useful cut at 50, 10 and 2 Mbit/s, with the edge's CPU idle and loaded")
    cloud = agents.start_cloud_at(bed, world.cloud, served.models(), *served.words, "--http", f"127.0.0.1:{CLOUD_HTTP}")[1]
    names = codecs.listed(*codecs.LOSSLESS) if served.photos else "fp32"
    table = agents.profile(bed, world.edge, "table", served.name, cloud, "quick", "--repetitions", options.repetitions,
                           "--codecs", names, "--compared", COMPARED, *served.profiled(), **SHOWN)
    profiled = time.monotonic()
    bed.say(f"Serve: {RATE} requests per second through the same steps, {len(LABELS) * options.half_step} s each; "
            "moving the cut, then several cuts held still")
    words = ["--peer", cloud, "--table", f"{served.name}={table}", *served.words, *world.serve]
    runs = {name: serve(bed, world, served, name, options.half_step, *words, *more)
            for name, more in policies(json.loads(table.read_text()), 0 if options.few else MOST_BETWEEN).items()}
    return {"how": world.how, "network": served.name, "photos": bool(served.photos), "out": str(bed.out), "runs": runs,
            "fetched_s": prepared - began, "profiled_s": profiled - prepared, "took_s": time.monotonic() - began}


def policies(table, most_between):
    """Returns the agent's arguments by name: one policy moves the cut, each of the others holds one. A held cut has the codec that
    sends least, and the cuts between are those that the table expects to take least time."""
    cells = [{(e["cut"], e["codec"]): e for e in cell["estimates"]} for cell in table["cells"]]
    least = {cut: codec for cut, codec in sorted(cells[0], key=lambda plan: -cells[0][plan]["wire_bytes"])}
    first, *between, last = sorted(least)
    expected = lambda cut: statistics.mean(sum(cell[cut, least[cut]]["mean"].values()) for cell in cells)
    held = {last: "edge-only", first: "cloud-only"}
    held |= {cut: f"cut-{cut}" for cut in sorted(sorted(between, key=expected)[:most_between])}
    fixed = {name: agents.static(cut, least[cut]) for cut, name in held.items()}
    return {"adaptive": []} | fixed


def serve(bed, world, served, name, half_step, *words):
    """Runs the agent through all steps. It loads at full speed, and is confined to its share of the CPU afterwards."""
    agent = agents.start_edge(bed, served.models(), *words, at=world.at_edge, port=agents.HTTP, log=f"{name}.log")
    world.confine(agent)
    world.shape(50, agent)
    time.sleep(2)  # The agent sees the link, so that it has settled before the first requests.
    before = received(world.cloud)
    driver = load.start_drive(bed, agents.HTTP, served.name, RATE, len(LABELS) * half_step, name, *served.driven(),
                              at=world.beside_edge, **SHOWN)
    run_steps(bed, world, agent, half_step)
    moves, rows = load.samples(bed, driver, name)
    told = judge(moves, rows, LABELS, half_step) | {"bytes": received(world.cloud) - before}
    agent.end()
    return told


def received(cloud):
    """Returns the bytes that the cloud has received from edges."""
    with cloud.entered() if cloud.namespace else contextlib.nullcontext():
        return load.metric(CLOUD_HTTP, "tideline_cloud_received_bytes_total")


def run_steps(bed, world, agent, half_step):
    burning = []
    load_on = lambda: burning.append(bed.start([*world.edge.inside(), bed.program("burn"), "1"], "burn.log"))
    load_off = lambda: burning.pop().end()
    for change in (load_on, 10, load_off, 2, load_on, 50, load_off):
        time.sleep(half_step)
        change() if callable(change) else world.shape(change, agent)


def report(data, _):
    sent = "photos as JPEGs of 640 x 480" if data["photos"] else "random numbers"
    took = f"fetched in {data['fetched_s']:.0f} s, profiled in {data['profiled_s']:.0f} s, all in {data['took_s']:.0f} s"
    return [f"* {data['how']}; {data['network']}, {RATE} requests per second, {sent}", "", *lines(data["runs"], LABELS), "",
            f"{took}; {data['out']} has the table, the journal and a CSV per run"]
