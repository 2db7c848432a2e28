"""Two rivals of the agent under the same changes: ONNX Runtime in the cloud, which gets the photo's file, and on the edge."""
import statistics
import sys
import time
import types

from bench.lib import rivals
from bench.shocks import outages
from bench.shocks.door import OpenLoop, RivalDoor
from bench.shocks.world import NETWORK, now

SLOWER = 2  # Times the calm latency: an answer with less is as before.
LAST = 15  # Answers that must be as before.


class Same:
    """Every answer must be the first one, byte for byte."""

    def __init__(self, first):
        self.first = first

    def accepts(self, answer):
        return answer.outputs == self.first


def one_after_the_other(door, count):
    """Returns the latencies of so many answers in ms, after an uncounted one."""
    connection, told = door.connect(), []
    for _ in range(count + 1):
        answer = door.ask(connection, now(), {})
        told.append(answer.latency if answer.status == 200 else None)
        time.sleep(0.1)
    connection.close()
    return told[1:]


def in_states(world, doors, count):
    """Returns {state: {rival: latencies in ms}}; the link and the CPU as in steps."""
    told = {}
    for state, megabits, loaded in (("50 Mbit/s", 50, False), ("2 Mbit/s", 2, False), ("50 Mbit/s, CPU loaded", 50, True)):
        world.edge.shape(megabits)
        load = world.start_load() if loaded else None
        time.sleep(1)
        told[state] = {name: one_after_the_other(door, count) for name, door in doors.items()}
        if load:
            load.end()
    world.edge.shape(50)
    return told


def outage(world, door, expected, kind, what, seconds):
    """Returns the effects of one outage on the rival in the cloud."""
    loop = OpenLoop(door, expected)
    time.sleep(outages.CALM)
    calm = statistics.median(answer.latency for answer in loop.so_far())
    began = now()
    what(types.SimpleNamespace(world=world), seconds)
    ended = now()
    while now() < ended + outages.LONGEST and back(loop.so_far(), ended, calm) is None:
        time.sleep(0.5)
    answers = loop.stop()
    return_at = back(answers, ended, calm)
    over = [a for a in answers if began - 1 <= a.due <= (return_at or answers[-1].due)]
    return {"kind": kind, "requests": len(answers), "lost": sum(a.status != 200 for a in answers), "wrong": sum(a.wrong for a in answers),
            "calm_ms": calm, "worst_ms": max(a.latency for a in over), "late": sum(a.latency > 1000 for a in over),
            "back_ms": None if return_at is None else 1000 * (return_at - ended)}


def back(answers, ended, calm):
    """Returns when the first of at least LAST answers came that all are as before; None if not yet."""
    first, count = None, 0
    for answer in reversed([a for a in answers if a.due >= ended]):
        if answer.status != 200 or answer.latency > SLOWER * calm:
            break
        first, count = answer.arrived, count + 1
    return first if count >= LAST else None


def measure(world, quick):
    world.edge.shape(50)
    started = rivals.start_both(world.bed, NETWORK, world.edge, world.cloud)
    if not started:
        return {}
    doors = {name: RivalDoor(address, port, world.photo) for name, (_, address, port) in started.items()}
    states = in_states(world, doors, 3 if quick else 20)
    cloud = doors[rivals.BY_CLOUD]
    expected = Same(cloud.ask(cloud.connect(), now(), {}).outputs)
    kinds = [("dark for 0.3 s", outages.dark, 0.3), ("dark for 2 s", outages.dark, 2), ("dark for 20 s", outages.dark, 20),
             ("cloud 50 times slower for 10 s", outages.crawling, 10)]
    told = [outage(world, cloud, expected, *kind) for kind in (kinds[:1] if quick else kinds)]
    print(states, told, file=sys.stderr)
    for process, *_ in started.values():
        process.end()
    return {"states": states, "outages": told}
