"""The figures of one point: what became of the requests of all clients at one rate. Pure."""
import collections

from bench.lib.load import MOST_LATE_MS, TIMEOUT_MS
from bench.lib.processes import Failed
from bench.lib.report import quantile

UNCOUNTED = 0.25  # Of a point, at its beginning.
REFUSED = "503", "429"


def figures(clients, seconds, deadline_ms):
    """Returns the figures from the rows of each client's `drive`. Requests that are due in the first part do not count."""
    begin = UNCOUNTED * seconds
    counted = [[row for row in rows if float(row["due_s"]) >= begin] for rows in clients]
    every = [row for rows in counted for row in rows]
    if not every:
        raise Failed(f"no request was due in the last {seconds - begin:g} s of a point; give a higher rate or more --seconds")
    lost = collections.Counter(row["status"] for row in every if row["status"] != "200")
    good = [sum(latency(row) <= deadline_ms for row in rows) for rows in counted]
    return {
        **{name: quantile(list(map(latency, every)), p) for name, p in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
        "asked": len(every),
        "answered_per_s": sum(arrived_in(row, begin, seconds) for rows in clients for row in rows) / (seconds - begin),
        "good_per_s": sum(good) / (seconds - begin),
        "refused": sum(lost[status] for status in REFUSED),
        "failed": {kind_of(status): count for status, count in sorted(lost.items()) if status not in REFUSED},
        "wrong": sum(row["wrong"] == "1" for rows in clients for row in rows),
        "fairness": jain(good) if len(good) > 1 else None,
        "plans": shares(every),
        "late_ms": max(float(row["late_ms"]) for rows in clients for row in rows),
    }


def latency(row):
    """Returns milliseconds from when the request was due; a lost one has waited for as long as `drive` does."""
    return float(row["latency_ms"]) if row["status"] == "200" else TIMEOUT_MS


def arrived_in(row, begin, end):
    return row["status"] == "200" and begin <= float(row["due_s"]) + float(row["latency_ms"]) / 1000 < end


def kind_of(status):
    return "no answer" if status == "0" else f"HTTP {status}"


def jain(values):
    """Returns Jain's index: 1 if all have the same, 1/n if one of n has all."""
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 1.0


def shares(rows):
    """Returns [[cut, codec, placement, share], ...] of the answers, the most frequent first."""
    answered = [(int(row["cut"]), row["codec"], row["placement"]) for row in rows if row["status"] == "200"]
    return [[*plan, count / len(answered)] for plan, count in collections.Counter(answered).most_common()]


def is_valid(point):
    """Returns true iff the generator kept its times: otherwise the load was another than the rate says."""
    return point["late_ms"] <= MOST_LATE_MS
