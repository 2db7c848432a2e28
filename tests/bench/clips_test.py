"""Tests the making of clips from photos that are made here. Needs no network; skipped without Pillow, numpy or OpenCV."""
import pathlib
import random
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.lib import clips, photos  # noqa: E402

try:
    import cv2  # noqa: F401
    import numpy
    from PIL import Image
except ImportError:
    Image = None


@unittest.skipIf(Image is None, "Debian's python3-pil, python3-numpy or python3-opencv is not installed")
class Clips(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        cls.enterClassContext(mock.patch.object(clips, "FRAMES", 2 * clips.SCENE + 1))
        files = []
        for seed in range(5):
            detail = Image.frombytes("RGB", (20, 15), random.Random(seed).randbytes(900))
            files.append(pathlib.Path(cls.place.name, f"{seed}.png"))
            detail.resize(photos.SIDES).save(files[-1])
        cls.folder = pathlib.Path(cls.place.name, "clips")
        clips.make(files, pathlib.Path(cls.place.name, "absent.avi"), cls.folder)

    def frames(self, name):
        return [numpy.asarray(Image.open(file), numpy.float32) for file in sorted((self.folder / name).iterdir())]

    def changes(self, name):
        """Returns the mean difference of each frame to the one before, of 255."""
        frames = self.frames(name)
        return [abs(one - before).mean() for before, one in zip(frames, frames[1:])]

    def test_have_frames_of_one_size(self):
        self.assertEqual(sorted(folder.name for folder in self.folder.iterdir()), ["pan", "scenes", "static"])  # No video, no street.
        for name in ("pan", "scenes", "static"):
            self.assertEqual({frame.shape for frame in self.frames(name)}, {(480, 640, 3)})
            self.assertEqual(len(self.frames(name)), clips.FRAMES)

    def test_of_a_static_scene_differ_by_noise_alone(self):
        changes = self.changes("static")
        self.assertGreater(min(changes), 0.5)
        self.assertLess(max(changes), 2 * clips.NOISE)

    def test_of_scenes_change_at_cuts(self):
        jumps = [i + 1 for i, change in enumerate(self.changes("scenes")) if change > 10 * clips.NOISE]
        self.assertEqual(jumps, list(range(clips.SCENE, clips.FRAMES, clips.SCENE)))

    def test_of_a_pan_move_by_the_step(self):
        first, second = self.frames("pan")[:2]
        moved = abs(first[:, clips.STEP:] - second[:, :-clips.STEP]).mean()
        self.assertLess(moved, abs(first - second).mean())
        self.assertLess(moved, 2 * clips.NOISE)


if __name__ == "__main__":
    unittest.main()
