"""The codecs that benchmarks name; policy/plan/plan.h has all of them."""
LOSSLESS = "fp32", "source", "u8"
PLAIN = "fp32", "fp16"  # Of tensors, without entropy coding.
CODED = "q64", "q32", "q16", "q8", "q4", "q2", "q1"  # Of tensors, coded; the finest first.
OF_IMAGES = "source", "u8", "jpeg95", "jpeg75"
FINE, MIDDLE, COARSE = "q16", "q8", "q4"  # Of the coded ones, where a benchmark tries only some.


def listed(*codecs):
    """Returns the argument of --codecs."""
    return ",".join(codecs)
