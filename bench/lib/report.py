"""The lines of every report on its run, its tables, and the replacing of its section in RESULTS.md."""
import datetime
import os
import platform
import re
import shlex
import statistics
import subprocess

from bench.lib.processes import Failed

VECTORS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "asimdhp", "sve")


def processor():
    """Returns the model of the processor, and its vector instructions that matter here."""
    with open("/proc/cpuinfo") as source:
        told = source.read()
    model = re.search(r"model name\s*: (.*)", told)
    flags = set(re.search(r"^(?:flags|Features)\s*: (.*)$", told, re.MULTILINE).group(1).split())
    vectors = [name for name in VECTORS if name in flags]
    return f"{model.group(1) if model else platform.machine()} ({', '.join(vectors) or 'no AVX2'})"


def circumstances(name, arguments, root):
    """Returns the first lines of a section; call it before the run loads the machine."""
    chosen = os.environ.get("OPENBLAS_CORETYPE")  # It chooses OpenBLAS's kernels; see engine's README.
    command = (f"OPENBLAS_CORETYPE={chosen} " if chosen else "") + shlex.join(["bench/run", name, *arguments])
    described = subprocess.run(["sh", "-c", "git -C \"$0\" describe --always --dirty", root], capture_output=True, text=True)
    load = os.getloadavg()[0]
    return [
        f"* `{command}`, {datetime.date.today()}, commit {described.stdout.strip() or 'unknown'}",
        f"* {processor()}, {os.cpu_count()} cores, Linux {platform.release()}, load {load:.2f} at the start",
    ]


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(header, rows):
    return [row(header), row(["---"] + ["--:"] * (len(header) - 1))] + [row(r) for r in rows]


def quantile(values, p):
    """Interpolates linearly between the two nearest values."""
    ordered = sorted(values)
    at = p * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def median_of(turns):
    return statistics.median(time for turn in turns for time in turn)


def ratio_of(ours, theirs):
    """Returns the ratio of the medians, and the range of the middle half of the rounds' own ratios."""
    rounds = sorted(statistics.median(a) / statistics.median(b) for a, b in zip(ours, theirs, strict=True))
    low, high = rounds[len(rounds) // 4], rounds[-1 - len(rounds) // 4]
    return f"{median_of(ours) / median_of(theirs):.3f} [{low:.3f}, {high:.3f}]"


def marks(section):
    return f"<!-- {section}:begin -->", f"<!-- {section}:end -->"


def put_into(file, section, text):
    """Replaces the text between the section's two marks; everything else stays."""
    begin_mark, end_mark = marks(section)
    before, begin, rest = file.read_text().partition(begin_mark)
    _, end, after = rest.partition(end_mark)
    if not begin or not end:
        raise Failed(f"{file} has no section between {begin_mark} and {end_mark}; put the two lines where it should stand")
    file.write_text(f"{before}{begin_mark}\n{text}\n{end_mark}{after}")
