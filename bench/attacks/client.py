"""The honest client: asks at a steady rate, one request after the other, and reports the result of each."""
import http.client
import json
import time

from bench.lib import load


class Phase:
    """The results of one phase. A latency counts from when the request was due."""

    def __init__(self):
        self.latencies = []  # Of the answered requests, in milliseconds.
        self.failed = 0
        self.fallbacks = 0

    def ask(self, port, network, body, due):
        try:
            status, text = load.infer(port, network, body, 5)
        except (OSError, http.client.HTTPException):
            status = 0
        if status != 200:
            self.failed += 1
            return
        self.latencies.append((time.monotonic() - due) * 1000)
        self.fallbacks += json.loads(text).get("parameters", {}).get("placement") == "fallback"


def phase(port, network, body, seconds, rate):
    """Asks for so many seconds. A request that is not sent by then, because others took too long, counts as failed."""
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
