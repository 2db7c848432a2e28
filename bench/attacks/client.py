"""The honest client: asks at a steady rate, one request after the other, and says what became of each."""
import http.client
import json
import math
import time
import urllib.request


def body_for(port, network):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/models/{network}", timeout=10) as page:
        inputs = json.load(page)["inputs"]
    for i in inputs:
        i["shape"] = [max(size, 1) for size in i["shape"]]
        i["data"] = [0] * math.prod(i["shape"])
    return json.dumps({"inputs": inputs})


class Phase:
    """What came of the requests of one phase. A latency counts from when the request was due."""

    def __init__(self):
        self.latencies = []  # Milliseconds, of those that were answered.
        self.failed = 0
        self.fallbacks = 0

    def ask(self, port, network, body, due):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("POST", f"/v2/models/{network}/infer", body)
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
        except (OSError, http.client.HTTPException):
            self.failed += 1
            return
        if answer.status != 200:
            self.failed += 1
            return
        self.latencies.append((time.monotonic() - due) * 1000)
        self.fallbacks += json.loads(text).get("parameters", {}).get("placement") == "fallback"


def phase(port, network, body, seconds, rate):
    """Asks for so many seconds, and no longer: what is not asked by then, because others took too long, has failed."""
    told = Phase()
    begin = time.monotonic()
    for i in range(int(seconds * rate)):
        due = begin + i / rate
        if time.monotonic() > begin + seconds:
            told.failed += 1
            continue
        time.sleep(max(0, due - time.monotonic()))
        told.ask(port, network, body, due)
    return told
