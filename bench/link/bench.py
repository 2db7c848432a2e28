"""One exchange over the link, beside a blocking socket and torch.distributed.rpc; and the estimates of the bandwidth."""
from bench.lib import machines
from bench.lib.bed import PYTHON
from bench.lib.load import free_port
from bench.lib.options import add_rounds
from bench.lib.processes import Failed
from bench.link.report import report  # noqa: F401

NEEDS, WANTS = (), ("python3-torch",)
BUILDS = ("this_link", "plain_socket", "echo_network")
QUICK = {"rounds": 2, "rates": [50]}
SECTION = True
SHAPED = 50
RATES = [2, 10, 50, 200]
SIZES_KIB = (8, 32, 64, 184, 512, 3072)
ROW_KIB = 8


def options(parser):
    add_rounds(parser, 12)
    parser.set_defaults(rates=RATES)


def measure(bed, options):
    bed.clear()
    for name, takes, gives in (("echo", "fp32[1,46656]", 1000), ("rows", "fp32[*,2048]", 1)):
        bed.run([bed.program("echo_network"), bed.out / f"{name}.pt", takes, gives])
    bed.say("loopback")
    loopback = Programs(bed, machines.Side("edge"), machines.Side("cloud")).exchanges(options.rounds, 40)
    edge, cloud = machines.join_or_loopback(bed)
    if not edge.namespace:
        return {"loopback": loopback}
    bed.say(f"{SHAPED} Mbit/s")
    shape(edge, SHAPED)
    shaped = Programs(bed, edge, cloud).exchanges(options.rounds, 5)
    bed.say("estimates")
    return {"loopback": loopback, "shaped": shaped, "estimates": Programs(bed, edge, cloud).estimates(options.rates)}


def shape(edge, rate):
    edge.shape(rate, least_bucket=3000, latency="400ms")  # As the agent's own shaper does.


class Programs:
    """The measured processes of the two sides."""

    def __init__(self, bed, edge, cloud):
        self.bed, self.sides, self.started = bed, {"edge": edge, "cloud": cloud}, []
        self.address = cloud.address

    def start(self, side, command):
        self.started.append(machines.talk(self.bed, self.sides[side], command))
        return self.started[-1]

    def our_cloud(self):
        models = [f"{name}={self.bed.out}/{name}.pt" for name in ("echo", "rows")]
        return self.start("cloud", [self.bed.program("this_link"), "cloud", self.address, *models]).wait_ready()

    def edge(self, program, cloud):
        return self.start("edge", [self.bed.program(program), "edge", self.address, cloud.ready]).wait_ready()

    def rpc(self):
        script, port = [PYTHON, "-m", "bench.link.rpc_echo"], free_port()
        self.start("cloud", [*script, "cloud", self.address, port])
        return self.start("edge", [*script, "edge", self.address, port]).wait_ready()

    def exchanges(self, rounds, per_turn):
        cloud = self.our_cloud()
        plain = self.start("cloud", [self.bed.program("plain_socket"), "cloud", self.address]).wait_ready()
        programs = {"this": self.edge("this_link", cloud), "plain": self.edge("plain_socket", plain)}
        missing = {}
        try:
            programs["rpc"] = self.rpc()
        except Failed as why:
            missing["rpc"] = f"torch.distributed.rpc does not start on this machine: {why}"
        programs["itself"] = self.edge("this_link", cloud)
        told = {name: [] for name in programs}
        for _ in range(rounds):
            for name, program in programs.items():
                told[name].append([float(word) for word in program.ask(f"echo {per_turn}")])
        self.end()
        return {"times": told, "missing": missing}

    def estimates(self, rates):
        """Returns the bandwidth estimates of new links, by rates and sizes."""
        cloud = self.our_cloud()
        told = []
        for rate in rates:
            shape(self.sides["edge"], rate)
            for size in SIZES_KIB:
                count = max(1, min(20, int(3 * rate * 1e6 / 8 / 1024 / size)))
                edge = self.edge("this_link", cloud)
                *samples, estimate = edge.ask(f"rate {size // ROW_KIB} {count}")
                edge.end()
                told.append({"rate": rate, "kib": size, "uploads": count, "samples": samples, "estimate": float(estimate)})
        self.end()
        return told

    def end(self):
        for process in reversed(self.started):
            process.end()
