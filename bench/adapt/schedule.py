"""The policies and plans to measure, and their order.

The fixed plans are edge-only, cloud-only by its best codec, and as many more as asked: those that are the best in most cells
of the table.
"""
import collections
import random

from bench.lib import agents
from bench.photos.plans import LEAST, is_allowed, plan_of, took


def best(estimates):
    return plan_of(min(estimates, key=took))


def held_plans(table, more):
    """Returns {name: (cut, codec)}."""
    cells = [[estimate for estimate in cell["estimates"] if is_allowed(estimate, LEAST)] for cell in table["cells"]]
    last = table["model"]["cuts"] - 1
    clouds = collections.Counter(best([e for e in cell if e["cut"] == 0]) for cell in cells)
    plans = {"edge-only": (last, "fp32"), "cloud-only": clouds.most_common(1)[0][0]}
    envelope = collections.Counter(map(best, cells))
    others = [plan for plan, _ in envelope.most_common() if plan not in plans.values()]
    return plans | {f"cut-{cut}-{codec}": (cut, codec) for cut, codec in others[:more]}


def policies(table, more):
    """Returns {name: arguments of agent --serve}."""
    held = held_plans(table, more)
    known = {name: agents.static(*plan) for name, plan in held.items()}
    return {"adaptive": ["--policy", "adaptive"]} | known


def order(policies, traces, rounds, seed):
    """Returns (round, trace, name of the policy, its arguments), shuffled round by round."""
    shuffle = random.Random(seed).shuffle
    told = []
    for turn in range(1, rounds + 1):
        runs = [(turn, trace, name, words) for trace in traces for name, words in policies.items()]
        shuffle(runs)
        told += runs
    return told
