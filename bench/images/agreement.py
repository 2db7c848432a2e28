"""Compares prepared pixels with PIL's and torchvision's, and a network's answers to them.

    bench.images.agreement PIXELS INPUTS SIDE... [--model FILE] [--labels FILE]

PIXELS has a file NAME.SIDE for every NAME.jpg of INPUTS; agreement.json there gets the result. Each entry: of one side and
one peer."""
import argparse
import json
import pathlib

import numpy
from PIL import Image, ImageOps

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def shown(file):
    return ImageOps.exif_transpose(Image.open(file)).convert("RGB")


def by_pil(file, side):
    image, shorter = shown(file), (side * 256 + 112) // 224
    w, h = image.size
    size = (shorter, shorter * h // w) if w <= h else (shorter * w // h, shorter)
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    return numpy.asarray(image.resize(size, Image.BILINEAR).crop((left, top, left + side, top + side)))


def by_torchvision(file, side):
    from torchvision import transforms

    steps = transforms.Compose([transforms.Resize((side * 256 + 112) // 224), transforms.CenterCrop(side)])
    return numpy.asarray(steps(shown(file)))


class Network:
    """A TorchScript network of ImageNet."""

    def __init__(self, file):
        import torch

        torch.set_num_threads(1)
        self.torch, self.module = torch, torch.jit.load(str(file)).eval()

    def answer(self, pixels):
        """Returns the number of a class; None if the network does not take images of that size."""
        torch = self.torch
        image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
        mean, std = (torch.tensor(numbers).view(1, 3, 1, 1) for numbers in (MEAN, STD))
        try:
            with torch.no_grad():
                return int(self.module((image - mean) / std).flatten().argmax())
        except RuntimeError:
            return None


def score(pairs, labels):
    """Returns how often both answers of a pair are the same, and how often each is right."""
    pairs = {name: pair for name, pair in pairs.items() if None not in pair}
    same = sum(ours == theirs for ours, theirs in pairs.values())
    known = [(labels[name], *pair) for name, pair in pairs.items() if name in labels]
    told = {"answers": f"{same} of {len(pairs)}"}
    if known:
        right = [sum(pair[i] in classes for classes, *pair in known) for i in (0, 1)]
        told["right"] = f"{right[0]} / {right[1]} of {len(known)}"
    return told


def compare(pixels, files, side, peer, prepare, network, labels):
    same, largest, means, pairs = 0, 0, [], {}
    for file in files:
        ours = numpy.fromfile(pixels / f"{file.stem}.{side}", numpy.uint8).reshape(side, side, 3)
        theirs = prepare(file, side)
        difference = numpy.abs(ours.astype(int) - theirs)
        same, largest = same + (difference.max() == 0), max(largest, difference.max())
        means.append(difference.mean())
        if network:
            pairs[file.name] = network.answer(ours), network.answer(theirs)
    entry = {"side": side, "peer": peer, "files": len(files), "same": int(same), "largest": int(largest), "mean": float(numpy.mean(means))}
    return {**entry, **(score(pairs, labels) if network else {})}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pixels", type=pathlib.Path)
    parser.add_argument("inputs", type=pathlib.Path)
    parser.add_argument("sides", type=int, nargs="+")
    parser.add_argument("--model")
    parser.add_argument("--labels", type=pathlib.Path)
    options = parser.parse_args()
    peers = {"PIL": by_pil}
    try:
        import torchvision  # noqa: F401
        peers["torchvision"] = by_torchvision
    except ImportError:
        pass
    network = Network(options.model) if options.model else None
    labels = json.loads(options.labels.read_text()) if options.labels else {}
    files = sorted(options.inputs.glob("*.jpg"))
    told = [compare(options.pixels, files, side, name, prepare, network, labels)
            for side in options.sides for name, prepare in peers.items()]
    (options.pixels / "agreement.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
