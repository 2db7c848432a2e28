"""Processes that a benchmark starts, talks to and ends, each by its id."""
import re
import signal
import subprocess
import time
import urllib.parse

PORT = r"(?:listening on|serving on|dripping on) (\S+:\d+)"


class Failed(Exception):
    """Why a benchmark cannot go on, in one sentence, and the status that bench/run ends with."""

    def __init__(self, sentence, status=70):
        super().__init__(sentence)
        self.status = status


def words(command):
    return [str(word) for word in command]


class Process:
    """One process; what it says stands at the end of its log."""

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
        """Returns what matches in the log, once something does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ended = not self.runs()
            found = re.search(pattern, self.said())
            if found:
                return found
            if ended:
                break
            time.sleep(0.02)
        raise Failed(f"waited in vain for '{pattern}' in {self.log}: {self.last_words()}")

    def port(self):
        """Returns where it listens, once its log says so."""
        return urllib.parse.urlsplit("//" + self.wait_for(PORT).group(1).rpartition("/")[2]).port

    def memory(self, field="RssAnon"):
        """Returns that figure of /proc/PID/status, in MiB; RssAnon is what it holds of its own."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(field + r":\s*(\d+)", status.read()).group(1)) / 1024

    def runs(self):
        return self.child.poll() is None

    def wait(self, seconds=None):
        """Returns its status."""
        return self.child.wait(seconds)

    def succeed(self):
        """Waits for its end, which has to be a good one."""
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
    """A measured process that answers each line of its input by one line; `ready` holds what it said at first."""

    def __init__(self, command, log, **options):
        super().__init__(command, log, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self.ready = None

    def hear(self):
        line = self.child.stdout.readline().strip()
        if not line or line.startswith("broken"):
            raise Failed(f"{self.child.args[-4:]} broke off: {line or self.last_words()}")
        return line

    def wait_ready(self):
        self.ready = self.hear().removeprefix("ready ")
        return self

    def ask(self, question):
        """Returns the numbers of the answer."""
        try:
            self.child.stdin.write(question + "\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # hear() says what became of it.
        return self.hear().split()

    def end(self, how=signal.SIGTERM):
        """It ends with its input."""
        try:
            self.child.stdin.close()
            self.wait(10)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass
        super().end(how)
