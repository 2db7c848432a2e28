"""The bandwidth and the edge's CPU step to and fro: how soon the plan is the one at which it finally settles."""
import sys
import time

import scene
import world


def step(name, loop, change, hold):
    """Makes a change, lets it be for a while, and returns it with its time."""
    before = world.now()
    change()
    at = world.now()
    time.sleep(hold)
    return {"kind": name, "from": before, "at": at, "until": world.now()}


def judge(step, answers, moves):
    """How many requests began by another plan than the final one, and when the agent moved for the last time."""
    during = [a for a in answers if step["from"] <= a.due < step["until"]]
    before = [a for a in answers if step["from"] - 2 <= a.due < step["from"]]
    last = scene.most_common(during[len(during) // 2:])
    first = scene.settled(during, last)
    soon = [at for at, _ in moves if first is not None and step["from"] <= at <= during[first].arrived]
    latencies = sorted(a.latency for a in during)
    return {"kind": step["kind"], "before": scene.most_common(before), "after": last, "requests": first,
            "ms": None if first is None else 1000 * (max(soon) - step["at"]) if soon else 0, "changed": scene.most_common(before) != last,
            "moves": sum(step["from"] <= at < step["until"] for at, _ in moves), "worst_ms": latencies[-1],
            "median_ms": latencies[len(latencies) // 2], "lost": sum(a.status != 200 for a in during),
            "wrong": sum(a.wrong for a in during)}


def main(quick):
    hold, times = (4, 1) if quick else (8, 5)
    own = scene.Scene()
    loop = own.ask()
    time.sleep(5)
    steps, load = [], []
    for i in range(times):
        steps.append(step("50 to 2 Mbit/s", loop, lambda: world.shape(2), hold + 0.037 * i))
        steps.append(step("2 to 50 Mbit/s", loop, lambda: world.shape(50), hold + 0.037 * i))
    for i in range(times):
        steps.append(step("CPU load comes", loop, lambda: load.append(world.start_load()), hold + 0.037 * i))
        steps.append(step("CPU load goes", loop, lambda: world.end(load.pop()), hold + 0.037 * i))
    answers = loop.stop()
    scene.keep("steps", answers, loop.start)
    judged = [judge(s, answers, own.moves()) for s in steps]
    for s, j in zip(steps, judged, strict=True):
        print(f"{s['at'] - loop.start:8.3f} s: {j}", file=sys.stderr)
    scene.write("steps", judged)


if __name__ == "__main__":
    world.run(main)
