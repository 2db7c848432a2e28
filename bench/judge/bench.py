"""Campaigns on trained networks with photos, and on AlexNet: held-out errors over the noise, and the price of a table of a minute."""
import json
import time

from bench.lib import agents, codecs, machines, photos, subject, trained, worlds
from bench.lib.options import listed, one_of, whole
from bench.judge.errors import beside_noise
from bench.judge.report import report  # noqa: F401
from bench.profile import journal
from bench.profile.report import campaign

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent", "make_trace")
QUICK = {"networks": ["nsfwjs"], "campaigns": 1, "budget": "20s", "short": "10s", "rates": [10], "seconds": 60, "few": True}
SECTION = True
GRID = {"uplink": ["50 Mbit/s", "25 Mbit/s", "10 Mbit/s"], "edge_cpu": ["0 %", "50 %", "100 %"], "edge_memory": ["0 %", "50 %"],
        "cloud_cpu": ["0 %", "50 %", "100 %"]}
SMALL = {"uplink": ["50 Mbit/s", "10 Mbit/s"], "edge_cpu": ["0 %", "100 %"]}
CODECS = codecs.listed("fp32", codecs.FINE, codecs.MIDDLE, codecs.COARSE, "source", "u8", "jpeg95")
COMPARED = "--compared", "12"
ACCURATE = "90 %"  # The agreement that a lossy plan must have to serve in the replay.


def options(parser):
    add = parser.add_argument
    add("networks", nargs="*", type=one_of(*subject.NETWORKS), default=list(subject.NETWORKS), metavar="NETWORK",
        help=f"{', '.join(subject.NETWORKS)}; all when not given")
    add("--campaigns", type=whole, default=3, metavar="N", help="full ones of each network; %(default)s when not given")
    add("--budget", default="3min", metavar="TIME", help="of a full campaign; %(default)s when not given")
    add("--short", default="60s", metavar="TIME", help="of a short one; %(default)s when not given")
    add("--share", type=whole, default=50, metavar="PERCENT", help="of a core that the edge may use; %(default)s when not given")
    add("--first-seed", type=whole, default=1, metavar="N",
        help="of the first campaign, each gets its own: it draws the cells that are held out; %(default)s when not given")
    add("--rates", type=listed(whole), default=worlds.RATES, metavar="MBIT,...",
        help=f"of the replayed links at best; {','.join(map(str, worlds.RATES))} when not given")
    add("--again", action="store_true",
        help="measures nothing: builds the tables of the last run again, from its journals; give the same networks and campaigns")
    parser.set_defaults(seconds=worlds.SECONDS, few=False)


def measure(bed, options):
    if options.again:
        return {"networks": [again(bed, name, options) for name in options.networks]}
    bed.clear()
    words = worlds.traces(bed, options.rates, options.seconds)
    edge, cloud = machines.limit_sides(bed, options.share)
    grid = agents.write_grid(bed.out / "grid.toml", **(SMALL if options.few else GRID))
    told = []
    for name in options.networks:
        served = subject.prepare(bed, name)
        process, where = agents.start_cloud_at(bed, cloud, served.models(), "--allow-stress", *served.words)
        profiles = Profiles(bed, edge, where, served, grid)
        for i, (which, budget) in enumerate(campaigns(options)):
            profiles.run(f"{name}-{which}", budget, options.first_seed + i, () if which == "short" else COMPARED)
        process.end()
        told.append(tell(bed, name, options, words))
    return {"networks": told}


def campaigns(options):
    """Returns name and budget of the campaigns of each network, in their order."""
    return [*((str(i), options.budget) for i in range(options.campaigns)), ("short", options.short), ("again", options.budget)]


def again(bed, name, options):
    """Builds a network's tables again from the journals of the last run."""
    for which, _ in campaigns(options):
        rebuild(bed, name, f"{name}-{which}")
    return tell(bed, name, options, worlds.traces(bed, options.rates, options.seconds))


