"""Which plans are served, chosen from a partition table, and the order of their turns. Pure."""
import random

LOSSLESS = "fp32", "source", "u8"
EDGE, CLOUD = "edge only", "cloud only, source"


def took(estimate):
    return sum(estimate["mean"].values())


def plan_of(estimate):
    return estimate["cut"], estimate["codec"]


def is_middle(plan, last):
    return 0 < plan[0] < last


def is_allowed(estimate, least):
    """Returns true iff the plan loses nothing, or was measured to put at least that share of the largest numbers where fp32 does."""
    return estimate["codec"] in LOSSLESS or estimate.get("agreement", {}).get("top1", 0) >= least


def ranking(cell, least):
    """Returns the allowed plans under one condition, the fastest first."""
    return [plan_of(e) for e in sorted(cell["estimates"], key=took) if is_allowed(e, least)]


def name_of(plan, last):
    cut, codec = plan
    if cut == last:
        return EDGE
    return CLOUD if plan == (0, "source") else f"cloud only, {codec}" if cut == 0 else f"cut {cut}, {codec}"


def held(table, least):
    """Returns {name: plan}: both ends, the two best under each condition, and the best that divides the network there."""
    last = table["model"]["cuts"] - 1
    chosen = {(last, "fp32"), (0, "source")}
    for cell in table["cells"]:
        ranked = ranking(cell, least)
        chosen.update(ranked[:2])
        chosen.update([plan for plan in ranked if is_middle(plan, last)][:1])
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
