"""The measured processes: how each is started, spoken to and ended. README.md has the conversation."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Engine:
    """One measured process; REQUIRES: closed in the end."""

    def __init__(self, name, command):
        self.name = name
        cores = sorted(os.sched_getaffinity(0))
        pinned = ["taskset", "-c", str(cores[-1])] if len(cores) > 1 else []
        self.process = subprocess.Popen(
            pinned + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **ALONE}
        )
        self.about = self.read().removeprefix("ready ")

    def read(self):
        line = self.process.stdout.readline().strip()
        if not line:
            self.close()
            raise RuntimeError(f"{self.name} ended with status {self.process.returncode}")
        return line

    def turn(self):
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return [float(number) for number in self.read().split()]

    def close(self):
        self.process.kill()
        self.process.wait()


def commands(options, path, work):
    """Returns how to start each, in the order of their turns: this engine and itself are not beside each other."""

    def files(output):
        return [path + ".pt", path + ".input", f"{path}.output.{output}"]

    ours = [options.programs + "/this_engine"]
    plain = options.programs + "/plain_libtorch"
    return {
        "this": ours + files("this"),
        "freeze": [plain, "freeze"] + files("freeze"),
        "onnx": ["node", HERE + "/onnx_runtime.js", path + ".onnx"] + files("onnx")[1:],
        "itself": ours + files("itself"),
        "optimise": [plain, "optimise"] + files("optimise"),
        "bf16": ours + files("bf16") + ["bf16"],
        "limits": [options.programs + "/limits", str(work["linear_bytes"])],
    }


def why_not(name, options, path):
    """Returns why that engine cannot be asked; None when it can."""
    if name == "onnx" and options.no_onnx:
        return options.no_onnx
    if name == "onnx" and not os.path.exists(path + ".onnx"):
        return "the network has no ONNX form"
    return None


def start(options, path, work, stack):
    """Returns those that run, closed with the stack, and why the others do not; without its peers, ours goes on."""
    engines, missing = {}, {}
    for name, command in commands(options, path, work).items():
        reason = why_not(name, options, path)
        try:
            if not reason:
                engines[name] = Engine(name, command)
                stack.callback(engines[name].close)
        except RuntimeError as failure:
            if name not in ("onnx", "optimise", "bf16"):
                raise
            reason = str(failure)
        if reason:
            missing[name] = reason
            print(f"measure: without {name}: {reason}", file=sys.stderr)
    return engines, missing
