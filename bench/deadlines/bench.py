"""Requests with a deadline, while the link goes dark and the cloud is killed or crawls: the late, refused and lost ones."""
import json
import random
import signal
import threading
import time

from bench.lib import agents, codecs, load, machines, photos, subject, trained
from bench.lib.options import positive, whole
from bench.lib.processes import Failed
from bench.lib.report import quantile, table
from bench.load import envelope
from bench.photos.plans import LEAST_WORDS, divide

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent", "drive")
QUICK = {"requests": 500, "round": 10, "few": True}
SECTION = True
NETWORK, LINK = "nsfwjs", 20  # Mbit/s.
SERVED, PROFILED = 20, 12  # Photos.
SHARE = 0.7  # Of the edge's capacity.
OVER = 1.1  # The deadline, over the 99th percentile of the edge alone at that rate.
ALONE, ADAPTIVE = "edge only", "adaptive"
LULL = 5  # Seconds between two rounds.
# What happens in each round, each once, in random order: its name, and for how long, in seconds.
FAULTS = ("dark", 0.3), ("dark", 2), ("killed", 3), ("crawling", 3)
CRAWL = 2  # Percent of its core that a crawling cloud has.


def options(parser):
    add = parser.add_argument
    add("--requests", type=whole, default=20000, metavar="N", help="of each contender; %(default)s when not given")
    add("--alone", type=whole, default=None, metavar="N", help="of the edge alone instead")
    add("--round", type=whole, default=30, metavar="S", help="seconds of requests, in which each fault happens once; %(default)s when not given")
    add("--share", type=positive, default=SHARE, metavar="F", help="the rate, over the edge's capacity; %(default)s when not given")
    parser.set_defaults(few=False)


def measure(bed, options):
    bed.clear()
    return Deadlines(bed, options).measure()


