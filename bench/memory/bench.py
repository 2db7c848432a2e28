"""The memory of an edge on one core: with a budget and without, and with large inputs."""
import time

from bench.lib import agents, load
from bench.lib.processes import Failed
from bench.lib.report import table

NEEDS, WANTS = ("util-linux",), ("python3-torch",)
BUILDS = ("agent",)
QUICK = {"network": "alexnet", "memory": "64 MiB"}
SECTION = True
PINNED = ("taskset", "-c", "0")
FIELDS = "RssAnon", "RssFile", "VmHWM"


def options(parser):
    parser.add_argument("network", nargs="?", default="vgg16", metavar="NETWORK", help="of the zoo; %(default)s when not given")
    parser.add_argument("--memory", default="128 MiB", metavar="SIZE", help="the budget; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    network = {options.network: bed.network(options.network)}
    cloud = agents.start_cloud(bed, network, "--threads", "1", at=PINNED)
    peer = ("--policy", "static", "--peer", f"127.0.0.1:{cloud.port()}")  # Without a table it would measure its plans.
    rows = [["all of it", *taken(bed, network, 5, *peer)],
            [f'`--memory "{options.memory}"`', *taken(bed, network, 5, *peer, "--memory", options.memory)]]
    if "python3-torch" not in bed.missing:
        large = {"large": bed.out / "large.pt"}
        bed.script("memory.large_network", large["large"])
        for requests in (1, 60):
            mib = taken(bed, large, requests, "--input", "fp32[1,3,1080,1920]")
            rows.append([f"a small network, after {requests} of 24 MB", *mib])
    return {"rows": rows}


def taken(bed, network, requests, *more):
    """Returns the memory of an edge after so many requests, in MiB by FIELDS."""
    edge = agents.start_edge(bed, network, *more, at=PINNED)
    name, port = next(iter(network)), edge.port()
    wait_until_ready(port, name)
    body = load.zeros(port, name)
    for _ in range(requests):
        load.infer(port, name, body)
    mib = [f"{edge.memory(field):.0f}" for field in FIELDS]
    edge.end()
    return mib


def wait_until_ready(port, name, seconds=60):
    end = time.monotonic() + seconds
    while load.get(port, f"/v2/models/{name}/ready", none_if_refused=True) is None:
        if time.monotonic() > end:
            raise Failed(f"the edge did not become ready for {name}")
        time.sleep(0.1)


def report(data, options):
    return ["", *table([f"{options.network}, one core", *(f"{field}, MiB" for field in FIELDS)], data["rows"])]
