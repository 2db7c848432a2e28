"""The section of images."""
from bench.lib.report import median_of, ratio_of, table

NAMES = {"pil": "PIL", "draft": "PIL, draft", "opencv": "OpenCV", "reduced": "OpenCV, reduced"}


def noise(times):
    """Returns the largest difference from 1 of the ratio of this to itself."""
    return max(abs(median_of(turns["this"]) / median_of(turns["itself"]) - 1) for turns in times.values())


def cells(name, turns):
    row = [name, f"{median_of(turns['this']):.2f}", ratio_of(turns["this"], turns["itself"])]
    for peer in NAMES:
        if peer in turns:
            row += [f"{median_of(turns[peer]):.2f}", ratio_of(turns["this"], turns[peer])]
    return row


def lines_of_comparison(compared):
    header = ["input", "prepared by", "files", "the same pixels", "largest difference", "mean difference", "same first answer", "right"]
    rows = []
    for entry in compared:
        rows.append([str(entry["side"]), entry["peer"], str(entry["files"]), str(entry["same"]), str(entry["largest"]),
                     f"{entry['mean']:.3f}", entry.get("answers", ""), entry.get("right", "")])
    return ["", "Differences to this room's pixels, of 0 to 255. Right answers: this room's / the other's.", "", *table(header, rows)]


def report(data, _):
    times = data["times"]
    present = [peer for peer in NAMES if peer in next(iter(times.values()))]
    header = ["image", "this, ms", "ratio to itself"]
    for peer in present:
        header += [f"{NAMES[peer]}, ms", "ratio"]
    lines = [f"* noise: the ratio of this room to itself is within {noise(times):.1%} of 1"]
    lines += [f"* not here: {why}" for why in data["missing"].values()]
    lines += ["", *table(header, [cells(name, turns) for name, turns in times.items()])]
    return lines + (lines_of_comparison(data["compared"]) if data["compared"] else [])
