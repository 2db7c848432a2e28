"""The section of photos: every way at every rate, and where dividing the network pays. Pure."""
import collections
import statistics

from bench.lib.report import quantile, ratio_of, table
from bench.photos.plans import name_of

POLICY, AGAIN = "adaptive", "the table's best, again"
BY_CLOUD, BY_EDGE = "JPEG to ONNX Runtime", "ONNX Runtime on the edge"
RIVALS = BY_CLOUD, BY_EDGE


def ms_of(turns):
    return [ms for turn in turns for ms in turn["ms"]]


def p50(turns):
    return statistics.median(ms_of(turns))


def mean(turns):
    return statistics.mean(ms_of(turns))


def total(turns, what):
    return sum(turn[what] for turn in turns)


class Rate:
    """All ways at one rate. A row in which nothing was answered takes part in no comparison."""

    def __init__(self, network, told):
        self.network, self.megabits, self.rows, self.twin = network, told["rate"], told["rows"], told["twin"]
        self.last = network["last"]
        self.valid = {name: turns for name, turns in self.rows.items() if all(turn["ms"] for turn in turns)}

    def best(self, names, figure):
        """Returns the fastest of these ways; None if there is none."""
        return min((name for name in names if name in self.valid), key=lambda name: figure(self.valid[name]), default=None)

    def held(self):
        return list(self.network["held"])

    def middle(self):
        return [name for name, plan in self.network["held"].items() if plan[0] in self.network["middle"]]

    def rest(self):
        return [name for name in (*self.held(), *RIVALS) if name not in self.middle()]

    def over(self, name, other, figure=p50):
        return figure(self.valid[name]) / figure(self.valid[other])

    def over_others(self, name, figure):
        """Returns the way's figure over that of the best of the others. The same plan measured again is no other."""
        same = {AGAIN, self.twin} if name in (AGAIN, self.twin) else {AGAIN, name}
        other = self.best([each for each in self.rows if each not in same], figure)
        return None if other is None or name not in self.valid else self.over(name, other, figure)

    def noise(self):
        """Returns how far two series of the same plan are apart: the most of any round and figure, as a share."""
        if not {AGAIN, self.twin} <= self.valid.keys():
            return None
        pairs = list(zip(self.valid[AGAIN], self.valid[self.twin], strict=True))
        return max(abs(figure([a]) / figure([b]) - 1) for a, b in pairs for figure in (p50, mean))

    def verdict(self):
        """Returns 'wins', 'loses' or 'neither' for the best middle cut beside the best of the rest, by both p50 and mean and by
        more than the noise."""
        ratios = self.middle_over_rest()
        noise = self.noise()
        if ratios is None or noise is None:
            return "neither"
        if all(ratio < 1 - noise for ratio in ratios):
            return "wins"
        return "loses" if all(ratio > 1 + noise for ratio in ratios) else "neither"

    def middle_over_rest(self):
        found = []
        for figure in (p50, mean):
            ours, theirs = self.best(self.middle(), figure), self.best(self.rest(), figure)
            if None in (ours, theirs):
                return None
            found.append(self.over(ours, theirs, figure))
        return found


def rates_of(network):
    return [Rate(network, told) for told in network["rates"]]


def ratio(value):
    return "-" if value is None else f"{value:.2f}"


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def most_error(turns):
    errors = [turn["error"] for turn in turns]
    return "-" if None in errors else f"{max(errors):.1e}"


def way_row(rate, name):
    turns = rate.rows[name]
    ms = ms_of(turns)
    asked = len(ms) + total(turns, "failed")
    times = [f"{figure:.1f}" for figure in (quantile(ms, 0.5), quantile(ms, 0.95), statistics.mean(ms))] if ms else ["-"] * 3
    exact = total(turns, "exact")
    return [f"{rate.megabits} Mbit/s", f"{name} ({rate.twin})" if name == AGAIN else name, *times,
            f"{total(turns, 'sent') / asked / 1000:.1f}", share(total(turns, "agree"), len(ms)), most_error(turns),
            f"{total(turns, 'wrong')} of {exact}" if exact else "-", str(total(turns, "failed")),
            str(total(turns, "fallbacks")), ratio(rate.over_others(name, p50)), ratio(rate.over_others(name, mean))]