class Deadlines:
    """An edge, a cloud and a link that fail."""

    def __init__(self, bed, options):
        self.bed, self.options = bed, options
        self.edge, self.cloud = self.sides = machines.limit_sides(bed, 100, 100)
        machines.can_darken(self.sides)
        self.served = subject.prepare(bed, NETWORK, lambda files: divide(files, SERVED, PROFILED))
        self.random = random.Random(1)

    def measure(self):
        self.start_cloud()
        words = ["--peer", self.where, "--table", f"{NETWORK}={self.profile()}", *LEAST_WORDS]
        self.edge.shape(LINK)
        rate, calm = self.calm()
        deadline = OVER * quantile(calm, 0.99)
        self.bed.say(f"{rate:.1f} requests per second; deadline {deadline:.1f} ms")
        told = {}
        of_alone = self.options.alone or self.options.requests
        for name, more, count in ((ALONE, [], of_alone), (ADAPTIVE, words, self.options.requests)):
            told[name] = self.serve(name, rate, deadline, [*more, "--deadline", f"{deadline:.2f} ms"], count)
        failed = any(row["wrong"] or row["lost"] for row in told.values())
        return {"rate": rate, "deadline": deadline, "calm_p99": quantile(calm, 0.99), "contenders": told, "failed": failed}

    def start_cloud(self):
        self.process, self.where = agents.start_cloud_at(self.bed, self.cloud, self.served.models(), *self.served.words)

    def profile(self):
        """Returns the file of a table with only those plans that may serve."""
        few = self.options.few
        grid = agents.write_grid(self.bed.out / "grid.toml", uplink=[f"{LINK} Mbit/s"])
        file = agents.profile(self.bed, self.edge, NETWORK, NETWORK, self.where, grid, "--repetitions", 2 if few else 12,
                              "--budget", "20s" if few else "60s", "--compared", PROFILED, "--codecs",
                              codecs.listed("fp32", codecs.FINE, codecs.MIDDLE, codecs.COARSE, "source"), *LEAST_WORDS,
                              *self.served.profiled())
        kept = self.bed.out / "allowed.json"
        kept.write_text(json.dumps(envelope.allowed(json.loads(file.read_text()))))
        return kept

    def start_edge(self, words):
        edge = agents.start_edge(self.bed, self.served.models(), *self.served.words, *words, at=self.edge.at(), port=agents.HTTP)
        self.edge.confine(edge.pid)
        return edge

    def calm(self):
        """Returns the rate, and what the edge alone takes for requests at that rate, in ms."""
        edge = self.start_edge([])
        one = [float(row["latency_ms"]) for row in self.drive("one-by-one", 2, 20, "periodic")]
        rate = self.options.share * 1000 * len(one) / sum(one)
        calm = [float(row["latency_ms"]) for row in self.drive("calm", rate, self.options.round)]
        edge.end()
        return rate, calm

    def drive(self, name, rate, seconds, arrivals="poisson"):
        driver = load.start_drive(self.bed, agents.HTTP, NETWORK, rate, seconds, name, "--arrivals", arrivals, "--seed",
                                  self.random.randrange(1 << 31), *self.served.driven(), "--tolerance", load.TOLERANCE,
                                  at=self.edge.at(self.cloud.core))
        rows = load.samples(self.bed, driver, name)[1]
        if not rows:
            raise Failed(f"no request was due within {seconds} s; give a longer --round")
        return rows

    def serve(self, name, rate, deadline, words, count):
        """Returns what became of the requests, round by round."""
        edge = self.start_edge(words)
        rows, rounds = [], 0
        while len(rows) < count:
            rounds += 1
            faults = threading.Thread(target=self.fail) if name == ADAPTIVE else None
            if faults:
                faults.start()
            rows += self.drive(f"{ADAPTIVE if faults else 'alone'}-{rounds}", rate, self.options.round)
            if faults:
                faults.join()
            time.sleep(LULL)
        edge.end()
        return judge(rows, deadline) | {"rounds": rounds}

    def fail(self):
        """Lets each fault happen once within a round."""
        kinds = {"dark": self.dark, "killed": self.killed, "crawling": self.crawling}
        calm = (self.options.round - sum(seconds for _, seconds in FAULTS)) / (len(FAULTS) + 1)
        if calm <= 0:
            raise Failed("a round is too short for its faults; give a longer --round")
        for kind, seconds in random.Random(self.random.random()).sample(FAULTS, len(FAULTS)):
            time.sleep(calm)
            kinds[kind](seconds)

    def dark(self, seconds):
        machines.darken(self.sides, True)
        time.sleep(seconds)
        machines.darken(self.sides, False)

    def killed(self, seconds):
        self.process.end(signal.SIGKILL)
        time.sleep(seconds)
        self.start_cloud()

    def crawling(self, seconds):
        self.cloud.limit(CRAWL)
        time.sleep(seconds)
        self.cloud.limit(100)


def judge(rows, deadline):
    """Counts what became of requests. An answer is late if it comes after the deadline, counted from when the request was due."""
    answered = [float(row["latency_ms"]) for row in rows if row["status"] == "200"]
    refused = sum(row["status"] == "503" for row in rows)
    return {"requests": len(rows), "late": sum(ms > deadline for ms in answered), "refused": refused,
            "lost": len(rows) - len(answered) - refused, "wrong": sum(row["wrong"] == "1" for row in rows),
            "here": sum(row["placement"] in ("edge", "fallback") for row in rows), "ms": sorted(answered)}


def report(data, options):
    def row(name, told):
        ms = [f"{quantile(told['ms'], p):.1f}" if told["ms"] else "-" for p in (0.5, 0.99, 0.999, 1)]
        counts = [str(told[what]) for what in ("requests", "late", "refused", "lost", "wrong", "here")]
        return [name, str(told["rounds"]), *counts, *ms]

    header = ["", "rounds", "requests", "late", "refused", "lost", "wrong", "answered by the edge alone", "p50, ms", "p99", "p99.9", "most"]
    faults = ", ".join(f"{kind} for {seconds:g} s" for kind, seconds in FAULTS)
    return [f"* {NETWORK}, a core on each side, {LINK} Mbit/s; {data['rate']:.1f} requests per second (Poisson), {options.share:g} of what "
            f"the edge alone can serve; deadline {data['deadline']:.1f} ms, {OVER} of the edge's own p99 at that rate",
            f"* rounds of {options.round} s and {LULL} s without a request; in each round of {ADAPTIVE}, once each: {faults}; "
            f"{ALONE} has no cloud and no faults", "",
            *table(header, [row(*one) for one in data["contenders"].items()])]
