"""The section of adapt: the runs, and their replay."""
import statistics

from bench.adapt import runs
from bench.lib.report import quantile, table


def ms(value):
    return f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def percent(share):
    return f"{100 * share:.1f} %"


def regret(cases, policy):
    ours = sum(sum(case.all(policy)) / len(case.runs[policy]) for case in cases)
    return ours / sum(sum(case.oracle) for case in cases) - 1


def counted(cases, policy, what):
    return sum(run.counters[what] for case in cases for run in case.runs[policy])


def policy_row(name, cases, policy):
    took = [each for case in cases for each in case.all(policy)]
    ratio, interval = runs.over_best_static(cases, policy)
    measured = [run for case in cases for run in case.runs[policy]]
    races, won = (counted(cases, policy, what) for what in ("races", "races_won"))
    return (
        [name, policy + (" (best static)" if all(case.best == policy for case in cases) else "")]
        + [ms(statistics.mean(took))]
        + [ms(quantile(took, p)) for p in (0.5, 0.95, 0.99)]
        + [percent(regret(cases, policy)), f"{ratio:.3f}" + (" [{:.3f}, {:.3f}]".format(*interval) if interval else "")]
        + [str(counted(cases, policy, "moves")), f"{races}, {won}"]
        + [str(sum(run.failed for run in measured)), str(sum(run.wrong for run in measured))]
    )


def order(case):
    """Returns the policies that decide, then the plans, the best first."""
    deciding = sorted(set(case.runs) - set(case.held))
    return deciding + sorted(case.held, key=case.mean)


def live_lines(cases):
    header = ["trace", "policy", "mean, ms", "p50", "p95", "p99", "regret to the oracle", "over the best static"]
    header += ["moves", "races, won by the edge", "failed", "wrong"]
    rows = []
    if len(cases) > 1:
        by_mean = sorted(cases[0].held, key=lambda plan: sum(case.mean(plan) for case in cases))
        for policy in sorted(set(cases[0].runs) - set(cases[0].held)) + by_mean:
            rows.append(policy_row("all", cases, policy))
    for case in cases:
        rows += [policy_row(case.name, [case], policy) for policy in order(case)]
    return table(header, rows)


def noise_line(cases):
    noise = [(case.name, case.noise()) for case in cases]
    if any(share is None for _, share in noise):
        return "* Noise floor of the regret: not known, there was one round."
    told = ", ".join(f"{percent(share)} ({name})" for name, share in noise)
    return f"* Noise floor of the regret (the best static plan's, beside the better of its own rounds at each request): {told}."


class Replayed:
    """The result of agent --replay for one trace: figures by the names of the live runs."""

    def __init__(self, cases, case):
        names = {plan: name for name, plan in case.held.items()}
        self.figures = {}
        for each in cases:
            plan = each.get("plan")
            name = names.get((plan["cut"], plan["codec"])) if plan else each["policy"]
            if name:
                self.figures[name] = each
        self.best = min(self.figures[name]["mean_ms"] for name in case.held)


def beside_replay(replays, cases):
    header = ["trace", "policy", "mean live, ms", "outside the plan's terms", "replayed", "over the best static live", "replayed",
              "regret live", "replayed"]
    rows = []
    for case in cases:
        replayed = Replayed(replays[case.name]["cases"], case)
        for policy in order(case):
            figures = replayed.figures.get(policy)
            if figures is None:  # A rival.
                continue
            rows.append(
                [case.name, policy, ms(case.mean(policy)), ms(case.outside(policy)), ms(figures["mean_ms"])]
                + [f"{case.mean(policy) / case.mean(case.best):.3f}", f"{figures['mean_ms'] / replayed.best:.3f}"]
                + [percent(regret([case], policy)), percent(figures["regret_percent"] / 100)]
            )
    return table(header, rows)


def report(data, options):
    cases = runs.cases_of(data, options.rate)
    rounds = len(cases[0].runs["adaptive"])
    return [
        f"* {options.rate:g} requests per second for {options.seconds:g} s a run, of which the first {runs.NOT_COUNTED} s do not "
        f"count; {rounds} round{'s' * (rounds > 1)}, shuffled; the edge may use {options.share} % of a core",
        noise_line(cases),
        *([f"* Repeated measurements of one point of the table differ by {percent(data['table_noise'])}"] if data["table_noise"] else []),
        *(f"* without {name}: {why}" for name, why in data["missing"].items()),
        "", *live_lines(cases),
        "", "The same traces, table and rate by `agent --replay`:",
        "", *beside_replay(data["replays"], cases),
    ]
