"""The networks that a benchmark can name: those of the zoo, and trained ones."""
import pathlib
import shutil

from bench.lib import trained


def add_networks(parser):
    known = f"of the zoo, or {' or '.join(trained.NETWORKS)}"
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"{known}; all when not given")


def chosen(bed, options):
    """Returns the names; the program this_engine knows those of the zoo."""
    return options.networks or bed.read([bed.program("this_engine")]).split() + list(trained.NETWORKS)


def put(bed, name):
    """Puts the network's file into the folder of the run, and returns it."""
    bed.say(name)
    if name in trained.NETWORKS:
        return pathlib.Path(shutil.copy(trained.fetch(name), bed.out / f"{name}.pt"))
    return bed.network(name)
