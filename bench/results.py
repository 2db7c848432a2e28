"""What every report says of its run, and how it gets into its section of RESULTS.md."""
import datetime
import os
import platform
import re
import statistics
import sys


def processor():
    with open("/proc/cpuinfo") as source:
        found = re.search(r"model name\s*: (.*)", source.read())
    return found.group(1) if found else platform.machine()


def circumstances(options):
    """Returns the first lines of a section. The options have command, commit and load."""
    return [
        f"* `{options.command}`, {datetime.date.today()}, commit {options.commit}",
        f"* {processor()}, {os.cpu_count()} cores, Linux {platform.release()}, load {options.load} at the start",
    ]


def add_options(parser):
    """The options that every report has: what circumstances() and tell() read."""
    parser.add_argument("--command", required=True)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--load", default="unknown")
    parser.add_argument("--into", help="the file whose section is replaced")


def tell(options, section, lines):
    """Prints the section, and puts it into its place where one is given."""
    text = "\n".join(lines)
    print(text)
    if options.into:
        put_into(options.into, section, text)


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(header, rows):
    return [row(header), row(["---"] + ["--:"] * (len(header) - 1))] + [row(r) for r in rows]


def quantile(values, p):
    """By linear interpolation between the two nearest."""
    ordered = sorted(values)
    at = p * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def median_of(turns):
    return statistics.median(time for turn in turns for time in turn)


def ratio_of(ours, theirs):
    """The ratio of the medians, and the range that the middle half of the rounds' own ratios span."""
    rounds = sorted(statistics.median(a) / statistics.median(b) for a, b in zip(ours, theirs, strict=True))
    low, high = rounds[len(rounds) // 4], rounds[-1 - len(rounds) // 4]
    return f"{median_of(ours) / median_of(theirs):.3f} [{low:.3f}, {high:.3f}]"


def put_into(file, section, text):
    """Replaces what stands between the section's two marks; everything else stays."""
    begin_mark, end_mark = f"<!-- {section}:begin -->", f"<!-- {section}:end -->"
    with open(file) as source:
        page = source.read()
    before, begin, rest = page.partition(begin_mark)
    _, end, after = rest.partition(end_mark)
    if not begin or not end:
        sys.exit(f"{file} has no section between {begin_mark} and {end_mark}; put the two lines where it should stand")
    with open(file, "w") as out:
        out.write(f"{before}{begin_mark}\n{text}\n{end_mark}{after}")


if __name__ == "__main__":  # results.py FILE SECTION < TEXT
    put_into(sys.argv[1], sys.argv[2], sys.stdin.read().strip())
