"""The scene of steps and outages: an agent that serves a network by its table, its cloud, and its clients."""
import collections
import csv
import json
import math
import random
import time
from statistics import mean, stdev

from bench.lib import agents
from bench.photos.plans import LEAST, is_allowed, plan_of, took
from bench.shocks.door import Door, Expected, OpenLoop
from bench.shocks.world import NETWORK, now

MOST = 12  # Plans that are forced.


class Scene:
    def __init__(self, world):
        self.world = world
        world.edge.shape(50)
        self.cloud = world.start_cloud()
        self.edge = world.start_edge(NETWORK, *world.with_table(), "--peer", world.where)
        agents.wait_until_linked(agents.HTTP)
        self.door = Door(NETWORK, world.photo)
        table = json.loads((world.bed.out / "table.json").read_text())
        allowed = allowed_plans(table)
        self.end_plan = max(allowed)
        self.plans = sorted({self.end_plan, *sorted(allowed, key=allowed.get)[:MOST]})
        self.expected = Expected(self.door, sorted(allowed), self.end_plan[0])

    def ask(self):
        return OpenLoop(self.door, self.expected)

    def end(self):
        self.edge.end()
        self.cloud.end()

    def forced(self, plans):
        """Returns the latencies of these plans in ms, asked one after the other at the usual rate."""
        latencies, due = [], now()
        for cut, codec in plans:
            time.sleep(max(0, due - now()))
            answer = self.door.ask_now(cut=cut, codec=codec)
            latencies.append(1000 * (answer.arrived - due))
            due = max(due + 0.2, answer.arrived)
            if answer.placement == "fallback":  # The rest of its upload is still under way and must not delay the next request.
                due += 3
        return latencies

    def local(self, count):
        return self.forced([self.end_plan] * count)

    def every_plan(self, count):
        """Returns the latencies of the forced plans in ms; a plan that takes three times the best after two requests gets no more."""
        took = {plan: [] for plan in self.plans}
        for turn in range(count):
            best = min(map(mean, took.values())) if turn >= 2 else math.inf
            plans = [plan for plan, ms in took.items() if turn < 2 or mean(ms) < 3 * best]
            random.shuffle(plans)
            for plan, ms in zip(plans, self.forced(plans), strict=True):
                took[plan].append(ms)
        return took


def allowed_plans(table):
    """Returns {plan: its time over that of the best plan, in the condition in which that is the least}, of all plans that may serve.
    Lossy codecs that keep what --min-top1 asks for may."""
    over = {}
    for cell in table["cells"]:
        allowed = [one for one in cell["estimates"] if is_allowed(one, LEAST)]
        best = min(map(took, allowed))
        for one in allowed:
            over[plan_of(one)] = min(took(one) / best, over.get(plan_of(one), math.inf))
    return over


def most_common(answers):
    return collections.Counter(a.plan for a in answers).most_common(1)[0][0]


def best_mean(took):
    return min(map(mean, took.values()))


def as_good_as_best(took):
    """Returns the plans that are not certain (by two standard errors) to take a tenth longer than the best."""
    error = {plan: stdev(ms) / math.sqrt(len(ms)) for plan, ms in took.items()}
    best = min(took, key=lambda plan: mean(took[plan]))
    return {plan for plan, ms in took.items()
            if mean(ms) - 2 * math.hypot(error[plan], 1.1 * error[best]) <= 1.1 * best_mean(took)}


def settled(answers, plans, holds=lambda answer: True):
    """Returns the index of the first answer by one of the plans from which on they give nine of ten; None if there is none."""
    good, place = 0, None
    for i in range(len(answers) - 1, -1, -1):
        hit = answers[i].plan in plans and holds(answers[i])
        good += hit
        if hit and good >= 0.9 * (len(answers) - i):
            place = i
    return place


def keep(file, answers, start):
    """Writes requests and answers; times are in seconds since `start`."""
    with open(file, "w") as out:
        rows = csv.writer(out)
        times = ["queue_us", "head_us", "encode_us", "uplink_us", "tail_us", "total_us"]
        rows.writerow(["due_s", "latency_ms", "status", "placement", "cut", "codec", "wrong", *times])
        for a in answers:
            rows.writerow([f"{a.due - start:.3f}", f"{a.latency:.1f}", a.status, a.placement, a.cut, a.codec, int(a.wrong),
                           *(a.times.get(name, "") for name in times)])
