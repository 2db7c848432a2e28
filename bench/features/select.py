"""Which cuts are shown, and which codec is the best where. Pure."""

HALF = 0.5  # Of the network's time.
END = 0.95  # A cut after more of it is as good as the end.


def small(cuts):
    """Returns the cuts that send no more than the input, whatever the codec, and leave the cloud something to do."""
    return [cut for cut in cuts if cut["bytes"] <= cuts[0]["bytes"] and cut["work"] <= END]


def chosen(cuts, sizes, most):
    """Returns the indices of at most so many cuts: the one with the least bytes in each part of the network's time."""
    if len(cuts) <= most:
        return [cut["cut"] for cut in cuts]
    parts = {}
    for cut in cuts:
        parts.setdefault(min(int(cut["work"] * most), most - 1), []).append(cut["cut"])
    return sorted(min(part, key=lambda cut: (sizes[cut], cut)) for part in parts.values())


# What makes an answer as good as a rival's: at least as many rows with the same top 1; or no larger an error.
EQUAL = {"top 1": lambda ours, theirs: ours["top1"] >= theirs["top1"], "error": lambda ours, theirs: ours["error"] <= theirs["error"]}


def best(ours, rival, equal):
    """Returns the figures with the least bytes among those whose answers are as good; None if there are none."""
    return min((one for one in ours if equal(one, rival)), key=lambda one: one["bytes"], default=None)


def best_ratio(pairs, equal):
    """Returns (ratio of bytes, ours) of the best of pairs (figures of ours, figures of the rival); None if none is as good."""
    found = [(mine["bytes"] / rival["bytes"], mine) for ours, rival in pairs if (mine := best(ours, rival, equal))]
    return min(found, key=lambda one: one[0], default=None)
