"""The adaptive policy beside fixed plans and rivals, live, while link and CPU follow traces; and the replay of the same."""
import dataclasses
import json
import pathlib
import sys

from bench.adapt import schedule, traces
from bench.adapt.live import Live
from bench.adapt.report import report  # noqa: F401
from bench.lib import agents, codecs, machines, photos, rivals, subject, trained
from bench.lib.options import add_rounds, count, one_of, positive, whole
from bench.lib.processes import Failed
from bench.photos.plans import LEAST_WORDS, divide

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), rivals.WANTS
BUILDS = ("agent", "drive", "burn", "make_trace")
QUICK = {"rounds": 1, "seconds": 10, "plans": 0, "profiled": 3, "grid": {"uplink": ["20 Mbit/s", "2 Mbit/s"], "edge_cpu": ["0 %"]},
         "own": [("cellular-20-busy", 20, 97, 3)], "budget": "15s"}
SECTION = True
# Name, Mbit/s, seed, seed of the CPU: with these, 20 s are good, fair, poor and dark at times; the CPU idle, half busy and full.
OWN = [("cellular-20-busy", 20, 97, 3), ("cellular-8-idle", 8, 162, None)]
GRID = {"uplink": [f"{rate} Mbit/s" for rate in (20, 8, 4, 2, 1)], "edge_cpu": ["0 %", "50 %", "100 %"]}
CODECS = codecs.listed("fp32", codecs.FINE, codecs.MIDDLE, codecs.COARSE, "source", "jpeg95")


def options(parser):
    add_rounds(parser, 2, "of all policies over all traces, in shuffled order")
    add = parser.add_argument
    add("--seconds", type=whole, default=20, metavar="S", help="of each run, 10 at least; %(default)s when not given")
    add("--rate", type=positive, default=5, metavar="R", help="requests per second; %(default)s when not given")
    add("--plans", type=count, default=1, metavar="N",
        help="held still beside edge-only and cloud-only; %(default)s when not given")
    add("--share", type=whole, default=50, metavar="PERCENT", help="of a core that the edge may use; %(default)s when not given")
    add("--model", type=one_of(*trained.NETWORKS), default="nsfwjs", metavar="NAME",
        help=f"a trained network: {' or '.join(trained.NETWORKS)}; %(default)s when not given")
    add("--served", type=whole, default=20, metavar="N", help="photos that are asked in turn; %(default)s when not given")
    add("--profiled", type=whole, default=16, metavar="N", help="other photos, to profile with; %(default)s when not given")
    add("--seed", type=count, default=1, metavar="N", help="of the order; %(default)s when not given")
    add("--table", type=pathlib.Path, metavar="FILE", help="one that was measured before, on this test bed; no campaign then")
    add("--trace", type=pathlib.Path, action="append", default=[], metavar="FILE",
        help="a bandwidth, CSV (policy/replay/README.md), of which the first seconds are played; may be repeated; two from "
             "seeds when not given")
    add("--cpu", type=pathlib.Path, metavar="FILE", help="how busy the edge's CPU is meanwhile, CSV")
    add("--cpu-speed", type=positive, default=1, metavar="N", help="runs that so many times faster")
    parser.set_defaults(own=OWN, grid=GRID, budget="80s")


def measure(bed, options):
    if options.seconds < 10:
        raise Failed("--seconds is too short: the first 5 s do not count; give 10 or more")
    given = options.table and options.table.read_text()
    bed.clear()
    for folder in ("traces", "runs"):
        (bed.out / folder).mkdir()
    names = given_traces(bed, options) if options.trace else own_traces(bed, options)
    served = subject.prepare(bed, options.model, lambda files: divide(files, options.served, options.profiled))
    can_compare = rivals.export(bed, options.model)
    edge, cloud = machines.limit_sides(bed, options.share)
    where = agents.start_cloud_at(bed, cloud, served.models(), *served.words)[1]
    table = bed.out / "table.json"
    table.write_text(given) if given else measure_table(bed, edge, where, served, options)
    bed.run([bed.agent, "--show", table], "table.txt")
    played = play_all(bed, options, names, Live(bed, edge, cloud, where, served, options), rivals.NAMES if can_compare else ())
    told = json.loads(table.read_text())
    rtt = told["cells"][0]["seen"].get("rtt_ns", 1_000_000) // 1000
    replays = {name: replay(bed, table, name, rtt, options) for name in names}
    return {"runs": played, "held": schedule.held_plans(told, options.plans), "replays": replays, "missing": bed.missing,
            "table_noise": told["quality"].get("noise_floor")}


def own_traces(bed, options):
    def make(file, *words):
        file.write_text(bed.read([bed.program("make_trace"), "--seconds", options.seconds, *words]))

    for name, rate, seed, busy in options.own:
        make(bed.out / "traces" / f"{name}.csv", "--kind", "cellular", "--mbps", rate, "--seed", seed)
        if busy is not None:
            make(bed.out / "traces" / f"{name}.cpu", "--kind", "cpu", "--seed", busy)
    return sorted(name for name, *_ in options.own)


def given_traces(bed, options):
    """Returns the first seconds of the given traces."""
    names = [file.stem.replace(" ", "-") for file in options.trace]
    for name, file in zip(names, options.trace, strict=True):
        traces.cut(file, options.seconds, bed.out / "traces" / f"{name}.csv")
        if options.cpu:
            traces.cut(options.cpu, options.seconds, bed.out / "traces" / f"{name}.cpu", faster=options.cpu_speed)
    return sorted(names)


def measure_table(bed, edge, cloud, served, options):
    rates, loads = (", ".join(options.grid[axis]) for axis in ("uplink", "edge_cpu"))
    bed.say(f"Profile: {options.model} at {rates}, the edge's CPU loaded to {loads}")
    grid = agents.write_grid(bed.out / "grid.toml", **options.grid)
    agents.profile(bed, edge, "table", options.model, cloud, grid, "--method", "separable", "--codecs", CODECS,
                   "--compared", options.profiled, *LEAST_WORDS, "--budget", options.budget, "--interval", "3 %",
                   "--repetitions", "20", *served.profiled())


def play_all(bed, options, names, live, others):
    """Returns every run: trace, policy, and its result."""
    table = json.loads((bed.out / "table.json").read_text())
    policies = schedule.policies(table, options.plans) | dict.fromkeys(others)
    order = schedule.order(policies, names, options.rounds, options.seed)
    bed.say(f"Live: {len(order)} runs of {options.seconds} s at {options.rate:g} requests per second, "
            f"the edge with {options.share} % of a core")
    told = []
    for i, (turn, trace, policy, words) in enumerate(order, 1):
        print(f"{i} of {len(order)}: round {turn}, {trace}, {policy}", file=sys.stderr, flush=True)
        name = f"runs/{trace}.{turn}.{policy.replace(' ', '-')}"
        run = live.run_rival(name, trace, policy) if words is None else live.run(name, trace, words)
        told.append({"trace": trace, "policy": policy, "run": dataclasses.asdict(run)})
    return told


def replay(bed, table, trace, rtt, options):
    words = [word for policy in ("adaptive", "static") for word in ("--policy", policy)]
    return json.loads(bed.read([bed.agent, "--replay", "--table", table, "--bandwidth", bed.out / "traces" / f"{trace}.csv",
                                *traces.busy_words(bed, trace), "--rate", options.rate, "--rtt", f"{rtt} us", *words, "--json"]))
