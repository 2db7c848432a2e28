"""Reads a model of TensorFlow.js: its description, and its weights as arrays by name."""
import json

import numpy as np

STORED = {"float32": np.float32, "float16": np.float16, "uint8": np.uint8, "uint16": np.uint16, "int32": np.int32}


def read_model(file):
    """Returns the description and the weights. The files of weights are beside it."""
    document = json.loads(file.read_text())
    weights = {}
    for group in document["weightsManifest"]:
        content = b"".join((file.parent / path).read_bytes() for path in group["paths"])
        at = 0
        for spec in group["weights"]:
            weights[spec["name"]], at = read_weight(spec, content, at)
        if at != len(content):
            raise ValueError(f"{file.name}: its weights take {at} bytes, but there are {len(content)}")
    return document, weights


def read_weight(spec, content, at):
    """Returns the weight at that place, and where the next one begins."""
    packed = spec.get("quantization")
    stored = np.frombuffer(content, STORED[packed["dtype"] if packed else spec["dtype"]], int(np.prod(spec["shape"])), at)
    value = stored.astype(STORED[spec["dtype"]])
    if packed and "scale" in packed:
        value = value * np.float32(packed["scale"]) + np.float32(packed["min"])  # As TensorFlow.js computes it.
    return value.reshape(spec["shape"]), at + stored.nbytes
