"""The agent's own cost: the CPU of an idle agent, the time of a decision, the memory after many requests."""
import json
import os
import sys
import time

from bench.lib import agents
from bench.shocks.world import NETWORK, SMALL


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as source:
        fields = source.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(process, seconds):
    """Returns the share of a core that an idle agent uses, once it has settled."""
    time.sleep(3)
    before, began = cpu_seconds(process), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(process) - before) / (time.monotonic() - began)


def idle_shares(world, seconds):
    alone = world.start_edge(NETWORK, *world.with_table(), confined=False)
    shares = {"without a peer": idle(alone, seconds)}
    alone.end()
    world.edge.shape(50)
    cloud = world.start_cloud()
    linked = world.start_edge(NETWORK, *world.with_table(), "--peer", world.where, confined=False)
    agents.wait_until_linked(agents.HTTP)
    shares["with a peer"] = idle(linked, seconds)
    linked.end()
    cloud.end()
    return shares


def decision(bed):
    """Returns the microseconds of choosing and of deciding by this table, and its number of plans."""
    told = json.loads(bed.read([bed.program("decision"), "--benchmark_format=json", bed.out / "table.json"]))["benchmarks"]
    times = {entry["name"].split("/")[0]: entry["real_time"] for entry in told}
    return {**times, "plans": int(told[0]["name"].split("/")[1])}


def memory(world, counts, longest):
    """Returns the edge's own memory (RssAnon) after so many requests to lenet; after fewer if they take too long."""
    edge = world.start_edge(SMALL, confined=False)
    told, answered, left = [], 0, longest
    for count in counts:
        words = ["taskset", "-c", world.cloud.core, sys.executable, "-m", "bench.shocks.flood", SMALL, count - answered, left]
        got = json.loads(world.bed.read(words))
        answered += got["answered"]
        left -= got["seconds"]
        told.append({"requests": answered, "mib": edge.memory(), "lost": got["lost"],
                     "per_second": got["answered"] / got["seconds"]})
        print(told[-1], file=sys.stderr)
    edge.end()
    return told


def measure(world, quick):
    seconds = 3 if quick else 20
    told = {"idle": idle_shares(world, seconds), "idle_seconds": seconds, "decision": decision(world.bed)}
    print(told, file=sys.stderr)
    return told | {"memory": memory(world, [1000, 10000] if quick else [10_000, 100_000, 300_000], 10 if quick else 90)}
