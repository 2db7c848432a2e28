"""What the agent costs by itself: the CPU of an idle one, the time of a decision, the memory after many requests."""
import json
import os
import re
import subprocess
import sys
import time

import scene
import world


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as source:
        fields = source.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_memory(process):
    """Returns what the process holds of its own (RssAnon), in MiB."""
    with open(f"/proc/{process.pid}/status") as source:
        return int(re.search(r"RssAnon:\s+(\d+)", source.read()).group(1)) / 1024


def idle(process, seconds):
    """Returns the share of a core that an idle agent takes, once it has settled."""
    time.sleep(3)
    before, began = cpu_seconds(process), world.now()
    time.sleep(seconds)
    return (cpu_seconds(process) - before) / (world.now() - began)


def idle_shares(seconds):
    table = ("--table", f"alexnet={world.OUT}/table.json")
    alone = world.start_edge("alexnet", *table, confined=False)
    shares = {"without a peer": idle(alone, seconds)}
    world.end(alone)
    world.shape(50)
    cloud = world.start_cloud()
    linked = world.start_edge("alexnet", *table, "--peer", world.CLOUD, confined=False)
    scene.Scene.wait_until_linked()
    shares["with a peer"] = idle(linked, seconds)
    world.end(linked)
    world.end(cloud)
    return shares


def decision():
    """Returns the microseconds of choosing and of deciding by this table, and its number of plans."""
    words = [f"{world.BUILD}/bench/decision", "--benchmark_format=json", f"{world.OUT}/table.json"]
    told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["benchmarks"]
    times = {entry["name"].split("/")[0]: entry["real_time"] for entry in told}
    return {**times, "plans": int(told[0]["name"].split("/")[1])}


def memory(counts, longest):
    """Returns what an edge holds of its own after so many requests to lenet; fewer if they take too long."""
    edge = world.start_edge("lenet", confined=False)
    told, answered, left = [], 0, longest
    for count in counts:
        words = ["taskset", "-c", str(min(1, os.cpu_count() - 1)), sys.executable,
                 f"{os.path.dirname(__file__)}/flood.py", "lenet", str(count - answered), str(left)]
        got = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        answered += got["answered"]
        left -= got["seconds"]
        told.append({"requests": answered, "mib": own_memory(edge), "lost": got["lost"], "per_second": got["answered"] / got["seconds"]})
        print(told[-1], file=sys.stderr)
    world.end(edge)
    return told


def main(quick):
    told = {"idle": idle_shares(3 if quick else 30), "idle_seconds": 3 if quick else 30, "decision": decision()}
    print(told, file=sys.stderr)
    told["memory"] = memory([1000, 10000] if quick else [10_000, 100_000, 1_000_000], 10 if quick else 240)
    scene.write("cost", told)


if __name__ == "__main__":
    world.run(main)
