"""TorchScript files of many kinds: which are loaded and cut, whether every cut is exact, or why one is refused."""
import json
import subprocess
import sys
import time

from bench.lib.options import whole
from bench.lib.report import row

NEEDS, WANTS = ("python3-torch", "python3-torchvision"), ()
BUILDS = ("agent",)
QUICK = {"names": ["squeezenet1_1-traced", "dictionary-scripted", "named_tuple-scripted", "chunks-scripted",
                   "optional_input-scripted", "counter-scripted", "device_in_code-scripted", "nms-scripted",
                   "quantised_by_fx-scripted", "weights_alone"]}
SECTION = True


def options(parser):
    parser.add_argument("names", nargs="*", metavar="NAME", help="of bench/foreign/networks.py; all when not given")
    parser.add_argument("--seconds", type=whole, default=120, metavar="N", help="the most for one file; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    bed.say("making the files")
    bed.script("foreign.networks", bed.out, *options.names)
    bed.say("asking the agent of each")
    entries = json.loads((bed.out / "list.json").read_text())
    for entry in entries:
        if "not_made" not in entry:
            entry.update(ask(bed, entry, options.seconds))
        print(f"{entry['name']}: {entry.get('refused', entry.get('cuts', 'no answer'))}", file=sys.stderr, flush=True)
    return {"files": entries}


def ask(bed, entry, seconds):
    """Returns the findings about one file."""
    command = [bed.agent, "--inspect", "--verify", "--json", "--threads", "1", "--model", f"m={bed.out}/{entry['name']}.pt"]
    began = time.monotonic()
    try:
        ran = subprocess.run([*command, "--input", " ".join(entry["inputs"])], capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"slow": seconds}
    seen = {"seconds": time.monotonic() - began, "status": ran.returncode}
    try:
        told = json.loads(ran.stdout)
    except ValueError:
        said = ran.stderr.strip().splitlines() or ["nothing was said"]
        return {**seen, "refused": said[-1].removeprefix("agent: ").replace(f"{bed.out}/", "")}
    cuts = told["cuts"]
    return {**seen, "cuts": len(cuts), "exact": sum(cut["exact"] for cut in cuts),
            "whole_numbers": sum(any(t["dtype"] in ("uint8", "int8") for t in cut["tensors"]) for cut in cuts),
            "outputs": [output["name"] for output in told.get("outputs", [])]}


def shortened(sentence):
    sentence = sentence.replace("|", "/")
    return sentence if len(sentence) <= 240 else sentence[:237] + "..."


def verdict(entry):
    """Returns a row: loaded, cuts, exact, remark."""
    if "not_made" in entry:
        return "", "", "", f"not made: {shortened(entry['not_made'])}"
    if "slow" in entry:
        return "?", "", "", f"no answer within {entry['slow']} s"
    if "refused" in entry:
        return "no", "", "", shortened(entry["refused"])
    notes = []
    if entry["whole_numbers"]:
        notes.append(f"{entry['whole_numbers']} cuts ship numbers of int8")
    if entry["outputs"] and not entry["outputs"][0].startswith("output"):
        notes.append("outputs " + ", ".join(entry["outputs"][:4]))
    every = entry["exact"] == entry["cuts"]
    return "yes", str(entry["cuts"]), "all" if every else f"{entry['exact']} of {entry['cuts']}", "; ".join(notes)


def report(data, _):
    made = [e for e in data["files"] if "not_made" not in e]
    loaded = [e for e in made if "cuts" in e]
    exact = [e for e in loaded if e["exact"] == e["cuts"]]
    rows = [[e["name"], " ".join(f"`{spec}`" for spec in e["inputs"]), *verdict(e)] for e in data["files"]]
    return [
        f"* {len(loaded)} of {len(made)} files are loaded and cut; of {len(exact)} of these every cut is exact, bit for bit.", "",
        row(["file", "takes", "loaded", "cuts", "exact", ""]), row(["---", "---", "---", "--:", "---", "---"]), *map(row, rows),
    ]
