"""The world around the agent under test: its processes, and changes of its link, its CPU and its cloud."""
import datetime
import re
import shutil
import time

from bench.lib import agents, machines, photos, trained
from bench.photos.plans import LEAST_WORDS, divide

NETWORK = "nsfwjs"
PROFILED = 12  # Photos that the network is profiled with.
SMALL = "lenet"  # Of the zoo, for a million requests.


def now():
    return time.monotonic()


class World:
    def __init__(self, bed, edge, cloud):
        self.bed, self.edge, self.cloud = bed, edge, cloud
        self.where = f"{cloud.address}:{agents.PORT}"
        self.networks = {NETWORK: shutil.copy(trained.fetch(NETWORK), bed.out / f"{NETWORK}.pt"), SMALL: bed.network(SMALL)}
        (photo,), self.profiled = divide(photos.fetch().glob("*.jpg"), 1, PROFILED)
        self.photo = photo.read_bytes()
        machines.can_darken((edge, cloud))

    def darken(self, dark):
        machines.darken((self.edge, self.cloud), dark)

    def start_cloud(self):
        return agents.start_cloud_at(self.bed, self.cloud, {NETWORK: self.networks[NETWORK]}, *trained.words(NETWORK))[0]

    def with_table(self):
        """Returns the words of an agent that serves the trained network by its table."""
        return ["--table", f"{NETWORK}={self.bed.out / 'table.json'}", *LEAST_WORDS, *trained.words(NETWORK)]

    def start_edge(self, model, *words, confined=True):
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
    found = re.findall(rf"^(\S+) info {NETWORK}: moved to (.*)$", edge.said(), re.MULTILINE)
    return [(datetime.datetime.fromisoformat(at).timestamp() + offset, why) for at, why in found]