def rebuild(bed, network, name):
    """Builds a table from a finished journal, which --merge takes as the only part of a campaign."""
    merged = bed.out / f"{name}.merged.jsonl"
    merged.unlink(missing_ok=True)
    context, *rest = (bed.out / f"{name}.jsonl").read_text().splitlines(keepends=True)
    whole = json.dumps(json.loads(context) | {"shard": 0}) + "\n"
    (bed.out / f"{name}.part.jsonl").write_text("".join((whole, *rest)))
    bed.run([bed.agent, "--profile", "--model", f"{network}={bed.out / network}.pt", "--table", f"{network}={bed.out / name}.json",
             "--samples", merged, "--merge", bed.out / f"{name}.part.jsonl"], f"{name}.merge.log")


def tell(bed, name, options, words):
    """Returns the figures of a network, from the files of its campaigns."""
    told = {which: figures(bed.out, f"{name}-{which}") for which, _ in campaigns(options)}
    return {"network": name, "full": [told[str(i)] for i in range(options.campaigns)], "short": told["short"], "again": told["again"],
            **judge(bed, name, words)}


def figures(folder, name):
    lines, table = journal.lines(folder / f"{name}.jsonl"), json.loads((folder / f"{name}.json").read_text())
    return campaign(folder, name) | beside_noise(lines, table)


class Profiles:
    """Campaigns of one network."""

    def __init__(self, bed, edge, where, served, grid):
        self.bed, self.edge, self.where, self.served, self.grid = bed, edge, where, served, grid

    def run(self, name, budget, seed, compared):
        """Runs a campaign. Without `compared`, its budget decides over how many photos answers are compared."""
        self.bed.say(f"Campaign {name}: {budget}, seed {seed}")
        began = time.monotonic()
        agents.profile(self.bed, self.edge, name, self.served.name, self.where, self.grid, "--method", "separable", "--budget", budget,
                       "--interval", "3 %", "--repetitions", "20", "--codecs", CODECS, *compared, "--seed", seed,
                       *self.served.profiled())
        (self.bed.out / f"{name}.seconds").write_text(str(time.monotonic() - began))


def judge(bed, name, words):
    """Replays the tables in the world of the network's first campaign, and compares their best plans with its own."""
    accurate = accurate_plans(read(bed, f"{name}-0"))
    tables = {which: allowed(bed, f"{name}-{which}", accurate) for which in ("0", "short", "again")}
    world = read(bed, f"{name}-0-allowed")
    regrets, same, middle = {}, {}, []
    for which, table in tables.items():
        cases = worlds.cases(bed, table, tables["0"], words)
        regrets[which] = [case["regret_percent"] for case in cases]
        middle = [is_middle(world, case["best_static"]["cut"]) for case in cases]
        if which != "0":
            difference = json.loads(bed.read([bed.agent, "--show", tables["0"], table, "--json"]))
            same[which] = {key: difference[key] for key in ("agreement", "agreement_within_noise", "worst_regret_percent")}
    return {"regrets": regrets, "same": same, "middle_cells": middle_cells(world), "middle_replays": middle,
            "plans": {which: len(read(bed, f"{name}-{which}")["cells"][0]["estimates"]) for which in tables}}


def read(bed, name):
    return json.loads((bed.out / f"{name}.json").read_text())


def is_middle(told, cut):
    """Whether both edge and cloud compute."""
    return 0 < cut < told["model"]["cuts"] - 1


def middle_cells(told):
    """Returns for each condition whether the best plan is a middle cut."""
    best = (min(cell["estimates"], key=lambda one: sum(one["mean"].values())) for cell in told["cells"])
    return [is_middle(told, one["cut"]) for one in best]


def accurate_plans(told):
    """Returns the plans that do not lose too much; the first campaign decides for all, so that all tables have the same."""
    least = float(ACCURATE.split()[0]) / 100
    return {(one["cut"], one["codec"]) for one in told["cells"][0]["estimates"] if one.get("agreement", {"top1": 1})["top1"] >= least}


def allowed(bed, name, plans):
    """Returns the file of the table with these plans alone."""
    told = read(bed, name)
    for cell in told["cells"]:
        cell["estimates"] = [one for one in cell["estimates"] if (one["cut"], one["codec"]) in plans]
    file = bed.out / f"{name}-allowed.json"
    file.write_text(json.dumps(told))
    return file
