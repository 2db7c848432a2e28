"""Starts clouds, edges and campaigns for benchmarks."""
import os
import time

from bench.lib import load
from bench.lib.processes import Failed

HTTP = 18080  # The port of an edge in a namespace of its own.
PORT = 7070  # That of a cloud.


def holding(models):
    """Returns the arguments for networks by name: {name: file}."""
    return [word for name, file in models.items() for word in ("--model", f"{name}={file}")]


def static(cut, codec):
    """Returns the arguments of an edge that holds a plan."""
    return ["--policy", "static", "--cut", str(cut), "--codec", codec]


def start_cloud(bed, models, *more, at=(), listen="127.0.0.1:0", most_together=None, log="cloud.log", **environment):
    """Returns a cloud that listens. `most_together` is 1 if answers are compared bit for bit: in a batch, a tail's result differs
    by rounding."""
    if most_together:
        environment["TIDELINE_CLOUD_MAX_BATCH"] = str(most_together)
    command = [*at, bed.agent, "--cloud", *holding(models), "--listen", listen, *more]
    cloud = bed.start(command, log, env=os.environ | environment)
    cloud.port()
    return cloud


def start_cloud_at(bed, side, models, *more):
    """Returns a cloud inside that side of a test bed, and its address."""
    listen = f"{side.address}:{PORT if side.namespace else 0}"
    cloud = start_cloud(bed, models, "--threads", "1", *more, at=side.inside(), listen=listen, most_together=1)
    return cloud, f"{side.address}:{cloud.port()}"


def start_edge(bed, models, *more, at=(), port=0, log="edge.log"):
    """Returns an edge that serves."""
    edge = bed.start([*at, bed.agent, "--serve", *holding(models), "--http", f"127.0.0.1:{port}", "--threads", "1", *more], log)
    edge.port()
    return edge


def wait_until_linked(port, seconds=30):
    end = time.monotonic() + seconds
    while not all(peer["up"] for peer in load.get(port, "/api/status")["link"]["peers"]):
        if time.monotonic() > end:
            raise Failed("the edge cannot reach its clouds")
        time.sleep(0.1)


def profile_command(bed, edge, name, network, cloud, grid, *more):
    """The command of a campaign inside that side of a test bed: its journal is name.jsonl, its table name.json."""
    interface = ["--interface", edge.device] if edge.namespace else []
    return [*edge.inside(), bed.agent, "--profile", *holding({network: bed.out / f"{network}.pt"}), "--peer", cloud,
            "--grid", grid, "--samples", bed.out / f"{name}.jsonl", "--table", f"{network}={bed.out / name}.json",
            *interface, "--threads", "1", *more]


def profile(bed, edge, name, network, cloud, grid, *more, **options):
    """Runs a campaign from its beginning; returns its table."""
    table = bed.out / f"{name}.json"
    for file in (bed.out / f"{name}.jsonl", table):
        file.unlink(missing_ok=True)
    bed.run(profile_command(bed, edge, name, network, cloud, grid, *more), f"{name}.profile.log", **options)
    return table


def write_grid(file, **axes):
    """Writes a grid for --profile; returns its file."""
    rows = [f"{axis} = [" + ", ".join(f'"{value}"' for value in values) + "]\n" for axis, values in axes.items()]
    file.write_text("".join(rows))
    return file
