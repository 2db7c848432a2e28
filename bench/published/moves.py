"""Three ways to move a cut while requests come: restart both agents, restart the edge, or swap in the running edge."""
import dataclasses
import random
import signal
import statistics
import time

from bench.lib import agents, load, photos, subject

NETWORK = "nsfwjs"  # A MobileNetV2, one of the networks that were moved there.
RATE, LINK = 20, 20  # Requests per second, Mbit/s.
FROM, TO = 58, 12  # Cuts: the whole on the edge, and an early one.
BOTH, EDGE, SWAP = "restart of both agents", "restart of the edge", "swap in the running edge"
WAYS = BOTH, EDGE, SWAP


@dataclasses.dataclass
class Move:
    way: str
    down_ms: float  # The longest time without an answer around the move, less the usual time between two.
    requests: int
    failed: int
    wrong: int
    moved: bool  # Whether the last answer came by the new cut.
    edge_mib: float  # The edge's private memory before the move, and at its most from then on.
    edge_most_mib: float


def measure(bed, options, edge, cloud):
    served = subject.prepare(bed, NETWORK)
    edge.shape(LINK)
    told = []
    for turn in range(options.rounds):
        for way in random.Random(turn).sample(WAYS, len(WAYS)):
            bed.say(f"Move {NETWORK} from cut {FROM} to {TO}: {way}")
            told.append(Pair(bed, options, edge, cloud, served).move(way, turn))
    edge.unshape()
    return told


class Pair:
    """An edge that holds a cut, and its cloud."""

    def __init__(self, bed, options, edge, cloud, served):
        self.bed, self.options, self.edge, self.cloud, self.served = bed, options, edge, cloud, served
        self.config = bed.out / "edge.toml"

    def start_cloud(self):
        self.behind, self.where = agents.start_cloud_at(self.bed, self.cloud, self.served.models(), *self.served.words)

    def start_edge(self):
        words = ["--config", self.config, "--peer", self.where, *self.served.words]
        self.front = agents.start_edge(self.bed, self.served.models(), *words, at=self.edge.at(), port=agents.HTTP)
        self.edge.confine(self.front.pid)

    def hold(self, cut):
        self.config.write_text(f'[edge]\npolicy = "static"\ncut = {cut}\ncodec = "fp32"\n')

    def move(self, way, turn):
        self.hold(FROM)
        self.start_cloud()
        self.start_edge()
        with self.edge.entered():
            agents.wait_until_linked(agents.HTTP)
        name = f"move-{WAYS.index(way)}-{turn}"
        driver = load.start_drive(self.bed, agents.HTTP, NETWORK, RATE, self.options.seconds, name, *self.served.driven(),
                                  at=self.edge.at(self.cloud.core))
        time.sleep(self.options.seconds / 3)
        before = self.front.memory()
        self.hold(TO)
        {BOTH: self.restart_both, EDGE: self.restart_edge, SWAP: self.swap}[way]()
        most = before
        while driver.runs():
            most = max(most, self.front.memory())
            time.sleep(0.05)
        rows = load.samples(self.bed, driver, name)[1]
        for process in (self.front, self.behind):
            process.end()
        return Move(way, *judge(rows), edge_mib=before, edge_most_mib=most)

    def restart_both(self):
        self.front.end()
        self.behind.end()
        self.start_cloud()
        self.start_edge()

    def restart_edge(self):
        self.front.end()
        self.start_edge()

    def swap(self):
        self.front.child.send_signal(signal.SIGHUP)


def judge(rows):
    """Returns the down time in ms, the requests, the failed and the wrong ones, and whether the last answer is by the new cut."""
    answered = sorted((float(row["due_s"]) * 1000 + float(row["latency_ms"]), row) for row in rows if row["status"] == "200")
    times = [at for at, _ in answered]
    between = [later - earlier for earlier, later in zip(times, times[1:])]
    last = answered[-1][1]
    return (max(between) - statistics.median(between), len(rows), len(rows) - len(answered),
            sum(row["wrong"] == "1" for row in rows), int(last["cut"]) == TO)
