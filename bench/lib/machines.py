"""Makes two machines, edge and cloud, of this one, and removes them with the bed.

They are two network namespaces joined by a veth pair. Each side has a core, and a memory cgroup, so that the memory load of one
side does not change the measured memory of the other; on request, it also has a quota of its core. Without root, both sides are on
loopback.
"""
import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import time

from bench.lib.processes import words

CGROUPS = pathlib.Path("/sys/fs/cgroup")
CLONE_NEWNET = 0x40000000
JOIN = 'for group in $0; do echo $$ >"$group/cgroup.procs" || exit 73; done; exec "$@"'
MEMORY = 3 << 30  # Bytes of each side, if sides are limited.
PERIOD = 10000  # The period of a CPU quota, in microseconds.


def call(*command):
    subprocess.run(words(command), check=True, stdout=subprocess.DEVNULL)


def enter(namespace):
    """Moves this thread into that namespace."""
    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot enter a network namespace; run it as root")


class Side:
    """One machine: the prefix of a command that runs there, and its end of the link."""

    def __init__(self, name, namespace=None, device="lo", address="127.0.0.1", core=None):
        self.name, self.namespace, self.device, self.address, self.core = name, namespace, device, address, core
        self.groups = []

    def on_link(self):
        # Not by `ip netns exec`, which hides the control groups behind a /sys of its own.
        return ["nsenter", f"--net=/run/netns/{self.namespace}"] if self.namespace else []

    def at(self, core=None):
        """Returns a prefix: on its link and its core (or another), but outside its groups."""
        core = self.core if core is None else core
        return (["taskset", "-c", str(core)] if core is not None else []) + self.on_link()

    def inside(self):
        """Returns a prefix: on its link, its core and in its groups."""
        return ["sh", "-c", JOIN, " ".join(map(str, self.groups)), *self.at()] if self.groups else self.at()

    def confine(self, pid):
        """Moves a process that began at() this side inside() it."""
        for group in self.groups:
            (group / "cgroup.procs").write_text(str(pid))

    @contextlib.contextmanager
    def entered(self):
        """Puts this thread, and all that it starts meanwhile, at() this side."""
        cores = os.sched_getaffinity(0)
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.namespace}") as there:
            enter(there)
            try:
                os.sched_setaffinity(0, {self.core})
                yield
            finally:
                os.sched_setaffinity(0, cores)
                enter(home)

    def shape(self, megabits, least_bucket=5120, latency="800ms"):
        """Limits its sending to a rate, with a bucket of 2 ms but at least that many bytes."""
        bucket = max(least_bucket, megabits * 250)
        call(*self.on_link(), "tc", "qdisc", "replace", "dev", self.device, "root", "tbf", "rate", f"{megabits}mbit",
             "burst", bucket, "latency", latency)

    def unshape(self):
        """Removes that limit: a profiler leaves one alone that it did not set."""
        call(*self.on_link(), "tc", "qdisc", "del", "dev", self.device, "root")

    def limit(self, percent):
        """Limits it to a share of one core, in periods of 10 ms; at least 1 ms, the kernel's minimum."""
        period = PERIOD if percent >= 10 else 100000 // percent
        quota = period * percent // 100
        group = self.groups[-1]
        if (group / "cpu.max").exists():
            return (group / "cpu.max").write_text(f"{quota} {period}")
        for name, value in (("quota", -1), ("period", period), ("quota", quota)):
            (group / f"cpu.cfs_{name}_us").write_text(str(value))


def join(bed):
    """Returns edge and cloud in two namespaces, joined by a link."""
    other = 1 if os.cpu_count() > 1 else 0
    sides = [Side(name, f"{bed.tag}-{name}", f"{bed.tag}-{name[0]}", f"10.77.0.{i}", core)
             for i, (name, core) in enumerate((("edge", 0), ("cloud", other)), 1)]
    for side in sides:
        bed.keep(lambda: call("ip", "netns", "add", side.namespace) or side.namespace,
                 lambda namespace: call("ip", "netns", "del", namespace))
    edge, cloud = sides
    call("ip", "link", "add", edge.device, "netns", edge.namespace, "type", "veth",
         "peer", "name", cloud.device, "netns", cloud.namespace)
    for side in sides:
        call("ip", "-n", side.namespace, "addr", "add", f"{side.address}/24", "dev", side.device)
        for device in ("lo", side.device):
            call("ip", "-n", side.namespace, "link", "set", device, "up")
    os.environ["TIDELINE_TLS_INSECURE"] = "true"  # The link has addresses, but does not leave this machine.
    return edge, cloud


def can_darken(sides):
    """Makes darken() work. The kernel's first rule delivers arrived packets; a rule that drops them must come before it."""
    for side in sides:
        call("ip", "-n", side.namespace, "rule", "add", "pref", "1", "lookup", "local")
        call("ip", "-n", side.namespace, "rule", "del", "pref", "0")


def darken(sides, dark):
    """Drops from now on all packets that arrive on either side, silently; or stops dropping. Sending is not changed."""
    for side in sides:
        call("ip", "-n", side.namespace, "rule", "add" if dark else "del", "pref", "0", "iif", side.device, "blackhole")


def join_or_loopback(bed):
    """Returns edge and cloud on any cores: in two namespaces, or both on loopback without root."""
    if os.geteuid() == 0:
        return join(bed)
    bed.say("not root, so no network namespaces: only loopback is measured")
    return Side("edge"), Side("cloud")


def one_thread(side):
    """Returns the environment of a process there, with one compute thread and torch's peers on its link."""
    return os.environ | {"TP_SOCKET_IFNAME": side.device, "GLOO_SOCKET_IFNAME": side.device, "OMP_NUM_THREADS": "1"}


def talk(bed, side, command):
    """Starts a measured process with one compute thread, on that side's link and on any cores."""
    return bed.talk([*side.on_link(), *command], f"{side.name}.log", env=one_thread(side))


def limit_sides(bed, edge_percent=None, cloud_percent=None):
    """Returns edge and cloud in two namespaces, each in groups with MEMORY and, if given, with a share of its core."""
    sides = join(bed)
    for side, percent in zip(sides, (edge_percent, cloud_percent), strict=True):
        one_tree = (CGROUPS / "cgroup.controllers").exists()
        make_group(bed, side, CGROUPS if one_tree else CGROUPS / "memory")
        limit = side.groups[0] / ("memory.max" if one_tree else "memory.limit_in_bytes")
        limit.write_text(str(MEMORY))
        if percent:
            if not one_tree:
                make_group(bed, side, CGROUPS / "cpu")
            side.limit(percent)
    return sides


def make_group(bed, side, parent):
    group = parent / f"{bed.tag}-{side.name}"
    side.groups.append(bed.keep(lambda: group.mkdir() or group, remove_group))


def remove_group(group):
    """Ends all processes in one of our groups and those beneath it, and removes the groups."""
    for folder, _, _ in os.walk(group, topdown=False):
        for _ in range(100):
            members = pathlib.Path(folder, "cgroup.procs").read_text().split()
            if not members:
                break
            for pid in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.05)
        os.rmdir(folder)
