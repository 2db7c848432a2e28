"""measure.py WHAT: asks the programs in turn, and writes what they said into FOLDER/WHAT.json.

WHAT is loopback or shaped (one exchange, by every program) or estimates (what our link says of the bandwidth).
"""
import argparse
import json
import os
import sys

from processes import Setting, add_sides, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPED = 50
RATES = (2, 10, 50, 200)
SIZES_KIB = (8, 32, 64, 184, 512, 3072)
ROW_KIB = 8


class Programs(Setting):
    def our_cloud(self):
        models = [f"{name}={self.options.folder}/{name}.pt" for name in ("echo", "rows")]
        return self.start("cloud", [f"{self.options.programs}/this_link", "cloud", self.address, *models]).wait_ready()

    def edge(self, program, cloud):
        return self.start("edge", [f"{self.options.programs}/{program}", "edge", self.address, cloud.ready]).wait_ready()

    def rpc(self):
        script = [sys.executable, f"{HERE}/rpc_echo.py"]
        port = str(free_port())
        self.start("cloud", [*script, "cloud", self.address, port])
        return self.start("edge", [*script, "edge", self.address, port]).wait_ready()


def exchanges(setting, rounds, per_turn):
    cloud = setting.our_cloud()
    plain = setting.start("cloud", [f"{setting.options.programs}/plain_socket", "cloud", setting.address]).wait_ready()
    programs = {"this": setting.edge("this_link", cloud), "plain": setting.edge("plain_socket", plain)}
    missing = {}
    try:
        programs["rpc"] = setting.rpc()
    except RuntimeError as why:
        missing["rpc"] = f"torch.distributed.rpc does not start on this machine: {why}"
    programs["itself"] = setting.edge("this_link", cloud)
    told = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            told[name].append([float(word) for word in program.ask(f"echo {per_turn}").split()])
    return {"times": told, "missing": missing, "about": {name: p.ready for name, p in programs.items()}}


def estimates(setting):
    cloud = setting.our_cloud()
    told = []
    for rate in RATES:
        setting.shape(rate)
        for size in SIZES_KIB:
            count = max(1, min(20, int(3 * rate * 1e6 / 8 / 1024 / size)))
            edge = setting.edge("this_link", cloud)
            *samples, estimate = edge.ask(f"rate {size // ROW_KIB} {count}").split()
            edge.end()
            told.append({"rate": rate, "kib": size, "uploads": count, "samples": samples, "estimate": float(estimate)})
    return {"cells": told}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["loopback", "shaped", "estimates"])
    parser.add_argument("--programs", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    add_sides(parser)
    options = parser.parse_args()
    setting = Programs(options)
    try:
        if options.what == "shaped":
            setting.shape(SHAPED)
        if options.what == "estimates":
            told = estimates(setting)
        else:
            told = exchanges(setting, options.rounds, 5 if options.what == "shaped" else 40)
    finally:
        setting.end()
    with open(f"{options.folder}/{options.what}.json", "w") as out:
        json.dump(told, out)


if __name__ == "__main__":
    main()
