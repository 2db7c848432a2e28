"""Policies and held plans under an open loop of requests, up to the most that edge, link and cloud can serve."""
import json

from bench.lib import agents, codecs, machines, photos, subject, trained
from bench.lib.options import count, listed, one_of, positive, whole
from bench.load import envelope
from bench.load.ladder import Ladder
from bench.load.live import Live
from bench.load.report import report  # noqa: F401
from bench.photos.plans import LEAST_WORDS, divide

NEEDS, WANTS = ("root", "util-linux", *dict.fromkeys((*trained.NEEDS, *photos.NEEDS))), ()
BUILDS = ("agent", "drive")
QUICK = {"rates": [0.9], "seconds": 4, "plans": 2, "few": True}
SECTION = True
LOAD, TABLE = "load", "table"
ARRIVALS = "poisson", "periodic", "bursts"
POLICIES = "adaptive", "shortest-queue", "least-work"
RATES, LINKS, CORES = (0.2, 0.5, 0.7, 0.9, 1.0, 1.2), (10,), (25,)
# The part `table`: one network on one edge and one link, at given rates.
TABLE_NETWORK, TABLE_CORE, TABLE_LINK, TABLE_RATES = "alexnet", 100, 50, (10, 20, 26, 35)
TENSORS = codecs.listed("fp32", codecs.FINE, codecs.MIDDLE, codecs.COARSE)
IMAGES = codecs.listed("source", "jpeg95")
SERVED, PROFILED = 20, 12  # Photos.


def options(parser):
    add = parser.add_argument
    add("--parts", type=listed(one_of(LOAD, TABLE)), default=[LOAD], metavar="LIST",
        help=f"{LOAD}: rates relative to the fluid limit; {TABLE}: {TABLE_NETWORK} with a core on each side and {TABLE_LINK} Mbit/s "
             f"at {', '.join(map(str, TABLE_RATES))} requests per second; {LOAD} when not given")
    add("--network", type=one_of(*subject.NETWORKS), default="alexnet", metavar="NAME",
        help="alexnet with random numbers, or a trained network with photos: "
             f"{' or '.join(trained.NETWORKS)}; %(default)s when not given")
    add("--rates", type=listed(positive), default=RATES, metavar="LIST",
        help=f"over the fluid limit; {','.join(map(str, RATES))} when not given")
    add("--links", type=listed(whole), default=LINKS, metavar="LIST",
        help=f"the edge's uplinks in Mbit/s; {','.join(map(str, LINKS))} when not given")
    add("--cores", type=listed(whole), default=CORES, metavar="LIST",
        help=f"shares of a core in percent, each for an edge; {','.join(map(str, CORES))} when not given")
    add("--policies", type=listed(one_of(*POLICIES)), default=POLICIES, metavar="LIST",
        help=f"that decide; {','.join(POLICIES)} when not given")
    add("--plans", type=whole, default=5, metavar="N", help="held still beside them, at most; %(default)s when not given")
    add("--arrivals", type=one_of(*ARRIVALS), default="poisson", metavar="NAME",
        help=f"{', '.join(ARRIVALS)} (of five); %(default)s when not given")
    add("--clients", type=whole, default=1, metavar="N", help="that share the rate; %(default)s when not given")
    add("--seconds", type=whole, default=20, metavar="S", help="of a point, the first quarter uncounted; %(default)s when not given")
    add("--deadline", type=positive, default=None, metavar="MS",
        help="within which answers count as good; three times the unloaded p95 of the best held plan when not given")
    add("--seed", type=count, default=1, metavar="N", help="of arrivals and order; %(default)s when not given")
    parser.set_defaults(few=False)


def measure(bed, options):
    bed.clear()
    (bed.out / "runs").mkdir()
    edge, cloud = machines.limit_sides(bed, 100)
    told, served = [], {}
    for (network, core), ladders in scenes(options).items():
        if network not in served:
            served[network] = subject.prepare(bed, network, lambda files: divide(files, SERVED, PROFILED))
        told += climb_all(bed, options, edge, cloud, served[network], core, ladders)
    failed = any(point["wrong"] for ladder in told for point in (*ladder["points"], *ladder["calm"].values()))
    return {"ladders": told, "failed": failed}


def scenes(options):
    """Returns {(network, the edge's share of a core): [(part, link, rates), ...]}; each needs a table."""
    told = {}
    if LOAD in options.parts:
        for core in options.cores:
            told[options.network, core] = [(LOAD, link, options.rates) for link in options.links]
    if TABLE in options.parts:
        told.setdefault((TABLE_NETWORK, TABLE_CORE), []).append((TABLE, TABLE_LINK, TABLE_RATES))
    return told


def climb_all(bed, options, edge, cloud, served, core, ladders):
    edge.limit(core)
    process, where = agents.start_cloud_at(bed, cloud, served.models(), *served.words)
    links = sorted({link for _, link, _ in ladders}, reverse=True)
    table = profile(bed, options, edge, where, served, core, links)
    words = ["--peer", where, "--table", f"{served.name}={table}", *LEAST_WORDS, *served.words]
    live = Live(bed, options, edge, cloud, served, words)
    told = []
    for part, link, rates in ladders:
        edge.shape(link)
        about = {"part": part, "network": served.name, "core": core}
        told.append(about | Ladder(bed, options, live, table, link).measure(rates, relative=part == LOAD))
        edge.unshape()
    process.end()
    return told


def profile(bed, options, edge, where, served, core, links):
    """Returns the file of a table with only those plans that may serve."""
    bed.say(f"Profile: {served.name} at {', '.join(map(str, links))} Mbit/s, the edge with {core} % of a core")
    grid = agents.write_grid(bed.out / "grid.toml", uplink=[f"{link} Mbit/s" for link in links])
    many = ["--repetitions", 2 if options.few else 12, "--interval", "5 %", "--budget", "20s" if options.few else "60s"]
    names = f"{TENSORS},{IMAGES}" if served.photos else TENSORS
    file = agents.profile(bed, edge, f"{served.name}-{core}", served.name, where, grid, *many, "--codecs", names,
                          "--compared", PROFILED, *LEAST_WORDS, *served.profiled())
    told = bed.out / f"{served.name}-{core}-allowed.json"
    told.write_text(json.dumps(envelope.allowed(json.loads(file.read_text()))))
    return told
