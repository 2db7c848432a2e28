"""Campaigns of the profiler with both sides and the link really stressed: duration, accuracy, repeatability, kills and shards."""
import itertools
import random
import shutil
import sys
import time

from bench.lib import agents, machines
from bench.lib.processes import Failed
from bench.profile.report import read_all, report  # noqa: F401

NEEDS, WANTS = ("root", "util-linux"), ()
BUILDS = ("agent",)
# The conditions of the killed and the divided campaign: each kind of stress once, so that every kind must be removed.
SMALL = {"uplink": ["50 Mbit/s", "10 Mbit/s"], **{axis: ["0 %", "50 %"] for axis in ("edge_cpu", "edge_memory", "cloud_cpu")}}
QUICK = {"model": "lenet", "grid": "quick", "budget": "20s", "parts": 4, "drawn": 1, "kills": 2,
         "small": {axis: values for axis, values in SMALL.items() if axis != "edge_memory"}}
SECTION = True
SMALL_CAMPAIGN = ("--method", "exhaustive", "--repetitions", "3")


def options(parser):
    parser.add_argument("--budget", default="9.5min", metavar="TIME", help="of a campaign; %(default)s when not given")
    parser.add_argument("--again", action="store_true",
                        help="measures nothing: builds the tables of the two campaigns again, from the journals of the last run")
    parser.set_defaults(model="alexnet", grid="seed", parts=81, drawn=4, kills=10, small=SMALL)


def measure(bed, options):
    if not options.again:
        bed.clear()
    campaigns = Campaigns(bed, options)
    bed.say(f"Two campaigns, one after the other: grid {options.grid}, separable, {options.budget}")
    for name in ("first", "second"):
        campaigns.run(name, options.grid, "--method", "separable", "--budget", options.budget, "--interval", "3 %",
                      "--repetitions", "40", again=options.again)
    tables = [bed.out / f"{name}.json" for name in ("first", "second")]
    (bed.out / "difference.json").write_text(bed.read([bed.agent, "--show", *tables, "--json"]))
    if not options.again:
        measure_parts(bed, options, campaigns)
        measure_small(bed, options, campaigns)
    return read_all(bed.out)


def measure_parts(bed, options, campaigns):
    bed.say(f"What the exhaustive campaign would take: {options.drawn} of its {options.parts} parts, drawn at random")
    for shard in random.sample(range(1, options.parts + 1), options.drawn):
        campaigns.run(f"part{shard}", options.grid, "--method", "exhaustive", "--shard", f"{shard}/{options.parts}")
    (bed.out / "parts").write_text(str(options.parts))


def measure_small(bed, options, campaigns):
    bed.say(f"A small campaign whole, in four shards, and killed {options.kills} times")
    small = agents.write_grid(bed.out / "small.toml", **options.small)
    whole = campaigns.run("whole", small, *SMALL_CAMPAIGN)
    for shard in range(1, 5):
        campaigns.run(f"shard{shard}", small, *SMALL_CAMPAIGN, "--shard", f"{shard}/4")
    files = [f"{option}={options.model}={bed.out}/{name}" for option, name in
             (("--model", f"{options.model}.pt"), ("--table", "merged.json"))]
    bed.run([bed.agent, "--profile", *files, "--samples", bed.out / "merged.jsonl",
             "--merge", *(bed.out / f"shard{shard}.jsonl" for shard in range(1, 5))], "merged.log")
    (bed.out / "kills").write_text(str(campaigns.kill_again_and_again(small, whole, options.kills)))


class Campaigns:
    """An edge that profiles, and its cloud, which allows stress."""

    def __init__(self, bed, options):
        self.bed, self.model = bed, options.model
        self.edge, cloud = machines.limit_sides(bed)
        models = {self.model: bed.network(self.model)}
        self.cloud = agents.start_cloud_at(bed, cloud, models, "--allow-stress")[1]

    def command(self, name, grid, *more):
        return agents.profile_command(self.bed, self.edge, name, self.model, self.cloud, grid, *more)

    def run(self, name, grid, *more, again=False):
        """Runs a whole campaign, or builds its table again. Returns its seconds, which NAME.seconds has, too."""
        began = time.monotonic()
        self.bed.run(self.command(name, grid, *more, *(["--resume"] if again else [])), f"{name}.log")
        took = time.monotonic() - began
        if not again:
            (self.bed.out / f"{name}.seconds").write_text(str(took))
        return took

    def kill_again_and_again(self, grid, whole, kills):
        """Kills a campaign at random moments and resumes it each time, then lets it finish. Returns the number of kills."""
        command, journal = self.command("killed", grid, *SMALL_CAMPAIGN), self.bed.out / "killed.jsonl"
        for done in itertools.count():
            resume = ["--resume"] if journal.exists() else []
            campaign = self.bed.start([*command, *resume], "killed.log")
            if done == kills:
                campaign.succeed()
                return done
            time.sleep(0.3 + whole / 8 * random.random())
            if not campaign.runs():
                print(f"the campaign was done before kill {done + 1}", file=sys.stderr)
                return done
            campaign.child.kill()
            campaign.wait()
            if journal.exists():
                shutil.copy(journal, self.bed.out / f"killed.{done + 1}")
            self.wait_until_undone()

    def imposed(self):
        """Returns true iff the agent, its load or its shaper is still there."""
        shapers = self.bed.read([*self.edge.on_link(), "tc", "qdisc", "show", "dev", self.edge.device])
        return "tbf" in shapers or any(file.read_text() for file in self.edge.groups[0].rglob("cgroup.procs"))

    def wait_until_undone(self):
        """Checks that the guard process has removed load and shaping soon after the agent's end, and that nothing else is left."""
        for _ in range(100):
            if not self.imposed():
                return
            time.sleep(0.1)
        raise Failed("ten seconds after kill -9, load or shaping was still there")
