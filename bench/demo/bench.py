"""The main job on one machine: profiles, then serves while conditions change, with a moving cut and with every fixed cut."""
import json
import os
import signal
import sys
import time

from bench.demo.steps import judge, lines
from bench.lib import agents, load, machines

NEEDS, WANTS = ("util-linux",), ()
BUILDS = ("agent", "drive", "burn")
QUICK = {"few": True, "repetitions": 1, "half_step": 2}
SECTION = False  # A first try changes no file.
MODEL = "alexnet"
RATE = 2  # Requests per second.
EDGE_SHARE = 25  # Percent of one core.
LABELS = ("50 Mbit/s", "50 Mbit/s, CPU load", "10 Mbit/s, CPU load", "10 Mbit/s", "2 Mbit/s", "2 Mbit/s, CPU load",
          "50 Mbit/s, CPU load", "50 Mbit/s")
SHOWN = {"stdout": sys.stdout, "stderr": sys.stderr}


def options(parser):
    parser.add_argument("--rootless", action="store_true", help="use no features that need root, even as root")
    parser.set_defaults(few=False, repetitions=3, half_step=4)  # half_step: seconds between two changes of the conditions


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
    world = (Shared if options.rootless or os.geteuid() != 0 else Limited)(bed)
    bed.say(f"Tideline on this machine alone: {world.how}")
    model = {MODEL: bed.network(MODEL)}
    bed.run([bed.agent, "--inspect", *agents.holding(model), "--threads", "1"], **SHOWN)
    bed.say("Profile: every useful cut at 50, 10 and 2 Mbit/s, with the edge's CPU idle and loaded")
    cloud = agents.start_cloud_at(bed, world.cloud, model)[1]
    table = agents.profile(bed, world.edge, "table", MODEL, cloud, "quick", "--repetitions", options.repetitions, **SHOWN)
    profiled = time.monotonic() - began
    seconds = len(LABELS) * options.half_step
    bed.say(f"Serve: {RATE} requests per second through the same steps, {seconds} s each; "
            "moving the cut, then every cut held still")
    words = ["--peer", cloud, "--table", f"{MODEL}={table}", *world.serve]
    runs = {name: serve(bed, world, model, name, options.half_step, *words, *more)
            for name, more in policies(table, options.few).items()}
    return {"how": world.how, "out": str(bed.out), "profiled_s": profiled, "took_s": time.monotonic() - began, "runs": runs}


def policies(table, few):
    """Returns the agent's arguments by name: one moves the cut, each of the others holds one."""
    estimates = (e for cell in json.loads(table.read_text())["cells"] for e in cell["estimates"])
    cuts = sorted({estimate["cut"] for estimate in estimates})
    names = {cut: f"cut-{cut}" for cut in cuts[1:-1]} if not few else {}
    held = {cuts[-1]: "edge-only", 0: "cloud-only"} | names
    return {"adaptive": []} | {name: ["--policy", "static", "--cut", str(cut)] for cut, name in held.items()}


def serve(bed, world, model, name, half_step, *words):
    """Runs the agent through all steps. It loads at full speed, and is confined to its share of the CPU afterwards."""
    agent = agents.start_edge(bed, model, *words, at=world.at_edge, port=agents.HTTP, log=f"{name}.log")
    world.confine(agent)
    world.shape(50, agent)
    time.sleep(2)  # The agent sees the link, so that it has settled before the first requests.
    driver = load.start_drive(bed, agents.HTTP, MODEL, RATE, len(LABELS) * half_step, name, at=world.beside_edge, **SHOWN)
    run_steps(bed, world, agent, half_step)
    told = judge(*load.samples(bed, driver, name), LABELS, half_step)
    agent.end()
    return told


def run_steps(bed, world, agent, half_step):
    burning = []
    load_on = lambda: burning.append(bed.start([*world.edge.inside(), bed.program("burn"), "1"], "burn.log"))
    load_off = lambda: burning.pop().end()
    for change in (load_on, 10, load_off, 2, load_on, 50, load_off):
        time.sleep(half_step)
        change() if callable(change) else world.shape(change, agent)


def report(data, _):
    took = f"profiled in {data['profiled_s']:.0f} s, all in {data['took_s']:.0f} s"
    return [f"* {data['how']}; {RATE} requests per second", "", *lines(data["runs"], LABELS), "",
            f"{took}; {data['out']} has the table, the journal and a CSV per run"]
