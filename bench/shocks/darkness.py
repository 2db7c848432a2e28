"""Checks with datagrams that a dark link is dark in both directions, and how soon."""
import socket
import sys
import threading
import time

from bench.lib.processes import Failed
from bench.lib.machines import call, enter
from bench.shocks.world import now

PORT = 7071
MOST_MS = 50


def check(world):
    world.edge.shape(50)
    for _ in range(5):  # If the machine is still busy with other work, it is late, not the link.
        told = look(world)
        for side, (dark, light) in told.items():
            print(f"to the {side}: dark after {dark:.0f} ms, light after {light:.0f} ms", file=sys.stderr)
        if max(map(max, told.values())) <= MOST_MS:
            # A campaign sets its own qdisc.
            return call(*world.edge.on_link(), "tc", "qdisc", "del", "dev", world.edge.device, "root")
    raise Failed(f"the link does not go dark and light within {MOST_MS} ms")


def look(world):
    """Returns by side, in ms, the time from darkening to the last datagram, and from lighting to the first one."""
    done, arrivals = threading.Event(), {"edge": [], "cloud": []}
    pairs = ((world.edge, world.cloud), (world.cloud, world.edge))
    threads = [threading.Thread(target=beacon, args=(own, other, done, arrivals[own.name]), daemon=True) for own, other in pairs]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    dark = now()
    world.darken(True)
    time.sleep(0.5)
    light = now()
    world.darken(False)
    time.sleep(0.3)
    done.set()
    for thread in threads:
        thread.join()
    return {side: judge(side, times, dark, light) for side, times in arrivals.items()}


def judge(side, times, dark, light):
    late = [t for t in times if t < light]
    back = [t for t in times if t >= light]
    if not late or not back:
        raise Failed(f"nothing comes through to the {side}")
    return 1000 * (max(late) - dark), 1000 * (min(back) - light)


def beacon(own, other, done, arrivals):
    """Sends 200 datagrams per second to the other side, and notes when the other side's arrive."""
    with open(f"/run/netns/{own.namespace}") as namespace:
        enter(namespace)  # Only this thread, which ends in that namespace.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind((own.address, PORT))
        made.settimeout(0.005)
        due = now()
        while not done.is_set():
            if now() >= due:
                due += 0.005
                made.sendto(b"!", (other.address, PORT))
            try:
                made.recv(16)
                arrivals.append(now())
            except TimeoutError:
                pass
