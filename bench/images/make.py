"""Makes JPEGs of three sizes in a folder: bench.images.make FOLDER."""
import pathlib
import sys

import numpy
from PIL import Image

SIZES = (640, 480), (1920, 1080), (4000, 3000)
GRAINS = ((64, 60), (16, 30), (4, 20), (1, 6))  # Size of the spots, and how much they differ.


def layer(random, width, height, size):
    noise = random.normal(0, 1, (height // size + 2, width // size + 2)).astype(numpy.float32)
    return numpy.asarray(Image.fromarray(noise, mode="F").resize((width, height), Image.BICUBIC))


def make(width, height):
    random = numpy.random.default_rng(1)
    channels = [128 + sum(weight * layer(random, width, height, size) for size, weight in GRAINS) for _ in range(3)]
    return Image.fromarray(numpy.clip(numpy.stack(channels, -1), 0, 255).astype(numpy.uint8))


if __name__ == "__main__":
    for width, height in SIZES:
        make(width, height).save(pathlib.Path(sys.argv[1]) / f"{width}x{height}.jpg", quality=85)
