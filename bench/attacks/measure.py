"""Attacks agents on loopback, each time with an honest client beside it, and says what became of the client's requests
before, during and after, and what memory the agents took. attacks.sh runs it."""
import argparse
import os
import subprocess
import sys
import time

import agents
import client
import results

HERE = os.path.dirname(os.path.abspath(__file__))
RATE = 20  # Requests a second of the honest client.


class Attack:
    """What is attacked, and by what: `command` gets the options, the cloud's and the edge's port and the folder."""

    def __init__(self, name, command, tls=False, more=()):
        self.name, self.command, self.tls, self.more = name, command, tls, more


def by_python(attack, *more):
    def command(options, cloud_port, edge_port, _):
        port = edge_port if attack in ("resets", "chunks") else cloud_port
        words = {"EDGE": edge_port, "CUT": options.cut, "NETWORK": options.network,
                 "CERT": f"{options.certs}/edge-2.pem", "KEY": f"{options.certs}/edge-2.key"}
        return [sys.executable, f"{HERE}/attackers.py", attack, str(options.seconds), str(port),
                *(str(words.get(word, word)) for word in more)]
    return command


def key_updates(options, cloud_port, _, __):
    return [options.key_updates, str(cloud_port), f"{options.certs}/edge-2.pem", f"{options.certs}/edge-2.key",
            str(options.seconds)]


def drip(options, _, __, folder):
    return ["/bin/sh", "-c", f"touch {folder}/drip; sleep {options.seconds}; rm {folder}/drip"]


ATTACKS = [
    Attack("connections to the HTTP door, reset before they are accepted", by_python("resets")),
    Attack("TLS keys renewed without end", key_updates, tls=True),
    Attack("one edge with 60 connections", by_python("greedy", "EDGE", "CUT", "60", "reads", "CERT", "KEY"), tls=True),
    Attack("16 x 256 connections that say nothing", by_python("silent"), more=("--reconnect-after", "500ms")),
    Attack("a cloud that drips a byte a second", drip),
    Attack("bodies in chunks of one byte", by_python("chunks", "NETWORK")),
    Attack("answers that are not read", by_python("greedy", "EDGE", "CUT", "8", "blind", "CERT", "KEY"), tls=True),
]


def measure(attack, options, folder):
    options.tls = attack.tls
    processes = {}
    try:
        processes["cloud"], cloud_port = agents.start_cloud(options, folder)
        peer_port = cloud_port
        if attack.command is drip:
            processes["way"] = agents.Process([sys.executable, f"{HERE}/dripping.py", str(cloud_port), f"{folder}/drip"],
                                              os.path.join(folder, "way.log"))
            peer_port = processes["way"].port("dripping on ")
        processes["edge"], edge_port = agents.start_edge(options, folder, peer_port, attack.more)
        body = client.body_for(edge_port, options.network)
        ask = lambda: client.phase(edge_port, options.network, body, options.seconds, RATE)
        watch = agents.Watch({name: processes[name] for name in ("cloud", "edge")})
        before = ask()
        log = os.path.join(folder, "attack.log")
        processes["attack"] = agents.Process(attack.command(options, cloud_port, edge_port, folder), log)
        during = ask()
        try:
            processes["attack"].child.wait(options.seconds + 10)
        except subprocess.TimeoutExpired:
            pass
        processes["attack"].end()
        time.sleep(1)
        after = ask()
        with open(log, errors="replace") as told:
            print(f"{attack.name}: {told.read().strip()[-300:]}", file=sys.stderr)
        return before, during, after, watch.end()
    finally:
        for process in reversed(list(processes.values())):
            process.end()


def cell(phase):
    if not phase.latencies:
        return f"none; {phase.failed} failed"
    p50, p95 = (results.quantile(phase.latencies, p) for p in (0.5, 0.95))
    asked = len(phase.latencies) + phase.failed
    return f"{p50:.1f} / {p95:.1f}; {phase.failed}, {phase.fallbacks} of {asked}"


def main():
    parser = argparse.ArgumentParser()
    results.add_options(parser)
    for name in ("agent", "key-updates", "network", "file", "certs", "folder"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--cut", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    rows = []
    for attack in ATTACKS:
        before, during, after, peaks = measure(attack, options, options.folder)
        rows.append([attack.name, cell(before), cell(during), cell(after), f"{peaks['cloud']:.0f}",
                     f"{peaks['edge']:.0f}"])
        print(results.row(rows[-1]), file=sys.stderr)
    lines = results.circumstances(options) + [
        f"* {options.network}, cut {options.cut}; {RATE} requests a second for {options.seconds:.0f} s before, during and after",
        "", "p50 / p95 in ms of what was answered; failed, finished by the edge itself (fallback), of how many were asked.", ""]
    lines += results.table(["attack", "before", "during", "after", "cloud, MiB", "edge, MiB"], rows)
    results.tell(options, "attacks", lines)


if __name__ == "__main__":
    main()
