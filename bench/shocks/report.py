"""What shocks saw."""
import statistics

from bench.lib.report import table


def by_kind(told):
    kinds = {}
    for one in told:
        kinds.setdefault(one["kind"], []).append(one)
    return kinds


def spread(values, digits=0):
    """The median and the worst; what never came is the worst of all."""
    known = [v for v in values if v is not None]
    worst = "never" if len(known) < len(values) else f"{max(known):.{digits}f}"
    return f"{statistics.median(known):.{digits}f}, {worst}" if known else worst


def plan(pair):
    return f"{pair[0]} {pair[1]}"


def step_lines(told):
    rows = []
    for kind, ones in by_kind(told).items():
        rows.append([kind, str(len(ones)), ", ".join(map(plan, ones[0]["good"])), f"{ones[0]['best_ms']:.0f}", spread([o["requests"] for o in ones]), spread([o["ms"] for o in ones]),
                     str(max(o["moves"] for o in ones)), spread([o["median_ms"] for o in ones]), f"{max(o['worst_ms'] for o in ones):.0f}",
                     f"{sum(o['lost'] for o in ones)}, {sum(o['wrong'] for o in ones)}"])
    header = ["step", "times", "plans as good as the best", "the best's mean, ms", "requests until one serves", "ms until then", "moves at most",
              "median latency, ms", "worst latency, ms", "lost, wrong"]
    return ["Steps, at 5 requests per second. Two numbers are the median and the worst. A plan (cut, codec) is as good as the best unless it is",
            "certain (two standard errors) that it takes a tenth longer on average: all were forced before the steps. One serves from the first",
            "request from which on such plans serve at least nine of ten.", "", *table(header, rows)]


def outage_lines(told):
    rows = []
    for kind, ones in by_kind(told).items():
        rows.append([kind, str(len(ones)), str(sum(o["requests"] for o in ones)), f"{sum(o['lost'] for o in ones)}, {sum(o['wrong'] for o in ones)}",
                     f"{statistics.median(o['calm_ms'] for o in ones):.0f}", f"{statistics.median(o['local_ms'] for o in ones):.0f}",
                     spread([o["first_local_ms"] for o in ones]), spread([o["worst_ms"] for o in ones]),
                     spread([o["worst_over_local"] for o in ones], 2), spread([o["worst_over_first_local"] for o in ones], 2),
                     str(sum(o["late"] for o in ones)), spread([o["back_ms"] for o in ones])])
    header = ["outage", "times", "requests", "lost, wrong", "calm, ms", "edge alone, ms", "once, after a lull, ms", "worst, ms", "worst over edge alone",
              "over that after a lull", "above 1 s", "ms until as before"]
    return ["Outages, at 5 requests per second and 50 Mbit/s. Two numbers are the median and the worst. The edge alone is asked ten times in turn,",
            "and once after four seconds in which it computed no tail, as is the case when an outage comes.", "", *table(header, rows)]


def cost_lines(told):
    lines = [f"* An idle agent with ten ticks per second, of one core, over {told['idle_seconds']} s: "
             + ", ".join(f"{100 * share:.2f} % {name}" for name, share in told["idle"].items()) + "."]
    d = told["decision"]
    lines.append(f"* A decision among {d['plans']} plans: {d['choose']:.1f} µs, {d['decide']:.1f} µs with its words.")
    for one in told["memory"]:
        lines.append(f"* RssAnon after {one['requests']:,} requests to lenet ({one['per_second']:.0f} per second, {one['lost']} lost): {one['mib']:.1f} MiB.")
    return lines


def report(data, _):
    lines = []
    for name, lines_of in (("cost", cost_lines), ("steps", step_lines), ("outages", outage_lines)):
        if name in data:
            lines += ([] if name == "cost" else [""]) + lines_of(data[name])
    return lines
