"""Agents and other processes that are started, watched and ended by their ids."""
import json
import os
import re
import subprocess
import threading
import time
import urllib.request


class Process:
    """One process; its log is a file. End it with end()."""

    def __init__(self, command, log):
        self.log = log
        with open(log, "wb") as out:
            self.child = subprocess.Popen(command, stdout=out, stderr=out)
        self.peak = 0

    def port(self, words):
        """Waits until the log names the port behind these words."""
        for _ in range(600):
            with open(self.log, errors="replace") as log:
                found = re.search(re.escape(words) + r"\S*:(\d+)", log.read())
            if found:
                return int(found.group(1))
            if self.child.poll() is not None:
                break
            time.sleep(0.1)
        with open(self.log, errors="replace") as log:
            raise SystemExit(f"attacks: {self.child.args[0]} did not start:\n{log.read()[-2000:]}")

    def own_memory(self):
        try:
            with open(f"/proc/{self.child.pid}/status") as status:
                return int(re.search(r"RssAnon:\s*(\d+)", status.read()).group(1)) / 1024
        except (OSError, AttributeError):
            return 0

    def end(self):
        for signal in (self.child.terminate, self.child.kill):
            if self.child.poll() is not None:
                return
            signal()
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                pass


class Watch:
    """The most memory that processes take between its beginning and end(), in MiB."""

    def __init__(self, processes):
        self.peaks = {name: 0 for name in processes}
        self.processes = processes
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.over.wait(0.05):
            for name, process in self.processes.items():
                self.peaks[name] = max(self.peaks[name], process.own_memory())

    def end(self):
        self.over.set()
        self.thread.join()
        return self.peaks


def start_cloud(options, folder):
    tls = [] if not options.tls else ["--tls-ca", f"{options.certs}/ca.pem", "--tls-cert", f"{options.certs}/cloud.pem",
                                      "--tls-key", f"{options.certs}/cloud.key"]
    cloud = Process([options.agent, "--cloud", "--model", f"{options.network}={options.file}", "--listen", "127.0.0.1:0",
                     "--threads", "1", *tls], os.path.join(folder, "cloud.log"))
    return cloud, cloud.port("cloud: listening on ")


def start_edge(options, folder, cloud_port, more=()):
    tls = [] if not options.tls else ["--tls-ca", f"{options.certs}/ca.pem", "--tls-cert", f"{options.certs}/edge.pem",
                                      "--tls-key", f"{options.certs}/edge.key"]
    edge = Process([options.agent, "--serve", "--model", f"{options.network}={options.file}", "--http", "127.0.0.1:0",
                    "--threads", "1", "--cut", str(options.cut), "--peer", f"127.0.0.1:{cloud_port}", *tls, *more],
                   os.path.join(folder, "edge.log"))
    port = edge.port("serving on http://")
    for _ in range(100):
        if status(port)["link"]["up"]:
            return edge, port
        time.sleep(0.1)
    edge.end()
    raise SystemExit("attacks: the edge does not reach its cloud")


def status(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status", timeout=10) as page:
        return json.load(page)
