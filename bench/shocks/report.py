"""The section of shocks."""
import statistics

from bench.lib import rivals
from bench.lib.report import table


def by_kind(told):
    kinds = {}
    for one in told:
        kinds.setdefault(one["kind"], []).append(one)
    return kinds


def spread(values, digits=0):
    """The median and the worst; a missing value is the worst, "never"."""
    known = [v for v in values if v is not None]
    worst = "never" if len(known) < len(values) else f"{max(known):.{digits}f}"
    return f"{statistics.median(known):.{digits}f}, {worst}" if known else worst


def plan(pair):
    return f"{pair[0]} {pair[1]}"


def spread_of(what, digits=0):
    return lambda ones: spread([one[what] for one in ones], digits)


def median_of(what):
    return lambda ones: f"{statistics.median(one[what] for one in ones):.0f}"


def sum_of(what):
    return lambda ones: str(sum(one[what] for one in ones))


def lost_and_wrong(ones):
    return f"{sum(one['lost'] for one in ones)}, {sum(one['wrong'] for one in ones)}"


STEPS = {
    "plans as good as the best": lambda ones: ", ".join(map(plan, ones[0]["good"])),
    "the best's mean, ms": lambda ones: f"{ones[0]['best_ms']:.0f}",
    "requests until one serves": spread_of("requests"),
    "ms until then": spread_of("ms"),
    "moves at most": lambda ones: str(max(one["moves"] for one in ones)),
    "median latency, ms": spread_of("median_ms"),
    "worst latency, ms": lambda ones: f"{max(one['worst_ms'] for one in ones):.0f}",
    "lost, wrong": lost_and_wrong,
}
OUTAGES = {
    "requests": sum_of("requests"),
    "lost, wrong": lost_and_wrong,
    "calm, ms": median_of("calm_ms"),
    "edge alone, ms": median_of("local_ms"),
    "once, after a lull, ms": spread_of("first_local_ms"),
    "worst, ms": spread_of("worst_ms"),
    "worst over edge alone": spread_of("worst_over_local", 2),
    "over that after a lull": spread_of("worst_over_first_local", 2),
    "above 1 s": sum_of("late"),
    "ms until as before": spread_of("back_ms"),
}


def table_of(what, columns, told):
    rows = [[kind, str(len(ones)), *(cell(ones) for cell in columns.values())] for kind, ones in by_kind(told).items()]
    return table([what, "times", *columns], rows)


def step_lines(told):
    return [
        "Steps, at 5 requests per second. Two numbers are the median and the worst. A plan (cut, codec) is as good as the best unless it is",
        "certain (two standard errors) that it takes a tenth longer on average: they were forced before the steps. One serves from the first",
        "request from which on such plans serve at least nine of ten.",
        "", *table_of("step", STEPS, told),
    ]


def outage_lines(told):
    return [
        "Outages, at 5 requests per second and 50 Mbit/s. Two numbers are the median and the worst. The edge alone is asked ten times in turn,",
        "and once after four seconds in which it computed no tail, as is the case when an outage comes.",
        "", *table_of("outage", OUTAGES, told),
    ]


def cost_lines(told):
    lines = [f"* An idle agent with ten ticks per second, of one core, over {told['idle_seconds']} s: "
             + ", ".join(f"{100 * share:.2f} % {name}" for name, share in told["idle"].items()) + "."]
    d = told["decision"]
    lines.append(f"* A decision among {d['plans']} plans: {d['choose']:.1f} µs, {d['decide']:.1f} µs with its words.")
    for one in told["memory"]:
        lines.append(f"* RssAnon after {one['requests']:,} requests to lenet ({one['per_second']:.0f} per second, {one['lost']} lost): "
                     f"{one['mib']:.1f} MiB.")
    return lines


RIVAL_OUTAGES = {
    "requests": sum_of("requests"),
    "lost, wrong": lost_and_wrong,
    "calm, ms": median_of("calm_ms"),
    "worst, ms": spread_of("worst_ms"),
    "above 1 s": sum_of("late"),
    "ms until as before": spread_of("back_ms"),
}


def rival_lines(told):
    if not told:
        return []
    rows = [[state, *(spread(ms, 1) for ms in by.values())] for state, by in told["states"].items()]
    names = next(iter(told["states"].values()))
    return [
        "The rivals under the same conditions, one photo after the other: ms, the median and the worst.",
        "", *table(["condition", *names], rows),
        "", f"*{rivals.BY_CLOUD}* in outages, at 5 requests per second and 50 Mbit/s. It is as before from the first answer on after which all take",
        "at most twice the calm time.",
        "", *table_of("outage", RIVAL_OUTAGES, told["outages"]),
    ]


def report(data, _):
    lines = [f"* without {name}: {why}" for name, why in data["missing"].items()]
    for name, lines_of in (("cost", cost_lines), ("steps", step_lines), ("outages", outage_lines), ("rivals", rival_lines)):
        if name in data:
            lines += ([] if name == "cost" else [""]) + lines_of(data[name])
    return lines
