"""The section of load: a table per link and edge, and how near the policies come to the limits. Pure."""
import math
import statistics

from bench.lib.load import TIMEOUT_MS
from bench.lib.report import table
from bench.load.points import is_valid
from bench.photos.plans import name_of

POLICY = "adaptive"
BOUND = 3  # The p95 that still counts as served, over the unloaded one of the best held plan.


class Climbed:
    """The points of one ladder. Those that do not count are left out of every comparison."""

    def __init__(self, told):
        self.told, self.limit = told, told["limit"]
        self.rates = sorted({point["rate"] for point in told["points"]})
        self.valid = {(point["rate"], point["who"]): point for point in told["points"] if is_valid(point)}
        self.policies = [who for who in dict.fromkeys(point["who"] for point in told["points"]) if who not in told["held"]]
        self.policies.sort(key=lambda who: (who != POLICY, who))

    def title(self):
        return f"{self.told['network']}, {self.told['core']} % of a core, {self.told['link']} Mbit/s"

    def at(self, rate, who):
        return self.valid.get((rate, who))

    def best_held(self, rate):
        """Returns the held plan with the least p95 at that rate; None if there is none."""
        held = [who for who in self.told["held"] if self.at(rate, who)]
        return min(held, key=lambda who: self.at(rate, who)["p95"], default=None)

    def over_best_held(self, rate, who=POLICY):
        """Returns the policy's p95 over the best held plan's; None without both, or if either loses one of twenty."""
        ours, best = self.at(rate, who), self.best_held(rate)
        if not ours or not best:
            return None
        times = ours["p95"], self.at(rate, best)["p95"]
        return None if TIMEOUT_MS in times else times[0] / times[1]

    def sustained(self, who):
        """Returns the highest rate at which the p95 is within the bound; and whether that is the highest one measured."""
        curve = [(rate, self.at(rate, who)["p95"]) for rate in self.rates if self.at(rate, who)]
        return highest(curve, BOUND * self.told["unloaded"])

    def best_sustained(self):
        return max((self.sustained(who) for who in self.told["held"]), default=(0, False))


def highest(curve, bound):
    """Returns the rate up to which a rising curve [(rate, p95), ...] stays within the bound, by the logarithm of p95 between two
    points; and whether it stays there to its end. 0 if it begins above it."""
    before = None
    for rate, p95 in curve:
        if p95 > bound:
            if before is None:
                return 0, False
            part = math.log(bound / before[1]) / math.log(p95 / before[1])
            return before[0] + part * (rate - before[0]), False
        before = rate, p95
    return (before[0], True) if before else (0, False)


def ms(value):
    return "lost" if value >= TIMEOUT_MS else f"{value:.0f}"


def ratio(value):
    return "-" if value is None else f"{value:.2f}"


def cell(point, figure, show=ms):
    return show(point[figure]) if point else "-"


def one(value):
    return f"{value:.1f}"


def rate_rows(climbed):
    for rate in climbed.rates:
        best = climbed.best_held(rate)
        ours, theirs = climbed.at(rate, POLICY), climbed.at(rate, best)
        rules = [climbed.at(rate, who) for who in climbed.policies if who != POLICY]
        yield [one(rate), ratio(rate / climbed.limit), *(cell(ours, figure) for figure in ("p50", "p95", "p99")), best or "-",
               cell(theirs, "p95"), *(cell(rule, "p95") for rule in rules), ratio(climbed.over_best_held(rate)),
               *(cell(point, "good_per_s", one) for point in (ours, theirs, *rules))]


def rate_table(climbed):
    rules = [who for who in climbed.policies if who != POLICY]
    header = ["requests/s", "of the limit", f"{POLICY} p50, ms", "p95", "p99", "best held plan", "its p95",
              *(f"{who} p95" for who in rules), f"{POLICY} p95 over the best held", f"goodput of {POLICY}", "of the best held",
              *(f"of {who}" for who in rules)]
    return table(header, rate_rows(climbed))


def plan_shares(point, last):
    told = [f"{name_of((cut, codec), last)}{' (fallback)' if placement == 'fallback' else ''} {100 * share:.0f} %"
            for cut, codec, placement, share in point["plans"][:3]]
    return "; ".join(told) or "-"


def point_row(climbed, point):
    failed = "; ".join(f"{count} {kind}" for kind, count in point["failed"].items()) or "0"
    name = point["who"] if is_valid(point) else f"{point['who']} (invalid)"
    return [climbed.title(), one(point["rate"]), name, *(ms(point[figure]) for figure in ("p50", "p95", "p99")), str(point["asked"]),
            one(point["answered_per_s"]), one(point["good_per_s"]), str(point["refused"]), failed, str(point["wrong"]),
            ratio(point["fairness"]), plan_shares(point, climbed.told["last"])]


