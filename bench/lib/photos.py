"""Fetches photos from Debian packages, and makes JPEGs of one size from them, below build/. Installs none of these packages."""
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile

from bench.lib import setup
from bench.lib.bed import PYTHON, ROOT, WORK
from bench.lib.processes import Failed

NEEDS = ("python3-pil",)  # Debian packages.
FOLDER = WORK / "build" / "photos"
LEAST = 30
SIDES = 640, 480
QUALITY = 95
# An image with fewer bytes than this, in that size and quality, is a drawing or a map.
DULLEST = 50_000
# Where the photos of each package are. Of the licences, trained/README.md.
SOURCES = {
    "gcompris-qt-data": ["usr/share/gcompris-qt/rcc/erase.rcc", "usr/share/gcompris-qt/rcc/explore_*.rcc"],
    "lomiri-wallpapers-16.04": ["usr/share/backgrounds/*.jpg"],
    "palapeli-data": ["usr/share/palapeli/collection/*.jpg"],
}


def fetch():
    """Returns a folder of photos: JPEGs of SIDES. Makes it unless it is there."""
    if not FOLDER.exists():
        with tempfile.TemporaryDirectory(dir=made(FOLDER.parent)) as place:
            place = pathlib.Path(place)
            for package in SOURCES:
                unpack(package, place)
            # Pillow is Debian's; this Python may be another.
            made_it = subprocess.run([PYTHON, "-m", "bench.lib.photos", place, place / "photos"], cwd=ROOT, stdout=2)
            if made_it.returncode != 0:
                raise Failed("no photos could be made; see above")
            (place / "photos").rename(FOLDER)
    return FOLDER


def made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def unpack(package, place):
    """Unpacks a Debian package into a folder of its name."""
    debs = made(place / "debs")
    if not (download(package, debs) or (renew_lists() and download(package, debs))):
        print(f"photos: going on without Debian's {package}", file=sys.stderr)
        return
    deb, = debs.glob(f"{package}_*.deb")
    subprocess.run(["dpkg-deb", "-x", deb, place / package], check=True)
    deb.unlink()


def download(package, folder):
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package]
    return subprocess.run(command, cwd=folder, stdout=2).returncode == 0


def renew_lists():
    return setup.call("bash", "-c", "source tests/prepare.sh && tideline_apt update")


def images(content):
    """Returns the image files in a file: itself, or those in an archive of Qt's resources, which holds WebP files as they are."""
    if not content.startswith(b"qres"):
        return [content]
    found, at = [], content.find(b"RIFF")
    while at >= 0:
        end = at + 8 + int.from_bytes(content[at + 4:at + 8], "little")
        whole = content[at + 8:at + 12] == b"WEBP" and end <= len(content)
        if whole:
            found.append(content[at:end])
        at = content.find(b"RIFF", end if whole else at + 4)
    return found


def prepare(content):
    """Returns the middle of an image as a JPEG; nothing unless it is a photo, and large enough."""
    from PIL import Image, ImageOps  # Only the Python that makes the photos has it.
    with Image.open(io.BytesIO(content)) as image:
        if image.mode != "RGB" or image.width < SIDES[0] or image.height < SIDES[1]:
            return None
        # One way to resize, and one quality: the same bytes on every machine with the same Pillow and libjpeg.
        fitted = ImageOps.fit(image, SIDES, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=QUALITY)
    return out.getvalue() if out.tell() >= DULLEST else None


def select(place, folder):
    """Makes the photos of all packages in `place`, in `folder`. Returns how many."""
    made(folder)
    seen = set()
    for package, patterns in SOURCES.items():
        for file in sorted(file for pattern in patterns for file in (place / package).glob(pattern)):
            for i, content in enumerate(images(file.read_bytes())):
                photo = prepare(content)
                if photo and photo not in seen:  # Some are there twice.
                    seen.add(photo)
                    (folder / f"{package.split('-')[0]}_{file.stem}_{i:02}.jpg").write_bytes(photo)
    return len(seen)


if __name__ == "__main__":
    count = select(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    print(f"photos: {count} made", file=sys.stderr)
    sys.exit(0 if count >= LEAST else 1)
