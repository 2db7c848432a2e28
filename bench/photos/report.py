"""The section of photos: every way at every rate, and where dividing the network pays. Pure."""
import collections
import statistics

from bench.lib.report import quantile, ratio_of, table
from bench.lib.rivals import BY_CLOUD, BY_EDGE, NAMES as RIVALS
from bench.photos.plans import name_of

PHOTOS, CLIP = "photos", "clip"  # What the camera sees.
POLICY, NEAR, AGAIN = "adaptive", "adaptive, error at most 1 %", "the table's best, again"
PLAIN = "adaptive, without coded tensors"
NEARLY = 0.01  # The largest error of an answer that counts as nearly exact.


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
        """Returns the fixed plans that were served at this rate."""
        return [name for name in self.network["held"] if name in self.rows]

    def middle(self):
        return [name for name in self.held() if self.network["held"][name][0] in self.network["middle"]]

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

    def nearly_exact(self, names):
        """Returns the ways whose answers were nearly exact, at every rate: at a low one, the edge may finish what would be inexact.
        Without such a measurement, all."""
        turns = lambda name: (turn for told in self.network["rates"] for turn in told["rows"].get(name, []))
        return [name for name in names if all((turn["error"] or 0) <= NEARLY for turn in turns(name))]

    def verdict(self, middle, rest):
        """Returns 'wins', 'loses' or 'neither' for the best middle cut beside the best of the rest, by both p50 and mean and by
        more than the noise."""
        ratios = self.best_over_best(middle, rest)
        noise = self.noise()
        if ratios is None or noise is None:
            return "neither"
        if all(ratio < 1 - noise for ratio in ratios):
            return "wins"
        return "loses" if all(ratio > 1 + noise for ratio in ratios) else "neither"

    def best_over_best(self, middle, rest):
        """Returns the ratios of p50 and of mean; None if one side has no way."""
        found = []
        for figure in (p50, mean):
            ours, theirs = self.best(middle, figure), self.best(rest, figure)
            if None in (ours, theirs):
                return None
            found.append(self.over(ours, theirs, figure))
        return found

    def matches(self):
        """Returns which middle cuts are compared with which of the rest, by the answers that are admitted: first all of them, then
        the nearly exact ones, if these are not the same."""
        all_of_them = self.middle(), self.rest()
        near = tuple(map(self.nearly_exact, all_of_them))
        return {"all": all_of_them} | ({} if near == all_of_them else {"error at most 1 %": near})


def rates_of(network):
    return [Rate(network, told) for told in network["rates"]]


def title(network):
    return f"{network['network']}, {network['part']}"


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
    """The policies first, then the fastest first."""
    time = lambda name: p50(rate.rows[name]) if name in rate.valid else float("inf")
    return [way_row(rate, name) for name in sorted(rate.rows, key=lambda name: (name not in (POLICY, NEAR, PLAIN), time(name)))]


def series(turns):
    return [turn["ms"] for turn in turns]


def ratio_with_rounds(rate, ours, theirs):
    if not {ours, theirs} <= rate.valid.keys():
        return "-"
    return ratio_of(series(rate.valid[ours]), series(rate.valid[theirs]))


def served_by(rate, policy):
    """Returns the plans that the policy chose most."""
    chosen = collections.Counter(name_of(plan, rate.last) for turn in rate.rows[policy] for plan in turn["plans"])
    most = [f"{name} ({share(count, chosen.total())})" for name, count in chosen.most_common(2)]
    return "; ".join(most) or "-"


POLICIES = ["network", "rate", "policy", "serves mostly", "p50 over the best fixed plan", f"over {PLAIN}", f"over {BY_CLOUD}",
            f"over {BY_EDGE}", "moves"]


def policy_rows(rate):
    for policy in (name for name in (POLICY, NEAR, PLAIN) if name in rate.rows):
        held = rate.nearly_exact(rate.held()) if policy == NEAR else rate.held()
        ratios = [ratio_with_rounds(rate, policy, other) for other in (rate.best(held, p50), PLAIN, BY_CLOUD, BY_EDGE)]
        yield [title(rate.network), f"{rate.megabits} Mbit/s", policy, served_by(rate, policy), *ratios,
               str(total(rate.rows[policy], "moves"))]


MIDDLES = ["network", "rate", "answers", "best middle cut", "best of the rest", "p50 over it", "mean over the rest's best", "noise",
           "a middle cut"]


def middle_rows(rate):
    noise = rate.noise()
    for answers, sides in rate.matches().items():
        ours, theirs = (rate.best(side, p50) for side in sides)
        ratios = rate.best_over_best(*sides)
        yield [title(rate.network), f"{rate.megabits} Mbit/s", answers, ours or "-", theirs or "-",
               ratio_with_rounds(rate, ours, theirs), ratio(ratios and ratios[1]), "-" if noise is None else f"{100 * noise:.1f} %",
               rate.verdict(*sides)]


def listed(words):
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def where_lines(network):
    """Says at which rates a middle cut wins: among all answers, and among the nearly exact ones."""
    by = {}
    for rate in rates_of(network):
        for answers, sides in rate.matches().items():
            by.setdefault(answers, collections.defaultdict(list))[rate.verdict(*sides)].append(str(rate.megabits))
    said = {"wins": "a middle cut wins", "loses": "none wins", "neither": "the noise hides which is faster"}
    for answers, rates in by.items():
        told = [f"at {listed(rates[verdict])} Mbit/s {words}" for verdict, words in said.items() if verdict in rates]
        yield f"* **{title(network)}**, answers: {answers}; {'; '.join(told)}"


def about_line(network, options):
    return (f"* {title(network)}: {network['plans']} plans profiled with {options.profiled} photos in "
            f"{network['profiled_s'] / 60:.1f} min; fixed ones that are served: {'; '.join(network['held'])}")


def report(data, options):
    networks = data["networks"]
    rates = [rate for network in networks for rate in rates_of(network)]
    lines = [f"* one camera that waits for each answer: {options.served} photos or frames a turn, {options.rounds} turns of each way, "
             f"shuffled within a rate; the edge may use {options.share} % of a core, the cloud has one",
             *(about_line(network, options) for network in networks),
             *(f"* without {name}: {why}" for name, why in data["missing"].items()),
             *(line for network in networks for line in where_lines(network)),
             "", *table(MIDDLES, [row for rate in rates for row in middle_rows(rate)]),
             "", *table(POLICIES, [row for rate in rates for row in policy_rows(rate)])]
    for network in networks:
        rows = [row for rate in rates_of(network) for row in way_rows(rate)]
        lines += ["", f"{title(network)}:", "", *table(WAYS, rows)]
    return lines
