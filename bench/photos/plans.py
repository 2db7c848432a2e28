"""Which plans are served, chosen from a partition table, and the order of their turns. Pure."""
import random

LOSSLESS = "fp32", "source", "u8"
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
    """Returns {name: plan}: both ends, and under each condition the two best, the best middle cut and the best without a head."""
    last = table["model"]["cuts"] - 1
    middle = middle_cuts(table)
    chosen = {(last, "fp32"), (0, "source")}
    for cell in table["cells"]:
        ranked = ranking(cell, least)
        chosen.update(ranked[:2])
        chosen.update([plan for plan in ranked if plan[0] in middle][:1])
        chosen.update([plan for plan in ranked if plan[0] == 0][:1])
    return {name_of(plan, last): plan for plan in sorted(chosen, reverse=True)}


def best_at(table, megabits, least):
    """Returns the plan that the table says is the fastest at that rate."""
    cell, = (cell for cell in table["cells"] if round(cell["asked"]["uplink_bps"]) == megabits * 1_000_000)
    return ranking(cell, least)[0]


def order(names, rounds, seed):
    """Returns the names, shuffled within each round."""
    draw = random.Random(seed)
    return [name for _ in range(rounds) for name in draw.sample(names, len(names))]


def divide(files, served, profiled):
    """Returns two lists of different files, the same on every call: those that are served, and those that are profiled with."""
    drawn = random.Random(1).sample(sorted(files), served + profiled)
    return drawn[:served], drawn[served:]
