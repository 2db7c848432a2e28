"""play.py: makes the link between two namespaces and the CPU of the edge follow two traces, from a given moment on.

  play.py --edge NAMESPACE:DEVICE --cloud NAMESPACE:DEVICE --bandwidth TRACE [--cpu TRACE] --start SECONDS -- LOAD...

SECONDS is a time of the monotonic clock. Until then the first rows hold; after their end the traces repeat, until a signal stops
this process. LOAD is a command that loads the edge's CPU to the share in its last argument.

A dark link passes 20 bytes per second in each direction. Sent packets wait, as in a modem, so that a connection survives and
continues at once. But tbf would first pass a bucketful, and wake up only when 20 bytes per second allow the next packet, minutes
later. So this program sends dummy packets: they empty the bucket when the link gets dark, and wake tbf when it gets light.
"""
import argparse
import heapq
import signal
import socket
import subprocess
import sys
import time

from bench.adapt import traces
from bench.lib.machines import enter

PACKET = 1514  # Bytes, with Ethernet's header.
DARK = f"rate 160bit burst {PACKET + 86} limit"


class Side:
    """One end of the link: its shaper, set by one long-lived tc, and dummy packets."""

    def __init__(self, where):
        namespace, self.device = where.split(":")
        with open("/proc/self/ns/net") as home, open(f"/run/netns/{namespace}") as there:
            enter(there)
            try:
                # In a session of its own, so that a signal to our process group does not end it. It ends with its input.
                command = ["tc", "-force", "-batch", "-"]
                self.tc = subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0, start_new_session=True)
                self.kicks = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            finally:
                enter(home)
        self.kicks.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.kicks.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self.device.encode())

    def shape(self, how):
        self.tc.stdin.write(f"qdisc replace dev {self.device} root tbf {how}\n".encode())

    def kick(self, size):
        self.kicks.sendto(bytes(size), ("255.255.255.255", 9))

    def end(self):
        self.tc.stdin.close()
        if self.tc.wait() != 0:
            sys.exit(f"play: tc refused to shape {self.device}; see its message above")


class Way:
    """The link: at a given rate from the edge to the cloud, unlimited back; or dark."""

    def __init__(self, edge, cloud):
        self.edge, self.cloud = edge, cloud
        self.dark, self.limit = None, 0

    def follow(self, mbps):
        rate = mbps * 1e6
        dark = rate < 1
        if dark and self.dark:
            return
        if dark:
            self.edge.shape(f"{DARK} {max(self.limit, 16 * PACKET)}")
            self.cloud.shape(f"{DARK} 16000000")
        else:
            burst = int(max(rate * 0.002 / 8, 2 * PACKET))
            self.limit = int(max(rate * 0.4 / 8, 16 * PACKET)) + burst
            self.edge.shape(f"rate {rate:.0f}bit burst {burst} limit {self.limit}")
            if self.dark is not False:
                self.cloud.shape("rate 10gbit burst 2500000 limit 16000000")
        if dark != self.dark:
            self.kick([PACKET - 42, 30] if dark else [0, 0, 0])
        self.dark = dark

    def kick(self, sizes):
        for size in sizes:  # tc takes effect after a moment, without a sign.
            time.sleep(0.005)
            for side in (self.edge, self.cloud):
                side.kick(size)


class Load:
    """The other work on the edge, in steps of a tenth of its CPU."""

    def __init__(self, command):
        self.command, self.tenths, self.process = command, 0, None

    def follow(self, percent):
        tenths = round(percent / 10)
        if tenths == self.tenths:
            return
        self.end()
        self.tenths = tenths
        if tenths > 0:
            self.process = subprocess.Popen(self.command + [f"{tenths / 10:g}"])

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
        self.process, self.tenths = None, 0


def changes_for(who, rows):
    for second, value in traces.changes(rows):
        yield second, who, value


def play(start, followed):
    """Follows the traces without end; `followed` has pairs (rows of a trace, function that follows them)."""
    for rows, follow in followed:
        follow(rows[0][1])
    events = heapq.merge(*(changes_for(who, rows) for who, (rows, _) in enumerate(followed)))
    for second, who, value in events:
        time.sleep(max(0, start + second - time.monotonic()))
        followed[who][1](value)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--edge", required=True)
    parser.add_argument("--cloud", required=True)
    parser.add_argument("--bandwidth", required=True)
    parser.add_argument("--cpu")
    parser.add_argument("--start", type=float, required=True)
    parser.add_argument("load", nargs="*")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    way, load = Way(Side(options.edge), Side(options.cloud)), Load(options.load)
    bandwidth = traces.read(options.bandwidth)[1]
    followed = [(bandwidth, way.follow)]
    if options.cpu:
        followed.append((traces.read(options.cpu)[1], load.follow))
    try:
        play(options.start, followed)
    finally:
        load.end()
        way.follow(next(mbps for _, mbps in bandwidth if mbps > 0))  # Never leaves the link dark.
        way.edge.end()
        way.cloud.end()


if __name__ == "__main__":
    main()
