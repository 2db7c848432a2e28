"""The latency of policies, replayed over traces by tables measured here."""
import json
import os
import pathlib
import statistics

from bench.lib import agents, codecs, machines
from bench.lib.options import positive, whole
from bench.lib.processes import Failed
from bench.lib.report import quantile, table
from bench.lib.worlds import own_trace

NEEDS, WANTS = ("util-linux",), ()
BUILDS = ("agent", "make_trace")
QUICK = {"models": ["lenet"], "rates": [20], "loads": [1], "seconds": 60, "budget": "15s"}
SECTION = True
GRID = {"uplink": ["50 Mbit/s", "10 Mbit/s", "2 Mbit/s"], "edge_cpu": ["0 %", "50 %", "100 %"]}
POLICIES = ("adaptive", "table", "edge-only", "cloud-only", "oracle", "causal-0.25", "causal-0.5", "causal-1", "clairvoyant")
HEADER = ["", "cases", "mean, ms", "regret, %: mean", "median", "p90", "max", "to causal 0.25 s: median", "0.5 s", "1 s",
          "pooled mean over best static", "worst case over it", "cases over 1.1", "over the clairvoyant: mean", "median", "worst", "moves per 1000", "races", "probes, KiB/s"]


def options(parser):
    add = parser.add_argument
    add("--share", type=whole, default=25, metavar="PERCENT", help="of a core that the edge may use; %(default)s when not given")
    add("--rate", type=positive, default=2, metavar="R", help="requests per second; %(default)s when not given")
    add("--measured", action="store_true", help="with the tables that an earlier run left in out/replay")
    add("--trace", type=pathlib.Path, action="append", default=[], metavar="FILE",
        help="a bandwidth, CSV (policy/replay/README.md), instead of eight that are made from seeds; may be repeated")
    add("--cpu", type=pathlib.Path, action="append", default=[], metavar="FILE",
        help="how busy the edge's CPU is, CSV, instead of two from seeds; may be repeated")
    add("--cpu-speed", type=positive, default=1, metavar="N", help="runs that so many times faster")
    # Eight links, from fast to slow, and two loads of the edge; ten minutes of each.
    parser.set_defaults(models=["alexnet", "mobilenet", "resnet50"], rates=[80, 50, 30, 20, 12, 8, 5, 3], loads=[1, 2], seconds=600,
                        budget="2min")


def measure(bed, options):
    if not options.measured:
        bed.clear()
        measure_tables(bed, options)
    links = options.trace or [own_trace(bed, f"cellular-{rate}", "--kind", "cellular", "--mbps", rate, "--seconds", options.seconds,
                                        "--seed", seed) for seed, rate in enumerate(options.rates, 1)]
    loads = options.cpu
    if not loads and not options.trace:
        loads = [own_trace(bed, f"busy-{seed}", "--kind", "cpu", "--seconds", options.seconds, "--seed", seed)
                 for seed in options.loads]
    words = ["--cpu", "idle", "--cpu-speed", options.cpu_speed, "--rate", options.rate, "--html", bed.out / "replay.html", "--json"]
    tables = [bed.out / f"{model}.json" for model in options.models]
    for option, values in (("--table", tables), ("--bandwidth", links), ("--cpu", loads), ("--policy", POLICIES)):
        words += [word for value in values for word in (option, value)]
    bed.say(f"Replay: {len(tables)} tables x {len(links)} links x {1 + len(loads)} loads")
    return {"cases": json.loads(bed.read([bed.agent, "--replay", *words]))["cases"]}


def measure_tables(bed, options):
    if os.geteuid() != 0:
        raise Failed("run as root: it needs network namespaces, tc and cgroups; or with --measured", 77)
    edge, cloud = machines.limit_sides(bed, options.share)
    grid = agents.write_grid(bed.out / "grid.toml", **GRID)
    where = agents.start_cloud_at(bed, cloud, {model: bed.network(model) for model in options.models})[1]
    for model in options.models:
        bed.say(f"Profile: {model}, the edge with {options.share} % of a core")
        agents.profile(bed, edge, model, model, where, grid, "--method", "separable", "--codecs", codecs.listed("fp32", codecs.MIDDLE),
                       "--budget", options.budget, "--interval", "3 %", "--repetitions", "20")


def where(case):
    return case["table"], case["bandwidth"], case["cpu"]


def pooled_row(name, cases, foresight):
    """One policy over some cases, each of which counts alike. `foresight`: the clairvoyant's mean, by case."""
    regrets = [case["regret_percent"] for case in cases]
    over_static = [case["mean_ms"] / case["best_static"]["mean_ms"] for case in cases]
    means, statics = (statistics.mean(each) for each in ([c["mean_ms"] for c in cases], [c["best_static"]["mean_ms"] for c in cases]))
    causal = [statistics.median(case["causal_regret_percent"][age] for case in cases) for age in ("0.25", "0.5", "1")]
    seconds = [case["requests"] / 1000 for case in cases]  # Thousands of requests.
    row = [name, str(len(cases)), f"{means:.1f}", f"{statistics.mean(regrets):.1f}", f"{statistics.median(regrets):.1f}"]
    row += [f"{quantile(regrets, 0.9):.1f}", f"{max(regrets):.1f}"]
    row += [f"{value:.2f}" for value in causal]
    row += [f"{means / statics:.3f}", f"{max(over_static):.3f}", str(sum(each > 1.1 for each in over_static))]
    over_foresight = [case["mean_ms"] / foresight[where(case)] for case in cases]
    row += [f"{of(over_foresight):.3f}" for of in (statistics.mean, statistics.median, max)]
    row += [f"{sum(c[what] for c in cases) / sum(seconds):.0f}" for what in ("moves", "races")]
    return row + [f"{statistics.mean(c['probe_bytes_per_second'] for c in cases) / 1024:.1f}"]


def by(cases, what, policy, foresight):
    for name in dict.fromkeys(case[what] for case in cases):
        yield pooled_row(f"{policy}: {name}", [case for case in cases if case[what] == name and case["policy"] == policy], foresight)


def report(data, _):
    cases = data["cases"]
    policies = list(dict.fromkeys(case["policy"] for case in cases))
    foresight = {where(case): case["mean_ms"] for case in cases if case["policy"] == "clairvoyant"}
    rows = [pooled_row(policy, [case for case in cases if case["policy"] == policy], foresight) for policy in policies]
    lines = ["", *table(HEADER, rows)]
    for what in ("table", "bandwidth", "cpu"):
        lines += ["", *table(HEADER, by(cases, what, "adaptive", foresight))]
    return lines
