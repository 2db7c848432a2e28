"""Two rivals that answer photos without this runtime: ONNX Runtime behind HTTP, in the cloud and on the edge."""
import json
import os

from bench.lib import trained
from bench.lib.bed import ROOT

WANTS = "onnxruntime", "sharp"
BY_CLOUD, BY_EDGE = "JPEG to ONNX Runtime", "ONNX Runtime on the edge"
NAMES = BY_CLOUD, BY_EDGE


def preparation(image):
    """Returns what rival.js must know, from the settings of --image beside the preset yolo."""
    numbers = lambda key, default: [float(one) for one in image[key].split(",")] if key in image else [default] * 3
    return {"fit": {"stretch": "fill"}.get(image.get("fit"), "contain"), "border": 114, "colour": image.get("colour", "rgb"),
            "scale": float(image.get("scale", 1 / 255)), "mean": numbers("mean", 0), "std": numbers("std", 1)}


def export(bed, name):
    """Makes the network's ONNX file beside its .pt in the bed's folder. Returns true iff the rivals can be started."""
    if set(WANTS) & bed.missing.keys():
        return False
    bed.script("engine.export", bed.out, name)
    return (bed.out / f"{name}.onnx").exists()


def start(bed, name, side, confined=True):
    """Returns a rival inside that side of a test bed, or only on its link; its requests go to side.address and its port()."""
    command = [*(side.inside() if confined else side.on_link()), "node", ROOT / "bench" / "lib" / "rival.js", bed.out / f"{name}.onnx",
               json.dumps(preparation(trained.NETWORKS[name].image)), side.address]
    return bed.start(command, f"{name}-rival-{side.name}.log", env=os.environ | {"UV_THREADPOOL_SIZE": "1"})


def start_both(bed, name, edge, cloud, confined=True):
    """Returns {name: (rival, address, port)}; nothing without ONNX Runtime."""
    if not export(bed, name):
        return {}
    sides = {BY_CLOUD: cloud, BY_EDGE: edge}
    started = {rival: (start(bed, name, side, confined), side.address) for rival, side in sides.items()}
    return {rival: (process, address, process.port()) for rival, (process, address) in started.items()}
