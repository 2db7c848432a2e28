"""An edge without a table: how soon it moves its cut, what that costs, and how well it then serves beside a measured table."""
import dataclasses
import json
import os
import random
import statistics
import time

from bench.lib import agents, codecs, load, machines, photos, rivals, subject, trained, worlds
from bench.lib.options import add_rounds, listed, positive, whole
from bench.lib.report import quantile, table
from bench.photos.plans import divide

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), rivals.WANTS
BUILDS = ("agent", "drive", "make_trace")
QUICK = {"rounds": 1, "seconds": 6, "rates": [10.0], "budget": "15s"}
SECTION = True
NETWORK = "nsfwjs"
RATE = 5  # Requests per second.
FIRST_RATE = 10  # Of the link while the edge learns, in Mbit/s.
LONGEST = 180  # Seconds until it must have learned.
NOT_COUNTED = 2  # Seconds of each run, in which the agent gets to know link and edge.
GRID = {"uplink": [f"{rate} Mbit/s" for rate in (50, 20, 10, 5, 2)]}
LEARNED, MEASURED, AGAIN, ALONE = "learned", "measured", "measured, again", "edge only"
MOVES = r"moves the cut from now on: measured (\d+) plans in ([\d.]+ \w+), ([\d.]+ \w+) of it"


@dataclasses.dataclass
class Cost:
    """Of an edge until it has learned, or of one that holds edge-only for as long."""

    seconds: float
    cpu: float
    sent: int


