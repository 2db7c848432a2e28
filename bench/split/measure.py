"""measure.py: asks this engine, torch.distributed.rpc and ONNX Runtime in turn for one divided inference.

Each turn is a few inferences that are timed one by one. Writes FOLDER/split.json.
"""
import argparse
import array
import json
import os
import sys

from processes import Setting, add_sides, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
CODECS = ("fp32", "fp16", "int8", "int8z")
RATES = (50, 10)
PER_TURN = 5
MOST_DIFFERENCE = 1e-3  # Of the largest output, in fp32: more is another network, not another order of sums.


class Split(Setting):
    def this(self, cut):
        folder, port = self.options.folder, str(free_port())
        agent = f"{self.options.programs}/../agent"
        self.start("cloud", [agent, "--cloud", "--model", f"alexnet={folder}/alexnet.pt", "--threads", "1"]
                   + ["--listen", f"{self.address}:{port}", "--log-level", "warning"])
        return self.start("edge", [f"{self.options.programs}/this_split", self.address, port, f"{folder}/alexnet.pt"]
                          + [str(cut), f"{folder}/input", f"{folder}/output"]).wait_ready()

    def peer(self, interpreter, script, wait_for_cloud):
        command, port = [interpreter, f"{HERE}/{script}"], str(free_port())
        cloud = self.start("cloud", [*command, "cloud", self.address, port, self.options.folder])
        if wait_for_cloud:
            cloud.wait_ready()
        return self.start("edge", [*command, "edge", self.address, port, self.options.folder]).wait_ready()


def read_floats(file):
    with open(file, "rb") as source:
        return array.array("f", source.read())


def check_outputs(folder, names):
    """All compute the same network: what they say differs in the order of sums alone."""
    expected = read_floats(f"{folder}/output.fp32")
    largest = max(abs(y) for y in expected)
    for name in names:
        found = max(abs(a - b) for a, b in zip(read_floats(f"{folder}/output.{name}"), expected, strict=True))
        print(f"measure: {name} and this engine differ by {found / largest:.1e} of the largest output", file=sys.stderr)
        if not found <= MOST_DIFFERENCE * largest:
            raise RuntimeError(f"{name} computes something else than this engine")


def start_peers(setting):
    peers, missing = {}, {}
    starts = {"rpc": (sys.executable, "rpc_split.py", False), "onnx": ("node", "onnx_split.js", True)}
    for name, how in starts.items():
        try:
            peers[name] = setting.peer(*how)
        except (RuntimeError, OSError) as why:
            missing[name] = f"{name} does not start on this machine: {why}"
    return peers, missing


def ask_in_turn(this, peers, rounds):
    asked = {codec: (this, f"infer {i} {PER_TURN}") for i, codec in enumerate(CODECS)}
    asked |= {name: (peer, f"infer {PER_TURN}") for name, peer in peers.items()}
    asked["fp32 again"] = asked["fp32"]
    told = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (process, question) in asked.items():
            told[name].append([float(word) for word in process.ask(question).split()])
    return told


def measure(options, setting):
    this = setting.this(options.cut)
    peers, missing = start_peers(setting)
    check_outputs(options.folder, peers)
    agreement = {codec: this.ask(f"agree {i}").split() for i, codec in enumerate(CODECS)}
    times = {}
    for rate in RATES if options.edge else (None,):
        if rate:
            setting.shape(rate)
        times[rate or "loopback"] = ask_in_turn(this, peers, options.rounds)
    about = {name: peer.ready for name, peer in peers.items()}
    return {"times": times, "agreement": agreement, "about": about, "missing": missing}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--cut", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    add_sides(parser)
    options = parser.parse_args()
    setting = Split(options)
    try:
        told = measure(options, setting)
    finally:
        setting.end()
    with open(f"{options.folder}/split.json", "w") as out:
        json.dump(told, out)


if __name__ == "__main__":
    main()
