"""An agent that serves AlexNet by its table, its cloud, and who asks it: what steps and outages happen to."""
import collections
import csv
import json
import time

import world
from door import Door, Expected, OpenLoop, get


class Scene:
    def __init__(self):
        world.shape(50)
        self.cloud = world.start_cloud()
        self.log = world.size_of("alexnet.log")
        self.edge = world.start_edge("alexnet", "--table", f"alexnet={world.OUT}/table.json", "--peer", world.CLOUD)
        self.wait_until_linked()
        self.door = Door("alexnet")
        with open(f"{world.OUT}/table.json") as source:
            estimates = json.load(source)["cells"][0]["estimates"]
        plans = sorted({(e["cut"], e["codec"]) for e in estimates})
        self.last_cut = plans[-1][0]
        self.expected = Expected(self.door, plans, self.last_cut)

    @staticmethod
    def wait_until_linked():
        while not all(peer["up"] for peer in get("/api/status")["link"]["peers"]):
            time.sleep(0.1)

    def ask(self):
        return OpenLoop(self.door, self.expected)

    def moves(self):
        return world.moves(self.log)

    def local(self, count):
        """The latencies of the edge alone now, asked at the rate of the others, in ms."""
        latencies, due = [], world.now()
        for _ in range(count):
            time.sleep(max(0, due - world.now()))
            answer = self.door.ask_now(cut=self.last_cut)
            latencies.append(1000 * (answer.arrived - due))
            due = max(due + 0.2, answer.arrived)
        return latencies


def most_common(answers):
    return collections.Counter(a.plan for a in answers).most_common(1)[0][0]


def settled(answers, plan, holds=lambda answer: True):
    """Returns the place of the first answer by that plan from which on it gives nine of ten; nothing if none is."""
    good, place = 0, None
    for i in range(len(answers) - 1, -1, -1):
        hit = answers[i].plan == plan and holds(answers[i])
        good += hit
        if hit and good >= 0.9 * (len(answers) - i):
            place = i
    return place


def keep(name, answers, start):
    """Writes what was asked and answered; times in seconds since `start`."""
    with open(f"{world.OUT}/{name}.csv", "w") as out:
        rows = csv.writer(out)
        times = ["queue_us", "head_us", "encode_us", "uplink_us", "tail_us", "total_us"]
        rows.writerow(["due_s", "latency_ms", "status", "placement", "cut", "codec", "wrong", *times])
        for a in answers:
            rows.writerow([f"{a.due - start:.3f}", f"{a.latency:.1f}", a.status, a.placement, a.cut, a.codec, int(a.wrong),
                           *(a.times.get(name, "") for name in times)])


def write(name, content):
    with open(f"{world.OUT}/{name}.json", "w") as out:
        json.dump(content, out, indent=1)
