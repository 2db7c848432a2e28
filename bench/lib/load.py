"""Asks agents by HTTP: single requests, and `drive`, the open loop that benchmarks share."""
import csv
import http.client
import json
import math
import socket
import sys

from bench.lib.processes import Failed

SECONDS = 30  # The longest time for an answer, in seconds.
LATE = 75  # The status of `drive` if it sent requests late.
TIMEOUT_MS = 20000  # That of `drive`, which counts as the latency of a failed request.
MOST_LATE_MS = 100  # By which `drive` may send a request after it was due; later, and the run does not count.
# The largest error, of the largest number, of an answer by a lossy codec, or by a rival, which prepares photos in another way.
TOLERANCE = 0.25


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def connect(port, seconds=SECONDS):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)


def get(port, path, none_if_refused=False):
    """Returns the JSON at that path; the agent must be up."""
    connection = connect(port)
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status != 200 and none_if_refused:
        return None
    return json.loads(content) if content else {}


def model(port):
    """Returns the status page's entry for an agent's first model."""
    return get(port, "/api/status")["models"][0]


def zeros(port, name):
    """Returns a request to that model, all zeros, in JSON."""
    inputs = get(port, f"/v2/models/{name}")["inputs"]
    for one in inputs:
        one["shape"] = [max(size, 1) for size in one["shape"]]
        one["data"] = [0] * math.prod(one["shape"])
    return json.dumps({"inputs": inputs})


def metric(port, name):
    """Returns the sum of a metric over its labels."""
    connection = connect(port)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    values = [line.split()[-1] for line in lines if line.split("{")[0].split(" ")[0] == name]
    if not values:
        raise Failed(f"the agent has no metric {name}")
    return sum(map(float, values))


def answers(port, name, photos):
    """Returns what the agent answers to each JPEG: the numbers of all outputs, by the file's name."""
    told = {}
    for photo in photos:
        status, text = infer(port, name, photo.read_bytes(), type="image/jpeg")
        if status != 200:
            raise Failed(f"{name} has no answer to {photo.name}: {text.decode(errors='replace')[:500]}")
        told[photo.name] = [number for output in json.loads(text)["outputs"] for number in output["data"]]
    return told


def infer(port, name, body, seconds=SECONDS, type="application/json"):
    """Returns the status and the answer."""
    connection = connect(port, seconds)
    connection.request("POST", f"/v2/models/{name}/infer", body, {"Content-Type": type})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def start_drive(bed, port, network, rate, seconds, name, *more, at=(), **options):
    """Starts the open loop: name.csv gets a row per request, once `drive` has ended."""
    command = [*at, bed.program("drive"), "--port", port, "--model", network, "--rate", rate, "--seconds", seconds,
               "--out", bed.out / f"{name}.csv", "--title", name, "--most-late", MOST_LATE_MS, *more]
    return bed.start(command, f"{name}.drive.log", **options)


def samples(bed, driver, name):
    """Waits for `drive`. Returns how often the plan moved, and its rows by the names of their columns. With wrong answers, its
    status is not 0; the rows show them. If it sent requests late, it says so."""
    if driver.wait() == LATE:
        print(driver.last_words(), file=sys.stderr, flush=True)
    file = bed.out / f"{name}.csv"
    if not file.exists():
        raise Failed(f"drive measured nothing: {driver.last_words()}")
    first, *lines = file.read_text().splitlines()
    return int(first.removeprefix("# moves ")), list(csv.DictReader(lines))
