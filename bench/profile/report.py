"""The section of profile: the results of its campaigns."""
import json
import statistics

from bench.lib.report import quantile, table
from bench.profile import journal


def load(folder, name):
    return json.loads((folder / name).read_text())


def read_all(folder):
    """Returns the numbers of the report, from the files of the campaigns."""
    return {"campaigns": [campaign(folder, name) for name in ("first", "second")], "exhaustive": exhaustive(folder),
            "difference": load(folder, "difference.json"), "killed": killed(folder), "merged_differs": merged_differs(folder)}


def campaign(folder, name):
    """Returns the time of one campaign, and its errors on the held-out measurements."""
    told = load(folder, f"{name}.json")
    quality = told["quality"]
    return {"name": name, "seconds": load(folder, f"{name}.seconds"),
            "cells": len(told["cells"]), "left_out": len(quality["left_out"]),
            "samples": len(journal.samples(journal.lines(folder / f"{name}.jsonl"))), "noise_floor": quality.get("noise_floor"),
            "errors": [abs(h["predicted_ns"] - h["measured_ns"]) / h["measured_ns"] for h in quality["held_out"]]}


def exhaustive(folder):
    took, cells = [], 0
    for file in folder.glob("part*.jsonl"):
        lines = journal.lines(file)
        measured = journal.samples(lines)
        took.append(max(line["at_ns"] for line in measured) / 1e9 - journal.seconds_of_anchors(lines))
        cells += len({sample["cell"] for sample in measured})
    return {"parts": load(folder, "parts"), "took": took, "cells": cells}


def killed(folder):
    final, whole = (journal.lines(folder / f"{name}.jsonl") for name in ("killed", "whole"))
    taken_back = journal.taken_back(folder / "killed.jsonl", folder.glob("killed.[0-9]*"))
    return {"kills": load(folder, "kills"), "samples": len(journal.samples(final)), "lost": journal.lost(final, whole),
            "doubled": journal.doubled(final), "taken_back": taken_back}


def merged_differs(folder):
    one, merged = (journal.structure(load(folder, f"{name}.json")) for name in ("whole", "merged"))
    return [what for what in one if one[what] != merged[what]]


def minutes(seconds):
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def percent(share):
    return "-" if share is None else f"{100 * share:.1f} %"


def campaign_row(told):
    errors = told["errors"]
    row = [told["name"], minutes(told["seconds"]), str(told["samples"])]
    row += [f"{told['cells']} of {told['cells'] + told['left_out']}", str(len(errors))]
    return row + [percent(quantile(errors, p)) if errors else "-" for p in (0.5, 0.95)] + [percent(told["noise_floor"])]


def exhaustive_line(told, first):
    parts, took = told["parts"], told["took"]
    whole = statistics.mean(took) * parts
    return (
        f"* The same exhaustively: {minutes(whole)}, {whole / first:.0f} times as long. Measured on {told['cells']} cells "
        f"({len(took)} of {parts} parts, drawn at random: {minutes(sum(took))}) and extrapolated."
    )


def agreement_line(told):
    return (
        f"* The two tables agree on the best plan in {percent(told['agreement'])} of {told['common']} cells, and within the "
        f"noise in {percent(told['agreement_within_noise'])}; the first one's choice costs at most "
        f"{told['worst_regret_percent']:.1f} % more by the second."
    )


def killed_line(told):
    return (
        f"* Killed with SIGKILL at {told['kills']} random moments and resumed: {told['samples']} samples, "
        f"{told['lost']} lost, {told['doubled']} doubled, {told['taken_back']} lines taken back."
    )


def merged_line(differing):
    return "* Four shards merged " + (
        "have the structure of the single run: model, cells, plans and number of samples."
        if not differing
        else f"differ from the single run in {', '.join(differing)}."
    )


def report(data, _):
    header = ["campaign", "took", "samples", "cells", "held out", "median error", "p95 error", "noise floor"]
    return [
        "", *table(header, map(campaign_row, data["campaigns"])), "",
        exhaustive_line(data["exhaustive"], data["campaigns"][0]["seconds"]),
        agreement_line(data["difference"]), killed_line(data["killed"]), merged_line(data["merged_differs"]),
    ]
