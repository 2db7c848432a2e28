"""One divided inference by every codec, beside torch.distributed.rpc, ONNX Runtime over a socket, and ONNX Runtime undivided."""
import contextlib
import json
import shutil
import sys

from bench.engine.outputs import differ
from bench.lib import codecs, machines, photos, rivals, trained
from bench.lib.bed import PYTHON, ROOT
from bench.lib.load import free_port
from bench.lib.options import add_rounds, whole
from bench.lib.processes import Failed
from bench.lib.report import median_of, ratio_of, table
from bench.photos import client, plans

NEEDS, WANTS = tuple(dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), rivals.WANTS
BUILDS = ("agent", "this_split")
QUICK = {"rounds": 1, "photos": 2}
SECTION = True
NETWORK = "nsfwjs"
CODECS = (*codecs.PLAIN, codecs.FINE, codecs.MIDDLE, codecs.COARSE)
RATES = (50, 10)
PER_TURN = 5
PART = 0.25  # Of the network's time on either side, at least.
MOST_DIFFERENCE = 1e-3  # Of the largest output, in fp32: a larger difference means another network, not another order of sums.
PEERS = {"rpc": "torch.distributed.rpc", "onnx": "ONNX Runtime and a socket"}


def options(parser):
    add_rounds(parser, 12, f"turns of every program, of {PER_TURN} inferences each")
    parser.add_argument("--photos", type=whole, default=24, metavar="N",
                        help="over which answers are compared; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    model = f"{NETWORK}={shutil.copy(trained.fetch(NETWORK), bed.out / f'{NETWORK}.pt')}"
    words = ["--model", model, *trained.words(NETWORK), "--threads", "1"]
    drawn, _ = plans.divide(photos.fetch().glob("*.jpg"), options.photos, 0)
    folder = bed.out / "photos"
    folder.mkdir()
    for file in drawn:
        shutil.copy(file, folder)
    cut = middle_cut(json.loads(bed.read([bed.agent, "--inspect", "--time", *words, "--json"])))
    bed.run([bed.agent, "--split", *words[:2], "--cut", cut["index"], "--out", bed.out])
    edge, cloud = machines.join_or_loopback(bed)
    this = start_this(bed, edge, cloud, words, cut["index"], folder)
    bed.script("split.halves", bed.out)
    peers, missing = start_peers(bed, edge, cloud)
    check_outputs(bed.out, peers)
    known = this.ready.split()
    asked = {codec: known.index(codec) for codec in CODECS}
    agreement = {codec: this.ask(f"agree {place}") for codec, place in asked.items()}
    photo = min(folder.glob("*.jpg")).read_bytes()
    started = rivals.start_both(bed, NETWORK, edge, cloud, confined=False)
    times = {}
    for rate in RATES if edge.namespace else (None,):
        if rate:
            edge.shape(rate, least_bucket=3000, latency="400ms")  # As the agent's own shaper does.
        with edge.entered() if edge.namespace else contextlib.nullcontext():
            asks = {name: undivided(address, port, photo) for name, (_, address, port) in started.items()}
            times[rate or "loopback"] = ask_in_turn(this, asked, peers, asks, options.rounds)
    return {"times": times, "agreement": agreement, "about": [peer.ready for peer in peers.values()], "missing": missing,
            "cut": cut, "photo": len(photo)}


def middle_cut(told):
    """Returns the cut with the fewest bytes of those at which one tensor crosses, and both sides compute a part of the network."""
    whole = told["whole_ms"]
    fit = [cut for cut in told["cuts"] if len(cut["tensors"]) == 1 and PART <= cut["head_ms"] / whole <= 1 - PART]
    return {key: value for key, value in min(fit, key=lambda cut: cut["bytes"]).items() if key in ("index", "name", "bytes")}


def start_this(bed, edge, cloud, words, cut, folder):
    where = f"{cloud.address}:{free_port()}"
    agent = [*cloud.on_link(), bed.agent, "--cloud", *words, "--listen", where, "--log-level", "warning"]
    bed.start(agent, "agent.log", env=machines.one_thread(cloud))
    command = [bed.program("this_split"), *where.rsplit(":", 1), cut, folder, bed.out, *words]
    return machines.talk(bed, edge, command).wait_ready()


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


def undivided(address, port, photo):
    """Returns a function that gives the milliseconds of a rival's answers to the photo, after an uncounted one."""
    connection, request = client.connect(address, port), client.to_rival(photo)

    def ask():
        answers = [client.post(connection, request) for _ in range(PER_TURN + 1)]
        if any(answer.status != 200 for answer in answers):
            raise Failed(f"a rival at {address}:{port} does not answer")
        return [answer.ms for answer in answers[1:]]
    return ask


def ask_in_turn(this, asked, peers, undivided, rounds):
    asks = {codec: lambda place=place: this.ask(f"infer {place} {PER_TURN}") for codec, place in asked.items()}
    asks |= {name: lambda peer=peer: peer.ask(f"infer {PER_TURN}") for name, peer in peers.items()} | undivided
    asks["fp32 again"] = asks["fp32"]
    told = {name: [] for name in asks}
    for _ in range(rounds):
        for name, ask in asks.items():
            told[name].append([float(word) for word in ask()])
    return told


def p95(turns):
    times = sorted(time for turn in turns for time in turn)
    return times[int(0.95 * (len(times) - 1))]


def rows(where, data):
    times = data["times"][where]
    others = [name for name in (*PEERS, *rivals.NAMES) if name in times]
    best = lambda names: min((name for name in names if name in times), key=lambda name: median_of(times[name]), default=None)
    place = where if where == "loopback" else f"{where} Mbit/s"
    for name, turns in times.items():
        top1, worst, _ = data["agreement"].get(name, ("", "", ""))
        title = PEERS.get(name, name if name in rivals.NAMES else f"this engine, {name}")
        over = [ratio_of(turns, times[one]) if (one := best(names)) else "" for names in (PEERS, others)]
        exact = f"{float(top1):.3f}, {float(worst):.1e}" if top1 else ""
        yield [place, title, f"{median_of(turns):.2f}", f"{p95(turns):.2f}", *over, exact]


def report(data, _):
    header = ["way", "program", "p50, ms", "p95, ms", "over the best divided peer", "over the best of all others",
              "top-1 agreement, largest error"]
    cut = data["cut"]
    return [
        f"* {NETWORK}, divided at cut {cut['index']}, after {cut['name']}: {cut['bytes']} bytes cross in fp32; the photo has "
        f"{data['photo']}; one thread on each side",
        "* " + "; ".join(data["about"]),
        *(f"* without {why}" for why in data["missing"].values()),
        "", *table(header, [row for where in data["times"] for row in rows(where, data)]),
        "", f"Agreement with the whole network in fp32, over {data['agreement']['fp32'][2]} photos.",
    ]
