"""An edge with a camera: the moving cut beside fixed plans, and beside ONNX Runtime in the cloud and on the edge."""
import contextlib

from bench.lib import clips, machines, photos, rivals, trained
from bench.lib.options import add_rounds, listed, one_of, whole
from bench.lib.processes import Failed
from bench.photos import plans
from bench.photos.comparison import Comparison, Shown
from bench.photos.report import CLIP, PHOTOS, report  # noqa: F401

NEEDS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS, *clips.NEEDS)))
WANTS = rivals.WANTS
BUILDS = ("agent",)
QUICK = {"networks": ["nsfwjs"], "rates": [10], "rounds": 1, "served": 4, "profiled": 3, "uncounted": 2, "few": True}
SECTION = True
RATES = 10, 5, 2  # Mbit/s
PARTS = PHOTOS, CLIP


def options(parser):
    add_rounds(parser, 2, "turns of each way at each rate, shuffled")
    add = parser.add_argument
    add("networks", nargs="*", metavar="NETWORK", help=f"{' or '.join(trained.NETWORKS)}; both when not given")
    add("--parts", type=listed(one_of(*PARTS)), default=PARTS, metavar="LIST",
        help=f"what the camera sees: {PHOTOS}, {CLIP} (frames of one stream), or both with a comma between; both when not given")
    add("--rates", type=listed(whole), default=RATES, metavar="LIST",
        help=f"of the edge's uplink, in Mbit/s; {','.join(map(str, RATES))} when not given")
    add("--share", type=whole, default=50, metavar="PERCENT", help="of a core that the edge may use; %(default)s when not given")
    add("--served", type=whole, default=20, metavar="N", help="photos or frames of each turn; %(default)s when not given")
    add("--profiled", type=whole, default=24, metavar="N", help="other photos, to profile with; %(default)s when not given")
    add("--uncounted", type=whole, default=6, metavar="N",
        help="of these, asked at the beginning of a turn; %(default)s when not given")
    parser.set_defaults(few=False)


def measure(bed, options):
    bed.clear()
    served, profiled = plans.divide(photos.fetch().glob("*.jpg"), options.served, options.profiled)
    shown = {PHOTOS: (served, profiled[:options.uncounted])}
    if CLIP in options.parts:
        shown[CLIP] = clip(options)
    edge, cloud = machines.limit_sides(bed, options.share)
    told = []
    for name in options.networks or trained.NETWORKS:
        if name not in trained.NETWORKS:
            raise Failed(f"'{name}' is not a trained network; write {' or '.join(trained.NETWORKS)}", 64)
        parts = [Shown(part, *([file.read_bytes() for file in files] for files in shown[part])) for part in options.parts]
        with contextlib.ExitStack() as ends:
            told += Comparison(bed, options, edge, cloud, name, parts, profiled, ends).measure()
    turns = [turn for network in told for rate in network["rates"] for row in rate["rows"].values() for turn in row]
    return {"networks": told, "missing": bed.missing, "failed": any(turn["wrong"] or turn["failed"] for turn in turns)}


def clip(options):
    """Returns the frames that count, and those before them."""
    there = clips.fetch()
    frames = sorted(there.get(clips.STREET, there["static"]).glob("*.jpg"))
    if len(frames) < options.uncounted + options.served:
        raise Failed(f"a clip has {len(frames)} frames; give --served {len(frames) - options.uncounted} or less")
    return frames[options.uncounted:options.uncounted + options.served], frames[:options.uncounted]
