"""The share that two models get of one edge, and two edges of one cloud."""
import json
import statistics
import time

from bench.lib import agents, codecs, load, machines, photos, subject, trained
from bench.lib.options import count, positive, whole
from bench.lib.report import quantile, table
from bench.load.points import UNCOUNTED, jain
from bench.photos.plans import LEAST_WORDS, divide

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent", "drive")
QUICK = {"seconds": 5, "budget": "10s"}
SECTION = True
SMALL, LARGE = "nsfwjs", "nanodet"
LINK = 20  # Mbit/s.
GRID = {"uplink": ["50 Mbit/s", "20 Mbit/s", "5 Mbit/s"]}
MOST_IN_FLIGHT = 128  # Of each client.
# Parts of the edge's core that each model alone would need, and those of the cloud's core that each edge asks for.
MODELS = {"calm": (0.3, 0.3), "overload by both": (0.9, 0.9), "overload by one": (0.3, 2.0)}
EDGES = {"calm": (0.2, 0.5), "overload by one": (0.4, 1.6)}


def options(parser):
    add = parser.add_argument
    add("--seconds", type=whole, default=30, metavar="S", help="of each run; %(default)s when not given")
    add("--seed", type=count, default=1, metavar="N", help="of the arrivals; %(default)s when not given")
    add("--budget", default="40s", metavar="TIME", help="of each campaign; %(default)s when not given")
    add("--link", type=positive, default=LINK, metavar="MBIT", help="in Mbit/s; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    edge, cloud = machines.limit_sides(bed, 100)
    subjects = {}
    for name in (SMALL, LARGE):
        subjects[name] = subject.prepare(bed, name, lambda files: divide(files, 20, 12))
        subjects[name].photos.rename(bed.out / f"{name}-served")
        subjects[name].photos = bed.out / f"{name}-served"
        subjects[name].answers = subjects[name].answers.rename(bed.out / f"{name}-answers.json")
        subjects[name].inputs = subjects[name].inputs.rename(bed.out / f"{name}-profiled")
    run = Runs(bed, edge, cloud, subjects, options)
    edge.shape(int(options.link))
    models = {name: run.models(*parts) for name, parts in MODELS.items()}
    edge.unshape()
    return {"models": models, "edges": {name: run.edges(*parts) for name, parts in EDGES.items()}}


class Runs:
    def __init__(self, bed, edge, cloud, subjects, options):
        self.bed, self.edge, self.cloud, self.subjects, self.options = bed, edge, cloud, subjects, options
        self.models_of = {name: one.file for name, one in subjects.items()}
        _, self.where = agents.start_cloud_at(bed, cloud, self.models_of, *self.words_of(self.models_of))
        self.tables, self.seconds_of, self.count = {}, {}, 0
        for name, one in subjects.items():
            self.profile(name, one)

    def words_of(self, models):
        return [word for name in models for word in self.subjects[name].words]

    def profile(self, name, one):
        self.bed.say(f"Profile: {name}")
        grid = agents.write_grid(self.bed.out / "grid.toml", **GRID)
        file = agents.profile(self.bed, self.edge, name, name, self.where, grid, "--method", "separable", "--codecs",
                              codecs.listed("fp32", codecs.MIDDLE, "source"), "--compared", "12", "--budget", self.options.budget,
                              *LEAST_WORDS, *one.profiled())
        self.tables[name] = file
        whole_network = self.estimates(file)[-1]
        self.seconds_of[name] = sum(whole_network["mean"].values()) / 1e9

    def estimates(self, file):
        told = json.loads(file.read_text())
        return sorted(told["cells"][0]["estimates"], key=lambda estimate: estimate["cut"])

    def start(self, models, port, *words):
        agent = agents.start_edge(self.bed, models, *self.words_of(models), "--peer", self.where, *LEAST_WORDS, *words, at=self.edge.at(),
                                  port=port, log=f"edge-{port}.log")
        self.edge.confine(agent.pid)
        with self.edge.entered():
            agents.wait_until_linked(port)
        return agent

    def drive(self, asked):
        """Asks all of them at once: [(name, port, rate), ...]. Returns what became of the requests of each."""
        drivers, start = [], time.monotonic() + 2
        for name, port, rate in asked:
            self.count += 1
            to = f"run{self.count}"
            drivers.append((name, rate, to, load.start_drive(
                self.bed, port, name, rate, self.options.seconds, to, "--seed", self.options.seed + self.count, "--arrivals", "poisson",
                "--most-in-flight", MOST_IN_FLIGHT, "--start", start, "--tolerance", load.TOLERANCE, *self.subjects[name].driven(),
                at=self.edge.at(self.cloud.core))))
        return [self.figures(name, rate, load.samples(self.bed, driver, to)[1]) for name, rate, to, driver in drivers]

    def figures(self, name, rate, rows):
        counted = [row for row in rows if float(row["due_s"]) >= UNCOUNTED * self.options.seconds]
        took = [float(row["latency_ms"]) for row in counted if row["status"] == "200"]
        return {"name": name, "rate": rate, "asked": len(counted), "answered": len(took) / max(1, len(counted)),
                "p50": statistics.median(took) if took else None, "p95": quantile(took, 0.95) if took else None,
                "wrong": sum(row["wrong"] == "1" for row in counted)}

    def models(self, small, large):
        words = [word for name, file in self.tables.items() for word in ("--table", f"{name}={file}")]
        agent = self.start(self.models_of, agents.HTTP, *words)
        told = self.drive([(SMALL, agents.HTTP, small / self.seconds_of[SMALL]), (LARGE, agents.HTTP, large / self.seconds_of[LARGE])])
        agent.end()
        return told

    def edges(self, one, other):
        cloud_only = next(e for e in self.estimates(self.tables[SMALL]) if e["cut"] == 0)
        seconds = cloud_only["mean"]["tail_ns"] / 1e9
        ports = agents.HTTP, agents.HTTP + 1
        started = [self.start({SMALL: self.models_of[SMALL]}, port, *agents.static(0, "source")) for port in ports]
        told = self.drive([(SMALL, port, part / seconds) for port, part in zip(ports, (one, other), strict=True)])
        for agent in started:
            agent.end()
        return told


def report(data, options):
    rows = []
    for part, cases in data.items():
        for case, told in cases.items():
            fair = f"{jain([one['answered'] for one in told]):.3f}"
            for i, one in enumerate(told):
                took = [f"{one[p]:.1f}" if one[p] is not None else "none" for p in ("p50", "p95")]
                rows.append([f"{part}: {case}", one["name"] + (f", edge {i + 1}" if part == "edges" else ""), f"{one['rate']:.1f}",
                             str(one["asked"]), f"{100 * one['answered']:.1f} %", *took, str(one["wrong"]), fair if i == 0 else ""])
    return [
        f"* A core on each side; the link has {options.link:g} Mbit/s for models, and no limit for edges; runs of {options.seconds} s",
        "",
        *table(["case", "who", "asked/s", "counted", "answered", "p50, ms", "p95, ms", "wrong", "Jain"], rows),
    ]
