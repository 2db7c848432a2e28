"""Runs of an edge or a rival while link and CPU follow a trace."""
import time

from bench.adapt import runs, traces
from bench.lib import agents, load, rivals, trained
from bench.lib.bed import PYTHON
from bench.lib.processes import Failed
from bench.photos.plans import LEAST_WORDS



class Live:
    """Runs of an edge or a rival under a trace."""

    def __init__(self, bed, edge, cloud, where, subject, options):
        self.bed, self.edge, self.cloud, self.where, self.subject, self.options = bed, edge, cloud, where, subject, options

    def run(self, name, trace, words):
        bed, options = self.bed, self.options
        # It loads at full speed, and is confined to its share of the CPU afterwards.
        words = ["--peer", self.where, "--table", f"{options.model}={bed.out / 'table.json'}", *LEAST_WORDS,
                 *trained.words(options.model), *words]
        agent = agents.start_edge(bed, {options.model: bed.out / f"{options.model}.pt"}, *words, at=self.edge.at(),
                                  port=agents.HTTP, log=f"{name}.log")
        self.edge.confine(agent.pid)
        rows = self.play(name, trace, "127.0.0.1", agents.HTTP)
        with self.edge.entered():
            counters = runs.counters(load.model(agents.HTTP))
        agent.end()
        return runs.summarise(rows, options.rate, options.seconds, counters)

    def run_rival(self, name, trace, policy):
        side = self.cloud if policy == rivals.BY_CLOUD else self.edge
        rival = rivals.start(self.bed, self.options.model, side)
        rows = self.play(name, trace, side.address, rival.port(), "--rival")
        rival.end()
        return runs.summarise(rows, self.options.rate, self.options.seconds, runs.NO_COUNTERS)

    def play(self, name, trace, host, port, *more):
        """Returns the rows of `drive` while link and CPU follow the trace."""
        bed, options = self.bed, self.options
        start = time.monotonic() + 3  # An agent first sees the link as it is at the beginning of the trace.
        player = self.start_player(name, trace, start)
        driver = load.start_drive(bed, port, options.model, options.rate, options.seconds, name, "--start", start, "--host", host,
                                  *self.subject.driven(), "--tolerance", load.TOLERANCE, *more, at=self.edge.at(self.cloud.core))
        rows = load.samples(bed, driver, name)[1]
        if not player.runs():
            raise Failed(f"the player ended before the run did: {player.last_words()}")
        player.end()
        return rows

    def start_player(self, name, trace, start):
        ends = [word for side in (self.edge, self.cloud) for word in (f"--{side.name}", f"{side.namespace}:{side.device}")]
        command = ["taskset", "-c", self.cloud.core, PYTHON, "-m", "bench.adapt.play", *ends, "--start", start,
                   "--bandwidth", self.bed.out / "traces" / f"{trace}.csv", *traces.busy_words(self.bed, trace)]
        return self.bed.start([*command, "--", *self.edge.inside(), self.bed.program("burn")], f"{name}.player")
