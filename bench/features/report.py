"""The section of features: the best ratios beside the aims, every codec at every shown cut, and clips. Pure."""
import statistics

from bench.features import select
from bench.lib import codecs
from bench.lib.report import table

LEAST_OF_INT8Z, LEAST_OF_JPEG = 0.5, 0.35  # The aims: ratios of bytes, at most.


def percent(share):
    return f"{100 * share:.1f} %"


def kilobytes(size):
    return f"{size / 1000:.2f}"


class Network:
    """The figures of one network. A rival of tensors stands beside the codecs at its own cut, one of images beside all cuts in
    the first half of the network's time."""

    def __init__(self, name, told):
        self.name, self.told = name, told
        self.cuts = {cut["cut"]: cut for cut in told["cuts"]}
        self.int8 = {int(cut): rivals for cut, rivals in told["int8"].items()}

    def at(self, cut):
        """Returns the figures of this runtime's codecs at a cut."""
        return [one for one in self.told["codecs"] if one["cut"] == cut]

    def coded(self, cut):
        return [one for one in self.at(cut) if one["codec"] in codecs.CODED]

    def early(self):
        """Returns the cuts in the first half of the network's time, but cut 0."""
        return [cut for cut in self.int8 if self.cuts[cut]["work"] <= select.HALF]

    def beside_int8(self, rival):
        return [(self.coded(cut), rivals[rival]) for cut, rivals in self.int8.items()]

    def beside_image(self, rival):
        return [(self.coded(cut), self.told["images"][rival]) for cut in self.early()]

    def rivals(self):
        """Returns (name, pairs of ours and the rival's, aim or None)."""
        names = next(iter(self.int8.values()), {})
        yield from ((f"{name}, at the same cut", self.beside_int8(name), LEAST_OF_INT8Z if name == "int8z" else None) for name in names)
        yield from ((f"{name}, at a cut of the first half", self.beside_image(name), LEAST_OF_JPEG if name.startswith("JPEG") else None)
                    for name in self.told["images"])


BEST = ["network", "beside", "answers as good by", "best cut", "codec", "bytes over it", "aim", "reached"]


def best_rows(network):
    for rival, pairs, aim in network.rivals():
        for equal, is_equal in select.EQUAL.items():
            found = select.best_ratio(pairs, is_equal)
            told = ["-"] * 3 if found is None else [str(found[1]["cut"]), found[1]["codec"], f"{found[0]:.3f}"]
            reached = "" if aim is None else "yes" if found and found[0] <= aim else "no"
            yield [network.name, rival, equal, *told, "" if aim is None else f"at most {aim:g}", reached]


def typical(network, rival):
    """Returns the median over all cuts of the best ratio at that cut, and the number of cuts with one, by what is equal."""
    for equal, is_equal in select.EQUAL.items():
        ratios = [found[0] for pair in network.beside_int8(rival) if (found := select.best_ratio([pair], is_equal))]
        yield equal, statistics.median(ratios) if ratios else None, len(ratios)


def typical_line(network):
    told = [f"{equal}: {'-' if ratio is None else f'{ratio:.3f}'} ({count} of {len(network.int8)} cuts)"
            for equal, ratio, count in typical(network, "int8z")]
    return f"* **{network.name}**: bytes over int8z at the same cut, median over cuts, answers as good by {'; by '.join(told)}"


WAYS = ["cut", "after", "time before", "codec", "kB", "of fp32", "same top 1", "largest error", "encode, ms", "decode, ms"]


def figures(one, whole, times):
    return [kilobytes(one["bytes"]), f"{one['bytes'] / whole:.4f}", percent(one["top1"]), f"{one['error']:.1e}", *times]


def way_rows(network):
    """The images at cut 0; then the codecs at each shown cut, with int8's forms after them."""
    for cut in (0, *network.told["chosen"]):
        about = network.cuts[cut]
        place = [str(cut), about["name"].replace("|", "/"), percent(about["work"])]
        for one in network.at(cut):
            yield [*place, one["codec"], *figures(one, about["bytes"], [f"{one[what]:.2f}" for what in ("encode_ms", "decode_ms")])]
        for name, one in (network.told["images"] if cut == 0 else network.int8[cut]).items():
            yield [*place, name, *figures(one, about["bytes"], ["", ""])]


CLIPS = ["clip", "cut", "codec", "kB whole", "kB of differences", "ratio", "same top 1", "largest error", "encode whole, ms", "differences",
         "decode whole, ms", "differences"]


def clip_rows(network):
    for clip, cuts in network.told["clips"].items():
        for cut, told in cuts.items():
            for one in told:
                times = (one[f"{form}_{way}_ms"] for way in ("encode", "decode") for form in ("whole", "difference"))
                yield [clip, cut, one["codec"], kilobytes(one["whole"]), kilobytes(one["difference"]),
                       f"{one['difference'] / one['whole']:.3f}", percent(one["top1"]), f"{one['error']:.1e}",
                       *(f"{time:.2f}" for time in times)]


def report(data, options):
    networks = [Network(name, told) for name, told in data["networks"].items()]
    lines = [f"* {options.photos} photos; one thread; kB of 1000 bytes, means over the photos; the first half is that of the network's time",
             *map(typical_line, networks), "", *table(BEST, [row for network in networks for row in best_rows(network)])]
    for network in networks:
        lines += ["", f"{network.name}:", "", *table(WAYS, way_rows(network))]
        clips = list(clip_rows(network))
        if clips:
            lines += ["", f"{network.name}, frame by frame ({options.frames} frames a clip, the first not counted):", "",
                      *table(CLIPS, clips)]
    return lines
