#!/usr/bin/env python3
"""An inference over the binary protocol: examples/client.py [URL] [MODEL]

A body is JSON, and then the bytes of the tensors. The header Inference-Header-Content-Length says how long the JSON is.
"""
import array
import json
import math
import sys
import urllib.request

URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
MODEL = sys.argv[2] if len(sys.argv) > 2 else "lenet"
JSON_SIZE = "Inference-Header-Content-Length"


def ask(path, body=None, headers={}):
    request = urllib.request.Request(URL + path, body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.headers, answer.read()


_, described = ask(f"/v2/models/{MODEL}")
spec = json.loads(described)["inputs"][0]
shape = [1 if size < 0 else size for size in spec["shape"]]  # -1: any batch.
tensor = array.array("f", [0.5] * math.prod(shape)).tobytes()

head = json.dumps({
    "parameters": {"binary_data_output": True},
    "inputs": [{"name": spec["name"], "datatype": spec["datatype"], "shape": shape,
                "parameters": {"binary_data_size": len(tensor)}}],
}).encode()
headers, body = ask(f"/v2/models/{MODEL}/infer", head + tensor,
                    {JSON_SIZE: str(len(head)), "Content-Type": "application/octet-stream"})

size = int(headers[JSON_SIZE])
answer = json.loads(body[:size])
scores = array.array("f")
scores.frombytes(body[size:size + answer["outputs"][0]["parameters"]["binary_data_size"]])
best = max(range(len(scores)), key=scores.__getitem__)
served = answer["parameters"]
print(f"class {best}, score {scores[best]:.4f}; {served['placement']}, cut {served['cut']}, {served['total_us']} us")