WAYS = ["rate", "way", "p50, ms", "p95", "mean", "kB sent each", "same top 1", "largest error", "wrong of lossless", "failed",
        "fallbacks", "p50 over the best other", "mean over it"]


def way_rows(rate):
    """The policy first, then the fastest first."""
    names = sorted(rate.rows, key=lambda name: (name != POLICY, p50(rate.rows[name]) if name in rate.valid else float("inf")))
    return [way_row(rate, name) for name in names]


def series(turns):
    return [turn["ms"] for turn in turns]


def ratio_with_rounds(rate, ours, theirs):
    if not {ours, theirs} <= rate.valid.keys():
        return "-"
    return ratio_of(series(rate.valid[ours]), series(rate.valid[theirs]))


def served_by(rate):
    """Returns the plans that the policy chose most."""
    chosen = collections.Counter(name_of(plan, rate.last) for turn in rate.rows[POLICY] for plan in turn["plans"])
    most = [f"{name} ({share(count, chosen.total())})" for name, count in chosen.most_common(2)]
    return "; ".join(most) or "-"


POLICIES = ["network", "rate", "adaptive serves mostly", "p50 over the best fixed plan", f"over {BY_CLOUD}", f"over {BY_EDGE}",
            "moves"]


def policy_row(rate):
    beside = [rate.best(rate.held(), p50), BY_CLOUD, BY_EDGE]
    return [rate.network["network"], f"{rate.megabits} Mbit/s", served_by(rate),
            *(ratio_with_rounds(rate, POLICY, other) for other in beside), str(total(rate.rows[POLICY], "moves"))]


MIDDLES = ["network", "rate", "best middle cut", "best of the rest", "p50 over it", "mean over the rest's best", "noise",
           "a middle cut"]


def middle_row(rate):
    ours, theirs = rate.best(rate.middle(), p50), rate.best(rate.rest(), p50)
    ratios, noise = rate.middle_over_rest(), rate.noise()
    return [rate.network["network"], f"{rate.megabits} Mbit/s", ours or "-", theirs or "-", ratio_with_rounds(rate, ours, theirs),
            ratio(ratios and ratios[1]), "-" if noise is None else f"{100 * noise:.1f} %", rate.verdict()]


def where_line(network):
    """Says at which rates a middle cut wins."""
    by = collections.defaultdict(list)
    for rate in rates_of(network):
        by[rate.verdict()].append(f"{rate.megabits}")
    said = {"wins": "a middle cut wins", "loses": "none wins", "neither": "the difference is within the noise"}
    told = [f"at {' and '.join(by[verdict])} Mbit/s {words}" for verdict, words in said.items() if by[verdict]]
    return f"* **{network['network']}**: {'; '.join(told)}."


def about_line(network, options):
    return (f"* {network['network']}: {network['plans']} plans profiled with {options.profiled} photos in "
            f"{network['profiled_s'] / 60:.1f} min; fixed ones that are served: {'; '.join(network['held'])}")


def report(data, options):
    networks = data["networks"]
    rates = [rate for network in networks for rate in rates_of(network)]
    lines = [f"* one camera that waits for each answer: {options.served} photos a turn, {options.rounds} turns of each way, "
             f"shuffled within a rate; the edge may use {options.share} % of a core, the cloud has one",
             *(about_line(network, options) for network in networks),
             *(f"* without {name}: {why}" for name, why in data["missing"].items()),
             *(where_line(network) for network in networks),
             "", *table(MIDDLES, map(middle_row, rates)), "", *table(POLICIES, map(policy_row, rates))]
    for network in networks:
        rows = [row for rate in rates_of(network) for row in way_rows(rate)]
        lines += ["", f"{network['network']}:", "", *table(WAYS, rows)]
    return lines
