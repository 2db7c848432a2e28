"""report.py FOLDER: the table of what measure.py wrote, in Markdown; --into FILE puts it into its section."""
import argparse
import json

from results import add_options, circumstances, median_of, ratio_of, table, tell

PEERS = {"rpc": "torch.distributed.rpc", "onnx": "ONNX Runtime and a socket"}


def p95(turns):
    times = sorted(time for turn in turns for time in turn)
    return times[int(0.95 * (len(times) - 1))]


def rows(where, told):
    times = told["times"][where]
    peers = [name for name in PEERS if name in times]
    best = min(peers, key=lambda name: median_of(times[name]), default=None)
    place = where if where == "loopback" else f"{where} Mbit/s"
    for name, turns in times.items():
        top1, worst, _ = told["agreement"].get(name, ("", "", ""))
        title = PEERS.get(name, f"this engine, {name}")
        over = ratio_of(turns, times[best]) if best else ""
        exact = f"{float(top1):.3f}, {float(worst):.1e}" if top1 else ""
        yield [place, title, f"{median_of(turns):.2f}", f"{p95(turns):.2f}", over, exact]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    add_options(parser)
    parser.add_argument("--bytes", required=True)
    parser.add_argument("--no-onnx", default="")
    options = parser.parse_args()
    with open(f"{options.folder}/split.json") as source:
        told = json.load(source)
    lines = circumstances(options) + [f"* {options.bytes} bytes cross in fp32; one thread on each side"]
    lines += ["* " + "; ".join(told["about"].values())]
    lines += [f"* without {why}" for why in filter(None, [*told["missing"].values(), options.no_onnx])]
    header = ["way", "program", "p50, ms", "p95, ms", "over the best peer", "top-1 agreement, largest error"]
    lines += [""] + table(header, [row for where in told["times"] for row in rows(where, told)])
    inputs = told["agreement"]["fp32"][2]
    lines += ["", f"Agreement with the whole network in fp32, over {inputs} random inputs."]
    tell(options, "split", lines)


if __name__ == "__main__":
    main()
