"""One link and one edge: the fluid limit, the plans that are held, and all contenders at rising rates."""
import json
import random
import sys

from bench.lib import agents
from bench.lib.processes import Failed
from bench.load import envelope, points, replayed
from bench.photos.plans import name_of

CALM = 0.2  # Of the fluid limit: the rate at which held plans are measured unloaded, with equal gaps.
CALM_PART = 0.5  # Of a point's seconds.
DEADLINE = 3  # Over the unloaded p95 of the best held plan.


class Ladder:
    def __init__(self, bed, options, live, table_file, link):
        self.bed, self.options, self.live, self.link = bed, options, live, link
        self.table_file, self.table = table_file, json.loads(table_file.read_text())
        self.seeds = random.Random(options.seed)

    def measure(self, rates, relative):
        """Returns what the report shows. Rates are requests per second, or shares of the fluid limit."""
        trace = self.bed.out / "constant.csv"
        trace.write_text(f"seconds,mbit_per_s\n0,{self.link}\n60,{self.link}\n")
        self.known = ["--table", self.table_file, "--bandwidth", trace, "--as-measured", "--rtt", "0.1 ms"]  # By a replay.
        by_table = self.ask_fluid()
        work_file = self.ask_work(by_table)
        self.known += ["--edge-work", work_file]
        chosen = self.envelope(work_file)[1]
        self.ask_work_of(chosen, work_file)
        fluid, limits = self.envelope(work_file, list(chosen))
        work = replayed.work_of(json.loads(work_file.read_text()))
        last = self.table["model"]["cuts"] - 1
        held = {name_of(plan, last): plan for plan in limits}
        limits = {name: limits[plan] for name, plan in held.items()}
        self.held = held
        self.words = policies(self.options) | {name: agents.static(*plan) for name, plan in held.items()}
        self.bed.say(f"{self.live.served.name} at {self.link} Mbit/s: at most {fluid.limit:.1f} requests per second; "
                     f"held plans: {'; '.join(held)}")
        calm = {name: self.point(name, CALM * fluid.limit, CALM_PART * self.options.seconds, "periodic", 1) for name in held}
        unloaded = min((point["p95"] for point in calm.values() if points.is_valid(point)), default=None)
        if unloaded is None:
            raise Failed("the generator was late at the lowest rate; free a core of this machine")
        deadline = self.options.deadline or DEADLINE * unloaded
        told = self.climb([rate * fluid.limit if relative else rate for rate in rates], calm, limits, deadline)
        return {"link": self.link, "limit": fluid.limit, "limit_by_table": by_table.limit, "cores": work["cores"],
                "rest_ms": work["rest_us"] / 1e3, "mix": [[name_of(plan, last), share] for plan, share in fluid.mix.items()],
                "held": limits, "last": last, "calm": calm, "unloaded": unloaded, "deadline": deadline, "points": told}

    def ask_work(self, by_table):
        """Returns the file of what an edge says of its CPU time, after it was asked as often as the table alone promises."""
        status = self.live.point(["--policy", "adaptive"], by_table.limit, self.options.seconds, "poisson", self.options.seed, 0).status
        file = self.bed.out / f"work-{self.live.served.name}-{self.link}.json"
        file.write_text(json.dumps(status))
        return file

    def envelope(self, work_file, chosen=None):
        """Returns the fluid limit, and {plan: its limit} of the plans that are held; those `chosen` before, if any."""
        fluid, work = self.ask_fluid(), replayed.work_of(json.loads(work_file.read_text()))
        return fluid, envelope.envelope(self.table, fluid, self.link, self.options.plans, work, chosen)

    def ask_work_of(self, limits, work_file):
        """Corrects the file by edges that hold a plan, each asked as often as it sustains: the adaptive one may have used it seldom."""
        told = json.loads(work_file.read_text())
        for plan, limit in limits.items():
            status = self.live.point(agents.static(*plan), limit, self.options.seconds, "poisson", self.options.seed, 0).status
            replayed.correct(replayed.work_of(told), replayed.work_of(status), plan)
        work_file.write_text(json.dumps(told))

    def ask_fluid(self):
        return envelope.read_fluid(json.loads(self.bed.read([self.bed.agent, "--replay", *self.known, "--policy", "adaptive", "--json"])))

    def climb(self, rates, calm, limits, deadline):
        told, before = [], calm
        for rate in sorted(rates):
            hopeful = envelope.hopeful(limits, {name: point["p95"] for name, point in before.items()})
            names = [*policies(self.options), *hopeful]
            self.seeds.shuffle(names)
            seed = self.seeds.randrange(1 << 32)  # The same arrivals for all.
            at = {name: self.point(name, rate, self.options.seconds, self.options.arrivals, seed, deadline) for name in names}
            told += [{"rate": rate, "who": name} | point for name, point in at.items()]
            # A point that does not count says nothing against a plan.
            before = {name: at[name] if points.is_valid(at[name]) else before[name] for name in hopeful}
        return told

    def point(self, name, rate, seconds, arrivals, seed, deadline=0):
        point, rows, _ = self.live.point(self.words[name], rate, seconds, arrivals, seed, deadline)
        point["replayed"] = rows and replayed.replay(self.bed, self.known, rows, name, self.held.get(name))
        print(f"{rate:.1f} per second, {name}: p95 {point['p95']:.0f} ms", file=sys.stderr, flush=True)
        return point


def policies(options):
    return {name: ["--policy", name] for name in options.policies}
