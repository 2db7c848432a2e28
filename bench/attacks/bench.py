"""The effect of attacks on edge and cloud on an honest client beside them, and on the memory of both."""
import resource
import subprocess
import sys
import threading
import time

from bench.attacks import client
from bench.lib import agents, load
from bench.lib.options import whole
from bench.lib.report import quantile, row, table

NEEDS, WANTS = (), ()
BUILDS = ("agent", "key_updates")
QUICK = {"seconds": 2}
SECTION = True
RATE = 20  # Requests per second of the honest client.
CUT = 1


def options(parser):
    add = parser.add_argument
    add("network", nargs="?", default="lenet", metavar="NETWORK", help="of the zoo; %(default)s when not given")
    add("--seconds", type=whole, default=8, metavar="S", help="each of the three phases; %(default)s when not given")


class Attack:
    """An attack and its target; command(target) returns its arguments."""

    def __init__(self, name, command, tls=False, edge=(), drips=False):
        self.name, self.command, self.tls, self.edge, self.drips = name, command, tls, edge, drips


def by_python(attack, *more, at="cloud"):
    return lambda target: [sys.executable, "-m", "bench.attacks.attackers", attack, target.seconds, target.ports[at],
                           *(target.words.get(word, word) for word in more)]


def key_updates(target):
    return [target.bed.program("key_updates"), target.ports["cloud"], target.words["CERT"], target.words["KEY"], target.seconds]


def drip(target):
    return ["/bin/sh", "-c", f"touch {target.drip}; sleep {target.seconds}; rm {target.drip}"]


ATTACKS = [
    Attack("connections to the HTTP door, reset before they are accepted", by_python("resets", at="edge")),
    Attack("TLS keys renewed without end", key_updates, tls=True),
    Attack("one edge with 60 connections", by_python("greedy", "EDGE", "CUT", "60", "reads", "CERT", "KEY"), tls=True),
    Attack("16 x 256 connections that say nothing", by_python("silent"), edge=("--reconnect-after", "500ms")),
    Attack("a cloud that drips a byte a second", drip, drips=True),
    Attack("bodies in chunks of one byte", by_python("chunks", "NETWORK", at="edge")),
    Attack("answers that are not read", by_python("greedy", "EDGE", "CUT", "8", "blind", "CERT", "KEY"), tls=True),
]


class Target:
    """An edge and its cloud, and their addresses for attackers."""

    def __init__(self, bed, attack, network, seconds):
        self.bed, self.network, self.seconds, self.drip = bed, network, seconds, bed.out / "drip"
        models = {network: bed.out / f"{network}.pt"}
        self.cloud = agents.start_cloud(bed, models, "--threads", "1", *self.tls(attack, "cloud"))
        self.processes = [self.cloud]
        peer = self.cloud.port()
        if attack.drips:
            self.processes.append(bed.start([sys.executable, "-m", "bench.attacks.dripping", peer, self.drip], "way.log"))
            peer = self.processes[-1].port()
        words = ["--cut", CUT, "--peer", f"127.0.0.1:{peer}", *self.tls(attack, "edge"), *attack.edge]
        self.edge = agents.start_edge(bed, models, *words)
        self.processes.append(self.edge)
        agents.wait_until_linked(self.edge.port())
        self.ports = {"cloud": self.cloud.port(), "edge": self.edge.port()}
        certificate = bed.out / "certs" / "edge-2"
        self.words = {"EDGE": self.ports["edge"], "CUT": CUT, "NETWORK": network,
                      "CERT": f"{certificate}.pem", "KEY": f"{certificate}.key"}

    def tls(self, attack, side):
        if not attack.tls:
            return ()
        certs = self.bed.out / "certs"
        return "--tls-ca", certs / "ca.pem", "--tls-cert", certs / f"{side}.pem", "--tls-key", certs / f"{side}.key"

    def end(self):
        for process in reversed(self.processes):
            process.end()


class Watch:
    """The most memory that processes use between its beginning and end(), in MiB."""

    def __init__(self, processes):
        self.processes, self.peaks = processes, [0] * len(processes)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.over.wait(0.05):
            self.peaks = [max(peak, p.memory()) for peak, p in zip(self.peaks, self.processes, strict=True) if p.runs()]

    def end(self):
        self.over.set()
        self.thread.join()
        return self.peaks


def measure(bed, options):
    bed.clear()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    bed.network(options.network)
    for _ in range(2):  # The second makes edge-2, the attacker's.
        bed.run([bed.agent, "--make-certs", bed.out / "certs"])
    return {"attacks": [attacked(bed, attack, options) for attack in ATTACKS]}


def attacked(bed, attack, options):
    """Returns the row of one attack."""
    target = Target(bed, attack, options.network, options.seconds)
    port = target.ports["edge"]
    body = load.zeros(port, options.network)
    phases = []
    watch = Watch([target.cloud, target.edge])

    def ask():
        phases.append(client.phase(port, options.network, body, options.seconds, RATE))

    ask()
    attacker = bed.start(attack.command(target), "attack.log")
    ask()
    try:
        attacker.wait(options.seconds + 10)
    except subprocess.TimeoutExpired:
        pass
    attacker.end()
    time.sleep(1)
    ask()
    told = [attack.name, *map(cell, phases), *(f"{peak:.0f}" for peak in watch.end())]
    target.end()
    print(f"{attack.name}: {attacker.said().strip()[-300:]}\n{row(told)}", file=sys.stderr)
    return told


def cell(phase):
    if not phase.latencies:
        return f"none; {phase.failed} failed"
    p50, p95 = (quantile(phase.latencies, p) for p in (0.5, 0.95))
    return f"{p50:.1f} / {p95:.1f}; {phase.failed}, {phase.fallbacks} of {len(phase.latencies) + phase.failed}"


def report(data, options):
    return [
        f"* {options.network}, cut {CUT}; {RATE} requests a second for {options.seconds} s before, during and after",
        "", "p50 / p95 in ms of what was answered; failed, finished by the edge itself (fallback), of how many were asked.", "",
        *table(["attack", "before", "during", "after", "cloud, MiB", "edge, MiB"], data["attacks"]),
    ]
