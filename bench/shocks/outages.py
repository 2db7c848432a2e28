"""The link goes dark, or the cloud dies or becomes slow: what happens to requests, and how soon all is as before."""
import random
import signal
import statistics
import sys
import time

from bench.shocks import scene
from bench.shocks.world import now

LONGEST = 30  # Seconds to wait until all is as before.
CALM = 4      # Seconds before an outage.


def dark(own, seconds):
    own.world.darken(True)
    time.sleep(seconds)
    own.world.darken(False)


def killed(own, seconds):
    own.cloud.end(signal.SIGKILL)
    time.sleep(seconds)
    own.cloud = own.world.start_cloud()


def crawling(own, seconds):
    own.world.cloud.limit(2)
    time.sleep(seconds)
    own.world.cloud.limit(100)


def outage(own, good, name, what, seconds):
    """Returns the effects of one outage, with the measurements before it."""
    time.sleep(CALM)
    first, local = own.local(1)[0], own.local(10)
    loop = own.ask()
    time.sleep(CALM + 0.2 * random.random())
    calm = loop.so_far()
    home = good | {scene.most_common(calm[len(calm) // 2:])}
    began = now()
    what(own, seconds)
    ended = now()
    while now() < ended + LONGEST and not back(loop.so_far(), home, ended):
        time.sleep(0.5)
    answers = loop.stop()
    scene.keep(own.world.bed.out / f"{name.replace(' ', '-')}.csv", answers, began)
    told = judge(answers, home, began, ended)
    told.update(kind=name, local_ms=statistics.median(local), first_local_ms=first, home=sorted(home))
    told["worst_over_local"] = told["worst_ms"] / told["local_ms"]
    told["worst_over_first_local"] = told["worst_ms"] / first
    print(told, file=sys.stderr)
    return told


def by_the_cloud(answer):
    return answer.placement in ("cloud", "split", "edge") and answer.status == 200


def back(answers, home, ended):
    """Returns when the first of at least 15 answers came that are by plans as good as the plan before; None if not
    yet."""
    after = [a for a in answers if a.due >= ended]
    place = scene.settled(after, home, by_the_cloud)
    return after[place].arrived if place is not None and len(after) - place >= 15 else None


def judge(answers, home, began, ended):
    return_at = back(answers, home, ended)
    over = [a for a in answers if began - 1 <= a.due <= (return_at or answers[-1].due)]
    worst = max(over, key=lambda a: a.latency)
    early = [a.latency for a in answers if a.due < began - 1]
    return {"requests": len(answers), "lost": sum(a.status != 200 for a in answers), "wrong": sum(a.wrong for a in answers),
            "seconds": ended - began, "calm_ms": statistics.median(early), "worst_ms": worst.latency,
            "worst_at_s": worst.due - began, "late": sum(a.latency > 1000 for a in over), "during": len(over),
            "fallbacks": sum(a.placement == "fallback" for a in over),
            "back_ms": 1000 * (return_at - ended) if return_at else None}


def measure(world, quick):
    random.seed(3)
    own = scene.Scene(world)
    good = scene.as_good_as_best(own.every_plan(2 if quick else 10))
    kinds = [("dark for 0.3 s", dark, 0.3, 3), ("dark for 2 s", dark, 2, 2), ("dark for 20 s", dark, 20, 1),
             ("cloud killed for 5 s", killed, 5, 2), ("cloud 50 times slower for 10 s", crawling, 10, 1)]
    if quick:
        kinds = [("cloud killed for 2 s", killed, 2, 1)]
    told = [outage(own, good, name, what, seconds) for name, what, seconds, times in kinds for _ in range(times)]
    own.end()
    return told
