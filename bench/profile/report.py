"""report.py FOLDER: what the campaigns of profile.sh showed, in Markdown; --into FILE puts it into its section."""
import argparse
import glob
import json
import statistics

import journal
from results import add_options, circumstances, quantile, table, tell


def read(folder, name):
    with open(f"{folder}/{name}") as source:
        return source.read().strip()


def load(folder, name):
    return json.loads(read(folder, name))


def minutes(seconds):
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def percent(share):
    return "-" if share is None else f"{100 * share:.1f} %"


def campaign_row(folder, name):
    """Returns the row of one campaign, and what it missed of what it held out."""
    told = load(folder, f"{name}.json")
    quality = told["quality"]
    errors = [abs(h["predicted_ns"] - h["measured_ns"]) / h["measured_ns"] for h in quality["held_out"]]
    cells = len(told["cells"])
    row = [name, minutes(float(read(folder, f"{name}.seconds"))), str(len(journal.samples(journal.lines(f"{folder}/{name}.jsonl"))))]
    row += [f"{cells} of {cells + len(quality['left_out'])}", str(len(errors))]
    row += [percent(quantile(errors, p)) if errors else "-" for p in (0.5, 0.95)]
    return row + [percent(quality.get("noise_floor"))]


def exhaustive_line(folder):
    parts = int(read(folder, "parts"))
    took, cells = [], 0
    for file in glob.glob(f"{folder}/part*.jsonl"):
        lines = journal.lines(file)
        measured = journal.samples(lines)
        took.append(max(line["at_ns"] for line in measured) / 1e9 - journal.seconds_of_anchors(lines))
        cells += len({sample["cell"] for sample in measured})
    whole = statistics.mean(took) * parts
    first = float(read(folder, "first.seconds"))
    return (
        f"* The same exhaustively: {minutes(whole)}, {whole / first:.0f} times as long. Measured on {cells} cells "
        f"({len(took)} of {parts} parts, drawn at random: {minutes(sum(took))}) and extrapolated."
    )


def agreement_lines(folder):
    told = load(folder, "difference.json")
    yield (
        f"* The two tables agree on the best plan in {percent(told['agreement'])} of {told['common']} cells, and within the "
        f"noise in {percent(told['agreement_within_noise'])}; the first one's choice costs at most "
        f"{told['worst_regret_percent']:.1f} % more by the second."
    )


def killed_lines(folder):
    final, whole = (journal.lines(f"{folder}/{name}.jsonl") for name in ("killed", "whole"))
    copies = glob.glob(f"{folder}/killed.[0-9]*")
    yield (
        f"* Killed with SIGKILL at {read(folder, 'kills')} random moments and resumed: {len(journal.samples(final))} samples, "
        f"{journal.lost(final, whole)} lost, {journal.doubled(final)} doubled, {journal.taken_back(f'{folder}/killed.jsonl', copies)} "
        "lines taken back."
    )


def merged_lines(folder):
    one, merged = (journal.structure(load(folder, f"{name}.json")) for name in ("whole", "merged"))
    differing = [what for what in one if one[what] != merged[what]]
    yield "* Four shards merged " + (
        "have the structure of the single run: model, cells, plans and number of samples."
        if not differing
        else f"differ from the single run in {', '.join(differing)}."
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    add_options(parser)
    options = parser.parse_args()
    header = ["campaign", "took", "samples", "cells", "held out", "median error", "p95 error", "noise floor"]
    lines = circumstances(options) + [""]
    lines += table(header, [campaign_row(options.folder, name) for name in ("first", "second")]) + [""]
    lines.append(exhaustive_line(options.folder))
    for more in (agreement_lines, killed_lines, merged_lines):
        lines += more(options.folder)
    tell(options, "profile", lines)


if __name__ == "__main__":
    main()
