"""The world around the agent under test: its processes, and what happens to its link, its CPU and its cloud.

Run by itself: checks that the dark is dark, both ways.
"""
import ctypes
import datetime
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

TAG, OUT, BUILD = (os.environ[f"SHOCKS_{name}"] for name in ("TAG", "OUT", "BUILD"))
EDGE_GROUPS = os.environ["SHOCKS_EDGE_GROUPS"].split()
CLOUD_CPU = os.environ["SHOCKS_CLOUD_CPU"]
ENDS = {"edge": f"{TAG}-e", "cloud": f"{TAG}-c"}
ADDRESSES = {"edge": "10.77.0.1", "cloud": "10.77.0.2"}
CLOUD = "10.77.0.2:7070"
PORT = 18080
started = []


def now():
    return time.monotonic()


def call(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def limit_cloud(percent):
    """Holds the cloud to so much of one core, in slices of 10 ms; of 1 ms at least, which is the least there is."""
    period = 10000 if percent >= 10 else 100000 // percent
    quota = period * percent // 100
    if os.path.exists(f"{CLOUD_CPU}/cpu.max"):
        return write(f"{CLOUD_CPU}/cpu.max", f"{quota} {period}")
    write(f"{CLOUD_CPU}/cpu.cfs_quota_us", "-1")
    write(f"{CLOUD_CPU}/cpu.cfs_period_us", str(period))
    write(f"{CLOUD_CPU}/cpu.cfs_quota_us", str(quota))


def write(file, text):
    with open(file, "w") as out:
        out.write(text)


def shape(megabits):
    call("tc", "qdisc", "replace", "dev", ENDS["edge"], "root", "tbf", "rate", f"{megabits}mbit",
         "burst", str(max(5120, megabits * 250)), "latency", "800ms")


def darken(dark):
    """Whatever arrives on either side is dropped, silently, from now on; or no more. What is sent goes its way still."""
    for side, end in ENDS.items():
        call("ip", "-n", f"{TAG}-{side}", "rule", "add" if dark else "del", "pref", "0", "iif", end, "blackhole")


def make_room_before_local():
    """The kernel's own first rule delivers what has arrived; one that drops it has to come before."""
    for side in ENDS:
        call("ip", "-n", f"{TAG}-{side}", "rule", "add", "pref", "1", "lookup", "local")
        call("ip", "-n", f"{TAG}-{side}", "rule", "del", "pref", "0")


def spawn(log, *words):
    with open(f"{OUT}/{log}", "a") as err:
        process = subprocess.Popen(words, stderr=err, stdout=subprocess.DEVNULL)
    started.append(process)
    return process


def end(process, how=signal.SIGTERM):
    process.send_signal(how)
    process.wait()
    started.remove(process)


def end_all():
    for process in list(started):
        process.kill()


def wait_for(log, words, process, since=0):
    """Returns once the log says so after its first `since` bytes."""
    while True:
        with open(f"{OUT}/{log}") as source:
            source.seek(since)
            if words in source.read():
                return
        if process.poll() is not None:
            sys.exit(f"shocks: {log}: the agent ended before it said '{words}'")
        time.sleep(0.02)


def start_cloud():
    since = size_of("cloud.log")
    process = spawn("cloud.log", f"{OUT}/cloud")
    wait_for("cloud.log", "listening on", process, since)
    return process


def start_edge(model="alexnet", *options, confined=True):
    """An agent that serves. It loads at full speed and is then put in its place."""
    log = f"{model}.log"
    since = size_of(log)
    process = spawn(log, f"{OUT}/at_edge", f"{BUILD}/agent", "--serve", "--model", f"{model}={OUT}/{model}.pt",
                    "--http", f"127.0.0.1:{PORT}", "--threads", "1", *options)
    wait_for(log, "serving on", process, since)
    if confined:
        for group in EDGE_GROUPS:
            write(f"{group}/cgroup.procs", str(process.pid))
    return process


def start_load():
    return spawn("burn.log", f"{OUT}/in_edge", f"{BUILD}/bench/burn", "1")


def size_of(log):
    try:
        return os.path.getsize(f"{OUT}/{log}")
    except FileNotFoundError:
        return 0


def moves(since=0):
    """When (on now()'s clock) and to what the agent moved, of its log after the first `since` bytes."""
    offset = now() - time.time()
    with open(f"{OUT}/alexnet.log") as source:
        source.seek(since)
        found = re.findall(r"^(\S+) info alexnet: moved to (.*)$", source.read(), re.MULTILINE)
    return [(datetime.datetime.fromisoformat(at).timestamp() + offset, why) for at, why in found]


def socket_on(side):
    """A datagram socket in that side's namespace; for this thread alone, which stays there."""
    with open(f"/run/netns/{TAG}-{side}") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0x40000000) != 0:
            sys.exit(f"shocks: cannot enter the namespace of the {side}")
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((ADDRESSES[side], 7071))
    made.settimeout(0.005)
    return made


def beacon(side, other, done, arrivals):
    """Sends 200 datagrams a second to the other side, and notes when the other's arrive."""
    own, due = socket_on(side), now()
    while not done.is_set():
        if now() >= due:
            due += 0.005
            own.sendto(b"!", (ADDRESSES[other], 7071))
        try:
            own.recv(16)
            arrivals.append(now())
        except TimeoutError:
            pass
    own.close()


def check_dark():
    """Returns how long after the word the last datagram came, and after the other word the first, in ms, by side."""
    done, arrivals = threading.Event(), {"edge": [], "cloud": []}
    threads = [threading.Thread(target=beacon, args=(a, b, done, arrivals[a]), daemon=True) for a, b in (("edge", "cloud"), ("cloud", "edge"))]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    dark = now()
    darken(True)
    time.sleep(0.5)
    light = now()
    darken(False)
    time.sleep(0.3)
    done.set()
    for thread in threads:
        thread.join()
    told = {}
    for side, times in arrivals.items():
        late = [t for t in times if t < light]
        back = [t for t in times if t >= light]
        if not late or not back:
            sys.exit(f"shocks: nothing comes through to the {side}")
        told[side] = (1000 * (max(late) - dark), 1000 * (min(back) - light))
    return told


def main():
    limit_cloud(100)
    shape(50)
    make_room_before_local()
    for _ in range(5):  # A machine that is still busy with something else is late, and not the link.
        told = check_dark()
        for side, (dark, light) in told.items():
            print(f"shocks: to the {side}: dark after {dark:.0f} ms, light after {light:.0f} ms", file=sys.stderr)
        if max(map(max, told.values())) <= 50:
            return call("tc", "qdisc", "del", "dev", ENDS["edge"], "root")  # The campaign puts its own there.
    sys.exit("shocks: the link does not go dark and light within 50 ms")


def run(what):
    """Runs what(quick); whatever happens, no process is left."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        what("--quick" in sys.argv)
    finally:
        end_all()


def stop(*_):
    """Ends at once, whatever threads are about."""
    end_all()
    os._exit(130)


if __name__ == "__main__":
    main()
