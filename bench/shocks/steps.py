"""The bandwidth and the edge's CPU step to and fro: how soon the plan is as good as the best one."""
import sys
import time

import scene
import world


def step(name, to, change, hold):
    """Makes a change to that state, lets it be for a while, and returns it with its time."""
    before = world.now()
    change()
    at = world.now()
    time.sleep(hold)
    return {"kind": name, "to": to, "from": before, "at": at, "until": world.now()}


def judge(step, took, answers, moves):
    """How many requests began by a plan that is not as good as the best, and when the agent moved from it."""
    during = [a for a in answers if step["from"] <= a.due < step["until"]]
    before = [a for a in answers if step["from"] - 2 <= a.due < step["from"]]
    good = scene.as_good_as_best(took[step["to"]])
    first = scene.settled(during, good)
    soon = [at for at, _ in moves if first is not None and step["from"] <= at <= during[first].arrived]
    latencies = sorted(a.latency for a in during)
    return {"kind": step["kind"], "before": scene.most_common(before), "after": scene.most_common(during[len(during) // 2:]), "good": sorted(good), "best_ms": scene.best_mean(took[step["to"]]),
            "requests": first,
            "ms": None if first is None else 1000 * (max(soon) - step["at"]) if soon else 0, 
            "moves": sum(step["from"] <= at < step["until"] for at, _ in moves), "worst_ms": latencies[-1],
            "median_ms": latencies[len(latencies) // 2], "lost": sum(a.status != 200 for a in during),
            "wrong": sum(a.wrong for a in during)}


def main(quick):
    hold, times = (4, 1) if quick else (8, 5)
    own = scene.Scene()
    load = []
    changes = {"slow": lambda: world.shape(2), "fast": lambda: world.shape(50),
               "loaded": lambda: load.append(world.start_load()), "idle": lambda: world.end(load.pop())}
    took = {}
    for state in ("slow", "fast", "loaded", "idle"):
        changes[state]()
        time.sleep(2)
        took[state] = own.every_plan(3 if quick else 10)
    for plan, ms in took["idle"].items():  # The same state twice.
        ms += took["fast"][plan]
    took["fast"] = took["idle"]
    loop = own.ask()
    time.sleep(5)
    steps = []
    for i in range(times):
        steps.append(step("50 to 2 Mbit/s", "slow", changes["slow"], hold + 0.037 * i))
        steps.append(step("2 to 50 Mbit/s", "fast", changes["fast"], hold + 0.037 * i))
    for i in range(times):
        steps.append(step("CPU load comes", "loaded", changes["loaded"], hold + 0.037 * i))
        steps.append(step("CPU load goes", "idle", changes["idle"], hold + 0.037 * i))
    answers = loop.stop()
    scene.keep("steps", answers, loop.start)
    print(took, file=sys.stderr)
    judged = [judge(s, took, answers, own.moves()) for s in steps]
    for s, j in zip(steps, judged, strict=True):
        print(f"{s['at'] - loop.start:8.3f} s: {j}", file=sys.stderr)
    scene.write("steps", judged)


if __name__ == "__main__":
    world.run(main)
