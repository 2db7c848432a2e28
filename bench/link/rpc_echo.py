"""rpc_echo.py cloud ADDRESS PORT | rpc_echo.py edge ADDRESS PORT: the same bytes by torch.distributed.rpc.

TensorPipe over TCP (uv): left to itself it would go through shared memory between processes of one machine, and past the
shaper between namespaces.
"""
import os
import sys
import time

import torch
import torch.distributed.rpc as rpc

UP, DOWN = 186_624, 4_000


def echo(_):
    return torch.zeros(1, DOWN // 4)


def ask(tensor):
    began = time.perf_counter()
    rpc.rpc_sync("cloud", echo, args=(tensor,))
    return (time.perf_counter() - began) * 1e3


def answer_input():
    tensor = torch.zeros(1, UP // 4)
    print(f"ready torch {torch.__version__}", flush=True)
    for line in sys.stdin:
        ask(tensor)
        print(" ".join(f"{ask(tensor):.6f}" for _ in range(int(line.split()[1]))), flush=True)


def main():
    role, address, port = sys.argv[1], sys.argv[2], sys.argv[3]
    torch.set_num_threads(1)
    options = rpc.TensorPipeRpcBackendOptions(
        num_worker_threads=4,
        rpc_timeout=30,
        init_method=f"tcp://{address}:{port}",
        _transports=["uv"],
        _channels=["basic"],
    )
    if role == "cloud":
        print(f"ready {port}", flush=True)
    rpc.init_rpc(role, rank=0 if role == "cloud" else 1, world_size=2, rpc_backend_options=options)
    if role == "edge":
        answer_input()
    rpc.shutdown()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
