"""Processes that a benchmark starts, talks to and ends, each by its id."""
import re
import signal
import subprocess
import time
import urllib.parse

PORT = r"(?:listening on|serving on|dripping on) (\S+:\d+)"


class Failed(Exception):
    """Why a benchmark cannot continue, in one sentence, and the exit status of bench/run."""

    def __init__(self, sentence, status=70):
        super().__init__(sentence)
        self.status = status


def words(command):
    return [str(word) for word in command]


class Process:
    """One process; its output is appended to its log."""

    def __init__(self, command, log, **options):
        self.log = log
        self.begin = log.stat().st_size if log.exists() else 0
        with open(log, "ab") as out:
            self.child = subprocess.Popen(words(command), **{"stdout": out, "stderr": out, **options})
        self.pid = self.child.pid

    def said(self):
        with open(self.log, errors="replace") as log:
            log.seek(self.begin)
            return log.read()

    def last_words(self):
        return " / ".join(self.said().strip().splitlines()[-5:]) or "it said nothing"

    def wait_for(self, pattern, seconds=60):
        """Waits until the log matches the pattern, and returns the match."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ended = not self.runs()
            found = re.search(pattern, self.said())
            if found:
                return found
            if ended:
                break
            time.sleep(0.02)
        raise Failed(f"'{pattern}' did not appear in {self.log}: {self.last_words()}")

    def port(self):
        """Returns the port at which it listens, once its log names it."""
        return urllib.parse.urlsplit("//" + self.wait_for(PORT).group(1).rpartition("/")[2]).port

    def memory(self, field="RssAnon"):
        """Returns that figure of /proc/PID/status, in MiB; RssAnon is its own memory, without files."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(field + r":\s*(\d+)", status.read()).group(1)) / 1024

    def runs(self):
        return self.child.poll() is None

    def wait(self, seconds=None):
        """Returns its status."""
        return self.child.wait(seconds)

    def succeed(self):
        """Waits for its end, which must be a success."""
        status = self.wait()
        if status != 0:
            raise Failed(f"{self.child.args[-4:]} ended with {status}: {self.last_words()}")

    def end(self, how=signal.SIGTERM):
        for number in (how, signal.SIGKILL):
            if not self.runs():
                return
            self.child.send_signal(number)
            try:
                self.wait(20)
            except subprocess.TimeoutExpired:
                pass


class Conversation(Process):
    """A measured process that answers each line of its input by one line; `ready` holds its first line."""

    def __init__(self, command, log, **options):
        super().__init__(command, log, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self.ready = None

    def hear(self):
        line = self.child.stdout.readline().strip()
        if not line or line.startswith("broken"):
            raise Failed(f"{self.child.args[-4:]} ended early: {line or self.last_words()}")
        return line

    def wait_ready(self):
        self.ready = self.hear().removeprefix("ready ")
        return self

    def ask(self, question):
        """Returns the words of the answer."""
        return self.tell(question).split()

    def tell(self, question):
        """Returns the line that answers."""
        try:
            self.child.stdin.write(question + "\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # hear() reports how it ended.
        return self.hear()

    def end(self, how=signal.SIGTERM):
        """Closes its input, which ends it."""
        try:
            self.child.stdin.close()
            self.wait(10)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass
        super().end(how)
