"""Errors of held-out measurements, beside what their own few repetitions scatter. As a program: of JOURNAL TABLE pairs."""
import json
import pathlib
import statistics
import sys

from bench.lib.report import quantile, table
from bench.profile import journal
from bench.profile.report import percent

HEADER = ["median error", "by the cells' own noise", "p95 error", "by the cells' own noise, p95", "rms error", "of it the prediction's"]


def totals(lines):
    """Returns the measured totals in nanoseconds, by the conditions of the cell and the plan."""
    context = next(line for line in lines if line["type"] == "context")
    found = {}
    for sample in journal.samples(lines):
        candidate = context["candidates"][sample["candidate"]]
        asked = json.dumps(context["cells"][sample["cell"]], sort_keys=True)
        found.setdefault((asked, candidate["cut"], candidate["codec"]), []).append(sum(sample["terms"].values()))
    return found


def scatter(times):
    """Returns errors that the mean of `times` has by itself, relative to it: as large as theirs and as often, if repetitions are
    independent. (The distance of one of n from their mean has n - 1 times the variance of the mean.)"""
    mean, n = statistics.mean(times), len(times)
    return [abs(time - mean) / mean / (n - 1) ** 0.5 for time in times]


def beside_noise(lines, told):
    """Returns the errors of the held-out measurements of a campaign; those of a perfect prediction; and the root mean square of the
    error that only the prediction can have made."""
    measured = totals(lines)
    errors, noise, own = [], [], []
    for one in told["quality"]["held_out"]:
        times = measured[json.dumps(one["asked"], sort_keys=True), one["cut"], one["codec"]]
        if len(times) < 2:
            continue
        alone = scatter(times)
        errors.append(abs(one["predicted_ns"] - one["measured_ns"]) / one["measured_ns"])
        noise += alone
        own.append(errors[-1] ** 2 - statistics.mean(e * e for e in alone))
    if not errors:
        return {"repeated": [], "noise": [], "rms": None, "own_rms": None}
    return {"repeated": errors, "noise": noise, "rms": statistics.mean(e * e for e in errors) ** 0.5,
            "own_rms": max(0.0, statistics.mean(own)) ** 0.5}


def cells(told):
    """Returns the cells of a row under HEADER."""
    if not told["repeated"]:
        return ["-"] * len(HEADER)
    quantiles = [percent(quantile(told[of], p)) for p in (0.5, 0.95) for of in ("repeated", "noise")]
    return [*quantiles, percent(told["rms"]), percent(told["own_rms"])]


def main(files):
    rows = []
    for measured, predicted in zip(files[::2], files[1::2], strict=True):
        told = json.loads(pathlib.Path(predicted).read_text())
        found = beside_noise(journal.lines(measured), told)
        rows.append([predicted, str(len(found["repeated"])), *cells(found), percent(told["quality"].get("noise_floor"))])
    print("\n".join(table(["table", "held out", *HEADER, "noise floor"], rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
