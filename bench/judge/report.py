"""The section of judge: errors of held-out measurements over the noise, and the price of a short campaign."""
import statistics

from bench.judge.errors import HEADER, cells
from bench.lib.report import quantile, table
from bench.profile.report import percent


def error_row(network, which, told):
    errors = told["errors"]
    noise = told["noise_floor"]
    median, p95 = (quantile(errors, p) if errors else None for p in (0.5, 0.95))
    over = f"{p95 / noise:.2f}" if noise and errors else "-"
    return [network, which, f"{told['seconds']:.0f} s", str(told["samples"]), str(told["cells"]), str(len(errors)), percent(median),
            percent(p95), percent(noise), over]


def price_row(told, which, name):
    regrets, own = told["regrets"][which], told["regrets"]["0"]
    more = [one - other for one, other in zip(regrets, own, strict=True)]
    same = told["same"].get(which)
    agreed = [percent(same["agreement"]), percent(same["agreement_within_noise"]), f"{same['worst_regret_percent']:.1f} %"] if same else ["-"] * 3
    return [told["network"], name, str(told["plans"][which]), str(len(regrets)), f"{statistics.mean(regrets):.2f}", f"{statistics.mean(more):+.2f}", f"{max(more):+.2f}", *agreed]


def share(flags):
    return f"{sum(flags)} of {len(flags)}"


def report(data, options):
    errors, beside, prices = [], [], []
    middles = [[told["network"], share(told["middle_cells"]), share(told["middle_replays"])] for told in data["networks"]]
    for told in data["networks"]:
        name = told["network"]
        full = [(f"full, {i}", one) for i, one in enumerate([*told["full"], told["again"]], 1)]
        judged = [*full, ("short", told["short"])]
        errors += [error_row(name, which, one) for which, one in judged]
        beside += [[name, which, *cells(one)] for which, one in judged if one["errors"]]
        prices += [price_row(told, "0", "the world's own"), price_row(told, "short", f"short ({options.short})"),
                   price_row(told, "again", f"full ({options.budget}), another campaign")]
    return [
        f"* photos (AlexNet: random numbers), all codecs; the edge has {options.share} % of a core; every campaign draws its own held-out cells, from seed "
        f"{options.first_seed} on", "",
        *table(["network", "campaign", "took", "samples", "cells", "held out", "median error", "p95 error", "noise floor", "p95 over noise"], errors),
        "", "A held-out cell is measured a few times. The same errors beside those that its own scatter makes:",
        "", *table(["network", "campaign", *HEADER], beside),
        "", *table(["network", "conditions in which a middle cut is the best", "replays in which one is the best static plan"], middles),
        "", *table(["network", "table", "plans", "replays", "mean regret, %", "more than by the world's own, points", "at most",
                    "same best plan", "within the noise", "its choice costs at most"], prices),
    ]
