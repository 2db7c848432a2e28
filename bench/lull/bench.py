"""The edge's first answer after a lull, in which the cloud computed or nobody asked, beside the next ones."""
import shutil
import statistics
import time

from bench.lib import agents, load, machines, photos, trained
from bench.lib.options import listed, positive, whole
from bench.lib.processes import Failed
from bench.lib.report import quantile, table
from bench.lull.edge import Edge

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent",)
QUICK = {"lulls": [5.0], "times": 2}
SECTION = True
NETWORK = "nsfwjs"
RATE = 5  # Requests per second before an outage.
NEXT = 10  # Answers that the first one is compared with.
GAP = 0.2  # Seconds between two of them.
SETTLING = 10  # Seconds after the start, in which the agent gets to know its edge.


def options(parser):
    parser.add_argument("--lulls", type=listed(positive), default=[5.0, 30.0, 300.0], metavar="S,...",
                        help="lengths in seconds; 5,30,300 when not given")
    parser.add_argument("--times", type=whole, default=3, metavar="N", help="of each lull; %(default)s when not given")
    parser.add_argument("--share", type=whole, default=100, metavar="PERCENT",
                        help="of its core that the edge may use; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    network = {NETWORK: shutil.copy(trained.fetch(NETWORK), bed.out / f"{NETWORK}.pt")}
    photo = sorted(photos.fetch().glob("*.jpg"))[0].read_bytes()
    sides = machines.limit_sides(bed, options.share)
    with sides[0].entered():  # The client runs beside the edge, as in use.
        edge = Edge(bed, sides, network, trained.words(NETWORK), photo)
        time.sleep(SETTLING)
        told = [lull(bed, edge, kind, seconds) for _ in range(options.times) for seconds in options.lulls for kind in KINDS]
        edge.end()
    return {"lulls": told}


def outage(edge, seconds):
    """Asks the cloud for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = edge.ask()
        if answer.placement != "cloud":
            raise Failed(f"before the outage, a request was answered by {answer.placement}")
        time.sleep(1 / RATE)


def silence(_, seconds):
    time.sleep(seconds)


KINDS = {"outage": outage, "silence": silence}


def lull(bed, edge, kind, seconds):
    bed.say(f"{kind}: {seconds:g} s")
    edge.begin_cloud()
    before, began = edge.rehearsed(), time.monotonic()
    KINDS[kind](edge, seconds)
    rehearsed = (edge.rehearsed() - before) / (time.monotonic() - began)
    edge.end_cloud()
    edge.hang_up()  # The door has done so if nothing came for a minute.
    answers = []
    for _ in range(1 + NEXT):
        answers.append(edge.ask())
        time.sleep(GAP)
    if any(answer.placement == "cloud" for answer in answers):
        raise Failed("a cloud that was killed has answered")
    first, *rest = answers
    return {"kind": kind, "seconds": seconds, "first_ms": first.run_ms, "next_ms": [answer.run_ms for answer in rest],
            "first_cpu_ms": first.cpu_ms, "next_cpu_ms": [answer.cpu_ms for answer in rest], "first_faults": first.faults,
            "next_faults": [answer.faults for answer in rest], "rehearsed": rehearsed}


def row_of(kind, seconds, told):
    def middle(field):
        return statistics.median(one[field] for one in told)

    def middle_of_next(field):
        return statistics.median(statistics.median(one[field]) for one in told)

    ratios = [one["first_ms"] / statistics.median(one["next_ms"]) for one in told]
    cpu = [one["first_cpu_ms"] / statistics.median(one["next_cpu_ms"]) for one in told]
    return [kind, f"{seconds:g}", str(len(told)), f"{middle('first_ms'):.1f}", f"{middle_of_next('next_ms'):.1f}",
            f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]", f"{statistics.median(cpu):.2f}",
            f"{quantile([ms / statistics.median(one['next_ms']) for one in told for ms in one['next_ms']], 0.95):.2f}",
            f"{middle('first_faults'):.0f}", f"{middle_of_next('next_faults'):.0f}", f"{100 * middle('rehearsed'):.2f} %"]


def report(data, options):
    by_kind = {}
    for one in data["lulls"]:
        by_kind.setdefault((one["kind"], one["seconds"]), []).append(one)
    header = ["before", "lull, s", "times", "first, ms", f"median of the next {NEXT}, ms", "first over next [least, most]",
              "of CPU time", "p95 of the next over their median", "page faults, first", "page faults, next", "rehearsed"]
    return [
        f"* {NETWORK}; the edge has {options.share} % of a core; times are those of the network's run (`head_us` and `tail_us`)",
        "",
        *table(header, [row_of(*key, told) for key, told in sorted(by_kind.items())]),
    ]
