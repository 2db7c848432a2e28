"""Makes a TorchScript file of a trained network: NAME SOURCE OUT, where SOURCE is its model.json, the weights beside it.

Runs by Debian's Python, which has torch.
"""
import json
import pathlib
import sys

import torch

from bench.trained.boxes import Boxes
from bench.trained.graph import Graph
from bench.trained.layers import Layers
from bench.trained.weights import read_model

# NanoDet's maps: of scores for strides 8, 16 and 32, then of distances.
MAPS = ["Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5"]


# Each maker returns a module, and the side of its square input.
def nanodet_maps(document, weights):
    return Graph(document, weights, MAPS), 416


def nanodet(document, weights):
    network, side = nanodet_maps(document, weights)
    return Boxes(network, side), side


def nsfwjs(document, weights):
    return Layers(document, weights), 224


MAKERS = {"nanodet": nanodet, "nsfwjs": nsfwjs}


def traced(module, side):
    """Returns the script. Another input than the one that it was traced with must give the module's answer."""
    first, second = (torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    module.eval()
    with torch.no_grad():
        script = torch.jit.trace(module, first, check_trace=False)
        if not torch.equal(script(second), module(second)):
            raise ValueError("the script computes other answers than the module")
    return script


def main(name, source, out):
    torch.set_num_threads(1)
    module, side = MAKERS[name](*read_model(pathlib.Path(source)))
    inputs = json.dumps([f"fp32[1,3,{side},{side}]"])
    unfinished = pathlib.Path(out).with_suffix(".unfinished")
    torch.jit.save(traced(module, side), str(unfinished), _extra_files={"inputs.json": inputs})
    unfinished.rename(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
