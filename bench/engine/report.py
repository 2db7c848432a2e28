"""The tables of engine.

A ratio is the median over the rounds of this engine's time over the other's in the same round; in brackets the 95 %
bootstrap percentile interval of that median.
"""
import random
import statistics

from bench.lib.report import table

PEERS = {
    "freeze": "libtorch, freeze",
    "optimise": "libtorch, optimize_for_inference",
    "onnx": "ONNX Runtime",
    "bf16": "this engine, bf16",
    "fp16": "this engine, fp16",
}


def interval(xs):
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(xs, k=len(xs))) for _ in range(1000))
    return medians[24], medians[974]


def floors(told):
    """Returns, for each round, the least time of arithmetic and reading, in ms."""
    work = told["work"]
    for gflops, gigabytes, _ in told["turns"]["limits"]:
        reading = work["linear_bytes"] / gigabytes / 1e6
        yield work["convolutions"] / gflops / 1e6 + max(work["linears"] / gflops / 1e6, reading)


class Network:
    def __init__(self, told):
        self.told = told
        self.times = {name: [turn[0] for turn in turns] for name, turns in told["turns"].items() if name != "limits"}
        self.times["floor"] = list(floors(told))

    def ms(self, name):
        return statistics.median(self.times[name]) if name in self.times else None

    def ratios(self, name):
        if name not in self.times:
            return None
        return [ours / theirs for ours, theirs in zip(self.times["this"], self.times[name], strict=True)]

    def limit(self, which):
        return statistics.median(turn[which] for turn in self.told["turns"]["limits"])


def three_digits(x):
    return "-" if x is None else f"{x:#.3g}".rstrip(".")


def cell_ratio(ratios):
    if ratios is None:
        return "-"
    low, high = interval(ratios)
    return f"{statistics.median(ratios):.3f} [{low:.3f}, {high:.3f}]"


def geometric_mean(networks, name):
    medians = [statistics.median(n.ratios(name)) for n in networks if n.ratios(name)]
    if not medians:
        return "-"
    some = "" if len(medians) == len(networks) else f" ({len(medians)} of {len(networks)})"
    return f"{statistics.geometric_mean(medians):.3f}{some}"


def times_table(networks):
    header = ["network", "this engine, ms", "ratio to itself", "ratio to its floor"]
    for title in PEERS.values():
        header += [title + ", ms", "ratio"]
    rows = []
    for n in networks:
        cells = [n.told["network"], three_digits(n.ms("this"))]
        cells += [cell_ratio(n.ratios("itself")), cell_ratio(n.ratios("floor"))]
        for peer in PEERS:
            cells += [three_digits(n.ms(peer)), cell_ratio(n.ratios(peer))]
        rows.append(cells)
    means = ["geometric mean", "", geometric_mean(networks, "itself"), geometric_mean(networks, "floor")]
    for peer in PEERS:
        means += ["", geometric_mean(networks, peer)]
    return table(header, rows + [means])


def floors_table(networks):
    header = ["network", "convolutions, GFLOP", "linear layers, MB", "GFLOP/s", "GB/s", "floor, ms"]
    header += ["rounds", "largest output", "this engine differs by", "ONNX Runtime differs by", "bf16 differs by"]
    header += ["fp16 differs by"]
    rows = []
    for n in networks:
        work, differ = n.told["work"], n.told["differences"]
        cells = [n.told["network"], three_digits(work["convolutions"] / 1e9), three_digits(work["linear_bytes"] / 1e6)]
        cells += [f"{n.limit(0):.0f}", f"{n.limit(1):.1f}", three_digits(n.ms("floor")), str(len(n.times["this"]))]
        cells += [f"{n.told['largest_output']:.1e}", f"{differ['this']:.1e}"]
        rows.append(cells + [f"{differ[name]:.1e}" if name in differ else "-" for name in ("onnx", "bf16", "fp16")])
    return table(header, rows)


def instructions(names):
    """Returns which of these the processor has."""
    with open("/proc/cpuinfo") as source:
        flags = set(source.read().split())
    return ", ".join(name for name in names if name in flags) or "none"


def noise(network):
    """Returns how far from 1 the interval of this engine's ratio to itself reaches, in percent."""
    return max(abs(end - 1) for end in interval(network.ratios("itself"))) * 100


def facts(networks):
    about = networks[0].told["about"]
    versions = "; ".join(f"{name}: {about[name]}" for name in ("this", "freeze", "onnx") if name in about)
    noisiest = max(networks, key=noise)
    lines = [
        f"* instructions for bf16: {instructions(('avx512_bf16', 'amx_bf16'))}",
        f"* instructions for fp16: {instructions(('asimdhp', 'avx512_fp16', 'f16c'))} (f16c only converts)",
        f"* {versions}",
        f"* reading what no cache holds: {statistics.median(n.limit(2) for n in networks):.1f} GB/s",
        f"* noise: this engine's ratio to itself is within {noise(noisiest):.1f} % of 1,"
        f" {noisiest.told['network']} being worst; what differs by less than a network's own noise is equal",
    ]
    missing = {(PEERS[name], why) for n in networks for name, why in n.told["missing"].items()}
    return lines + [f"* without {name}: {why}" for name, why in sorted(missing)]


def report(data, _):
    networks = [Network(told) for told in data["networks"]]
    return facts(networks) + [""] + times_table(networks) + [""] + floors_table(networks)
