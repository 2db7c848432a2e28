"""Measured processes, perhaps in network namespaces, that a script asks in turn: README.md has the conversation."""
import os
import socket
import subprocess

LOOPBACK, CLOUD_ADDRESS = "127.0.0.1", "10.77.0.2"


class Process:
    """One measured process, perhaps in a network namespace; `ready` holds what it said when it was."""

    def __init__(self, space, command, interface="lo"):
        inside = ["nsenter", f"--net=/run/netns/{space}"] if space else []
        self.child = subprocess.Popen(
            inside + command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, TP_SOCKET_IFNAME=interface, GLOO_SOCKET_IFNAME=interface, OMP_NUM_THREADS="1"),
        )
        self.ready = None

    def hear(self):
        line = self.child.stdout.readline()
        if not line or line.startswith("broken"):
            raise RuntimeError(f"{self.child.args[-4:]} broke off")
        return line.strip()

    def wait_ready(self):
        self.ready = self.hear().removeprefix("ready ")
        return self

    def ask(self, question):
        self.child.stdin.write(question + "\n")
        self.child.stdin.flush()
        return self.hear()

    def end(self):
        self.child.stdin.close()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def free_port():
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return one.getsockname()[1]


class Setting:
    """Two sides: namespaces where `options` names them (edge, cloud, interface), or loopback."""

    def __init__(self, options):
        self.options = options
        self.address = CLOUD_ADDRESS if options.edge else LOOPBACK
        self.started = []

    def start(self, side, command):
        interface = {"edge": self.options.interface, "cloud": self.options.interface[:-1] + "c"}[side]
        self.started.append(Process(getattr(self.options, side), command, interface if self.options.edge else "lo"))
        return self.started[-1]

    def shape(self, rate):
        """As the agent's own shaper does: a bucket of 2 ms, and of two packets at least."""
        bucket = max(rate * 250, 3000)
        subprocess.run(
            ["nsenter", f"--net=/run/netns/{self.options.edge}", "tc", "qdisc", "replace", "dev", self.options.interface]
            + ["root", "tbf", "rate", f"{rate}mbit", "burst", f"{bucket}b", "latency", "400ms"],
            check=True,
        )

    def end(self):
        for process in reversed(self.started):
            process.end()


def add_sides(parser):
    """The options that Setting reads."""
    parser.add_argument("--interface", default="lo")
    parser.add_argument("--edge")
    parser.add_argument("--cloud")
