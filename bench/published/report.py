"""The section of published figures: theirs beside ours, and what differs."""
import statistics

from bench.lib.report import table
from bench.published import links, moves

# Of the pause without an answer: Majeed et al., "NEUKONFIG", 2021 (MobileNetV2 and VGG19, in containers).
THEIRS = {moves.BOTH: "about 6 s (pause and resume)", moves.EDGE: "0.6 s (a new container beside the old one)",
          moves.SWAP: "under 1 ms (both cuts kept, at twice the memory)"}


def report(data, options):
    return [*report_moves(data.get("moves"), options), *report_links(data.get("links")), *report_study(data.get("study"))]


def report_moves(told, options):
    if not told:
        return []
    rows = []
    for way in moves.WAYS:
        of = [one for one in told if one["way"] == way]
        down = [one["down_ms"] for one in of]
        rows.append([way, THEIRS[way], f"{statistics.median(down):.0f} [{min(down):.0f}, {max(down):.0f}]",
                     *(str(sum(one[what] for one in of)) for what in ("requests", "failed", "wrong")),
                     f"{sum(one['moved'] for one in of)} of {len(of)}",
                     f"{statistics.median(one['edge_mib'] for one in of):.0f}", f"{statistics.median(one['edge_most_mib'] for one in of):.0f}"])
    return [f"* Three ways to move a cut (NEUKONFIG): {moves.NETWORK}, a core on each side, {moves.LINK} Mbit/s, {moves.RATE} requests per "
            f"second, from cut {moves.FROM} to {moves.TO}, {options.rounds} times each; without an answer: median, least and most", "",
            *table(["way", "theirs, without an answer", "ours, ms", "requests", "failed", "wrong", "moved", "edge's memory before, MiB",
                    "at most after"], rows), ""]


def report_links(told):
    if not told:
        return []
    rows = []
    for one in told["rates"]:
        ms = one["ways"]
        ends = min(ms[links.ALONE], ms[links.RAW])
        upload = links.PUBLISHED.get(one["rate"])
        theirs = [f"{links.ON_PHONE}", f"{upload + links.ON_SERVER}"] if upload else ["-", "-"]
        cut, codec = one["middle"]
        rows.append([f"{one['rate']:g}", *theirs, *(f"{ms[name]:.0f}" for name in (links.ALONE, links.RAW, links.JPEG, links.FILE)),
                     f"{ms[links.MIDDLE]:.0f} (cut {cut}, {codec})", f"{ms[links.ADAPTIVE]:.0f}", f"{ms[links.ADAPTIVE] / ends:.2f}",
                     f"{ms[links.ADAPTIVE] / min(ends, ms[links.JPEG], ms[links.FILE]):.2f}"])
    return [f"* AlexNet over the links of Neurosurgeon: the edge has {told['share']} % of its core and takes {told['alone']:.0f} ms alone, theirs "
            f"{links.ON_PHONE} on the phone's CPU. 152 kB are the pixels of 224 x 224; the file is a photo of 640 x 480; median ms", "",
            *table(["Mbit/s", "theirs: phone alone", "theirs: server alone", "edge only", "152 kB to the cloud", "JPEG of these pixels to the cloud",
                    "the camera's file to the cloud", "best cut in the middle", "adaptive", "adaptive over the better end of theirs",
                    "over the best end, with JPEGs"], rows), ""]


def report_study(told):
    if not told:
        return []
    gain = lambda three: f"{three[0]:.1f} % [{three[1]:.1f}, {three[2]:.1f}]"
    rows = [[one["model"], str(one["conditions"]), str(one["measurements"]), *(gain(one[name]) for name in ("raw", "denoised", "held_out")),
             f"{100 * one['noise']:.1f} %"] for one in told]
    return ["* The study's own measurements, analysed again: the mean gain of a moving cut over the best cut that stays", "",
            *table(["network", "conditions", "measurements", "as measured (the study's way)", "without the noise", "held out",
                    "median distance of a measurement from the fit"], rows)]
