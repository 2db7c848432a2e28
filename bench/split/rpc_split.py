"""rpc_split.py cloud|edge ADDRESS PORT FOLDER: the same two halves by torch.distributed.rpc.

Answers "infer COUNT" by milliseconds.
"""
import sys
import time

import torch
import torch.distributed.rpc as rpc

from bench.lib.rpc import join, say_ready, say_times

half = None  # The half that this side runs.


def run_tail(crossing):
    with torch.no_grad():
        return half(crossing)


def infer(example):
    began = time.perf_counter()
    with torch.no_grad():
        answer = rpc.rpc_sync("cloud", run_tail, args=(half(example),))
    return (time.perf_counter() - began) * 1e3, answer


def answer_input(folder):
    shape = [int(size) for size in open(f"{folder}/input.shape").read().split()]
    example = torch.frombuffer(bytearray(open(f"{folder}/input", "rb").read()), dtype=torch.float32).reshape(shape)
    for _ in range(3):  # TorchScript profiles the first runs, and then compiles.
        _, answer = infer(example)
    answer.numpy().tofile(f"{folder}/output.rpc")
    say_ready()
    for line in sys.stdin:
        infer(example)
        say_times([infer(example)[0] for _ in range(int(line.split()[1]))])


def main():
    global half
    role, address, port, folder = sys.argv[1:]
    torch.set_num_threads(1)
    half = torch.jit.freeze(torch.jit.load(f"{folder}/{'head' if role == 'edge' else 'tail'}.pt").eval())
    join(role, address, port, lambda: answer_input(folder))


if __name__ == "__main__":
    main()
