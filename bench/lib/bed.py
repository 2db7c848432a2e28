"""The bed of a benchmark: its programs, its folder, and its processes, which end with it in any case."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys

from bench.lib.processes import Conversation, Failed, Process, words

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(os.environ.get("TIDELINE_WORK", ROOT))  # Has build and out; of an installed demo, another folder.
PYTHON = "/usr/bin/python3"  # Debian's, which finds Debian's torch.
SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


class Bed:
    """Use it in a `with`, by one thread."""

    def __init__(self, name, out, build):
        self.name, self.out, self.build = name, out, build
        self.agent = build / "agent"
        self.tag = f"tl{os.getpid()}"  # The prefix of the names of namespaces and groups on this machine.
        self.missing = {}  # Programs to compare with that could not be installed, with the reason.
        self.kept = contextlib.ExitStack()
        self.held = self.stopped = None

    def __enter__(self):
        self.out.mkdir(parents=True, exist_ok=True)
        for number in SIGNALS:
            signal.signal(number, self.stop)
        return self

    def __exit__(self, *_):
        for number in SIGNALS:  # A second signal must not interrupt the cleaning up.
            signal.signal(number, signal.SIG_IGN)
        self.kept.close()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    def stop(self, number, _):
        self.stopped = 128 + number
        if not self.held:
            raise SystemExit(self.stopped)

    def keep(self, make, undo):
        """Returns the result of make(), and registers undo(made) for the end. A signal waits until that is registered."""
        self.held = True
        try:
            made = make()
            self.kept.callback(undo, made)
        finally:
            self.held = False
        if self.stopped:
            raise SystemExit(self.stopped)
        return made

    def program(self, name):
        return self.build / "bench" / name

    def say(self, text):
        print(f"\n== {text}", file=sys.stderr, flush=True)

    def clear(self):
        """Removes the files of an earlier run."""
        shutil.rmtree(self.out)
        self.out.mkdir()

    def start(self, command, log, **options):
        return self.keep(lambda: Process(command, self.out / log, **options), Process.end)

    def talk(self, command, log, **options):
        return self.keep(lambda: Conversation(command, self.out / log, **options), Conversation.end)

    def run(self, command, log="run.log", **options):
        """Runs a command to its end, which must be a success."""
        self.start(command, log, **options).succeed()

    def read(self, command):
        """Returns the output of a short command."""
        ran = subprocess.run(words(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if ran.returncode != 0:
            raise Failed(f"{words(command)[:3]} ended with {ran.returncode}: {ran.stderr.strip()[-500:]}")
        return ran.stdout

    def script(self, module, *arguments, log="scripts.log"):
        """Runs a script of bench with Debian's Python, which may have torch."""
        self.run([PYTHON, "-m", f"bench.{module}", *arguments], log)

    def network(self, name):
        """Returns the file of a network of the zoo."""
        file = self.out / f"{name}.pt"
        self.run([self.agent, "--zoo", name, "--out", file])
        return file
