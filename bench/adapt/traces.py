"""Traces of bandwidth and of CPU load.

The format is that of policy/replay/README.md: a value holds until the next row, and after its end a trace repeats.
"""
import csv

from bench.lib.processes import Failed

UNITS = {"mbit_per_s": 1, "mbps": 1, "kbit_per_s": 0.001, "cpu_percent": 1}


def read(file):
    """Returns (name of the value, [(second, value), ...]), of bandwidth in Mbit/s."""
    with open(file, newline="") as source:
        head, *rows = csv.reader(source)
    if len(head) != 2 or head[1] not in UNITS:
        raise Failed(f"{file}: begins with '{','.join(head)}', and not with seconds,mbit_per_s or seconds,cpu_percent")
    name = "cpu_percent" if head[1] == "cpu_percent" else "mbit_per_s"
    return name, [(float(second), float(value) * UNITS[head[1]]) for second, value in rows]


def length(rows):
    return rows[-1][0] + (rows[-1][0] - rows[-2][0] if len(rows) > 1 else 1)


def changes(rows):
    """Yields (second, value) without end."""
    begun = 0
    while True:
        for second, value in rows:
            yield begun + second, value
        begun += length(rows)


def first(rows, seconds):
    """Returns the first so many seconds of the rows, as a trace of that length."""
    kept = []
    for second, value in changes(rows):
        if second >= seconds:
            break
        kept.append((second, value))
    second, value = kept[-1]
    # The last row holds as long as the one before it.
    if abs(length(kept) - seconds) > 1e-9:
        kept.append(((second + seconds) / 2, value))
    return kept


def cut(file, seconds, into, faster=1):
    """Writes the first seconds of a trace, sped up by that factor."""
    name, rows = read(file)
    kept = first([(second / faster, value) for second, value in rows], seconds)
    into.write_text(f"seconds,{name}\n" + "".join(f"{second:g},{value:g}\n" for second, value in kept))


def busy_words(bed, trace):
    """Returns the arguments that name the trace of a busy CPU; none if it is idle."""
    cpu = bed.out / "traces" / f"{trace}.cpu"
    return ["--cpu", cpu] if cpu.exists() else []
