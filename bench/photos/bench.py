"""An edge with a camera: the moving cut beside fixed plans, and beside ONNX Runtime in the cloud and on the edge."""
import contextlib
import json
import os
import shutil
import sys
import time

from bench.lib import agents, load, machines, photos, trained
from bench.lib.bed import ROOT
from bench.lib.options import add_rounds, whole
from bench.lib.processes import Failed
from bench.photos import client, plans
from bench.photos.report import AGAIN, BY_CLOUD, BY_EDGE, NEAR, NEARLY, POLICY, report  # noqa: F401

NEEDS, WANTS = ("root", "util-linux", *trained.NEEDS, *photos.NEEDS), ("onnxruntime", "sharp")
BUILDS = ("agent",)
QUICK = {"networks": ["nsfwjs"], "rates": [10], "rounds": 1, "served": 6, "profiled": 3, "uncounted": 2, "few": True}
SECTION = True
RATES = 50, 10, 2  # Mbit/s
LEAST = 0.99  # The least agreement of a lossy plan with fp32: of the places of the largest numbers.
SETTLE = 2  # Seconds in which an edge sees its link before it is asked.


def options(parser):
    add_rounds(parser, 3, "turns of each way at each rate, shuffled")
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", help=f"{' or '.join(trained.NETWORKS)}; both when not given")
    add("--share", type=whole, default=25, metavar="PERCENT", help="of a core that the edge may use; %(default)s when not given")
    add("--served", type=whole, default=40, metavar="N", help="photos of each turn; %(default)s when not given")
    add("--profiled", type=whole, default=24, metavar="N", help="other photos, to profile with; %(default)s when not given")
    add("--uncounted", type=whole, default=8, metavar="N",
        help="of these, asked at the beginning of a turn; %(default)s when not given")
    parser.set_defaults(rates=RATES, few=False)


def measure(bed, options):
    bed.clear()
    served, profiled = plans.divide(photos.fetch().glob("*.jpg"), options.served, options.profiled)
    edge, cloud = machines.limit_sides(bed, options.share)
    told = []
    for name in options.networks or trained.NETWORKS:
        with contextlib.ExitStack() as ends:
            told.append(Comparison(bed, options, edge, cloud, name, served, profiled, ends).measure())
    turns = [turn for network in told for rate in network["rates"] for row in rate["rows"].values() for turn in row]
    return {"networks": told, "missing": bed.missing, "failed": any(turn["wrong"] or turn["failed"] for turn in turns)}


