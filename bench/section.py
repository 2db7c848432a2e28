"""section.py FILE NAME < TEXT: puts the text between <!-- NAME:begin --> and <!-- NAME:end --> of the page."""
import sys


def main():
    file, name = sys.argv[1:]
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    with open(file) as source:
        page = source.read()
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        sys.exit(f"section: {file} has no section between {begin} and {end}; put the two lines where it should stand")
    with open(file, "w") as out:
        out.write(f"{before}{begin}\n{sys.stdin.read().strip()}\n{end}{after}")


if __name__ == "__main__":
    main()
