#!/usr/bin/python3
"""Makes the images in this folder, and pillow.txt: what Pillow makes of them and of the test's pattern.

    tests/runtime/image/golden/pillow.py     needs python3-pil and python3-numpy

Each line: what is prepared, the fit, the size of the input, the shorter side before a crop, and the pixels in hex."""
import pathlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
BORDER = 114


def pattern(width, height, channels=3):
    y, x, c = numpy.mgrid[0:height, 0:width, 0:channels]
    squares, noise = ((x // 8 + y // 6) % 2) * 70, (x * 31 + y * 17 + x * y * 7) % 23
    return ((x * (3 + c) + y * (5 - c) + squares + noise) % 256).astype(numpy.uint8)


def crop(image, width, height, shorter):
    w, h = image.size
    size = (shorter, shorter * h // w) if w <= h else (shorter * w // h, shorter)
    image = image.resize(size, Image.BILINEAR)
    left, top = round((size[0] - width) / 2), round((size[1] - height) / 2)
    return image.crop((left, top, left + width, top + height))


def stretch(image, width, height, _):
    return image.resize((width, height), Image.BILINEAR)


def letterbox(image, width, height, _):
    ratio = min(width / image.width, height / image.height)
    size = round(image.width * ratio), round(image.height * ratio)
    canvas = Image.new(image.mode, (width, height), BORDER if image.mode == "L" else (BORDER,) * 3)
    canvas.paste(image.resize(size, Image.BILINEAR), (round((width - size[0]) / 2 - 0.1), round((height - size[1]) / 2 - 0.1)))
    return canvas


FITS = {"crop": crop, "stretch": stretch, "letterbox": letterbox}
PATTERNS = [
    ("61x47", "crop", 9, 9, 11), ("61x47", "crop", 10, 7, 13), ("47x61", "crop", 9, 9, 10), ("61x47", "crop", 20, 20, 47),
    ("12x10", "crop", 17, 17, 19), ("300x41", "crop", 8, 8, 9), ("61x47", "stretch", 13, 29, 0), ("7x5", "stretch", 16, 12, 0),
    ("61x47", "stretch", 61, 10, 0), ("61x47", "stretch", 1, 1, 0), ("61x47", "letterbox", 16, 16, 0),
    ("47x61", "letterbox", 17, 12, 0), ("9x4", "letterbox", 14, 14, 0), ("90x4", "letterbox", 16, 16, 0),
]


def save_images():
    colours, ink = Image.fromarray(pattern(64, 48)), Image.fromarray(pattern(64, 48, 4), "CMYK")
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        colours.save(HERE / f"{name}.jpg", quality=85, subsampling=sampling)
    colours.save(HERE / "progressive.jpg", quality=85, progressive=True)
    colours.convert("L").save(HERE / "grey.jpg", quality=85)
    ink.save(HERE / "cmyk.jpg", quality=85)
    colours.save(HERE / "lossy.webp", quality=85)
    transparent = Image.fromarray(pattern(64, 48, 4), "RGBA")
    transparent.save(HERE / "transparent.webp", lossless=True, exact=True)
    transparent.save(HERE / "transparent.png")
    colours.quantize(16).save(HERE / "palette.png", transparency=3)


def lines():
    for size, fit, width, height, shorter in PATTERNS:
        image = Image.fromarray(pattern(*map(int, size.split("x"))))
        yield size, fit, width, height, shorter, FITS[fit](image, width, height, shorter)
    for file in sorted(HERE.glob("*.*")):
        if file.suffix in (".jpg", ".png", ".webp"):
            image = Image.open(file).convert("RGB")
            yield file.name, "stretch", 24, 18, 0, stretch(image, 24, 18, 0)
            grey = stretch(image.convert("L"), 24, 18, 0)
            yield file.name, "grey", 24, 18, 0, grey


if __name__ == "__main__":
    save_images()
    with open(HERE / "pillow.txt", "w") as out:
        for *what, image in lines():
            print(*what, numpy.asarray(image).tobytes().hex(), file=out)