class Comparison:
    """All ways with one network. `ends` ends what it starts."""

    def __init__(self, bed, options, edge, cloud, name, served, profiled, ends):
        self.bed, self.options, self.edge, self.cloud, self.name, self.ends = bed, options, edge, cloud, name, ends
        self.file = shutil.copy(trained.fetch(name), bed.out / f"{name}.pt")
        self.words = trained.words(name)
        self.task = trained.NETWORKS[name].image["task"]
        self.served, self.profiled = ([photo.read_bytes() for photo in files] for files in (served, profiled))
        self.folder = bed.out / f"{name}-profiled"
        self.folder.mkdir()
        for photo in profiled:
            shutil.copy(photo, self.folder)

    def measure(self):
        self.ask_edge_alone()
        where = self.start(lambda: agents.start_cloud_at(self.bed, self.cloud, {self.name: self.file}, *self.words), 0)[1]
        began = time.monotonic()
        table_file = self.profile(where)
        profiled = time.monotonic() - began
        table = json.loads(table_file.read_text())
        held = plans.held(table, LEAST)
        ways = {name: self.static(plan) for name, plan in held.items()} | {POLICY: []}
        if self.task == "classify":
            ways[NEAR] = ["--max-error", f"{100 * NEARLY:g} %"]
        rivals = self.start_rivals()
        common = ["--peer", where, "--table", f"{self.name}={table_file}", "--min-top1", f"{100 * LEAST:g} %", *self.words]
        rates = [self.at_rate(rate, table, ways, rivals, common) for rate in self.options.rates]
        self.edge.unshape()
        return {"network": self.name, "task": self.task, "held": held, "last": table["model"]["cuts"] - 1,
                "middle": sorted(plans.middle_cuts(table)), "plans": len(table["cells"][0]["estimates"]),
                "profiled_s": profiled, "rates": rates}

    def start(self, make, which=None):
        """Returns what make() started; of several things, the one at `which` is the process. It ends with the comparison."""
        made = make()
        self.ends.callback((made if which is None else made[which]).end)
        return made

    def ask_edge_alone(self):
        """Learns what the edge alone answers, at full speed."""
        edge = agents.start_edge(self.bed, {self.name: self.file}, *self.words, log=f"{self.name}-alone.log")
        self.model = load.get(edge.port(), f"/v2/models/{self.name}")
        connection = client.connect("127.0.0.1", edge.port())
        answers = [client.post(connection, client.to_agent(self.model, jpeg)) for jpeg in self.served]
        if any(answer.status != 200 for answer in answers):
            raise Failed(f"the edge alone does not answer to all photos: {edge.last_words()}")
        self.expected = [answer.numbers for answer in answers]
        connection.close()
        edge.end()

    def profile(self, where):
        self.bed.say(f"Profile {self.name} with {self.options.profiled} photos")
        rates = [f"{rate} Mbit/s" for rate in self.options.rates]
        grid = agents.write_grid(self.bed.out / "grid.toml", uplink=rates)
        few = ["--repetitions", 1, "--codecs", "fp32,int8z,source,jpeg75"]
        many = ["--repetitions", 9, "--interval", "5 %", "--budget", "6min"]
        return agents.profile(self.bed, self.edge, f"{self.name}-table", self.name, where, grid,
                              *(few if self.options.few else many), "--inputs", self.folder,
                              "--compared", self.options.profiled, "--min-top1", f"{100 * LEAST:g} %", *self.words)

    def static(self, plan):
        return ["--policy", "static", "--cut", plan[0], "--codec", plan[1]]

    def start_rivals(self):
        """Returns {name: address and port} of the rivals that can be started here."""
        if self.bed.missing:
            return {}
        self.bed.script("engine.export", self.bed.out, self.name)
        sides = {BY_CLOUD: self.cloud, BY_EDGE: self.edge}
        started = {}
        for name, side in sides.items():
            command = [*side.inside(), "node", ROOT / "bench" / "photos" / "rival.js", self.bed.out / f"{self.name}.onnx",
                       json.dumps(preparation(trained.NETWORKS[self.name].image)), side.address]
            rival = self.start(lambda: self.bed.start(command, f"{self.name}-rival-{side.name}.log",
                                                      env=os.environ | {"UV_THREADPOOL_SIZE": "1"}))
            started[name] = side.address, rival.port()
        return started

    def at_rate(self, rate, table, ways, rivals, common):
        self.edge.shape(rate)
        twin = plans.name_of(plans.best_at(table, rate, LEAST), table["model"]["cuts"] - 1)
        ways = ways | {AGAIN: ways[twin]}
        rows = {name: [] for name in (*ways, *rivals)}
        turns = plans.order(list(rows), self.options.rounds, rate)
        self.bed.say(f"{self.name} at {rate} Mbit/s: {len(turns)} turns of {self.options.served} photos")
        for i, name in enumerate(turns, 1):
            turn = self.ask_rival(*rivals[name]) if name in rivals else self.ask_agent([*common, *ways[name]])
            rows[name].append(turn)
            print(f"{i} of {len(turns)}: {name}: {sum(turn['ms']) / max(1, len(turn['ms'])):.1f} ms", file=sys.stderr, flush=True)
        return {"rate": rate, "twin": twin, "rows": rows}

    def ask_agent(self, words):
        # It loads at full speed, and is confined to its share of the CPU afterwards. Agents that wait would take from that share.
        agent = agents.start_edge(self.bed, {self.name: self.file}, *words, at=self.edge.at(), port=agents.HTTP,
                                  log=f"{self.name}-edge.log")
        self.edge.confine(agent.pid)
        with self.edge.entered():
            agents.wait_until_linked(agents.HTTP)
            time.sleep(SETTLE)
            turn = self.turn("127.0.0.1", agents.HTTP, lambda jpeg: client.to_agent(self.model, jpeg))
            turn["moves"] = load.model(agents.HTTP)["moves"]
        agent.end()
        return turn

    def ask_rival(self, address, port):
        with self.edge.entered():
            return self.turn(address, port, client.to_rival)

    def turn(self, address, port, request):
        requests, first = ([request(jpeg) for jpeg in some] for some in (self.served, self.profiled[:self.options.uncounted]))
        connection = client.connect(address, port)
        for one in first:
            client.post(connection, one)
        before = self.sent()
        answers = [client.post(connection, one) for one in requests]
        sent = self.sent() - before
        connection.close()
        return client.judge(self.task, answers, self.expected) | {"sent": sent}

    def sent(self):
        """Returns the bytes that the edge has sent over its link, with all headers and probes."""
        shown = self.bed.read([*self.edge.on_link(), "ip", "-json", "-stats", "link", "show", "dev", self.edge.device])
        return json.loads(shown)[0]["stats64"]["tx"]["bytes"]


def preparation(image):
    """Returns what rival.js must know, from the settings of --image beside the preset yolo."""
    numbers = lambda key, default: [float(one) for one in image[key].split(",")] if key in image else [default] * 3
    return {"fit": {"stretch": "fill"}.get(image.get("fit"), "contain"), "border": 114, "colour": image.get("colour", "rgb"),
            "scale": float(image.get("scale", 1 / 255)), "mean": numbers("mean", 0), "std": numbers("std", 1)}
