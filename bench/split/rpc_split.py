"""rpc_split.py cloud|edge ADDRESS PORT FOLDER: the same two halves by torch.distributed.rpc.

Answers "infer COUNT" by milliseconds. TensorPipe over TCP (uv): left to itself it would go through shared memory between
processes of one machine, and past the shaper between namespaces.
"""
import os
import sys
import time

import torch
import torch.distributed.rpc as rpc

half = None  # What this side runs.


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
    for _ in range(3):  # TorchScript looks at the first runs, and compiles.
        _, answer = infer(example)
    answer.numpy().tofile(f"{folder}/output.rpc")
    print(f"ready torch {torch.__version__}", flush=True)
    for line in sys.stdin:
        infer(example)
        print(" ".join(f"{infer(example)[0]:.6f}" for _ in range(int(line.split()[1]))), flush=True)


def main():
    global half
    role, address, port, folder = sys.argv[1:]
    torch.set_num_threads(1)
    half = torch.jit.freeze(torch.jit.load(f"{folder}/{'head' if role == 'edge' else 'tail'}.pt").eval())
    options = rpc.TensorPipeRpcBackendOptions(
        num_worker_threads=4,
        rpc_timeout=30,
        init_method=f"tcp://{address}:{port}",
        _transports=["uv"],
        _channels=["basic"],
    )
    rpc.init_rpc(role, rank=0 if role == "cloud" else 1, world_size=2, rpc_backend_options=options)
    if role == "edge":
        answer_input(folder)
    rpc.shutdown()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
