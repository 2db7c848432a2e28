"""The table of kernels. A ratio is the median over the rounds, with the 95 % interval that engine's report describes."""
import statistics

from bench.engine.report import cell_ratio, three_digits
from bench.lib.report import table

TITLES = {"onednn": "oneDNN", "xnnpack": "XNNPACK", "libtorch": "libtorch's operators", "onnx": "ONNX Runtime"}
RIVALS = ("onednn", "libtorch", "onnx")


def times(told, name):
    return [turn[0] for turn in told["turns"][name]] if name in told["turns"] else None


def ratios(told, name):
    if name not in told["turns"]:
        return None
    return [ours / theirs for ours, theirs in zip(times(told, "xnnpack"), times(told, name), strict=True)]


def mean_ratio(networks, name):
    medians = [statistics.median(ratios(told, name)) for told in networks if ratios(told, name)]
    return f"{statistics.geometric_mean(medians):.3f}" if medians else "-"


def report(data, _):
    networks = data["networks"]
    header = ["network", *(f"{title}, ms" for title in TITLES.values())]
    header += [f"XNNPACK to {TITLES[name]}" for name in RIVALS] + ["XNNPACK differs by"]
    rows = []
    for told in networks:
        cells = [told["network"]]
        cells += [three_digits(statistics.median(times(told, name)) if name in told["turns"] else None) for name in TITLES]
        rows.append(cells + [cell_ratio(ratios(told, name)) for name in RIVALS] + [f"{told['differences']['xnnpack']:.1e}"])
    rows.append(["geometric mean", "", "", "", "", *(mean_ratio(networks, name) for name in RIVALS), ""])
    missing = sorted({f"* without {TITLES[name]}: {why}" for told in networks for name, why in told["missing"].items()})
    return missing + [""] + table(header, rows)
