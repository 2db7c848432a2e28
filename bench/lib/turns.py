"""Processes on one core that take turns: each answers a line `run` by numbers, as bench/engine/README.md describes."""
import os
import sys
import time

from bench.lib.processes import Failed

ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
WARM_UP_ROUNDS = 2
LEAST_ROUNDS = 5


def start(bed, commands, missing, optional):
    """Returns the processes that run, by name, all pinned to the same core. Adds to `missing` why an optional one does not."""
    cores = sorted(os.sched_getaffinity(0))
    pinned = ["taskset", "-c", cores[-1]] if len(cores) > 1 else []
    started = {}
    for name, command in commands.items():
        if name in missing:
            continue
        try:
            started[name] = bed.talk([*pinned, *command], f"{name}.log", env=os.environ | ALONE).wait_ready()
        except Failed as failure:
            if name not in optional:
                raise
            missing[name] = str(failure)
    for name, reason in missing.items():
        print(f"without {name}: {reason}", file=sys.stderr)
    return started


def ask(started, options):
    """Returns the numbers of each process, round by round: at least LEAST_ROUNDS rounds, and no new one after the time."""
    turns = {name: [] for name in started}
    for _ in range(WARM_UP_ROUNDS):
        for process in started.values():
            process.ask("run")
    end = time.monotonic() + options.seconds
    done = 0
    while done < options.rounds and (done < LEAST_ROUNDS or time.monotonic() < end):
        for name, process in started.items():
            turns[name].append([float(number) for number in process.ask("run")])
        done += 1
    return turns
