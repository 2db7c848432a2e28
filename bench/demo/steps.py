"""The table of several policies under the same steps. Latencies count from when a request was due; failures have none."""
import statistics

from bench.lib.report import quantile


def judge(moves, rows, labels, seconds):
    """Returns the figures of one run, over all steps and for each step."""
    answered = [row for row in rows if row["status"] == "200"]
    steps = [[] for _ in labels]
    for row in answered:
        steps[min(len(labels) - 1, int(float(row["due_s"]) / seconds))].append(float(row["latency_ms"]))
    return {"ms": [float(row["latency_ms"]) for row in answered], "steps": steps, "moves": moves,
            "failed": len(rows) - len(answered), "wrong": sum(row["wrong"] == "1" for row in answered),
            "fallbacks": sum(row["placement"] == "fallback" for row in answered)}


def lines(runs, labels):
    least = min(statistics.mean(run["ms"]) for run in runs.values() if run["ms"])
    yield (f"{'policy':<12} {'answered':>8} {'mean ms':>9} {'p50 ms':>9} {'p95 ms':>9} {'kB each':>9} {'agree':>8} {'failed':>7} "
           f"{'fallbacks':>9} {'moves':>6}")
    for name, run in runs.items():
        yield total(name, run, least)
    yield "\nmean latency in ms while it was"
    yield f"{'':<26}" + "".join(f" {name[:12]:>12}" for name in runs)
    for i, label in enumerate(labels):
        means = [f"{statistics.mean(run['steps'][i]):.0f}" if run["steps"][i] else "-" for run in runs.values()]
        yield f"{label:<26}" + "".join(f" {mean:>12}" for mean in means)


def total(name, run, least):
    """Returns a row. The bytes are all that the cloud received; an answer agrees if it equals the edge's own, bit for bit."""
    ms = run["ms"]
    if not ms:
        return f"{name:<12} {0:>8} nothing was answered; {run['failed']} failed"
    figures = " ".join(f"{value:>9.1f}" for value in (statistics.mean(ms), quantile(ms, 0.5), quantile(ms, 0.95),
                                                      run["bytes"] / len(ms) / 1000))
    agree = f"{100 * (1 - run['wrong'] / len(ms)):.1f} %"
    return (f"{name:<12} {len(ms):>8} {figures} {agree:>8} {run['failed']:>7} {run['fallbacks']:>9} {run['moves']:>6}"
            f"   {statistics.mean(ms) / least:.2f} x the best mean")
