"""int8 and int8z as a rival: a scale per channel or part of a row, a byte per number; zeros by a bit. Needs numpy.

These two were codecs of the runtime before q: a number becomes the nearest of 256 steps between the smallest and the largest one of its
group, with 6 bytes per group for the step and the code of zero. In int8z a group with many zeros is a bit per number and a byte
per number that is not zero, if that is shorter.
"""
import math
import subprocess

import numpy

HEADER = 6  # Bytes of each group.
STEPS = 255
LEAST_STEP = 2.0 ** -126
LEAST_GROUP = 32  # Numbers; with fewer, groups do not follow channels or rows.
LEAST_IMAGE = 8  # With fewer numbers, an image is sent unchanged.


def groups(shape):
    """Returns the numbers of a row and the most of a group of it; None if such a tensor is sent unchanged."""
    image = math.prod(shape[1:])
    if len(shape) < 2 or image < LEAST_IMAGE:
        return None
    row = math.prod(shape[2:]) if len(shape) >= 4 else shape[-1]
    if min(row, 4096 if len(shape) >= 4 else 128) < LEAST_GROUP:
        return image, 128
    return row, 4096 if len(shape) >= 4 else 128


class Coded:
    """A tensor's groups as codes, and the numbers that they stand for."""

    def __init__(self, numbers, shape):
        self.restored = numpy.array(numbers, numpy.float32)
        self.dense = self.sparse = 0  # Bytes as int8 and as int8z.
        self.parts = []  # The bytes of int8.
        found = groups(shape)
        if found is None:
            self.parts = [self.restored.tobytes()]
            self.dense = self.sparse = self.restored.nbytes
            return
        row, most = found
        rows = self.restored.reshape(-1, row)  # A view: what is restored gets into place.
        for at in range(0, row, most):
            self.code(rows[:, at:at + most])

    def code(self, block):
        """Codes a block with a group in each row."""
        low = numpy.minimum(block.min(axis=1, keepdims=True), 0)
        high = numpy.maximum(block.max(axis=1, keepdims=True), 0)
        step = numpy.maximum((high - low) / numpy.float32(STEPS), numpy.float32(LEAST_STEP))
        zero = numpy.rint(-low / step)
        codes = numpy.clip(numpy.rint(block / step) + zero, 0, STEPS)
        count = block.shape[1]
        others = (codes != zero).sum(axis=1)
        self.dense += len(block) * (HEADER + count)
        self.sparse += int((HEADER + numpy.minimum(count, math.ceil(count / 8) + others)).sum())
        self.parts += [step.astype("<f4").tobytes(), zero.astype(numpy.uint8).tobytes(), codes.astype(numpy.uint8).tobytes()]
        block[...] = step * (codes - zero)

    def by_zstd(self):
        """Returns the bytes of int8 after zstd, level 3."""
        return len(subprocess.run(["zstd", "-3", "-q", "-c"], input=b"".join(self.parts), capture_output=True, check=True).stdout)
