"""Checks the trained networks: `python3 -m bench.trained.check`, by Debian's Python, in the repository's root.

Compares each network with TensorFlow.js (npm's @tensorflow/tfjs) on photos, and counts how many animals the detector finds.
"""
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import torch
from PIL import Image

from bench.lib import photos, trained
from bench.trained.convert import MAPS, nanodet_maps, nsfwjs
from bench.trained.weights import read_model

TENSORFLOW = "@tensorflow/tfjs@4.22.0"
COMPARED = 3
MOST_DIFFERENCE = 1e-4  # Of the largest number in that output: the order of sums differs.
# What is on these photos of gcompris-qt-data, and the least share that must be found.
SHOWN = {
    "cat": ["erase_32", "explore_farm_animals_04"],
    "cow": ["explore_farm_animals_01"],
    "dog": ["explore_farm_animals_07"],
    "giraffe": ["erase_31", "explore_world_animals_14"],
    "horse": ["erase_22", "explore_farm_animals_03"],
    "sheep": ["explore_farm_animals_02"],
    "bird": ["erase_03", "erase_06", "erase_08", "erase_09", "erase_19", "erase_23", "erase_24", "erase_27",
             "explore_farm_animals_00", "explore_farm_animals_05", "explore_farm_animals_08", "explore_world_animals_05"],
}
LEAST_FOUND = 0.8


def letterboxed(photo):
    """Returns the input of the detector, [3,416,416]: all of the photo in grey, in NanoDet's colours and scale."""
    square = Image.new("RGB", (416, 416), (114, 114, 114))
    square.paste(photo.resize((416, 312), Image.Resampling.BILINEAR), (0, 52))
    blue_first = np.asarray(square, np.float32)[..., ::-1]
    scaled = (blue_first - (103.53, 116.28, 123.675)) / (57.375, 57.12, 58.395)
    return scaled.astype(np.float32).transpose(2, 0, 1)


def stretched(photo):
    """Returns the input of the classifier, [3,224,224]."""
    return np.asarray(photo.resize((224, 224), Image.Resampling.BILINEAR), np.float32).transpose(2, 0, 1) / 255


def fetch_tensorflow(place):
    package = trained.pack(TENSORFLOW, place)
    with tarfile.open(package) as archive:
        (place / "tf.js").write_bytes(archive.extractfile("package/dist/tf.min.js").read())
    package.unlink()
    return place / "tf.js"


def theirs(tensorflow, name, inputs, outputs):
    """Returns the numbers of all outputs, image by image."""
    file = tensorflow.parent / "inputs"
    file.write_bytes(np.ascontiguousarray(inputs).tobytes())
    shape = ",".join(map(str, (1, *inputs.shape[1:])))
    command = ["node", trained.SCRIPTS / "run_tfjs.js", tensorflow, trained.description(name).parent, file, shape, *outputs]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return np.frombuffer(ran.stdout, np.float32).reshape(len(inputs), -1)


def ours(module, inputs):
    """Returns the same of the torch module."""
    with torch.no_grad():
        answers = [module.eval()(torch.from_numpy(one[None])) for one in inputs]
    return np.stack([np.concatenate([np.ravel(part) for part in (one if isinstance(one, tuple) else [one])]) for one in answers])


def compare(tensorflow, name, maker, inputs, channels_last, outputs=()):
    module, _ = maker(*read_model(trained.description(name)))
    expected = theirs(tensorflow, name, inputs.transpose(0, 2, 3, 1) if channels_last else inputs, outputs)
    difference = np.abs(ours(module, inputs) - expected).max() / np.abs(expected).max()
    print(f"{name}: differs from TensorFlow.js by at most {difference:.1e} of the largest number, on {len(inputs)} photos")
    return difference <= MOST_DIFFERENCE


def found(folder):
    """Returns for each of the photos whether the best box names the animal."""
    script = torch.jit.load(str(trained.fetch("nanodet")))
    labels = (trained.SCRIPTS / trained.NETWORKS["nanodet"].labels).read_text().splitlines()
    right = []
    for name, animal in ((name, animal) for animal, names in SHOWN.items() for name in names):
        with Image.open(folder / f"gcompris_{name}.jpg") as photo, torch.no_grad():
            best = script(torch.from_numpy(letterboxed(photo)[None]))[0, 0]
        right.append(labels[int(best[5])] == animal)
        print(f"{name}: {animal}; best box: {labels[int(best[5])]}, {best[4]:.2f}")
    return right


def main():
    torch.set_num_threads(1)
    folder = photos.fetch()
    some = [Image.open(file) for file in sorted(folder.glob("*.jpg"))[::len(list(folder.glob("*.jpg"))) // COMPARED][:COMPARED]]
    with tempfile.TemporaryDirectory() as place:
        tensorflow = fetch_tensorflow(pathlib.Path(place))
        same = [compare(tensorflow, "nanodet", nanodet_maps, np.stack([letterboxed(photo) for photo in some]), False, MAPS),
                compare(tensorflow, "nsfwjs", nsfwjs, np.stack([stretched(photo) for photo in some]), True)]
    right = found(folder)
    print(f"nanodet: the best box names the animal on {sum(right)} of {len(right)} photos")
    return 0 if all(same) and sum(right) >= LEAST_FOUND * len(right) else 1


if __name__ == "__main__":
    sys.exit(main())
