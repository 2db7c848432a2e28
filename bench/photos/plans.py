"""Which plans are served, chosen from a partition table, and the order of their turns. Pure."""
import random

from bench.lib.codecs import CODED, LOSSLESS

LEAST = 0.99  # The least agreement of a lossy plan with fp32: of the places of the largest numbers.
LEAST_WORDS = ["--min-top1", f"{100 * LEAST:g} %"]
LEAST_PART = 0.05  # Of the network's time on a side: with less of it, a cut is as good as an end.
EDGE, CLOUD = "edge only", "cloud only, source"


def took(estimate):
    return sum(estimate["mean"].values())


def plan_of(estimate):
    return estimate["cut"], estimate["codec"]


def middle_cuts(table):
    """Returns the cuts at which both edge and cloud compute a part of the network that is worth the name."""
    head, tail = ({}, {})
    for estimate in table["cells"][0]["estimates"]:
        cut, mean = estimate["cut"], estimate["mean"]
        head[cut] = min(mean["head_ns"], head.get(cut, mean["head_ns"]))
        tail[cut] = min(mean["tail_ns"], tail.get(cut, mean["tail_ns"]))
    first, last = 0, table["model"]["cuts"] - 1
    return {cut for cut in head if first < cut < last
            and head[cut] >= LEAST_PART * head[last] and tail[cut] >= LEAST_PART * tail[first]}


def is_allowed(estimate, least):
    """Returns true iff the plan loses nothing, or agrees with fp32 in at least that share of the largest numbers' places."""
    return estimate["codec"] in LOSSLESS or estimate.get("agreement", {}).get("top1", 0) >= least


def ranking(cell, least):
    """Returns the allowed plans under one condition, the fastest first. A lossy codec that sends no less than fp32 at its cut is
    left out: it is the same plan by another name."""
    whole = {e["cut"]: e["wire_bytes"] for e in cell["estimates"] if e["codec"] == "fp32"}
    differs = lambda e: e["codec"] in LOSSLESS or e["wire_bytes"] < whole.get(e["cut"], float("inf"))
    return [plan_of(e) for e in sorted(cell["estimates"], key=took) if is_allowed(e, least) and differs(e)]


def name_of(plan, last):
    cut, codec = plan
    if cut == last:
        return EDGE
    return CLOUD if plan == (0, "source") else f"cloud only, {codec}" if cut == 0 else f"cut {cut}, {codec}"


def held(table, least):
    """Returns {name: plan}: both ends, and under each condition the best, the best middle cut and the best without a head."""
    return named(table, {plan for cell in table["cells"] for plan in best_of(table, cell, least)})


def held_at(table, megabits, least):
    """Returns the same of one rate."""
    return named(table, best_of(table, cell_at(table, megabits), least))


def best_of(table, cell, least):
    ranked, middle = ranking(cell, least), middle_cuts(table)
    return {*ranked[:1], *[plan for plan in ranked if plan[0] in middle][:1], *[plan for plan in ranked if plan[0] == 0][:1]}


def named(table, plans):
    last = table["model"]["cuts"] - 1
    return {name_of(plan, last): plan for plan in sorted({(last, "fp32"), (0, "source"), *plans}, reverse=True)}


def without_coded(table):
    """Returns the table as if the codecs of steps had not been measured."""
    kept = lambda cell: [estimate for estimate in cell["estimates"] if estimate["codec"] not in CODED]
    return table | {"cells": [cell | {"estimates": kept(cell)} for cell in table["cells"]]}


def cell_at(table, megabits):
    cell, = (cell for cell in table["cells"] if round(cell["asked"]["uplink_bps"]) == megabits * 1_000_000)
    return cell


def best_at(table, megabits, least):
    """Returns the plan that the table says is the fastest at that rate."""
    return ranking(cell_at(table, megabits), least)[0]


def order(names, rounds, seed):
    """Returns the names, shuffled within each round."""
    draw = random.Random(seed)
    return [name for _ in range(rounds) for name in draw.sample(names, len(names))]


def divide(files, served, profiled):
    """Returns two lists of different files, the same on every call: those that are served, and those that are profiled with."""
    drawn = random.Random(1).sample(sorted(files), served + profiled)
    return drawn[:served], drawn[served:]
