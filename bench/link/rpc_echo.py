"""rpc_echo.py cloud ADDRESS PORT | rpc_echo.py edge ADDRESS PORT: the same bytes by torch.distributed.rpc."""
import sys
import time

import torch
import torch.distributed.rpc as rpc

from bench.lib.rpc import join, say_ready, say_times

UP, DOWN = 186_624, 4_000


def echo(_):
    return torch.zeros(1, DOWN // 4)


def ask(tensor):
    began = time.perf_counter()
    rpc.rpc_sync("cloud", echo, args=(tensor,))
    return (time.perf_counter() - began) * 1e3


def answer_input():
    tensor = torch.zeros(1, UP // 4)
    say_ready()
    for line in sys.stdin:
        ask(tensor)
        say_times([ask(tensor) for _ in range(int(line.split()[1]))])


if __name__ == "__main__":
    torch.set_num_threads(1)
    join(*sys.argv[1:], answer_input)
