"""The same points in a replay: agent --replay with the same table, link, policy and times of requests. Pure but for the agent that it
runs."""
import json

from bench.lib.report import quantile
from bench.photos.plans import plan_of


def work_of(status):
    """Returns what the status of an edge says of its CPU time."""
    return next(model["load"]["work"] for model in status["models"] if model["load"])


def correct(work, other, plan):
    """Takes what requests by `plan` (cut, codec) compute from `other`, if it says so."""
    found = [one for one in other["plans"] if plan_of(one) == plan]
    if found:
        work["plans"] = [one for one in work["plans"] if plan_of(one) != plan] + found


def replay(bed, known, rows, who, plan):
    """Returns mean and p95 in milliseconds, live and replayed, of the requests that a replay counts; nothing if one was lost. `known`:
    the replay's words; `who` is a policy's name, or `plan` (cut, codec) is held."""
    if any(row["status"] != "200" for row in rows):
        return None
    rows = sorted(rows, key=lambda row: float(row["due_s"]))
    times = [float(row["due_s"]) for row in rows]
    file = bed.out / "requests.csv"
    file.write_text("seconds\n" + "".join(f"{time - times[0]:.6f}\n" for time in times))
    told = json.loads(bed.read([bed.agent, "--replay", *known, "--arrivals", file, "--policy", "static" if plan else who, "--json"]))
    case = next(one for one in told["cases"] if not plan or held_by(one) == plan)
    # The replay leaves out its beginning; so do the rows, and both count the same requests.
    counted = [float(row["latency_ms"]) for row in rows[len(rows) - case["requests"]:]]
    return {"mean": sum(counted) / len(counted), "p95": quantile(counted, 0.95),
            "replayed_mean": case["mean_ms"], "replayed_p95": case["p95_ms"]}


def held_by(case):
    return case["plan"]["cut"], case["plan"]["codec"]
