"""Published figures, repeated with this runtime: three ways to move a cut, AlexNet over three links, and the study's measurements."""
import dataclasses

from bench.lib import machines, photos, trained
from bench.lib.options import add_rounds, listed, one_of, positive, whole
from bench.published import links, moves, study
from bench.published.report import report  # noqa: F401

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent", "drive")
QUICK = {"rounds": 1, "seconds": 8, "asked": 4, "budget": "15s", "rates": [6.8]}
SECTION = True
MOVES, LINKS, STUDY = "moves", "links", "study"
PARTS = MOVES, LINKS, STUDY


def options(parser):
    add_rounds(parser, 3, "of each way to move")
    add = parser.add_argument
    add("--parts", type=listed(one_of(*PARTS)), default=PARTS, metavar="LIST", help=f"{', '.join(PARTS)}; all when not given")
    add("--seconds", type=whole, default=12, metavar="S", help="of requests around a move; %(default)s when not given")
    add("--rates", type=listed(positive), default=list(links.PUBLISHED), metavar="MBIT,...",
        help="of AlexNet's link; those published when not given")
    add("--asked", type=whole, default=20, metavar="N", help="photos of each way of AlexNet; %(default)s when not given")
    add("--budget", default="60s", metavar="TIME", help="of AlexNet's campaign; %(default)s when not given")
    add("--study", nargs="*", default=[], metavar="FOLDER",
        help="folders of the study's measurements (outputs_alexnet and the like, of AdaptiveDNN's repository); none when not given")


def measure(bed, options):
    bed.clear()
    told = {}
    if MOVES in options.parts or LINKS in options.parts:
        edge, cloud = machines.limit_sides(bed, 100)
        if MOVES in options.parts:
            told[MOVES] = [dataclasses.asdict(one) for one in moves.measure(bed, options, edge, cloud)]
        if LINKS in options.parts:
            told[LINKS] = links.measure(bed, options, edge, cloud)
    if STUDY in options.parts:
        told[STUDY] = [study.analyse(bed, folder) for folder in options.study]
    return told | {"failed": any(one["wrong"] for one in told.get(MOVES, []))}
