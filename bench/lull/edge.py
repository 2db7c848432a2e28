"""The edge under test: an agent whose cloud comes and goes."""
import dataclasses
import json
import os
import signal
import time

from bench.lib import agents, load
from bench.lib.processes import Failed

LONGEST = 30  # Seconds until the edge knows that its cloud has come or gone.


@dataclasses.dataclass
class Answer:
    placement: str
    run_ms: float  # Of the parts of the network that ran.
    cpu_ms: float  # Of the agent, from the request to the answer.
    faults: int  # Its minor page faults.


class Edge:
    def __init__(self, bed, sides, network, words, photo):
        self.bed, (self.edge, self.cloud), self.network, self.words, self.photo = bed, sides, network, words, photo
        self.name = next(iter(network))
        self.running = None
        self.where = f"{self.cloud.address}:{agents.PORT}"
        self.process = agents.start_edge(bed, network, *words, "--peer", self.where, *agents.static(0, "source"),
                                         at=self.edge.at(), port=agents.HTTP)
        self.edge.confine(self.process.pid)
        self.connection = load.connect(agents.HTTP)

    def begin_cloud(self):
        """Starts it, and waits until it answers."""
        self.running, _ = agents.start_cloud_at(self.bed, self.cloud, self.network, *self.words)
        agents.wait_until_linked(agents.HTTP)
        end = time.monotonic() + LONGEST
        while self.ask().placement != "cloud":
            if time.monotonic() > end:
                raise Failed("the cloud answers no request")
            time.sleep(0.2)

    def end_cloud(self):
        """Kills it, and waits until the edge knows."""
        self.running.end(signal.SIGKILL)
        end = time.monotonic() + LONGEST
        while load.get(agents.HTTP, "/api/status")["link"]["up"]:
            if time.monotonic() > end:
                raise Failed("the edge does not notice that its cloud is gone")
            time.sleep(0.02)

    def used(self):
        """Returns the milliseconds of CPU of all threads so far, and the minor page faults."""
        ran = 0
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{thread}/schedstat") as source:
                ran += int(source.read().split()[0])
        with open(f"/proc/{self.process.pid}/stat") as source:
            return ran / 1e6, int(source.read().rpartition(")")[2].split()[7])

    def hang_up(self):
        """The next question comes on a connection of its own."""
        self.connection.close()

    def ask(self):
        cpu, faults = self.used()
        self.connection.request("POST", f"/v2/models/{self.name}/infer", self.photo, {"Content-Type": "image/jpeg"})
        reply = self.connection.getresponse()
        content = reply.read()
        if reply.status != 200:
            raise Failed(f"the edge answers {reply.status}: {content[:200]!r}")
        told = json.loads(content)["parameters"]
        cpu_after, faults_after = self.used()
        return Answer(told["placement"], (told["head_us"] + told["tail_us"]) / 1000, cpu_after - cpu, faults_after - faults)

    def rehearsed(self):
        """Returns the seconds that the agent has rehearsed so far."""
        return load.metric(agents.HTTP, "tideline_rehearsal_seconds_total")

    def end(self):
        self.process.end()
