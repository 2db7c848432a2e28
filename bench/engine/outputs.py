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
