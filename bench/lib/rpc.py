"""torch.distributed.rpc between an edge and a cloud, shared by the programs that measure it.

Uses TensorPipe over TCP (uv). By default it would use shared memory between processes of one machine, and so bypass the shaper
between namespaces.
"""
import torch
import torch.distributed.rpc as rpc


def join(role, address, port, answer_input):
    """Joins the other side. Then the edge calls answer_input(), and the cloud answers until the edge leaves."""
    options = rpc.TensorPipeRpcBackendOptions(
        num_worker_threads=4,
        rpc_timeout=30,
        init_method=f"tcp://{address}:{port}",
        _transports=["uv"],
        _channels=["basic"],
    )
    rpc.init_rpc(role, rank=0 if role == "cloud" else 1, world_size=2, rpc_backend_options=options)
    if role == "edge":
        answer_input()
    rpc.shutdown()


def say_ready():
    print(f"ready torch {torch.__version__}", flush=True)


def say_times(milliseconds):
    print(" ".join(f"{time:.6f}" for time in milliseconds), flush=True)
