"""Installs and builds what benchmarks need."""
import os
import shutil
import subprocess

from bench.lib.bed import ROOT
from bench.lib.processes import Failed

ONNX_RUNTIME = "1.30.0"
PEERS = ROOT / "build" / "peers"


def call(*command):
    """Runs a command; returns true iff it succeeded. Its output goes to stderr, because reports go to stdout."""
    return subprocess.run(command, stdout=2, cwd=ROOT).returncode == 0


def install(packages):
    """Returns true iff these Debian packages are installed."""
    return not packages or call("bash", "-c", 'source tests/prepare.sh && tideline_install "$@"', "run", *packages)


def build(targets):
    """Returns the folder of the programs."""
    if targets and not call("tests/prepare.sh", "release", *targets):
        raise Failed("the build failed; see above")
    return ROOT / "build" / "release"


def loads_onnx_runtime():
    return subprocess.run(["node", "-e", 'require("onnxruntime-node")'], stderr=subprocess.DEVNULL).returncode == 0


def version_of_onnx_runtime():
    asked = ["node", "-p", 'require("onnxruntime-node/package.json").version']
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip()


def install_npm():
    """Returns true iff there are node and npm, from Debian or elsewhere."""
    return bool(shutil.which("node") and shutil.which("npm")) or install(["nodejs", "npm"])


def fetch_onnx_runtime():
    """Installs its package for Node, without its install scripts; returns the reason if that fails."""
    os.environ["NODE_PATH"] = str(PEERS / "node_modules")
    if not install_npm():
        return "there is no node and npm here"
    if version_of_onnx_runtime() != ONNX_RUNTIME:
        PEERS.mkdir(parents=True, exist_ok=True)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        if not call("npm", "install", "--prefix", str(PEERS), *quiet, f"onnxruntime-node@{ONNX_RUNTIME}"):
            return f"npm could not install onnxruntime-node {ONNX_RUNTIME}"
    return None if loads_onnx_runtime() else f"onnxruntime-node {ONNX_RUNTIME} does not load on this machine"


def prepare(benchmark, built=None):
    """Returns the folder of the programs, and why wanted programs to compare with are missing, by name."""
    if "root" in benchmark.NEEDS and os.geteuid() != 0:
        raise Failed("run as root: it needs network namespaces, tc and cgroups", 77)
    packages = [need for need in benchmark.NEEDS if need != "root"]
    if not install(packages):
        raise Failed(f"Debian packages are missing; install {', '.join(packages)}")
    folder = built or build(benchmark.BUILDS)
    missing = {}
    for wanted in benchmark.WANTS:
        if wanted == "onnxruntime":
            missing[wanted] = fetch_onnx_runtime()
        elif not install([wanted]):
            missing[wanted] = f"Debian's {wanted} is not installed"
    return folder, {name: why for name, why in missing.items() if why}
