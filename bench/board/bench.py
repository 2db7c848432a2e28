"""The times of networks on this board, by each library of kernels: five minutes, with the agent alone."""
import http.client
import json
import math
import os
import pathlib
import statistics
import time

from bench.lib import agents, load
from bench.lib.options import listed, positive
from bench.lib.processes import Failed
from bench.lib.report import table

NEEDS, WANTS = (), ()
TOLD = "cpu", "kernels", "memory", "governor", "blas"  # What of --check the report repeats.
BUILDS = ("agent",)
QUICK = {"networks": ["lenet", "mobilenet"], "seconds": 1.0}
SECTION = False
WARM_UP = 2
LEAST = 3  # Requests that count.
SECONDS = 120  # The longest time for an answer.
TEMPERATURE = pathlib.Path("/sys/class/thermal/thermal_zone0/temp")


def options(parser):
    add = parser.add_argument
    add("networks", nargs="*", default=["mobilenet", "googlenet", "resnet50"], metavar="NETWORK", help="of the zoo")
    add("--seconds", type=positive, default=5.0, metavar="S", help="of requests for each setting; %(default)s when not given")
    add("--kernels", type=listed(str), metavar="NAME,...", help="the fastest, xnnpack and libtorch when not given")


def measure(bed, options):
    bed.clear()
    check = {one["check"]: one for one in json.loads(bed.read([bed.agent, "--check", "--json"]))}
    cores = len(os.sched_getaffinity(0))
    fastest = check["kernels"]["says"].partition(":")[0]
    names = options.kernels or dict.fromkeys(name for name in (fastest, "xnnpack", "libtorch") if " " not in name)
    before, rows = temperature(), []
    for network in options.networks:
        file = bed.network(network)
        for threads in dict.fromkeys((1, cores)):
            rows.append({"network": network, "threads": threads,
                         "ms": {name: request_times(bed, network, file, threads, name, options.seconds) for name in names}})
        file.unlink()
    return {"check": list(check.values()), "rows": rows, "kernels": list(names), "degrees": [before, temperature()],
            "version": bed.read([bed.agent, "--version"]).strip()}


def temperature():
    """Returns the degrees of the processor; None if the kernel does not tell."""
    try:
        return int(TEMPERATURE.read_text()) / 1000
    except (OSError, ValueError):
        return None


def request_times(bed, network, file, threads, kernels, seconds):
    """Returns the milliseconds of requests, one after the other, to an edge without a cloud."""
    bed.say(f"{network}, {threads} threads, {kernels}")
    edge = bed.start([bed.agent, "--serve", *agents.holding({network: file}), "--http", "127.0.0.1:0", "--kernels", kernels,
                      "--threads", threads], "edge.log")
    connection = load.connect(edge.port(), SECONDS)
    body, headers = request(edge.port(), network)
    times, end = [], time.monotonic() + seconds
    while len(times) < WARM_UP + LEAST or time.monotonic() < end:
        start = time.perf_counter()
        connection.request("POST", f"/v2/models/{network}/infer", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status != http.client.OK:
            raise Failed(f"{network} by {kernels} answers {answer.status}: {content[:200].decode(errors='replace')}")
    connection.close()
    edge.end()
    return times[WARM_UP:]


def request(port, network):
    """Returns a request in the binary form, all zeros, and its headers."""
    one, = load.get(port, f"/v2/models/{network}")["inputs"]
    size = 4 * math.prod(one["shape"])
    told = {"inputs": [{**{key: one[key] for key in ("name", "shape", "datatype")}, "parameters": {"binary_data_size": size}}]}
    header = json.dumps(told).encode()
    return header + bytes(size), {"Inference-Header-Content-Length": str(len(header)), "Content-Type": "application/octet-stream"}


def report(data, _):
    before, after = (f"{degrees:.0f}" if degrees is not None else "?" for degrees in data["degrees"])
    lines = [f"* {data['version']}; {before} degrees before, {after} after"]
    lines += [f"* {one['check']}: {one['says']}" for one in data["check"] if one["check"] in TOLD]
    base = "libtorch" if "libtorch" in data["kernels"] else data["kernels"][0]
    header = ["network", "threads", *(f"{name}, ms" for name in data["kernels"])]
    header += [f"{name} to {base}" for name in data["kernels"] if name != base]
    rows = []
    for row in data["rows"]:
        medians = {name: statistics.median(times) for name, times in row["ms"].items()}
        cells = [row["network"], str(row["threads"]), *(f"{medians[name]:.1f}" for name in data["kernels"])]
        rows.append(cells + [f"{medians[name] / medians[base]:.3f}" for name in data["kernels"] if name != base])
    return lines + [""] + table(header, rows)
