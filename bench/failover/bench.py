"""Three clouds and an edge under load, while one cloud is killed and one drained: by a list of peers, and by HAProxy."""
import collections
import shutil
import signal
import time

from bench.lib import agents, load
from bench.lib.bed import ROOT
from bench.lib.options import positive, whole
from bench.lib.report import quantile, table

NEEDS, WANTS = (), ()
BUILDS = ("agent", "drive")
QUICK = {"seconds": 6}
SECTION = True


def options(parser):
    parser.add_argument("--rate", type=positive, default=40, metavar="R", help="requests per second; %(default)s when not given")
    parser.add_argument("--seconds", type=whole, default=12, metavar="S", help="of each way; %(default)s when not given")
    parser.add_argument("--model", default="lenet", metavar="NAME", help="of the zoo; %(default)s when not given")


def measure(bed, options):
    bed.clear()
    bed.network(options.model)
    ways = {"list of peers": by_list(bed, options)}
    haproxy = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if haproxy:
        ways["HAProxy"] = by_haproxy(bed, options, haproxy)
    failed = any(not w["requests"] or w["failed"] or w["wrong"] for w in ways.values())
    return {"ways": ways, "failed": failed}


def by_list(bed, options):
    clouds = start_clouds(bed, options.model)
    peers = [word for cloud in clouds for word in ("--peer", f"127.0.0.1:{cloud.port()}")]
    return drive_through(bed, options, "list-of-peers", clouds, peers)


def by_haproxy(bed, options, program):
    """One edge has one connection: by reconnecting it comes to every cloud in turn."""
    clouds = start_clouds(bed, options.model)
    front = load.free_port()
    page = (ROOT / "configs" / "haproxy.cfg").read_text().partition("\nfrontend numbers")[0] + "\n"
    page = page.replace("maxconn 20000", "maxconn 100").replace("bind :7070", f"bind 127.0.0.1:{front}")
    for i, cloud in enumerate(clouds, 1):
        page = page.replace(f"cloud-{i}.example:7070", f"127.0.0.1:{cloud.port()}")
    (bed.out / "haproxy.cfg").write_text(page)
    proxy = bed.start([program, "-db", "-f", bed.out / "haproxy.cfg"], "haproxy.log")
    peers = ["--peer", f"127.0.0.1:{front}", "--reconnect-after", "500ms"]
    told = drive_through(bed, options, "haproxy", clouds, peers)
    proxy.end()
    return told


def start_clouds(bed, model):
    network = {model: bed.out / f"{model}.pt"}
    return [agents.start_cloud(bed, network, "--threads", "1", log=f"cloud-{i}.log") for i in (1, 2, 3)]


def drive_through(bed, options, name, clouds, peers):
    """Asks an edge of these peers, while a cloud dies after a third of the time, and another drains after two thirds."""
    edge = agents.start_edge(bed, {options.model: bed.out / f"{options.model}.pt"}, "--cut", "2", *peers)
    agents.wait_until_linked(edge.port())
    driver = load.start_drive(bed, edge.port(), options.model, options.rate, options.seconds, name)
    time.sleep(options.seconds // 3)
    clouds[0].end(signal.SIGKILL)
    time.sleep(options.seconds // 3)
    clouds[1].child.terminate()
    told = judge(load.samples(bed, driver, name)[1], load.get(edge.port(), "/api/status")["link"]["peers"])
    for process in (edge, *clouds):
        process.end()
    return told


def judge(rows, peers):
    answered = [row for row in rows if row["status"] == "200"]
    where = collections.Counter(row["placement"] for row in answered)
    return {"requests": len(rows), "failed": len(rows) - len(answered), "wrong": sum(row["wrong"] == "1" for row in rows),
            "clouds": where["split"] + where["cloud"], "fallbacks": where["fallback"], "edge": where["edge"],
            "retried": sum(peer.get("retried", 0) for peer in peers), "peers": peers,
            "took": sorted(float(row["latency_ms"]) for row in answered)}


def way_row(name, told):
    counts = [str(told[what]) for what in ("requests", "failed", "wrong", "clouds", "fallbacks", "edge", "retried")]
    return [name, *counts, *(f"{quantile(told['took'], p):.1f}" if told["took"] else "-" for p in (0.5, 0.99, 1))]


def peer_row(name, peer):
    counts = [str(peer.get(what, 0)) for what in ("answered", "failed", "retried")]
    return [name, peer["peer"], "up" if peer["up"] else "down", str(peer["connects"]), *counts]


def report(data, options):
    ways = data["ways"]
    header = ["through", "requests", "failed", "wrong", "by clouds", "fallbacks", "by the edge alone",
              "asked again of another cloud", "p50, ms", "p99, ms", "most, ms"]
    peers = [peer_row(name, peer) for name, told in ways.items() for peer in told["peers"]]
    return [
        f"* {options.model}, cut 2; {options.rate:g} requests per second for {options.seconds} s, open loop; "
        "a cloud is killed after a third of the time, another drained after two thirds",
        *([] if "HAProxy" in ways else ["* without HAProxy: it is not installed (Debian: haproxy)"]),
        "", *table(header, [way_row(*way) for way in ways.items()]),
        "", *table(["through", "peer", "in the end", "came up, times", "answered", "failed", "retries"], peers),
    ]
