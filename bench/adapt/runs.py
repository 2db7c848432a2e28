"""The measurements of adapt, trace by trace: runs of several rounds, and the figures of each policy."""
import dataclasses
import random
import statistics

from bench.lib import load
from bench.lib.report import quantile

NOT_COUNTED = 5  # Seconds from the start of a run.
BLOCK = 10  # Seconds, of the bootstrap.
DRAWS = 2000
TERMS = "queue_us", "head_us", "encode_us", "uplink_us", "tail_us"  # The terms that tables measure and by which plans are chosen.


@dataclasses.dataclass
class Run:
    """One run of one policy under one trace: the latencies of the counted requests in ms, and the agent's counters."""

    took: list
    outside: list
    failed: int
    wrong: int
    counters: dict


NO_COUNTERS = {"moves": 0, "races": 0, "races_won": 0}  # Of a rival.


def counters(model):
    """Returns the agent's counters from the model's status page."""
    return {"moves": model["moves"], "races": model["races"]["begun"], "races_won": model["races"]["won_by_edge"]}


def summarise(rows, rate, seconds, counters):
    """Returns the run from these rows of `drive` and from the counters after it."""
    by_number = {round(float(row["due_s"]) * rate): row for row in rows}
    counted = [by_number.get(i) for i in range(round(NOT_COUNTED * rate), round(seconds * rate))]
    answered = [row for row in counted if row and row["status"] == "200"]
    return Run(
        took=[float(row["latency_ms"]) if row and row["status"] == "200" else load.TIMEOUT_MS for row in counted],
        outside=[float(row["latency_ms"]) - sum(float(row[term]) for term in TERMS) / 1000 for row in answered],
        failed=len(counted) - len(answered),
        wrong=sum(row["wrong"] == "1" for row in answered),
        counters=counters,
    )


class Case:
    """All runs of one trace. `held` are the fixed plans, by name."""

    def __init__(self, name, runs, held, rate):
        self.name, self.runs, self.held, self.rate = name, runs, held, rate
        self.best = min(held, key=self.mean)
        typical = [self.typical(plan) for plan in held]
        self.oracle = [min(each) for each in zip(*typical)]

    def typical(self, policy, which=slice(None)):
        """Returns each request's median over the rounds."""
        return [statistics.median(each) for each in zip(*(run.took for run in self.runs[policy][which]))]

    def all(self, policy):
        return [took for run in self.runs[policy] for took in run.took]

    def mean(self, policy):
        return statistics.mean(self.all(policy))

    def outside(self, policy):
        """Returns the part of the mean outside a plan's terms: HTTP at both ends, and waiting for a CPU before and after."""
        return statistics.mean([ms for run in self.runs[policy] for ms in run.outside] or [0])

    def noise(self):
        """Returns the regret of the best static plan beside an oracle that chooses, per request, the better of two medians of
        this same plan: over the odd rounds, and over the even ones. None with one round."""
        if len(self.runs[self.best]) < 2:
            return None
        halves = [self.typical(self.best, slice(first, None, 2)) for first in (0, 1)]
        return statistics.mean(halves[0] + halves[1]) / statistics.mean(map(min, *halves)) - 1

    def blocks(self, policy):
        """Returns for each block of the trace the times of the policy and of the best static plan, over all rounds."""
        size = round(BLOCK * self.rate)
        sums = [[sum(each) for each in zip(*(run.took for run in self.runs[who]))] for who in (policy, self.best)]
        return [tuple(sum(took[at : at + size]) for took in sums) for at in range(0, len(sums[0]), size)]


def over_best_static(cases, policy):
    """Returns the ratio of the sums, and its interval by a bootstrap over the blocks of each trace; with fewer than three
    blocks, no interval."""
    blocks = [case.blocks(policy) for case in cases]
    draw = random.Random(7)

    def ratio(of):
        ours, best = (sum(block[i] for trace in of for block in trace) for i in (0, 1))
        return ours / best

    if sum(map(len, blocks)) < 3:
        return ratio(blocks), None
    drawn = [ratio([draw.choices(trace, k=len(trace)) for trace in blocks]) for _ in range(DRAWS)]
    return ratio(blocks), (quantile(drawn, 0.025), quantile(drawn, 0.975))


def cases_of(data, rate):
    """Returns the cases of the measurements."""
    runs = {}
    for one in data["runs"]:
        runs.setdefault(one["trace"], {}).setdefault(one["policy"], []).append(Run(**one["run"]))
    held = {name: tuple(plan) for name, plan in data["held"].items()}
    return [Case(trace, of, held, rate) for trace, of in sorted(runs.items())]
