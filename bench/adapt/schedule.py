"""schedule.py TABLE TRACE... --rounds N --seed S --plans N: who is measured, and in which order.

Prints a line per run: ROUND TRACE NAME ARGUMENT..., the arguments being those of agent --serve. Held still are edge-only,
cloud-only by its best codec, and as many more plans as asked, those that are the best in most cells of the table.
"""
import argparse
import collections
import json
import random


def took(estimate):
    return sum(estimate["mean"].values())


def plan_of(estimate):
    return estimate["cut"], estimate["codec"]


def best(estimates):
    return plan_of(min(estimates, key=took))


def held_plans(table, more):
    """Returns {name: (cut, codec)}."""
    cells = [cell["estimates"] for cell in table["cells"]]
    last = table["model"]["cuts"] - 1
    clouds = collections.Counter(best([e for e in cell if e["cut"] == 0]) for cell in cells)
    plans = {"edge-only": (last, "fp32"), "cloud-only": clouds.most_common(1)[0][0]}
    envelope = collections.Counter(map(best, cells))
    others = [plan for plan, _ in envelope.most_common() if plan not in plans.values()]
    return plans | {f"cut-{cut}-{codec}": (cut, codec) for cut, codec in others[:more]}


def policies(table, more):
    """Returns {name: arguments of agent --serve}."""
    held = held_plans(table, more)
    known = {"adaptive": "--policy adaptive", "table": "--policy table"}
    return known | {name: f"--policy static --cut {cut} --codec {codec}" for name, (cut, codec) in held.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table")
    parser.add_argument("traces", nargs="+")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--plans", type=int, required=True)
    options = parser.parse_args()
    with open(options.table) as source:
        who = policies(json.load(source), options.plans)
    shuffle = random.Random(options.seed).shuffle
    for turn in range(1, options.rounds + 1):
        runs = [(trace, name) for trace in options.traces for name in who]
        shuffle(runs)
        for trace, name in runs:
            print(turn, trace, name, who[name])


if __name__ == "__main__":
    main()
