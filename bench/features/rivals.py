"""rivals.py OUT: what crosses at some cuts of a network by this runtime and by others. Needs numpy and Pillow.

Reads OUT/asked.json: "program", the command of this_features; "photos" and "clips", folders; "cuts", the most that are shown. Writes
OUT/measured.json: the cuts, all codecs of this runtime, and rivals over the photos: int8 with and without zstd at each cut, and JPEG
and WebP of the pixels that the network sees. Then the coded codecs over each clip, frame by frame.
"""
import io
import json
import pathlib
import sys

import numpy
from PIL import Image

from bench.features import int8, select
from bench.lib.processes import Conversation

FORMS = {
    "JPEG 95, 4:4:4": ("JPEG", {"quality": 95, "subsampling": 0}), "JPEG 95, 4:2:0": ("JPEG", {"quality": 95, "subsampling": 2}),
    "JPEG 75, 4:4:4": ("JPEG", {"quality": 75, "subsampling": 0}), "JPEG 75, 4:2:0": ("JPEG", {"quality": 75, "subsampling": 2}),
    "WebP 95": ("WEBP", {"quality": 95}), "WebP 75": ("WEBP", {"quality": 75}),
}


def quoted(file):
    return json.dumps(str(file))


class Subject:
    """Asks this_features."""

    def __init__(self, program, out):
        self.program, self.scratch = program, out / "crossing"

    def ask(self, *words):
        return json.loads(self.program.tell(" ".join(map(str, words))))

    def bytes_of(self, *question):
        self.ask(*question, quoted(self.scratch))
        return self.scratch.read_bytes()

    def judged(self, question, photo, content):
        self.scratch.write_bytes(content)
        return self.ask(*question, quoted(photo), quoted(self.scratch))


def mean_of(told):
    """Returns one figure over all photos: means, and the largest error."""
    mean = lambda what: sum(one[what] for one in told) / len(told)
    return {"bytes": mean("bytes"), "top1": mean("top1"), "error": max(one["error"] for one in told)}


def as_images(subject, photos, size, colour):
    """Returns the figures of the pixels in each form. `size` is (height, width, channels)."""
    told = {name: [] for name in FORMS}
    turn = slice(None, None, -1 if colour == "bgr" else 1)
    for photo in photos:
        pixels = numpy.frombuffer(subject.bytes_of("pixels", quoted(photo)), numpy.uint8).reshape(size)[:, :, turn]
        for name, (form, how) in FORMS.items():
            file = io.BytesIO()
            Image.fromarray(pixels.squeeze()).save(file, form, **how)
            seen = numpy.asarray(Image.open(file)).reshape(size)[:, :, turn]
            told[name].append({"bytes": file.tell(), **subject.judged(["seen"], photo, seen.tobytes())})
    return {name: mean_of(each) for name, each in told.items()}


def as_int8(subject, photos, cut):
    """Returns the figures of int8 in three forms at a cut; nothing if other numbers than fp32 cross there."""
    if not all(cut["shapes"]):
        return {}
    told = {"int8": [], "int8z": [], "int8 + zstd -3": []}
    for photo in photos:
        numbers = numpy.frombuffer(subject.bytes_of("tensors", cut["cut"], quoted(photo)), numpy.float32)
        ends = numpy.cumsum([numpy.prod(shape) for shape in cut["shapes"]])[:-1].astype(int)
        coded = [int8.Coded(part, shape) for part, shape in zip(numpy.split(numbers, ends), cut["shapes"], strict=True)]
        agreement = subject.judged(["answer", cut["cut"]], photo, b"".join(one.restored.tobytes() for one in coded))
        sizes = (lambda one: one.dense), (lambda one: one.sparse), int8.Coded.by_zstd
        for each, size in zip(told.values(), sizes, strict=True):
            each.append({"bytes": sum(map(size, coded)), **agreement})
    return {name: mean_of(each) for name, each in told.items()}


def measure(subject, photos, clips, most):
    about = subject.ask("cuts", quoted(photos[0]))
    small = select.small(about["cuts"])
    rivals = {cut["cut"]: as_int8(subject, photos, cut) for cut in small if cut["cut"] > 0}
    rivals = {cut: told for cut, told in rivals.items() if told}
    chosen = select.chosen([cut for cut in small if cut["cut"] in rivals], {cut: told["int8z"]["bytes"] for cut, told in rivals.items()},
                           most)
    return {"cuts": about["cuts"], "chosen": chosen, "codecs": subject.ask("codecs", quoted(photos[0].parent)), "int8": rivals,
            "images": as_images(subject, photos, size_of(small[0]["shapes"][0]), about["colour"]),
            "clips": {name: {cut: subject.ask("clip", cut, quoted(folder)) for cut in chosen} for name, folder in clips.items()}}


def size_of(shape):
    """Returns height, width and channels of the network's input."""
    return shape[2:] + shape[1:2] if shape[1] in (1, 3) else shape[1:]


def main(out):
    out = pathlib.Path(out)
    asked = json.loads((out / "asked.json").read_text())
    program = Conversation(asked["program"], out / "this_features.log").wait_ready()
    try:
        told = measure(Subject(program, out), sorted(pathlib.Path(asked["photos"]).glob("*.jpg")), asked["clips"], asked["cuts"])
    finally:
        program.end()
    (out / "measured.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
