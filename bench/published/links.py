"""AlexNet on an edge as slow as Neurosurgeon's, over its three links: both ends, a cut in the middle, and the moving cut."""
import json
import statistics
import time

from bench.lib import agents, codecs, load, photos
from bench.lib.processes import Failed

NETWORK = "alexnet"
WORDS = ["--image", f"{NETWORK}=imagenet"]
# Kang et al., "Neurosurgeon", ASPLOS 2017: the upload of 152 kB by rate in Mbit/s; AlexNet on the phone's CPU, and on the server's GPU.
# In milliseconds.
PUBLISHED = {1.4: 870, 6.8: 180, 12.8: 95}
ON_PHONE, ON_SERVER = 382, 6
NEAR = 0.05  # How near to ON_PHONE the edge's time must be, as a share.
RAW, JPEG, FILE = "u8", "jpeg95", "source"
NOT_COUNTED = 3  # Photos at the beginning of each way.
ALONE, ADAPTIVE, MIDDLE = "edge only", "adaptive", "best cut in the middle"


def measure(bed, options, edge, cloud):
    file = bed.network(NETWORK)
    asked = sorted(photos.fetch().glob("*.jpg"))[:options.asked]
    where = agents.start_cloud_at(bed, cloud, {NETWORK: file}, *WORDS)[1]
    run = Runs(bed, edge, file, where, asked)
    share, alone = slow_down(bed, run, edge)
    bed.say(f"The edge has {share} % of its core, so that {NETWORK} takes {alone:.0f} ms")
    table = profile(bed, options, edge, where)
    told = []
    for rate in options.rates:
        edge.shape(rate)
        cut, codec = best_middle(json.loads(table.read_text()), rate)
        bed.say(f"{NETWORK} at {rate} Mbit/s; cut {cut}, {codec}")
        ways = {ALONE: ["--policy", "static"], ADAPTIVE: ["--table", f"{NETWORK}={table}"],
                MIDDLE: agents.static(cut, codec), **{name: agents.static(0, name) for name in (RAW, JPEG, FILE)}}
        told.append({"rate": rate, "middle": [cut, codec], "ways": {name: run.serve(words) for name, words in ways.items()}})
        edge.unshape()
    return {"share": share, "alone": alone, "rates": told}


def slow_down(bed, run, edge):
    """Limits the edge so that the network takes as long as on the phone. Returns its share in percent, and the time in ms."""
    edge.limit(100)
    share = max(1, round(100 * run.alone() / ON_PHONE))
    for _ in range(5):
        edge.limit(share)
        took = run.alone()
        if abs(took / ON_PHONE - 1) <= NEAR:
            break
        share = max(1, round(share * took / ON_PHONE))
    return share, took


def profile(bed, options, edge, where):
    """Returns the file of a table of the plans without loss, with photos, at the three rates."""
    bed.say(f"Profile: {NETWORK} at {', '.join(map(str, options.rates))} Mbit/s")
    grid = agents.write_grid(bed.out / "links.toml", uplink=[f"{rate} Mbit/s" for rate in options.rates])
    return agents.profile(bed, edge, NETWORK, NETWORK, where, grid, "--codecs", codecs.listed("fp32", RAW, FILE), "--repetitions", "12",
                          "--budget", options.budget, "--inputs", photos.fetch(), "--compared", "2", *WORDS)


def best_middle(told, rate):
    """Returns cut and codec of the table's best plan in the middle at that rate."""
    last = told["model"]["cuts"] - 1
    for cell in told["cells"]:
        if abs(cell["asked"].get("uplink_bps", 0) / 1e6 - rate) < 1e-6:
            best = min((one for one in cell["estimates"] if 0 < one["cut"] < last), key=lambda one: sum(one["mean"].values()))
            return best["cut"], best["codec"]
    raise Failed(f"the table of {NETWORK} has no cell of {rate} Mbit/s; see the log of the campaign")


class Runs:
    """Edges, one after the other, that are asked for the same photos, each as soon as the one before is answered."""

    def __init__(self, bed, edge, file, where, asked):
        self.bed, self.edge, self.file, self.where = bed, edge, file, where
        self.photos = [photo.read_bytes() for photo in asked]

    def alone(self):
        return self.serve(["--policy", "static"])

    def serve(self, words):
        """Returns the median time in ms."""
        peer = ["--peer", self.where]
        process = agents.start_edge(self.bed, {NETWORK: self.file}, *WORDS, *peer, *words, at=self.edge.at(), port=agents.HTTP)
        self.edge.confine(process.pid)
        with self.edge.entered():
            agents.wait_until_linked(agents.HTTP)
            took = [ask(photo) for photo in (*self.photos[:NOT_COUNTED], *self.photos)][NOT_COUNTED:]
        process.end()
        return statistics.median(took)


def ask(photo):
    """Returns the time to the answer, in ms."""
    began = time.monotonic()
    status, text = load.infer(agents.HTTP, NETWORK, photo, type="image/jpeg")
    if status != 200:
        raise Failed(f"{NETWORK} has no answer: {text.decode(errors='replace')[:500]}")
    return (time.monotonic() - began) * 1000
