"""Runs of an edge under an open loop of one or more clients."""
import collections
import time

from bench.lib import agents, load
from bench.load import points

SETTLE = 1  # Seconds in which an edge sees its link before it is asked.
MOST_IN_FLIGHT = 256  # Of all clients.


Point = collections.namedtuple("Point", "figures rows status")


class Live:
    """Serves one network by one table. `words` are those of every edge."""

    def __init__(self, bed, options, edge, cloud, served, words):
        self.bed, self.options, self.edge, self.cloud, self.served, self.words = bed, options, edge, cloud, served, words
        self.count = 0  # Of points.

    def point(self, words, rate, seconds, arrivals, seed, deadline_ms):
        """Returns the figures of an edge with these words of its own, the rows of all its requests, and what it says at the end."""
        # It loads at full speed, and is confined to its share of the CPU afterwards.
        agent = agents.start_edge(self.bed, self.served.models(), *self.words, *words, at=self.edge.at(), port=agents.HTTP)
        self.edge.confine(agent.pid)
        with self.edge.entered():
            agents.wait_until_linked(agents.HTTP)
        time.sleep(SETTLE)
        clients = self.drive(rate, seconds, arrivals, seed)
        with self.edge.entered():
            status = load.get(agents.HTTP, "/api/status")
        agent.end()
        return Point(points.figures(clients, seconds, deadline_ms), [row for rows in clients for row in rows], status)

    def drive(self, rate, seconds, arrivals, seed):
        """Returns the rows of each client. They share the rate, and begin together."""
        count = self.options.clients
        more = ["--arrivals", arrivals, "--most-in-flight", MOST_IN_FLIGHT // count, "--start", time.monotonic() + 1,
                "--tolerance", load.TOLERANCE, *self.served.driven()]
        self.count += 1
        names = [f"runs/{self.served.name}.{self.count}.{i}" for i in range(count)]
        drivers = [load.start_drive(self.bed, agents.HTTP, self.served.name, rate / count, seconds, name, "--seed", seed + i, *more,
                                    at=self.edge.at(self.cloud.core)) for i, name in enumerate(names)]
        return [load.samples(self.bed, driver, name)[1] for driver, name in zip(drivers, names, strict=True)]
