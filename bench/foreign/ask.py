"""Runs `agent --inspect --verify --json` on each file: python3 ask.py AGENT FOLDER SECONDS; writes FOLDER/seen.json."""
import json
import subprocess
import sys
import time


def ask(agent, folder, entry, seconds):
    """Returns what is to be said of one file."""
    command = [agent, "--inspect", "--verify", "--json", "--threads", "1", "--model", f"m={folder}/{entry['name']}.pt"]
    command += ["--input", " ".join(entry["inputs"])]
    began = time.monotonic()
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"slow": seconds}
    seen = {"seconds": time.monotonic() - began, "status": ran.returncode}
    try:
        told = json.loads(ran.stdout)
    except ValueError:
        said = ran.stderr.strip().splitlines() or ["nothing was said"]
        return {**seen, "refused": said[-1].removeprefix("agent: ")}
    cuts = told["cuts"]
    return {**seen, "cuts": len(cuts), "exact": sum(cut["exact"] for cut in cuts),
            "whole_numbers": sum(any(t["dtype"] in ("uint8", "int8") for t in cut["tensors"]) for cut in cuts),
            "outputs": [output["name"] for output in told.get("outputs", [])]}


def main(agent, folder, seconds):
    with open(f"{folder}/list.json") as source:
        entries = json.load(source)
    for entry in entries:
        if "not_made" not in entry:
            entry.update(ask(agent, folder, entry, seconds))
        print(f"{entry['name']}: {entry.get('refused', entry.get('cuts', 'no answer'))}", file=sys.stderr, flush=True)
        with open(f"{folder}/seen.json", "w") as out:
            json.dump(entries, out, indent=1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
