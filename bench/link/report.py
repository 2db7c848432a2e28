"""The tables of link."""
import math

from bench.lib.report import median_of, ratio_of, table

UP, DOWN, RATE = 186_624, 4_000, 50e6
SEGMENT, HEADERS = 1448, 66  # Bytes of one Ethernet packet: TCP's payload, and the headers that tbf counts.
GOODPUT = SEGMENT / (SEGMENT + HEADERS)
WIRE_MS = (UP + math.ceil(UP / SEGMENT) * HEADERS) * 8 / RATE * 1e3
NAMES = {"this": "this link", "itself": "this link again", "plain": "blocking socket", "rpc": "torch.distributed.rpc"}


def quantile(turns, share):
    times = sorted(time for turn in turns for time in turn)
    return times[min(len(times) - 1, int(share * len(times)))]


def exchange_rows(told, where, wire):
    times = told["times"]
    for name, title in NAMES.items():
        if name not in times:
            continue
        cells = [where, title, f"{median_of(times[name]):.3f}", f"{quantile(times[name], 0.05):.3f}"]
        cells += [f"{quantile(times[name], 0.95):.3f}"]
        cells += ["" if name == "this" else ratio_of(times["this"], times[name])]
        yield cells + [f"{median_of(times[name]) / wire:.3f}" if wire else ""]


def estimate_cell(cell):
    whole = cell["rate"] * 1e6 * GOODPUT
    exact = [float(word) / whole for word in cell["samples"] if not word.startswith("+")]
    estimate = f"{cell['estimate'] / whole:.3f}"
    if exact:
        return f"{estimate} ({min(exact):.3f} to {max(exact):.3f})"
    return f"≥ {estimate}" if cell["samples"] else "-"


def estimates_table(cells):
    rates = sorted({cell["rate"] for cell in cells})
    rows = []
    for kib in sorted({cell["kib"] for cell in cells}):
        found = {cell["rate"]: cell for cell in cells if cell["kib"] == kib}
        rows.append([f"{kib} KiB"] + [estimate_cell(found[rate]) for rate in rates])
    return table(["tensor"] + [f"{rate} Mbit/s" for rate in rates], rows)


def congestion_control():
    with open("/proc/sys/net/ipv4/tcp_congestion_control") as source:
        return source.read().strip()


def report(data, _):
    loopback, shaped, estimates = (data.get(what) for what in ("loopback", "shaped", "estimates"))
    lines = [f"* congestion control: {congestion_control()}"]
    lines += sorted({f"* without {why}" for told in (loopback, shaped) if told for why in told["missing"].values()})
    rows = list(exchange_rows(loopback, "loopback", None))
    if shaped:
        rows += exchange_rows(shaped, "50 Mbit/s", WIRE_MS)
        lines.append(f"* wire time of {UP} bytes with their headers at 50 Mbit/s: {WIRE_MS:.2f} ms")
    else:
        lines.append("* only loopback: no network namespaces could be made here")
    header = ["way", "program", "p50, ms", "p5, ms", "p95, ms", "this link over it", "over the wire time"]
    lines += [""] + table(header, rows)
    if estimates:
        lines += ["", f"The estimate over the shaper's goodput, which is {GOODPUT:.4f} of its rate (in brackets, single"]
        lines += ["exact samples); ≥: nothing exact was to be had, and this is what it is at least.", ""]
        lines += estimates_table(estimates)
    return lines
