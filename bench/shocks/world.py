"""The world around the agent under test: its processes, and changes of its link, its CPU and its cloud."""
import datetime
import re
import time

from bench.lib import agents
from bench.lib.machines import call


def now():
    return time.monotonic()


class World:
    def __init__(self, bed, edge, cloud):
        self.bed, self.edge, self.cloud = bed, edge, cloud
        self.where = f"{cloud.address}:{agents.PORT}"
        self.networks = {name: bed.network(name) for name in ("alexnet", "lenet")}
        for side in (edge, cloud):  # The kernel's first rule delivers arrived packets; a rule that drops them must come before it.
            call("ip", "-n", side.namespace, "rule", "add", "pref", "1", "lookup", "local")
            call("ip", "-n", side.namespace, "rule", "del", "pref", "0")

    def darken(self, dark):
        """Drops from now on all packets that arrive on either side, silently; or stops dropping. Sending is not changed."""
        for side in (self.edge, self.cloud):
            call("ip", "-n", side.namespace, "rule", "add" if dark else "del", "pref", "0", "iif", side.device, "blackhole")

    def start_cloud(self):
        return agents.start_cloud_at(self.bed, self.cloud, {"alexnet": self.networks["alexnet"]})[0]

    def start_edge(self, model="alexnet", *words, confined=True):
        """Starts an agent that serves. It loads at full speed, and is confined to its share of the CPU afterwards."""
        edge = agents.start_edge(self.bed, {model: self.networks[model]}, *words, at=self.edge.at(), port=agents.HTTP,
                                 log=f"{model}.log")
        if confined:
            self.edge.confine(edge.pid)
        return edge

    def start_load(self):
        return self.bed.start([*self.edge.inside(), self.bed.program("burn"), "1"], "burn.log")


def moves(edge):
    """Returns when (on now()'s clock) and to which plan the agent moved, by its log."""
    offset = now() - time.time()
    found = re.findall(r"^(\S+) info alexnet: moved to (.*)$", edge.said(), re.MULTILINE)
    return [(datetime.datetime.fromisoformat(at).timestamp() + offset, why) for at, why in found]
