"""Replays that judge one table by another, which is taken as true."""
import json

SECONDS = 600  # Of each trace.
RATES = 50, 20, 8, 3  # Of the links at best, in Mbit/s.
REQUESTS = 2  # Per second.


def own_trace(bed, name, *words):
    """Returns the file of a trace that is made from a seed."""
    file = bed.out / f"{name}.csv"
    file.write_text(bed.read([bed.program("make_trace"), *words]))
    return file


def traces(bed, rates=RATES, seconds=SECONDS):
    """Returns the arguments of a replay over links of these rates, each with an idle and a busy edge."""
    busy = own_trace(bed, "busy", "--kind", "cpu", "--seconds", seconds, "--seed", 1)
    words = ["--rate", REQUESTS, "--cpu", "idle", "--cpu", busy]
    for seed, rate in enumerate(rates, 1):
        link = own_trace(bed, f"cellular-{rate}", "--kind", "cellular", "--mbps", rate, "--seconds", seconds, "--seed", seed)
        words += ["--bandwidth", link]
    return words


def cases(bed, table, world, words):
    """Returns the replays of the adaptive policy that knows `table`, in a world that is as the other table says."""
    return json.loads(bed.read([bed.agent, "--replay", "--table", table, "--world", world, *words, "--json"]))["cases"]


def regrets(bed, table, world, words):
    """Returns their regrets, in per cent."""
    return [case["regret_percent"] for case in cases(bed, table, world, words)]
