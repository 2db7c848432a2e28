"""The bandwidth and the edge's CPU load step up and down: how soon the plan is as good as the best one."""
import sys
import time

from bench.shocks import scene
from bench.shocks.world import moves, now


def step(name, to, change, hold):
    """Changes to that state, holds it for a while, and returns the change with its time."""
    before = now()
    change()
    at = now()
    time.sleep(hold)
    return {"kind": name, "to": to, "from": before, "at": at, "until": now()}


def judge(step, took, answers, moved):
    """Returns how many requests began by a plan that is not as good as the best, and when the agent moved from it."""
    during = [a for a in answers if step["from"] <= a.due < step["until"]]
    before = [a for a in answers if step["from"] - 2 <= a.due < step["from"]]
    good = scene.as_good_as_best(took[step["to"]])
    first = scene.settled(during, good)
    soon = [at for at, _ in moved if first is not None and step["from"] <= at <= during[first].arrived]
    latencies = sorted(a.latency for a in during)
    return {"kind": step["kind"], "before": scene.most_common(before), "after": scene.most_common(during[len(during) // 2:]),
            "good": sorted(good), "best_ms": scene.best_mean(took[step["to"]]), "requests": first,
            "ms": None if first is None else 1000 * (max(soon) - step["at"]) if soon else 0,
            "moves": sum(step["from"] <= at < step["until"] for at, _ in moved), "worst_ms": latencies[-1],
            "median_ms": latencies[len(latencies) // 2], "lost": sum(a.status != 200 for a in during),
            "wrong": sum(a.wrong for a in during)}


def force_all(own, changes, count):
    """Returns the latencies of every plan in each state."""
    took = {}
    for state in ("slow", "fast", "loaded", "idle"):
        changes[state]()
        time.sleep(2)
        took[state] = own.every_plan(count)
    for plan, ms in took["idle"].items():  # The same state twice.
        ms += took["fast"][plan]
    took["fast"] = took["idle"]
    return took


def measure(world, quick):
    hold, times = (4, 1) if quick else (8, 3)
    own = scene.Scene(world)
    load = []
    changes = {"slow": lambda: world.edge.shape(2), "fast": lambda: world.edge.shape(50),
               "loaded": lambda: load.append(world.start_load()), "idle": lambda: load.pop().end()}
    took = force_all(own, changes, 2 if quick else 10)
    loop = own.ask()
    time.sleep(5)
    steps = []
    for pair in (("50 to 2 Mbit/s", "slow"), ("2 to 50 Mbit/s", "fast")), (("CPU load comes", "loaded"), ("CPU load goes", "idle")):
        for i in range(times):
            steps += [step(name, state, changes[state], hold + 0.037 * i) for name, state in pair]
    answers = loop.stop()
    scene.keep(world.bed.out / "steps.csv", answers, loop.start)
    print(took, file=sys.stderr)
    judged = [judge(s, took, answers, moves(own.edge)) for s in steps]
    for s, j in zip(steps, judged, strict=True):
        print(f"{s['at'] - loop.start:8.3f} s: {j}", file=sys.stderr)
    own.end()
    return judged
