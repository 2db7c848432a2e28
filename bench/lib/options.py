"""Types of options."""
import argparse


def whole(text):
    """A whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


def count(text):
    """A whole number."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number")
    return int(text)


def positive(text):
    """A number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return value


def one_of(*words):
    """Returns a type: one of these words."""
    def known(text):
        if text not in words:
            raise argparse.ArgumentTypeError(f"'{text}' is none of {', '.join(words)}")
        return text
    return known


def listed(of):
    """Returns a type: values with a comma between two."""
    return lambda text: [of(part) for part in text.split(",")]


def add_rounds(parser, default, help="turns of each program"):
    parser.add_argument("--rounds", type=whole, default=default, metavar="N", help=f"{help}; %(default)s when not given")
