"""Installs and builds what benchmarks need."""
import os
import shutil
import subprocess

from bench.lib.bed import ROOT, WORK
from bench.lib.processes import Failed

# Packages of npm, with their versions, by the names in WANTS: ONNX Runtime; libvips, which decodes and resizes images.
NPM = {"onnxruntime": ("onnxruntime-node", "1.30.0"), "sharp": ("sharp", "0.34.5")}
PEERS = WORK / "build" / "peers"


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


def loads(package):
    return subprocess.run(["node", "-e", f'require("{package}")'], stderr=subprocess.DEVNULL).returncode == 0


def version_of(package):
    asked = ["node", "-p", f'require("{package}/package.json").version']
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip()


def install_npm():
    """Returns true iff there are node and npm, from Debian or elsewhere."""
    return bool(shutil.which("node") and shutil.which("npm")) or install(["nodejs", "npm"])


def fetch_npm(package, version):
    """Installs a package of npm, without its install scripts; returns the reason if that fails."""
    os.environ["NODE_PATH"] = str(PEERS / "node_modules")
    if not install_npm():
        return "there is no node and npm here"
    if version_of(package) != version:
        PEERS.mkdir(parents=True, exist_ok=True)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        if not call("npm", "install", "--prefix", str(PEERS), *quiet, f"{package}@{version}"):
            return f"npm could not install {package} {version}"
    return None if loads(package) else f"{package} {version} does not load on this machine"


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
        if wanted in NPM:
            missing[wanted] = fetch_npm(*NPM[wanted])
        elif not install([wanted]):
            missing[wanted] = f"Debian's {wanted} is not installed"
    return folder, {name: why for name, why in missing.items() if why}
