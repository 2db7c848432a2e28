"""Compares the outputs of several engines for the same input."""
import array


def read_floats(file):
    return array.array("f", file.read_bytes())


def largest(file):
    return max(map(abs, read_floats(file)))


def difference(file, expected):
    """Returns the largest difference of any number from the expected one."""
    return max(abs(a - b) for a, b in zip(read_floats(file), read_floats(expected), strict=True))


def differ(file, expected):
    """Returns the same as a share of the largest expected one."""
    return difference(file, expected) / largest(expected)


def share_apart(file, expected, limit):
    """Returns the share of numbers that differ from the expected ones by more than that share of the largest."""
    most = limit * largest(expected)
    pairs = list(zip(read_floats(file), read_floats(expected), strict=True))
    return sum(not abs(a - b) <= most for a, b in pairs) / len(pairs)