POINTS = ["", "requests/s", "policy or plan", "p50, ms", "p95", "p99", "counted", "answered/s", "good/s", "refused", "failed", "wrong",
          "fairness", "plans"]


def is_replayed(climbed, point):
    return is_valid(point) and point["rate"] < climbed.limit and point.get("replayed")


def replay_row(climbed, point):
    told = point["replayed"]
    return [climbed.title(), one(point["rate"]), point["who"], one(told["mean"]), one(told["replayed_mean"]),
            ratio(told["replayed_mean"] / told["mean"]), one(told["p95"]), one(told["replayed_p95"]),
            ratio(told["replayed_p95"] / told["p95"])]


REPLAYED = ["", "requests/s", "policy or plan", "mean, ms", "replayed", "over it", "p95, ms", "replayed", "over it"]


ERRORS = ["the replay's error", "points", "of the mean: mean", "most", "of the p95: mean", "most"]


def error_row(climbed):
    """The absolute percentage errors (MAPE) of a replay, over all points of a ladder that were replayed."""
    told = [point["replayed"] for point in climbed.told["points"] if is_replayed(climbed, point)]
    errors = [[abs(one[f"replayed_{of}"] / one[of] - 1) for one in told] for of in ("mean", "p95")]
    if not told:
        return None
    return [climbed.title(), str(len(told)), *(f"{100 * of(each):.0f} %" for each in errors for of in (statistics.mean, max))]


def at_least(found):
    rate, to_the_end = found
    return f"{'≥ ' if to_the_end else ''}{rate:.1f}"


SUMMARY = ["", "policy", "p95 over the best held plan's: worst", "at", "highest rate, requests/s", "over the limit",
           "best held plan's", "over it"]


def summary_rows(climbed):
    best = climbed.best_sustained()
    for who in climbed.policies:
        over = {rate: value for rate in climbed.rates if (value := climbed.over_best_held(rate, who)) is not None}
        worst = max(over, key=over.get, default=None)
        found = climbed.sustained(who)
        yield [climbed.title(), who, ratio(over.get(worst)), "-" if worst is None else one(worst), at_least(found),
               ratio(found[0] / climbed.limit), at_least(best), ratio(found[0] / best[0] if best[0] else None)]


def about_line(climbed):
    told = climbed.told
    mix = "; ".join(f"{name} {100 * share:.0f} %" for name, share in told["mix"])
    held = "; ".join(f"{name} (alone {limit:.1f})" for name, limit in told["held"].items())
    return (f"* {climbed.title()}: the fluid limit is {told['limit']:.1f} requests per second, by {mix}; by the table alone, without quota and "
            f"door, {told['limit_by_table']:.1f}; the process takes {told['rest_ms']:.1f} ms of CPU time beside the runs of a request, and may "
            f"use {told['cores']:.2f} cores; held: {held}; unloaded p95 {told['unloaded']:.0f} ms, deadline {told['deadline']:.0f} ms")


def invalid_line(ladders):
    late = [point for climbed in ladders for point in climbed.told["points"] if not is_valid(point)]
    return [f"* {len(late)} points do not count: the generator was late, by {max(point['late_ms'] for point in late):.0f} ms at most"] \
        if late else []


def report(data, options):
    ladders = [Climbed(told) for told in data["ladders"]]
    lines = [f"* open loop, {options.arrivals} arrivals, {options.clients} client{'s' * (options.clients > 1)}, {options.seconds} s a "
             "point; the cloud has one core", *map(about_line, ladders), *invalid_line(ladders),
             "", *table(SUMMARY, [row for climbed in ladders for row in summary_rows(climbed)])]
    for climbed in ladders:
        lines += ["", f"{climbed.title()}:", "", *rate_table(climbed)]
    replays = [replay_row(climbed, point) for climbed in ladders for point in climbed.told["points"] if is_replayed(climbed, point)]
    errors = [row for climbed in ladders if (row := error_row(climbed))]
    lines += ["", "The same points in a replay:", "", *table(ERRORS, errors), "", *table(REPLAYED, replays)] if replays else []
    rows = [point_row(climbed, point) for climbed in ladders for point in climbed.told["points"]]
    return [*lines, "", "All points:", "", *table(POINTS, rows)]
