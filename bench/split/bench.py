"""One divided inference by every codec, beside torch.distributed.rpc and ONNX Runtime over a socket."""
import json
import sys

from bench.engine.outputs import differ
from bench.lib import machines
from bench.lib.bed import PYTHON, ROOT
from bench.lib.load import free_port
from bench.lib.options import add_rounds
from bench.lib.processes import Failed
from bench.lib.report import median_of, ratio_of, table

NEEDS, WANTS = ("python3-torch", "python3-numpy"), ("onnxruntime",)
BUILDS = ("agent", "this_split")
QUICK = {"rounds": 1}
SECTION = True
CODECS = ("fp32", "fp16", "int8", "int8z")
RATES = (50, 10)
PER_TURN = 5
CROSSES = 186624  # Bytes of the output of alexnet's first pooling.
MOST_DIFFERENCE = 1e-3  # Of the largest output, in fp32: a larger difference means another network, not another order of sums.
PEERS = {"rpc": "torch.distributed.rpc", "onnx": "ONNX Runtime and a socket"}


def options(parser):
    add_rounds(parser, 12, f"turns of every program, of {PER_TURN} inferences each")


def measure(bed, options):
    bed.clear()
    model = f"alexnet={bed.network('alexnet')}"
    cuts = json.loads(bed.read([bed.agent, "--inspect", "--model", model, "--json"]))["cuts"]
    cut = next(c["index"] for c in cuts if c["bytes"] == CROSSES)
    bed.run([bed.agent, "--split", "--model", model, "--cut", cut, "--out", bed.out])
    bed.script("split.halves", bed.out)
    edge, cloud = machines.join_or_loopback(bed)
    this = start_this(bed, edge, cloud, model, cut)
    peers, missing = start_peers(bed, edge, cloud)
    check_outputs(bed.out, peers)
    agreement = {codec: this.ask(f"agree {i}") for i, codec in enumerate(CODECS)}
    times = {}
    for rate in RATES if edge.namespace else (None,):
        if rate:
            edge.shape(rate, least_bucket=3000, latency="400ms")  # As the agent's own shaper does.
        times[rate or "loopback"] = ask_in_turn(this, peers, options.rounds)
    return {"times": times, "agreement": agreement, "about": [peer.ready for peer in peers.values()], "missing": missing}


def start_this(bed, edge, cloud, model, cut):
    where = f"{cloud.address}:{free_port()}"
    agent = [*cloud.on_link(), bed.agent, "--cloud", "--model", model, "--threads", "1", "--listen", where,
             "--log-level", "warning"]
    bed.start(agent, "agent.log", env=machines.one_thread(cloud))
    command = [bed.program("this_split"), *where.rsplit(":", 1), bed.out / "alexnet.pt", cut]
    return machines.talk(bed, edge, [*command, bed.out / "input", bed.out / "output"]).wait_ready()


def start_peers(bed, edge, cloud):
    """Returns the programs that run, and why others do not."""
    scripts = {"rpc": [PYTHON, "-m", "bench.split.rpc_split"], "onnx": ["node", ROOT / "bench" / "split" / "onnx_split.js"]}
    peers, missing = {}, {}
    if "onnxruntime" in bed.missing:
        missing["onnx"] = bed.missing["onnxruntime"]
        del scripts["onnx"]
    for name, script in scripts.items():
        port = free_port()
        try:
            other = machines.talk(bed, cloud, [*script, "cloud", cloud.address, port, bed.out])
            if name == "onnx":
                other.wait_ready()
            peers[name] = machines.talk(bed, edge, [*script, "edge", cloud.address, port, bed.out]).wait_ready()
        except Failed as why:
            missing[name] = f"{name} does not start on this machine: {why}"
    return peers, missing


def check_outputs(folder, names):
    """Checks that all compute the same network: their outputs differ only by the order of sums."""
    for name in names:
        share = differ(folder / f"output.{name}", folder / "output.fp32")
        print(f"{name} and this engine differ by {share:.1e} of the largest output", file=sys.stderr)
        if not share <= MOST_DIFFERENCE:
            raise Failed(f"{name} and this engine compute different outputs")


def ask_in_turn(this, peers, rounds):
    asked = {codec: (this, f"infer {i} {PER_TURN}") for i, codec in enumerate(CODECS)}
    asked |= {name: (peer, f"infer {PER_TURN}") for name, peer in peers.items()}
    asked["fp32 again"] = asked["fp32"]
    told = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (process, question) in asked.items():
            told[name].append([float(word) for word in process.ask(question)])
    return told


def p95(turns):
    times = sorted(time for turn in turns for time in turn)
    return times[int(0.95 * (len(times) - 1))]


def rows(where, data):
    times = data["times"][where]
    peers = [name for name in PEERS if name in times]
    best = min(peers, key=lambda name: median_of(times[name]), default=None)
    place = where if where == "loopback" else f"{where} Mbit/s"
    for name, turns in times.items():
        top1, worst, _ = data["agreement"].get(name, ("", "", ""))
        title = PEERS.get(name, f"this engine, {name}")
        over = ratio_of(turns, times[best]) if best else ""
        exact = f"{float(top1):.3f}, {float(worst):.1e}" if top1 else ""
        yield [place, title, f"{median_of(turns):.2f}", f"{p95(turns):.2f}", over, exact]


def report(data, _):
    header = ["way", "program", "p50, ms", "p95, ms", "over the best peer", "top-1 agreement, largest error"]
    return [
        f"* {CROSSES} bytes cross in fp32; one thread on each side",
        "* " + "; ".join(data["about"]),
        *(f"* without {why}" for why in data["missing"].values()),
        "", *table(header, [row for where in data["times"] for row in rows(where, data)]),
        "", f"Agreement with the whole network in fp32, over {data['agreement']['fp32'][2]} random inputs.",
    ]
