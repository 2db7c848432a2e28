"""What a request costs the edge beside its inference: the HTTP door, parsing, copies and the link, at 30 requests a second."""
import http.client
import json
import math
import os
import random
import shutil
import statistics
import struct
import time

from bench.lib import agents, load, photos, trained
from bench.lib.options import add_rounds, positive, whole
from bench.lib.processes import Failed
from bench.lib.report import quantile, table

NEEDS, WANTS = ("util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent",)
QUICK = {"rounds": 1, "requests": 60}
SECTION = True
NETWORK = "nsfwjs"
ALONE, CROSSING = ("binary", "raw", "JPEG", "JSON"), ("binary", "JPEG")
CODECS = {"binary": "fp32", "JPEG": "source"}  # Those by which each form crosses.
WARM = 20  # Requests before a turn.


def options(parser):
    add_rounds(parser, 5, "turns of each form")
    parser.add_argument("--requests", type=whole, default=300, metavar="N", help="of a turn; %(default)s when not given")
    parser.add_argument("--rate", type=positive, default=30, metavar="R", help="requests per second; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    network = {NETWORK: shutil.copy(trained.fetch(NETWORK), bed.out / f"{NETWORK}.pt")}
    photo = sorted(photos.fetch().glob("*.jpg"))[0].read_bytes()
    cloud = agents.start_cloud(bed, network, *trained.words(NETWORK), "--threads", "1", at=pinned(1), most_together=1)
    alone = Edge(bed, network, "alone")
    crossing = {form: Edge(bed, network, codec, "--peer", f"127.0.0.1:{cloud.port()}", *agents.static(0, codec))
                for form, codec in CODECS.items()}
    for edge in crossing.values():
        agents.wait_until_linked(edge.port)
    bodies = forms(alone.port, photo)
    turns = []
    for _ in range(options.rounds):
        idle = alone.rest(options.requests / options.rate)
        turn = {form: alone.turn(bodies[form], options) for form in ALONE}
        turn |= {f"{form}, to a cloud": crossing[form].turn(bodies[form], options) for form in CROSSING}
        turns.append({name: told | {"idle_ms": idle * 1000 / options.requests} for name, told in turn.items()})
    return {"turns": turns}


def pinned(core):
    return "taskset", "-c", str(core % os.cpu_count())


def forms(port, photo):
    """Returns the body and the headers of each form."""
    told = load.get(port, f"/v2/models/{NETWORK}")["inputs"][0]
    random.seed(7)
    numbers = [random.gauss(0, 1) for _ in range(math.prod(told["shape"]))]
    content = struct.pack(f"<{len(numbers)}f", *numbers)
    one = {"name": told["name"], "datatype": "FP32", "shape": told["shape"]}
    head = json.dumps({"inputs": [one | {"parameters": {"binary_data_size": len(content)}}]}).encode()
    return {"binary": (head + content, {"Inference-Header-Content-Length": str(len(head))}),
            "raw": (content, {"Inference-Header-Content-Length": "0"}),
            "JPEG": (photo, {"Content-Type": "image/jpeg"}),
            "JSON": (json.dumps({"inputs": [one | {"data": [round(n, 6) for n in numbers]}]}).encode(), {})}


class Edge:
    """An edge on a core of its own, asked over one connection a turn."""

    def __init__(self, bed, network, name, *more):
        self.process = agents.start_edge(bed, network, *trained.words(NETWORK), *more, at=pinned(0), log=f"{name}.log")
        self.port = self.process.port()
        self.connection = None

    def used(self):
        """Returns the seconds of CPU so far, and the minor page faults."""
        with open(f"/proc/{self.process.pid}/stat") as source:
            fields = source.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(fields[7])

    def rest(self, seconds):
        """Returns the seconds of CPU in a time without requests."""
        before, _ = self.used()
        time.sleep(seconds)
        return self.used()[0] - before

    def ask(self, body, headers):
        """Returns the parameters of the answer."""
        try:
            self.connection.request("POST", f"/v2/models/{NETWORK}/infer", body, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as fault:
            raise Failed(f"the edge does not answer: {fault}") from fault
        if answer.status != 200:
            raise Failed(f"the edge answers {answer.status}: {content[:200]!r}")
        size = int(answer.getheader("Inference-Header-Content-Length") or len(content))
        return json.loads(content[:size])["parameters"]

    def turn(self, form, options):
        self.connection = load.connect(self.port)  # The last one may have been closed: no request came for long.
        for _ in range(WARM):
            self.ask(*form)
        (cpu, faults), start, told = self.used(), time.monotonic(), []
        for i in range(options.requests):
            time.sleep(max(0, start + i / options.rate - time.monotonic()))
            told.append(self.ask(*form))
        cpu_after, faults_after = self.used()
        stage = {name: statistics.median(one[f"{name}_us"] for one in told) / 1000 for name in ("head", "encode")}
        placements = {one["placement"] for one in told}
        return {"cpu_ms": 1000 * (cpu_after - cpu) / options.requests, "faults": (faults_after - faults) / options.requests,
                "inference_ms": stage["head"], "decode_ms": stage["encode"], "placements": sorted(placements)}


def costs(data):
    """Returns for each form, by round: the rest in ms, and its ratio to the inference."""
    every = {}
    for turn in data["turns"]:
        for name, told in turn.items():
            rest = told["cpu_ms"] - told["idle_ms"] - told["inference_ms"] - told["decode_ms"]
            over = told["inference_ms"] or turn["binary"]["inference_ms"]
            every.setdefault(name, []).append((rest, rest / over))
    return every


def report(data, options):
    rows = []
    for name, each in costs(data).items():
        turns = [turn[name] for turn in data["turns"]]
        ratios = [ratio for _, ratio in each]
        middle = [statistics.median(turn[field] for turn in turns) for field in ("cpu_ms", "inference_ms", "decode_ms")]
        rows.append([name, *(f"{value:.2f}" for value in middle), f"{statistics.median(rest for rest, _ in each):.2f}",
                     f"{statistics.median(ratios):.3f} [{quantile(ratios, 0.25):.3f}, {quantile(ratios, 0.75):.3f}]",
                     f"{statistics.median(turn['faults'] for turn in turns):.0f}",
                     ", ".join(sorted({placement for turn in turns for placement in turn["placements"]}))])
    return [
        f"* {NETWORK}, one core, {options.rounds} turns of {options.requests} requests of each form, {options.rate:g} per second; "
        "an idle edge's CPU is subtracted",
        "",
        *table(["form", "CPU, ms", "inference, ms", "decoding, ms", "the rest, ms", "rest over inference", "page faults", "ran"], rows),
    ]
