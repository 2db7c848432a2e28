"""report.py FILE: the figures of agent --replay --json that replay.sh asks for, in Markdown; --into FILE puts them into their
section."""
import argparse
import json
import statistics

from results import add_options, circumstances, quantile, table, tell


def pooled_row(name, cases):
    """One policy over some cases, each of which counts alike."""
    regrets = [case["regret_percent"] for case in cases]
    over_static = [case["mean_ms"] / case["best_static"]["mean_ms"] for case in cases]
    means, statics = (statistics.mean(each) for each in ([c["mean_ms"] for c in cases], [c["best_static"]["mean_ms"] for c in cases]))
    causal = [statistics.median(case["causal_regret_percent"][age] for case in cases) for age in ("0.25", "0.5", "1")]
    seconds = [case["requests"] / 1000 for case in cases]  # Thousands of requests.
    row = [name, str(len(cases)), f"{means:.1f}", f"{statistics.mean(regrets):.1f}", f"{statistics.median(regrets):.1f}"]
    row += [f"{quantile(regrets, 0.9):.1f}", f"{max(regrets):.1f}"]
    row += [f"{value:.2f}" for value in causal]
    row += [f"{means / statics:.3f}", f"{max(over_static):.3f}", str(sum(each > 1.1 for each in over_static))]
    row += [f"{sum(c[what] for c in cases) / sum(seconds):.0f}" for what in ("moves", "races")]
    return row + [f"{statistics.mean(c['probe_bytes_per_second'] for c in cases) / 1024:.1f}"]


HEADER = ["", "cases", "mean, ms", "regret, %: mean", "median", "p90", "max", "to causal 0.25 s: median", "0.5 s", "1 s"]
HEADER += ["pooled mean over best static", "worst case over it", "cases over 1.1", "moves per 1000", "races", "probes, KiB/s"]


def by(cases, what, policy):
    for name in dict.fromkeys(case[what] for case in cases):
        yield pooled_row(f"{policy}: {name}", [case for case in cases if case[what] == name and case["policy"] == policy])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    add_options(parser)
    options = parser.parse_args()
    with open(options.file) as source:
        cases = json.load(source)["cases"]
    policies = list(dict.fromkeys(case["policy"] for case in cases))
    rows = [pooled_row(policy, [case for case in cases if case["policy"] == policy]) for policy in policies]
    lines = circumstances(options) + ["", *table(HEADER, rows), "", *table(HEADER, by(cases, "table", "adaptive"))]
    lines += ["", *table(HEADER, by(cases, "bandwidth", "adaptive")), "", *table(HEADER, by(cases, "cpu", "adaptive"))]
    tell(options, "replay", lines)


if __name__ == "__main__":
    main()
