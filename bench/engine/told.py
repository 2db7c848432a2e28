"""What measure.py wrote about one network, and what follows from it."""
import random
import statistics


def interval(xs):
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(xs, k=len(xs))) for _ in range(1000))
    return medians[24], medians[974]


def floors(told):
    """Returns, for each round, what arithmetic and reading take at least, in ms."""
    work = told["work"]
    for gflops, gigabytes, _ in told["turns"]["limits"]:
        reading = work["linear_bytes"] / gigabytes / 1e6
        yield work["convolutions"] / gflops / 1e6 + max(work["linears"] / gflops / 1e6, reading)


class Network:
    def __init__(self, told):
        self.told = told
        self.times = {name: [turn[0] for turn in turns] for name, turns in told["turns"].items() if name != "limits"}
        self.times["floor"] = list(floors(told))

    def ms(self, name):
        return statistics.median(self.times[name]) if name in self.times else None

    def ratios(self, name):
        if name not in self.times:
            return None
        return [ours / theirs for ours, theirs in zip(self.times["this"], self.times[name], strict=True)]

    def limit(self, which):
        return statistics.median(turn[which] for turn in self.told["turns"]["limits"])
