"""Makes the table of what ask.py saw: python3 report.py FOLDER [--into FILE] ..."""
import argparse
import json

import results


def shortened(sentence, folder):
    """The sentence without where it was said."""
    sentence = sentence.replace(f"{folder}/", "").replace("|", "/")
    return sentence if len(sentence) <= 240 else sentence[:237] + "..."


def verdict(entry, folder):
    """Loaded, cuts, exact, and what is to be said."""
    if "not_made" in entry:
        return "", "", "", f"not made: {shortened(entry['not_made'], folder)}"
    if "slow" in entry:
        return "?", "", "", f"no answer within {entry['slow']} s"
    if "refused" in entry:
        return "no", "", "", shortened(entry["refused"], folder)
    notes = []
    if entry["whole_numbers"]:
        notes.append(f"{entry['whole_numbers']} cuts ship numbers of int8")
    if entry["outputs"] and not entry["outputs"][0].startswith("output"):
        notes.append("outputs " + ", ".join(entry["outputs"][:4]))
    every = entry["exact"] == entry["cuts"]
    return "yes", str(entry["cuts"]), "all" if every else f"{entry['exact']} of {entry['cuts']}", "; ".join(notes)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    results.add_options(parser)
    options = parser.parse_args()
    with open(f"{options.folder}/seen.json") as source:
        entries = json.load(source)
    rows = [[e["name"], " ".join(f"`{spec}`" for spec in e["inputs"]), *verdict(e, options.folder)] for e in entries]
    loaded = [e for e in entries if "cuts" in e]
    exact = [e for e in loaded if e["exact"] == e["cuts"]]
    lines = results.circumstances(options) + [
        f"* {len(loaded)} of {len([e for e in entries if 'not_made' not in e])} files are loaded and cut; of "
        f"{len(exact)} of these every cut is exact, bit for bit.", ""]
    lines += [results.row(["file", "takes", "loaded", "cuts", "exact", ""]),
              results.row(["---", "---", "---", "--:", "---", "---"])] + [results.row(r) for r in rows]
    results.tell(options, "foreign", lines)


if __name__ == "__main__":
    main()
