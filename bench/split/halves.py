"""halves.py FOLDER: writes the files that the other programs need beside head.pt and tail.pt of agent --split.

input, input.shape, crossing.shape    one random input, bare fp32 numbers; sizes
head.onnx, tail.onnx                  the same halves with the same weights; missing, with the reason printed, if that fails
"""
import sys

import torch

from bench.engine.export import export_onnx


def main(folder):
    head, tail = (torch.jit.load(f"{folder}/{half}.pt").eval() for half in ("head", "tail"))
    example = torch.randn([1, 3, 224, 224], generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        crossing = head(example)
    example.numpy().tofile(f"{folder}/input")
    for name, tensor in (("input", example), ("crossing", crossing)):
        with open(f"{folder}/{name}.shape", "w") as out:
            out.write(" ".join(str(size) for size in tensor.shape))
    try:
        export_onnx(head, example, f"{folder}/head.onnx")
        export_onnx(tail, crossing, f"{folder}/tail.onnx")
    except Exception as thrown:  # Any exception of torch.onnx: the others are measured anyway.
        print(f"halves: there is no ONNX form: {str(thrown).splitlines()[0]}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
