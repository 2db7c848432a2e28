"""halves.py FOLDER: writes the files that the other programs need beside head.pt and tail.pt of agent --split.

Reads input and input.shape, the input as bare fp32 numbers and its sizes, and writes

crossing.shape                        the sizes of the tensor that crosses
head.onnx, tail.onnx                  the same halves with the same weights; missing, with the reason printed, if that fails
"""
import sys

import torch

from bench.engine.export import export_onnx


def main(folder):
    head, tail = (torch.jit.load(f"{folder}/{half}.pt").eval() for half in ("head", "tail"))
    with open(f"{folder}/input", "rb") as numbers, open(f"{folder}/input.shape") as sizes:
        shape = [int(size) for size in sizes.read().split()]
        example = torch.frombuffer(bytearray(numbers.read()), dtype=torch.float32).reshape(shape)
    with torch.no_grad():
        crossing = head(example)
    with open(f"{folder}/crossing.shape", "w") as out:
        out.write(" ".join(str(size) for size in crossing.shape))
    try:
        export_onnx(head, example, f"{folder}/head.onnx")
        export_onnx(tail, crossing, f"{folder}/tail.onnx")
    except Exception as thrown:  # Any exception of torch.onnx: the others are measured anyway.
        print(f"halves: there is no ONNX form: {str(thrown).splitlines()[0]}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
