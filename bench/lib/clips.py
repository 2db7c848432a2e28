"""Makes clips, folders of JPEGs in the order of their names, below build/: one of a street from Debian, and three of photos."""
import pathlib
import subprocess
import sys
import tempfile

from bench.lib import photos
from bench.lib.bed import PYTHON, ROOT, WORK
from bench.lib.processes import Failed

NEEDS = "python3-pil", "python3-numpy", "python3-opencv"  # Debian packages.
FOLDER = WORK / "build" / "clips"
FRAMES = 60  # Of each clip.
PACKAGE, VIDEO = "opencv-doc", "usr/share/doc/opencv-doc/examples/data/vtest.avi"
STREET = "street"  # The clip of that video: people in front of a camera that does not move.
NOISE = 3  # Of a sensor: the standard deviation of a pixel's colour, of 255.
STEP = 4  # Pixels by which the view moves in a pan.
SCENE = 10  # Frames between two cuts of scenes.
QUALITY = 90


def fetch():
    """Returns {name: folder}. Makes them unless they are there; without Debian's video it is left out."""
    if not FOLDER.exists():
        with tempfile.TemporaryDirectory(dir=photos.made(FOLDER.parent)) as place:
            place = pathlib.Path(place)
            photos.unpack(PACKAGE, place)
            made = subprocess.run([PYTHON, "-m", "bench.lib.clips", photos.fetch(), place / PACKAGE / VIDEO, place / "clips"],
                                  cwd=ROOT, stdout=2)
            if made.returncode != 0:
                raise Failed("no clips could be made; see above")
            (place / "clips").rename(FOLDER)
    return {folder.name: folder for folder in sorted(FOLDER.iterdir())}


def noisy(image, random):
    """Returns an image as a sensor would give it."""
    import numpy
    from PIL import Image
    pixels = numpy.asarray(image, numpy.float32)
    return Image.fromarray(numpy.clip(pixels + random.normal(0, NOISE, pixels.shape), 0, 255).astype(numpy.uint8))


def static(files, random):
    """A camera and a scene that do not move."""
    from PIL import Image
    with Image.open(files[0]) as scene:
        return [noisy(scene, random) for _ in range(FRAMES)]


def pan(files, random):
    """A camera that turns to the right over a scene of twice its size."""
    from PIL import Image
    width, height = photos.SIDES
    with Image.open(files[1]) as photo:
        wide = photo.resize((2 * width, 2 * height), Image.Resampling.LANCZOS)
    views = ((STEP * i, height // 2) for i in range(FRAMES))
    return [noisy(wide.crop((x, y, x + width, y + height)), random) for x, y in views]


def scenes(files, random):
    """A film that cuts from photo to photo."""
    from PIL import Image
    frames = []
    for i in range(FRAMES):
        with Image.open(files[2 + i // SCENE]) as scene:
            frames.append(noisy(scene, random))
    return frames


def filmed(video):
    """Returns the first frames of a video, in the photos' size; none if there is no such file."""
    if not video.exists():
        return []
    import cv2
    from PIL import Image, ImageOps
    read, frames = cv2.VideoCapture(str(video)), []
    while len(frames) < FRAMES:
        there, pixels = read.read()
        if not there:
            break
        image = Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
        frames.append(ImageOps.fit(image, photos.SIDES, Image.Resampling.LANCZOS))
    return frames


def write(folder, frames):
    if frames:
        photos.made(folder)
    for i, frame in enumerate(frames):
        frame.save(folder / f"{i:04}.jpg", "JPEG", quality=QUALITY)


def make(files, video, folder):
    """Makes all clips; the same on every machine with the same photos and packages."""
    import numpy
    for kind in (static, pan, scenes):
        write(folder / kind.__name__, kind(files, numpy.random.default_rng(1)))
    write(folder / STREET, filmed(video))
    if not (folder / STREET).exists():
        print(f"clips: going on without Debian's {PACKAGE}", file=sys.stderr)


if __name__ == "__main__":
    make(sorted(pathlib.Path(sys.argv[1]).glob("*.jpg")), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
