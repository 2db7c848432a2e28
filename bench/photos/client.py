"""A camera that waits for each answer: it posts photos one after the other, over one connection."""
import array
import dataclasses
import http.client
import json
import time

from bench.lib.codecs import LOSSLESS

SECONDS = 30  # The longest time for an answer.
JSON_SIZE = "Inference-Header-Content-Length"


@dataclasses.dataclass(frozen=True)
class Request:
    path: str
    body: bytes
    headers: dict


@dataclasses.dataclass(frozen=True)
class Answer:
    ms: float
    status: int = 0  # Of HTTP; 0: there was no answer.
    numbers: bytes = b""  # The network's outputs.
    told: dict = dataclasses.field(default_factory=dict)  # What an agent says of the request.


def to_agent(model, jpeg, sequence=None):
    """Returns a request to an agent; the photo is an element of BYTES, and the outputs come back in binary form. `sequence` is the
    number of the stream that the photo is a frame of."""
    element = len(jpeg).to_bytes(4, "little") + jpeg
    stream = {} if sequence is None else {"sequence_id": sequence}
    head = json.dumps({"parameters": {"binary_data_output": True, **stream},
                       "inputs": [{"name": model["inputs"][0]["name"], "datatype": "BYTES", "shape": [1],
                                   "parameters": {"binary_data_size": len(element)}}]}).encode()
    return Request(f"/v2/models/{model['name']}/infer", head + element, {JSON_SIZE: str(len(head))})


def to_rival(jpeg):
    return Request("/", jpeg, {"Content-Type": "image/jpeg"})


def post(connection, request):
    """Returns the answer; its time ends with the last byte, before anything is parsed."""
    began = time.perf_counter()
    try:
        connection.request("POST", request.path, request.body, request.headers)
        reply = connection.getresponse()
        content = reply.read()
    except (OSError, http.client.HTTPException):
        connection.close()  # The next request opens it again.
        return Answer(1000 * (time.perf_counter() - began))
    ms = 1000 * (time.perf_counter() - began)
    size = int(reply.getheader(JSON_SIZE, 0))
    told = json.loads(content[:size]).get("parameters", {}) if size else {}
    return Answer(ms, reply.status, content[size:], told)


def connect(address, port):
    return http.client.HTTPConnection(address, port, timeout=SECONDS)


def best(task, numbers):
    """Returns the likeliest class, or the class of the best box: rows of four corners, score and class."""
    values = array.array("f", numbers)
    if task == "classify":
        return max(range(len(values)), key=values.__getitem__)
    row = max(range(0, len(values), 6), key=lambda at: values[at + 4])
    return int(values[row + 5])


def error(numbers, own):
    """Returns the largest difference of two outputs, as a share of the largest number."""
    ours, theirs = array.array("f", numbers), array.array("f", own)
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) / max(map(abs, theirs))


def judge(task, answers, expected):
    """Returns the figures of one turn: what was answered to each photo, beside what the edge alone answers at full speed. An
    answer of an agent that lost nothing must equal it, bit for bit."""
    good = [(answer, own) for answer, own in zip(answers, expected, strict=True)
            if answer.status == 200 and len(answer.numbers) == len(own)]
    exact = [(answer, own) for answer, own in good if answer.told.get("codec") in LOSSLESS]
    return {
        "ms": [answer.ms for answer, _ in good],
        "failed": len(answers) - len(good),
        "exact": len(exact),
        "wrong": sum(answer.numbers != own for answer, own in exact),
        "agree": sum(best(task, answer.numbers) == best(task, own) for answer, own in good),
        # Of boxes it would tell nothing: their order may differ.
        "error": max((error(answer.numbers, own) for answer, own in good), default=0) if task == "classify" else None,
        "fallbacks": sum(answer.told.get("placement") == "fallback" for answer, _ in good),
        "plans": [[answer.told["cut"], answer.told["codec"]] for answer, _ in good if answer.told],
    }
