"""export.py FOLDER NETWORK: writes the files that the measured processes need beside FOLDER/NETWORK.pt.

NETWORK.input, .input.shape   bare fp32 numbers, and the sizes of their tensor
NETWORK.work                  FLOP of convolutions, FLOP of linear layers, bytes of the linear layers' weights
NETWORK.onnx                  the same network with the same weights; missing, with the reason printed, if that fails
"""
import json
import re
import sys
import warnings

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Work(TorchDispatchMode):
    """Counts the arithmetic of the network that runs inside it; a product and its sum are two FLOP."""

    def __init__(self):
        super().__init__()
        self.convolutions = self.linears = self.linear_bytes = 0

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        result = operator(*args, **(kwargs or {}))
        name = str(operator)
        if name.startswith("aten.convolution."):
            self.convolutions += 2 * result.numel() * args[1][0].numel()
        elif name.startswith(("aten.addmm.", "aten.mm.")):
            weight = args[-1]
            self.linears += 2 * result.numel() * weight.shape[0]
            self.linear_bytes += weight.numel() * weight.element_size()
        return result


def load(file):
    extra = {"inputs.json": ""}
    network = torch.jit.load(file, _extra_files=extra).eval()
    (spec,) = json.loads(extra["inputs.json"])
    shape = [int(size) for size in re.fullmatch(r"fp32\[([0-9,]+)\]", spec).group(1).split(",")]
    return network, torch.randn(shape, generator=torch.Generator().manual_seed(7))


def export_onnx(network, example, file):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Scripted networks lack a Python signature, which nothing here needs.
        torch.onnx.export(network, example, file, opset_version=13, input_names=["x"], output_names=["y"])


def main(folder, name):
    path = f"{folder}/{name}"
    network, example = load(path + ".pt")
    example.numpy().tofile(path + ".input")
    with open(path + ".input.shape", "w") as out:
        out.write(" ".join(str(size) for size in example.shape))
    with torch.no_grad(), Work() as work:
        network(example)
    with open(path + ".work", "w") as out:
        json.dump(vars(work), out)
    try:
        export_onnx(network, example, path + ".onnx")
    except Exception as thrown:  # Any exception of torch.onnx: the other engines are measured anyway.
        print(f"export: {name} has no ONNX form: {str(thrown).splitlines()[0]}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
