"""Tests the choice of photos on images that are made here. Needs no network; skipped without Pillow."""
import io
import pathlib
import random
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bench.lib import photos  # noqa: E402

try:
    from PIL import Image
except ImportError:
    Image = None


def picture(seed, width=800, height=600, mode="RGB", form="JPEG"):
    """Returns a file with as much detail as a photo."""
    detail = random.Random(seed).randbytes(width * height * len(mode) // 16)
    image = Image.frombytes(mode, (width // 4, height // 4), detail).resize((width, height))
    out = io.BytesIO()
    image.save(out, form, lossless=True) if form == "WEBP" else image.save(out, form)
    return out.getvalue()


class Archives(unittest.TestCase):
    def test_of_qt_give_the_whole_images_in_them(self):
        one, two = (b"RIFF" + len(rest).to_bytes(4, "little") + rest for rest in (b"WEBPone", b"WEBPtwo!"))
        other = b"RIFF\x04\x00\x00\x00WAVE"
        self.assertEqual(photos.images(b"qres.." + one + b"RIFF" + other + two + two[:9]), [one, two])

    def test_are_not_sought_in_image_files(self):
        self.assertEqual(photos.images(b"\xff\xd8RIFF"), [b"\xff\xd8RIFF"])


@unittest.skipIf(Image is None, "Debian's python3-pil is not installed")
class Photos(unittest.TestCase):
    def test_are_jpegs_of_one_size_and_always_the_same_bytes(self):
        for form in ("JPEG", "PNG", "WEBP"):
            made = photos.prepare(picture(1, form=form))
            with Image.open(io.BytesIO(made)) as image:
                self.assertEqual((image.format, image.size), ("JPEG", photos.SIDES))
            self.assertEqual(made, photos.prepare(picture(1, form=form)))

    def test_are_neither_small_nor_transparent_nor_dull(self):
        self.assertIsNone(photos.prepare(picture(1, 639, 600)))
        self.assertIsNone(photos.prepare(picture(1, 800, 479)))
        self.assertIsNone(photos.prepare(picture(1, mode="RGBA", form="PNG")))
        dull = io.BytesIO()
        Image.new("RGB", (800, 600), "red").save(dull, "PNG")
        self.assertIsNone(photos.prepare(dull.getvalue()))

    def test_are_taken_once_from_all_packages(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            for name, seed in (("b/2.jpg", 1), ("b/1.jpg", 2), ("b/no.png", 3), ("a/archive.rcc", None)):
                file = place / name
                file.parent.mkdir(exist_ok=True)
                content = picture(seed) if seed else b"qres" + picture(4, form="WEBP") + picture(5, 320, 240, form="WEBP")
                file.write_bytes(content)
            (place / "b" / "3.jpg").write_bytes(picture(1))
            with mock.patch.object(photos, "SOURCES", {"a": ["*.rcc"], "b": ["*.jpg"], "absent": ["*"]}):
                self.assertEqual(photos.select(place, place / "photos"), 3)
            names = sorted(file.name for file in (place / "photos").iterdir())
            self.assertEqual(names, ["a_archive_00.jpg", "b_1_00.jpg", "b_2_00.jpg"])


if __name__ == "__main__":
    unittest.main()
