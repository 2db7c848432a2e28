"""One network served by every way: the table, the turns, and what the camera is answered."""
import dataclasses
import json
import shutil
import sys
import time

from bench.lib import agents, codecs, load, rivals, trained
from bench.lib.processes import Failed
from bench.photos import client, plans
from bench.photos.report import AGAIN, CLIP, NEAR, NEARLY, PHOTOS, PLAIN, POLICY

SETTLE = 2  # Seconds in which an edge sees its link before it is asked.
STREAM = 1  # The number of the stream that a clip's frames belong to.


@dataclasses.dataclass
class Shown:
    """What the camera sees in a part."""

    part: str
    jpegs: list
    first: list  # Those that do not count.
    expected: list = None  # What the edge alone answers.

    def requests(self, model):
        """Returns a function that makes a request to an agent."""
        return lambda jpeg: client.to_agent(model, jpeg, STREAM if self.part == CLIP else None)


class Comparison:
    """All ways with one network. `ends` ends what it starts."""

    def __init__(self, bed, options, edge, cloud, name, shown, profiled, ends):
        self.bed, self.options, self.edge, self.cloud, self.name, self.ends = bed, options, edge, cloud, name, ends
        self.file = shutil.copy(trained.fetch(name), bed.out / f"{name}.pt")
        self.words = trained.words(name)
        self.task = trained.NETWORKS[name].image["task"]
        self.shown = shown
        self.folder = bed.out / f"{name}-profiled"
        self.folder.mkdir()
        for photo in profiled:
            shutil.copy(photo, self.folder)

    def measure(self):
        """Returns what the report shows of each part."""
        self.ask_edge_alone()
        where = self.start(lambda: agents.start_cloud_at(self.bed, self.cloud, {self.name: self.file}, *self.words), 0)[1]
        began = time.monotonic()
        table_file = self.profile(where)
        profiled = time.monotonic() - began
        table = json.loads(table_file.read_text())
        plain_file = self.bed.out / f"{self.name}-plain.json"
        plain_file.write_text(json.dumps(plans.without_coded(table)))
        self.common = ["--peer", where, *plans.LEAST_WORDS, *self.words]
        self.table, self.tables = table, {PLAIN: plain_file, None: table_file}
        self.started = self.start_rivals()
        held = plans.held(table, plans.LEAST)
        about = {"network": self.name, "task": self.task, "held": held, "last": table["model"]["cuts"] - 1,
                 "middle": sorted(plans.middle_cuts(table)), "plans": len(table["cells"][0]["estimates"]), "profiled_s": profiled}
        told = [about | {"part": shown.part, "rates": [self.at_rate(rate, shown, held) for rate in self.options.rates]}
                for shown in self.shown]
        self.edge.unshape()
        return told

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
        for shown in self.shown:
            answers = [client.post(connection, client.to_agent(self.model, jpeg)) for jpeg in shown.jpegs]
            if any(answer.status != 200 for answer in answers):
                raise Failed(f"the edge alone does not answer to all photos: {edge.last_words()}")
            shown.expected = [answer.numbers for answer in answers]
        connection.close()
        edge.end()

    def profile(self, where):
        self.bed.say(f"Profile {self.name} with {self.options.profiled} photos")
        rates = [f"{rate} Mbit/s" for rate in self.options.rates]
        grid = agents.write_grid(self.bed.out / "grid.toml", uplink=rates)
        few = ["--repetitions", 1, "--codecs", codecs.listed("fp32", codecs.MIDDLE, "source", "jpeg75")]
        many = ["--repetitions", 9, "--interval", "5 %", "--budget", "3min"]
        return agents.profile(self.bed, self.edge, f"{self.name}-table", self.name, where, grid,
                              *(few if self.options.few else many), "--inputs", self.folder,
                              "--compared", self.options.profiled, *plans.LEAST_WORDS, *self.words)

    def start_rivals(self):
        """Returns {name: (address, port)} of the rivals that can be started here."""
        started = rivals.start_both(self.bed, self.name, self.edge, self.cloud)
        for process, *_ in started.values():
            self.ends.callback(process.end)
        return {name: tuple(where) for name, (_, *where) in started.items()}

    def ways(self, rate, part, held):
        """Returns {name: the agent's words} of all ways at that rate but the rivals."""
        if part == CLIP:
            held = plans.held_at(self.table, rate, plans.LEAST)
        ways = {POLICY: [], PLAIN: []} | {name: agents.static(*plan) for name, plan in held.items()}
        if self.task == "classify" and part == PHOTOS:
            ways[NEAR] = ["--max-error", f"{100 * NEARLY:g} %"]
        return ways

    def at_rate(self, rate, shown, held):
        self.edge.shape(rate)
        twin = plans.name_of(plans.best_at(self.table, rate, plans.LEAST), self.table["model"]["cuts"] - 1)
        ways = self.ways(rate, shown.part, held)
        ways[AGAIN] = ways[twin]
        rows = {name: [] for name in (*ways, *self.started)}
        turns = plans.order(list(rows), self.options.rounds, rate)
        self.bed.say(f"{self.name}, {shown.part}, at {rate} Mbit/s: {len(turns)} turns of {self.options.served}")
        for i, name in enumerate(turns, 1):
            table = ["--table", f"{self.name}={self.tables.get(name, self.tables[None])}"]
            turn = self.ask_rival(shown, *self.started[name]) if name in self.started else \
                self.ask_agent(shown, [*self.common, *table, *ways[name]])
            rows[name].append(turn)
            print(f"{i} of {len(turns)}: {name}: {sum(turn['ms']) / max(1, len(turn['ms'])):.1f} ms", file=sys.stderr, flush=True)
        return {"rate": rate, "twin": twin, "rows": rows}

    def ask_agent(self, shown, words):
        # It loads at full speed, and is confined to its share of the CPU afterwards. Agents that wait would take from that share.
        agent = agents.start_edge(self.bed, {self.name: self.file}, *words, at=self.edge.at(), port=agents.HTTP,
                                  log=f"{self.name}-edge.log")
        self.edge.confine(agent.pid)
        with self.edge.entered():
            agents.wait_until_linked(agents.HTTP)
            time.sleep(SETTLE)
            turn = self.turn("127.0.0.1", agents.HTTP, shown, shown.requests(self.model))
            turn["moves"] = load.model(agents.HTTP)["moves"]
        agent.end()
        return turn

    def ask_rival(self, shown, address, port):
        with self.edge.entered():
            return self.turn(address, port, shown, client.to_rival)

    def turn(self, address, port, shown, request):
        requests, first = ([request(jpeg) for jpeg in some] for some in (shown.jpegs, shown.first))
        connection = client.connect(address, port)
        for one in first:
            client.post(connection, one)
        before = self.sent()
        answers = [client.post(connection, one) for one in requests]
        sent = self.sent() - before
        connection.close()
        return client.judge(self.task, answers, shown.expected) | {"sent": sent}

    def sent(self):
        """Returns the bytes that the edge has sent over its link, with all headers and probes."""
        shown = self.bed.read([*self.edge.on_link(), "ip", "-json", "-stats", "link", "show", "dev", self.edge.device])
        return json.loads(shown)[0]["stats64"]["tx"]["bytes"]
