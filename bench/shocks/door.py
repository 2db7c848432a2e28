"""Asks the agent by the Open Inference Protocol, in its binary form, or a rival; and keeps its answers."""
import dataclasses
import http.client
import json
import math
import random
import struct
import threading
import time

from bench.lib import agents, load
from bench.lib.codecs import LOSSLESS
from bench.lib.processes import Failed
from bench.shocks.world import now

CLIENTS = 24


@dataclasses.dataclass
class Answer:
    due: float
    arrived: float
    status: int  # The HTTP status; 0 if there was no answer.
    placement: str = ""
    cut: int = -1
    codec: str = ""
    times: dict = dataclasses.field(default_factory=dict)
    outputs: bytes = b""
    wrong: bool = False

    @property
    def plan(self):
        return self.cut, self.codec

    @property
    def latency(self):
        return 1000 * (self.arrived - self.due)


class Door:
    """The requests to one model, with a photo or with random numbers; the caller owns the connections."""

    def __init__(self, model, photo=None):
        self.path = f"/v2/models/{model}/infer"
        told = load.get(agents.HTTP, f"/v2/models/{model}")["inputs"][0]
        if photo is None:
            count = math.prod(told["shape"])
            random.seed(7)
            self.content = struct.pack(f"<{count}f", *(random.gauss(0, 1) for _ in range(count)))
            form = {"datatype": "FP32", "shape": told["shape"]}
        else:
            self.content = len(photo).to_bytes(4, "little") + photo
            form = {"datatype": "BYTES", "shape": [1]}
        self.input = {"name": told["name"], **form, "parameters": {"binary_data_size": len(self.content)}}

    def connect(self):
        return load.connect(agents.HTTP)

    def message(self, parameters):
        header = json.dumps({"parameters": {"binary_data_output": True, **parameters}, "inputs": [self.input]}).encode()
        return {"Inference-Header-Content-Length": str(len(header)), "Content-Type": "application/octet-stream"}, header + self.content

    def ask(self, connection, due, parameters):
        headers, body = self.message(parameters)
        try:
            connection.request("POST", self.path, body, headers)
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return Answer(due, now(), 0)
        answer = Answer(due, now(), reply.status)
        if reply.status == 200:
            size = int(reply.getheader("Inference-Header-Content-Length"))
            told = json.loads(content[:size])["parameters"]
            answer.placement, answer.cut, answer.codec = told["placement"], told["cut"], told["codec"]
            answer.times = {name: value for name, value in told.items() if name.endswith("_us")}
            answer.outputs = content[size:]
        return answer

    def ask_now(self, **parameters):
        connection = self.connect()
        answer = self.ask(connection, now(), parameters)
        connection.close()
        return answer


class RivalDoor:
    """The requests to a rival (lib/rival.js), with a photo."""

    def __init__(self, address, port, photo):
        self.address, self.port, self.photo = address, port, photo

    def connect(self):
        return http.client.HTTPConnection(self.address, self.port, timeout=load.SECONDS)

    def ask(self, connection, due, _):
        try:
            connection.request("POST", "/", self.photo, {"Content-Type": "image/jpeg"})
            reply = connection.getresponse()
            return Answer(due, now(), reply.status, outputs=reply.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            return Answer(due, now(), 0)


class OpenLoop:
    """Sends requests at a fixed rate until stop(), each when it is due, whether or not earlier ones are answered."""

    def __init__(self, door, expected, rate=5):
        self.door, self.expected, self.rate = door, expected, rate
        self.answers, self.next, self.stopped = [], 0, False
        self.lock, self.start = threading.Lock(), now()
        self.threads = [threading.Thread(target=self.client, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def client(self):
        connection = self.door.connect()
        while True:
            with self.lock:
                due = self.start + self.next / self.rate
                self.next += 1
            while not self.stopped and due > now():
                time.sleep(max(0, min(0.05, due - now())))
            if self.stopped:
                return
            answer = self.door.ask(connection, due, {})
            answer.wrong = answer.status == 200 and not self.expected.accepts(answer)
            answer.outputs = b""
            with self.lock:
                self.answers.append(answer)

    def so_far(self):
        with self.lock:
            return sorted(self.answers, key=lambda answer: answer.due)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()
        return self.so_far()


class Expected:
    """The expected answer of every plan, byte for byte, asked for while conditions are calm. The edge alone, a fallback, and
    lossless plans all give the same answer."""

    def __init__(self, door, plans, last_cut):
        self.own = door.ask_now(cut=last_cut).outputs
        self.by_plan = {}
        for cut, codec in plans:
            if codec not in LOSSLESS:
                self.by_plan[cut, codec] = self.of_plan(door, cut, codec, last_cut)

    def of_plan(self, door, cut, codec, last_cut):
        for _ in range(20):
            answer = door.ask_now(cut=cut, codec=codec)
            if answer.status == 200 and (cut == last_cut or answer.placement in ("cloud", "split")):
                self.check_near(answer, cut, codec)
                return answer.outputs
        raise Failed(f"the cloud does not answer for cut {cut}, {codec}, although conditions are calm")

    def check_near(self, answer, cut, codec):
        ours, theirs = (struct.unpack(f"<{len(o) // 4}f", o) for o in (self.own, answer.outputs))
        if max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) > load.TOLERANCE * max(map(abs, ours)):
            raise Failed(f"cut {cut} in {codec} gives another answer than the edge alone")

    def accepts(self, answer):
        alone = answer.placement in ("edge", "fallback")
        return answer.outputs == (self.own if alone else self.by_plan.get(answer.plan, self.own))