def options(parser):
    add_rounds(parser, 3, "of all tables at all rates")
    add = parser.add_argument
    add("--seconds", type=whole, default=20, metavar="S", help="of each run; %(default)s when not given")
    add("--rates", type=listed(positive), default=[50.0, 10.0, 2.0], metavar="MBIT,...",
        help="of the link; 50,10,2 when not given")
    add("--share", type=whole, default=50, metavar="PERCENT", help="of a core that the edge may use; %(default)s when not given")
    add("--budget", default="60s", metavar="TIME", help="of the campaign; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    served = subject.prepare(bed, NETWORK, lambda files: divide(files, 20, 16))
    edge, cloud = machines.limit_sides(bed, options.share)
    where = agents.start_cloud_at(bed, cloud, served.models(), *served.words)[1]
    run = Runs(bed, edge, cloud, where, served, options)
    bed.say(f"Learning: {NETWORK} at {FIRST_RATE} Mbit/s, the edge with {options.share} % of a core")
    edge.shape(FIRST_RATE)
    learning, first, told = run.learn()
    alone = run.alone(learning.seconds)
    edge.unshape()
    kept, = (bed.out / "state").glob("*.table.json")
    (bed.out / "learned.json").write_text(kept.read_text())
    bed.say("Profile: the same without loss, at five rates")
    grid = agents.write_grid(bed.out / "grid.toml", **GRID)
    agents.profile(bed, edge, "measured", NETWORK, where, grid, "--method", "separable", "--codecs",
                   codecs.listed("fp32", "source", "u8"), "--budget", options.budget, "--repetitions", "20", *served.profiled())
    words = worlds.traces(bed)
    regrets = {name: worlds.regrets(bed, bed.out / f"{name}.json", bed.out / "measured.json", words) for name in (LEARNED, MEASURED)}
    compared = []
    for turn in range(options.rounds):
        for rate in options.rates:
            edge.shape(int(rate))
            for name in random.Random(f"{turn} {rate}").sample(list(run.tables), len(run.tables)):
                took = run.serve(f"{name}.{rate:g}.{turn}".replace(" ", "-"), run.tables[name])
                compared.append({"rate": rate, "table": name, "took": took})
            edge.unshape()
    return {"learning": dataclasses.asdict(learning), "alone": dataclasses.asdict(alone), "first_s": first, "told": told,
            "runs": compared, "regrets": regrets}


class Runs:
    """Edges of one bed, one after the other."""

    def __init__(self, bed, edge, cloud, where, served, options):
        self.bed, self.edge, self.cloud, self.where, self.served, self.options = bed, edge, cloud, where, served, options
        of = lambda file: ["--table", f"{NETWORK}={bed.out / file}.json"]
        self.tables = {LEARNED: of("learned"), MEASURED: of("measured"), AGAIN: of("measured"), ALONE: ["--policy", "static"]}

    def start(self, name, *words):
        process = agents.start_edge(self.bed, self.served.models(), *self.served.words, "--peer", self.where, *words,
                                    at=self.edge.at(), port=agents.HTTP, log=f"{name}.log")
        self.edge.confine(process.pid)
        return process

    def drive(self, name, seconds):
        return load.start_drive(self.bed, agents.HTTP, NETWORK, RATE, seconds, name, *self.served.driven(), "--tolerance",
                                load.TOLERANCE, at=self.edge.at(self.cloud.core))

    def learn(self):
        began, before = time.monotonic(), self.sent()
        process = self.start("learning", "--state", made(self.bed.out / "state"))
        photo = sorted(self.served.photos.glob("*.jpg"))[0].read_bytes()
        with self.edge.entered():
            load.infer(agents.HTTP, NETWORK, photo, type="image/jpeg")
        first = time.monotonic() - began
        driver = self.drive("learning", LONGEST)
        told = process.wait_for(MOVES, LONGEST).groups()
        cost = self.cost(process, began, before)
        driver.end()
        process.end()
        return cost, first, told

    def alone(self, seconds):
        """What the same requests cost an edge that does not learn."""
        began, before = time.monotonic(), self.sent()
        process = self.start("alone", "--policy", "static")
        driver = self.drive("alone", LONGEST)
        time.sleep(max(0, began + seconds - time.monotonic()))
        cost = self.cost(process, began, before)
        driver.end()
        process.end()
        return cost

    def cost(self, process, began, before):
        with open(f"/proc/{process.pid}/stat") as source:
            user, system = map(int, source.read().rpartition(")")[2].split()[11:13])
        return Cost(time.monotonic() - began, (user + system) / os.sysconf("SC_CLK_TCK"), self.sent() - before)

    def sent(self):
        """Returns the bytes that the edge has put on the link so far, with all headers."""
        shown = self.bed.read([*self.edge.on_link(), "ip", "-json", "-stats", "link", "show", "dev", self.edge.device])
        return json.loads(shown)[0]["stats64"]["tx"]["bytes"]

    def serve(self, name, words):
        """Returns the latencies in ms."""
        process = self.start(name, *words)
        driver = self.drive(name, self.options.seconds)
        rows = load.samples(self.bed, driver, name)[1]
        process.end()
        return [float(row["latency_ms"]) if row["status"] == "200" else load.TIMEOUT_MS
                for row in rows if float(row["due_s"]) >= NOT_COUNTED]


def made(folder):
    folder.mkdir()
    return folder


def report(data, options):
    learning, alone = Cost(**data["learning"]), Cost(**data["alone"])
    plans, took, busy = data["told"]
    means = {}
    for run in data["runs"]:
        means.setdefault(run["rate"], {}).setdefault(run["table"], []).append(run["took"])
    rows = []
    for rate, by_table in sorted(means.items(), reverse=True):
        mean = {name: statistics.mean(ms for took in runs for ms in took) for name, runs in by_table.items()}
        p95 = {name: quantile([ms for took in runs for ms in took], 0.95) for name, runs in by_table.items()}
        rows.append([f"{rate:g}", *(f"{mean[name]:.1f} / {p95[name]:.1f}" for name in (LEARNED, MEASURED, AGAIN, ALONE)),
                     f"{mean[LEARNED] / mean[MEASURED]:.3f}", f"{mean[AGAIN] / mean[MEASURED]:.3f}"])
    return [
        f"* {NETWORK}; the edge has {options.share} % of a core; {RATE} requests per second; {options.rounds} rounds of "
        f"{options.seconds} s",
        f"* Learning, at {FIRST_RATE} Mbit/s: first answer {data['first_s']:.1f} s after the start, {plans} plans measured in {took} ({busy} "
        f"of it computing and sending), the cut moves {learning.seconds:.1f} s after the start",
        f"* In this time the agent used {learning.cpu:.1f} s of CPU and sent {learning.sent / 1e6:.1f} MB; one that holds edge-only "
        f"{alone.cpu:.1f} s and {alone.sent / 1e6:.1f} MB",
        f"* In a replay of {len(data['regrets'][MEASURED])} pairs of link and load, in a world as the measured table says: mean regret "
        f"{statistics.mean(data['regrets'][LEARNED]):.2f} % by the learned table, {statistics.mean(data['regrets'][MEASURED]):.2f} % by the "
        f"measured one; at most {max(one - other for one, other in zip(data['regrets'][LEARNED], data['regrets'][MEASURED])):.2f} points more",
        "",
        *table(["Mbit/s", *(f"{name}: mean / p95, ms" for name in (LEARNED, MEASURED, AGAIN, ALONE)), "learned over measured",
                "again over measured"], rows),
    ]
